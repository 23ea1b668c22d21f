"""Steiner trees in PACE format (`E u v w`, `T v`), plain or gzipped."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner import SteinerProblem, SteinerSolution, solve_steiner
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ponplan.optimise.stop import Stop

DEFAULT_SECONDS = 60.0


class Answer:
    """A solution with the pairs of nodes, numbered from 1, that its edges join."""

    def __init__(self, problem: SteinerProblem, solution: SteinerSolution) -> None:
        self.cost = solution.cost
        self.bound = solution.bound
        tails, heads = problem.tails[solution.edges] + 1, problem.heads[solution.edges] + 1
        self.pairs = list(zip(tails.tolist(), heads.tolist(), strict=True))


def read(path: Path, capacity: float | None) -> SteinerProblem:  # noqa: ARG001 - only cap has one
    """Read a problem; nodes are numbered from 0 afterwards."""
    num_nodes = 0
    edges: list[list[bytes]] = []
    terminals: list[bytes] = []
    for words in _lines(path):
        if words[0] == b"E" and len(words) == 4:
            edges.append(words[1:])
        elif words[0] == b"T" and len(words) == 2:
            terminals.append(words[1])
        elif words[0] == b"Nodes":
            num_nodes = int(words[1])
    table = np.array(edges, np.float64) if edges else np.empty((0, 3))
    tails, heads = table[:, 0].astype(np.int64) - 1, table[:, 1].astype(np.int64) - 1
    return SteinerProblem(num_nodes, tails, heads, table[:, 2], np.array(terminals, np.int64) - 1)


def warm_up() -> None:
    """Solve a small grid with random costs, on which every kernel has something to do."""
    rng = np.random.default_rng(0)
    side = 30
    node = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    costs = rng.integers(50, 100, len(tails)).astype(np.float64)
    terminals = rng.choice(side * side, 90, replace=False)
    solve_steiner(SteinerProblem(side * side, tails, heads, costs, terminals), stop=MaxWork(20_000_000), rng=rng)


def solve(problem: SteinerProblem, stop: Stop, rng: np.random.Generator) -> Answer:
    """Solve and keep the pairs of nodes."""
    return Answer(problem, solve_steiner(problem, stop=stop, rng=rng))


def judge(path: Path, capacity: float | None, answer: Answer) -> float:  # noqa: ARG001 - only cap has one
    """Add up the cost of the edges in the file and see that they join all terminals, with plain sets."""
    cheapest: dict[tuple[int, int], float] = {}
    terminals: list[int] = []
    for words in _lines(path):
        if words[0] == b"E":
            one, other, cost = int(words[1]), int(words[2]), float(words[3])
            for pair in ((one, other), (other, one)):
                cheapest[pair] = min(cost, cheapest.get(pair, cost))
        elif words[0] == b"T" and len(words) == 2:
            terminals.append(int(words[1]))
    neighbours: dict[int, list[int]] = {}
    total = 0.0
    for one, other in answer.pairs:
        if (one, other) not in cheapest:
            raise ValueError(f"edge {one} {other} is not in the file")
        total += cheapest[one, other]
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    reached, waiting = {terminals[0]}, [terminals[0]]
    while waiting:
        for other in neighbours.get(waiting.pop(), []):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    missing = [node for node in terminals if node not in reached]
    if missing:
        raise ValueError(f"{len(missing)} terminals are not joined, among them {missing[0]}")
    return total


def write(problem: SteinerProblem, answer: Answer) -> str:  # noqa: ARG001 - the pairs say it all
    """Give the tree as PACE asks: the value, then one pair of nodes per line."""
    value = f"VALUE {answer.cost:.15g}"
    return "\n".join([value, *(f"{one} {other}" for one, other in answer.pairs)]) + "\n"


def _lines(path: Path) -> Iterator[list[bytes]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            words = line.split()
            if words:
                yield words
