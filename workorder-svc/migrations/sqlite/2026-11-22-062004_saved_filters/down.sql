DROP TABLE saved_filter;
