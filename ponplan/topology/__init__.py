"""What the network is, and whether its light, load and shape are sound."""
