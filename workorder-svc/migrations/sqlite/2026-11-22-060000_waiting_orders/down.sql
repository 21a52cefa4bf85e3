DROP INDEX work_order_waiting;
