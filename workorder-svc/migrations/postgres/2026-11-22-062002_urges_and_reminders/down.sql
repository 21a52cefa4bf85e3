DROP TABLE order_reminder;
DROP TABLE order_urge;
