"""Steiner trees on sparse graphs: the cheapest tree that joins given nodes, with a proof of how cheap."""

from ponplan.optimise.steiner.bound import best_ascent, dual_ascent
from ponplan.optimise.steiner.prize import PrizeProblem, PrizeSolution, solve_prize_collecting
from ponplan.optimise.steiner.problem import DisconnectedTerminals, SteinerProblem
from ponplan.optimise.steiner.solution import SteinerSolution, tree_faults
from ponplan.optimise.steiner.solve import solve_steiner

__all__ = [
    "DisconnectedTerminals",
    "PrizeProblem",
    "PrizeSolution",
    "SteinerProblem",
    "SteinerSolution",
    "best_ascent",
    "dual_ascent",
    "solve_prize_collecting",
    "solve_steiner",
    "tree_faults",
]
