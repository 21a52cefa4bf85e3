DROP TABLE hub_subscription;
DROP TABLE cancel_service_order;
DROP TABLE service_order_attribute;
DROP TABLE service_order;
