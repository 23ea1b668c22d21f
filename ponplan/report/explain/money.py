"""Costs and shares as people read them."""

from __future__ import annotations


def cost(value: float) -> str:
    """Give a cost to the unit, with thousands apart."""
    return f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    """Give a share in per cent."""
    return f"{100.0 * part / whole:.1f} %" if whole else "0 %"
