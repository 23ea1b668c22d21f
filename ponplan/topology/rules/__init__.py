"""The rules of a sound network, each with a stable id."""

from ponplan.topology.rules.registry import RULES

__all__ = ["RULES"]
