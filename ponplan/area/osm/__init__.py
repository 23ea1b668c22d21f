"""OpenStreetMap files read as areas."""
