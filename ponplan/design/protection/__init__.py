"""Protection by design: second feeders, second trees, what they share all the same, and what it costs."""
