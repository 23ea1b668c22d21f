"""Invented areas: towns, districts, roads and campuses that look like real ones, from a seed."""

from ponplan.area.generate.generator import generate_area
from ponplan.area.generate.kinds import KINDS

__all__ = ["KINDS", "generate_area"]
