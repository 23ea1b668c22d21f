"""The cheapest links that join some nodes with a root once and others twice: bounds from below, exact when small."""

from ponplan.optimise.twoway.bound import two_way_bound
from ponplan.optimise.twoway.problem import TwoWayProblem

__all__ = ["TwoWayProblem", "two_way_bound"]
