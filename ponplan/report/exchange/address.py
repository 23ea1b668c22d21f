"""Addresses of databases."""

from __future__ import annotations

SCHEMES = ("postgresql://", "postgres://")


def is_database(target: str) -> bool:
    """Tell whether a target is the address of a PostgreSQL database."""
    return target.startswith(SCHEMES)
