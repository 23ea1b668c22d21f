"""What stands in an area already and may be used: cables, cabinets, splitters and ports, each with what is free."""
