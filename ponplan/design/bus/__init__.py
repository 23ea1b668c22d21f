"""A road as a bus: taps one after the other along a feeder, each of which drops light for a customer or a few."""
