"""Locate two stages of sites, the upper feeding the lower and the lower the clients, with unit sizes at both."""
