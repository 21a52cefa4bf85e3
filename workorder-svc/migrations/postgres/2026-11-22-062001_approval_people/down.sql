DROP TABLE approval_substitute;
DROP TABLE approval_seat;
