DROP TABLE work_order_link;
