"""Plan, check and simulate passive optical access networks."""
