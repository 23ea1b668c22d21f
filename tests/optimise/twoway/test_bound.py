"""Bounds of two-way problems against exact programs of flows, one for each who wants ways."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from ponplan.optimise.twoway.ascent import ascend_twice
from ponplan.optimise.twoway.bound import two_way_bound
from ponplan.optimise.twoway.core import shrink
from ponplan.optimise.twoway.problem import TwoWayProblem
from ponplan.optimise.twoway.program import TwoWayProgram


def _problem(seed: int, *, shared: bool = False) -> TwoWayProblem:
    """Give a small connected network with dead ends, some of whose nodes want one way and some pairs two."""
    rng = np.random.default_rng([seed, 23])
    nodes = int(rng.integers(4, 10))
    more = rng.integers(0, nodes, (int(rng.integers(1, 9)), 2))
    tails = np.concatenate([np.arange(1, nodes), more[:, 0]])
    heads = np.concatenate([[int(rng.integers(0, node)) for node in range(1, nodes)], more[:, 1]]).astype(np.int64)
    wanted = rng.integers(0, nodes, (int(rng.integers(1, 4)), 2))
    equal = rng.random(len(wanted)) < 0.4
    wanted[equal, 1] = wanted[equal, 0]
    return TwoWayProblem(
        num_nodes=nodes,
        tails=tails,
        heads=heads,
        costs=rng.integers(0, 20, len(tails)).astype(float),
        second_costs=rng.integers(0, 3, len(tails)).astype(float),
        is_shared=rng.random(len(tails)) < (0.2 if shared else 0.0),
        root=0,
        singles=rng.integers(0, nodes, int(rng.integers(0, 4))),
        pairs=wanted,
    )


def _is_bridge(problem: TwoWayProblem, link: int) -> bool:
    reached, grew = {int(problem.tails[link])}, True
    while grew:
        grew = False
        for other, (tail, head) in enumerate(zip(problem.tails.tolist(), problem.heads.tolist(), strict=True)):
            if other != link and (tail in reached) != (head in reached):
                reached |= {tail, head}
                grew = True
    return int(problem.heads[link]) not in reached


def _optimum(problem: TwoWayProblem) -> float:
    """Solve it with a flow of one for each node and of two for each pair, in whole numbers."""
    links, nodes = len(problem.costs), problem.num_nodes
    flows = [({int(node): 1}, 1) for node in problem.singles] + [
        ({int(a): 1, int(b): 1} if a != b else {int(a): 2}, 2) for a, b in problem.pairs
    ]
    bridges = [_is_bridge(problem, link) for link in range(links)]
    room = [2.0 if bridge or shared else 1.0 for bridge, shared in zip(bridges, problem.is_shared, strict=True)]
    width = links * (2 + 2 * len(flows))  # opened, used twice, and every flow forth and back
    rows, low, high = lil_matrix(((nodes + 2 * links) * len(flows), width)), [], []

    def row(entries: list[tuple[int, float]], least: float, most: float) -> None:
        for column, value in entries:
            rows[len(low), column] += value
        low.append(least)
        high.append(most)

    for number, (sinks, amount) in enumerate(flows):
        forth, back = 2 * links * (number + 1), 2 * links * (number + 1) + links
        for node in range(nodes):
            entries = [(forth + e, 1.0) for e in range(links) if problem.tails[e] == node]
            entries += [(back + e, -1.0) for e in range(links) if problem.tails[e] == node]
            entries += [(forth + e, -1.0) for e in range(links) if problem.heads[e] == node]
            entries += [(back + e, 1.0) for e in range(links) if problem.heads[e] == node]
            balance = float(amount * (node == problem.root) - sinks.get(node, 0))
            row(entries, balance, balance)
        for e in range(links):
            row([(forth + e, 1.0), (back + e, 1.0), (e, -room[e])], -np.inf, 0.0)
            row([(forth + e, 1.0), (back + e, 1.0), (links + e, -1.0)], -np.inf, 1.0)
    second = np.where(bridges, problem.second_costs, 0.0)
    costs = np.concatenate([problem.costs, second, np.zeros(width - 2 * links)])
    upper = np.concatenate([np.ones(2 * links), np.full(width - 2 * links, 2.0)])
    answer = milp(
        costs,
        constraints=LinearConstraint(rows.tocsr()[: len(low)], low, high),
        integrality=np.ones(width),
        bounds=Bounds(0, upper),
    )
    assert answer.status == 0
    return float(answer.fun)


@pytest.mark.parametrize("seed", range(120))
def test_small_problems_are_solved(seed: int) -> None:
    """The bound is the optimum, and the quicker bounds lie below it."""
    problem = _problem(seed)
    optimum = _optimum(problem)
    assert two_way_bound(problem) == pytest.approx(optimum, abs=1e-4)
    core = shrink(problem)
    assert ascend_twice(core) <= optimum + 1e-6
    if len(core.costs):
        assert core.base_cost + TwoWayProgram(core).relaxed() <= optimum + 1e-4


@pytest.mark.parametrize("seed", range(80))
def test_links_for_both_ways(seed: int) -> None:
    """Where some links may be used by both ways the bounds still lie below the optimum."""
    problem = _problem(seed, shared=True)
    optimum = _optimum(problem)
    assert two_way_bound(problem) <= optimum + 1e-4
    assert ascend_twice(shrink(problem)) <= optimum + 1e-6


def _ring(costs: list[float], pairs: list[tuple[int, int]]) -> TwoWayProblem:
    num = len(costs)
    return TwoWayProblem(
        num_nodes=num, tails=np.arange(num), heads=(np.arange(num) + 1) % num, costs=np.array(costs),
        second_costs=np.zeros(num), is_shared=np.zeros(num, bool), root=0, singles=np.zeros(0, np.int64),
        pairs=np.array(pairs),
    )  # fmt: skip


def test_a_ring_is_paid_whole() -> None:
    """Two ways to one node of a ring take all of it; both bounds see that."""
    problem = _ring([3.0, 4.0, 5.0, 6.0], [(2, 2)])
    assert two_way_bound(problem) == pytest.approx(18.0, abs=1e-4)
    assert ascend_twice(shrink(problem)) == pytest.approx(18.0)


def test_two_ends_take_an_arc_each() -> None:
    """A pair with an end on either side of the ring leaves out what lies between them."""
    assert two_way_bound(_ring([3.0, 4.0, 50.0, 6.0], [(2, 3)])) == pytest.approx(13.0, abs=1e-4)


@pytest.mark.parametrize("name", ["costs", "second_costs"])
def test_costs_are_finite_and_not_negative(name: str) -> None:
    """A cost that no link can have is refused."""
    parts = {"costs": np.ones(1), "second_costs": np.ones(1)} | {name: np.array([-1.0])}
    with pytest.raises(ValueError, match=name):
        TwoWayProblem(
            num_nodes=2, tails=np.zeros(1, np.int64), heads=np.ones(1, np.int64), is_shared=np.zeros(1, bool),
            root=0, singles=np.ones(1, np.int64), pairs=np.zeros((0, 2), np.int64), **parts,
        )  # fmt: skip
