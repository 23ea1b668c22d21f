"""What a network means for those who build it: splices, drums, ducts, ports, budgets, measurements."""
