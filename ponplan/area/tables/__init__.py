"""Customers, sites and routes from the tables and map layers that planners bring."""
