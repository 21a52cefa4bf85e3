DROP TABLE event;
DROP TABLE bill;
DROP TABLE task_delivery;
DROP TABLE bpm_task_stage;
DROP TABLE bpm_task;
DROP TABLE dispatch;
