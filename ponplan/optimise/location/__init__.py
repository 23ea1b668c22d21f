"""Where to open sites and which of them serves each client, at least cost, with a bound on every answer."""
