"""Packets on the fibre: time division down, time division multiple access up, activation."""
