"""How many minutes a year each customer is without service, and because of what."""
