"""The least-cost network for an area, sized, with its gap and its bill."""

from ponplan.design.run import Design, design_network
from ponplan.design.standing.redesign import Redesign, redesign_network

__all__ = ["Design", "Redesign", "design_network", "redesign_network"]
