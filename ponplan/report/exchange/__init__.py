"""Formats that other programs read and write: GIS, CAD, databases, national standards."""
