"""The least-cost network for an area, sized, with its gap and its bill."""

from ponplan.design.run import Design, design_network

__all__ = ["Design", "design_network"]
