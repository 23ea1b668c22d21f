"""The least-cost network for an area, sized, with its gap and its bill."""

from ponplan.design.network import design_network
from ponplan.design.run import Design
from ponplan.design.standing.redesign import Redesign, redesign_network

__all__ = ["Design", "Redesign", "design_network", "redesign_network"]
