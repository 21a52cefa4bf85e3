DROP TABLE order_stay;
