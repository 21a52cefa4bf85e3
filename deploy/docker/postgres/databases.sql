-- One database per service, made when the server's volume is new.
CREATE DATABASE front_desk_gateway;
CREATE DATABASE front_desk_workorder;
CREATE DATABASE front_desk_pe;
CREATE DATABASE front_desk_bpm;
