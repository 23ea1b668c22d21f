"""Local search without capacities: add, drop and swap sites, each judged from the nearest two open ones.

A swap is judged for every site that might leave at once (Whitaker, INFOR 21, 1983; Resende and Werneck, J. Heuristics
10, 2004): what opening a site gains, what closing one loses, and what both together save on that loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.location.candidates import lists_by_site
from ponplan.optimise.location.chance import draw_below, draw_unit, shuffle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.chance import WordArray
    from ponplan.optimise.location.problem import UncapacitatedProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


_BLOCK = 64


class Ground(NamedTuple):
    """The arrays of the problem seen from both sides.

    `penalty` is what an unserved client costs, `num_open` is -1 when free.
    """

    first: IntArray
    sites: IntArray
    costs: FloatArray
    site_first: IntArray
    site_clients: IntArray
    site_entries: IntArray
    fixed_costs: FloatArray
    penalty: float
    num_open: int


class Plan(NamedTuple):
    """Open sites, each client's nearest two open entries (-1: none), and what closing each site would lose.

    Of each block of sites: the least change of cost by closing one, unless it is `stale`.
    """

    is_open: BoolArray
    nearest: IntArray
    second: IntArray
    loss: FloatArray
    cost: FloatArray
    least: FloatArray
    stale: BoolArray


def lay_ground(problem: UncapacitatedProblem) -> Ground:
    """Prepare the arrays of a problem for local search."""
    lists, by_site = problem.candidates, lists_by_site(problem.candidates)
    penalty = 10.0 * (float(lists.costs.max(initial=1.0)) + float(problem.fixed_costs.max(initial=0.0)) + 1.0)
    num_open = -1 if problem.num_open is None else problem.num_open
    return Ground(
        lists.first, lists.sites, lists.costs, by_site.first, by_site.clients, by_site.entries,
        problem.fixed_costs.astype(float), penalty, num_open,
    )  # fmt: skip


@njit(cache=True)
def make_plan(ground: Ground, is_open: BoolArray) -> Plan:
    """Work out a plan from its open sites; its cost counts a penalty for each unserved client."""
    num_clients = len(ground.first) - 1
    num_blocks = len(is_open) // _BLOCK + 1
    plan = Plan(
        is_open.copy(),
        np.full(num_clients, -1),
        np.full(num_clients, -1),
        np.zeros(len(is_open)),
        np.zeros(1),
        np.zeros(num_blocks),
        np.ones(num_blocks, np.bool_),
    )
    for j in range(len(is_open)):
        if is_open[j]:
            plan.cost[0] += ground.fixed_costs[j]
    for i in range(num_clients):
        _seek(ground, plan, i)
        plan.cost[0] += _price(ground, plan.nearest[i])
        _count_loss(ground, plan, i, 1.0)
    return plan


@njit(cache=True)
def _price(ground: Ground, entry: int) -> float:
    """Give the cost of an entry, or the penalty when there is none."""
    return ground.costs[entry] if entry >= 0 else ground.penalty


@njit(cache=True)
def _seek(ground: Ground, plan: Plan, client: int) -> None:
    """Find the client's nearest two open entries."""
    plan.nearest[client] = plan.second[client] = -1
    for e in range(ground.first[client], ground.first[client + 1]):
        if plan.is_open[ground.sites[e]]:
            if plan.nearest[client] < 0:
                plan.nearest[client] = e
            else:
                plan.second[client] = e
                return


@njit(cache=True)
def _count_loss(ground: Ground, plan: Plan, client: int, sign: float) -> None:
    """Add (or take away) what the client loses when its nearest site closes."""
    e = plan.nearest[client]
    if e >= 0:
        site = ground.sites[e]
        plan.loss[site] += sign * (_price(ground, plan.second[client]) - ground.costs[e])
        plan.stale[site // _BLOCK] = True


@njit(cache=True)
def open_site(ground: Ground, plan: Plan, site: int) -> None:
    """Open a site and move to it the clients that gain."""
    plan.is_open[site] = plan.stale[site // _BLOCK] = True
    plan.cost[0] += ground.fixed_costs[site]
    for s in range(ground.site_first[site], ground.site_first[site + 1]):
        i, e = ground.site_clients[s], ground.site_entries[s]
        if plan.second[i] >= 0 and e > plan.second[i]:
            continue
        _count_loss(ground, plan, i, -1.0)
        if plan.nearest[i] < 0 or e < plan.nearest[i]:
            plan.cost[0] += ground.costs[e] - _price(ground, plan.nearest[i])
            plan.second[i], plan.nearest[i] = plan.nearest[i], e
        else:
            plan.second[i] = e
        _count_loss(ground, plan, i, 1.0)


@njit(cache=True)
def close_site(ground: Ground, plan: Plan, site: int) -> None:
    """Close a site and move its clients to their next nearest open one."""
    plan.is_open[site] = False
    plan.stale[site // _BLOCK] = True
    plan.cost[0] -= ground.fixed_costs[site]
    for s in range(ground.site_first[site], ground.site_first[site + 1]):
        i, e = ground.site_clients[s], ground.site_entries[s]
        if e == plan.nearest[i] or e == plan.second[i]:
            before = _price(ground, plan.nearest[i])
            _count_loss(ground, plan, i, -1.0)
            _seek(ground, plan, i)
            _count_loss(ground, plan, i, 1.0)
            plan.cost[0] += _price(ground, plan.nearest[i]) - before
    plan.loss[site] = 0.0


@njit(cache=True)
def descend(ground: Ground, plan: Plan, candidates: IntArray) -> int:
    """Add, drop or swap while that lowers the cost; sites come in from `candidates` only. Gives entries looked at."""
    extra, touched = np.zeros(len(plan.is_open)), np.empty(len(plan.is_open), dtype=np.int64)
    work, since, k = 0, 0, 0
    is_free = ground.num_open < 0
    while since < len(candidates):
        site = candidates[k]
        k = (k + 1) % len(candidates)
        since += 1
        if plan.is_open[site]:
            if is_free and plan.loss[site] < ground.fixed_costs[site] * (1.0 - 1e-12) - 1e-9:
                close_site(ground, plan, site)
                since = 0
            continue
        work += ground.site_first[site + 1] - ground.site_first[site] + 1
        delta, out = _best_swap(ground, plan, site, extra, touched)
        if delta < -1e-9 * (1.0 + abs(delta)) - 1e-12 * plan.cost[0]:
            open_site(ground, plan, site)
            if out >= 0:
                close_site(ground, plan, out)
            since = 0
    return work


@njit(cache=True)
def _best_swap(ground: Ground, plan: Plan, site: int, extra: FloatArray, touched: IntArray) -> tuple[float, int]:
    """Find the best site to close when `site` opens (-1: none) and the change of cost.

    Leaves `extra` all zeros, as it found it.
    """
    delta, num_touched = ground.fixed_costs[site], 0
    for s in range(ground.site_first[site], ground.site_first[site + 1]):
        i, e = ground.site_clients[s], ground.site_entries[s]
        near, second = plan.nearest[i], plan.second[i]
        if second >= 0 and e > second:
            continue
        if near < 0:
            delta += ground.costs[e] - ground.penalty
            continue
        owner = ground.sites[near]
        if extra[owner] == 0.0:
            touched[num_touched] = owner
            num_touched += 1
        c, c1, c2 = ground.costs[e], ground.costs[near], _price(ground, second)
        if c < c1:
            delta += c - c1
            extra[owner] += c2 - c1 + 1e-300
        else:
            extra[owner] += c2 - c + 1e-300
    # the first of equals; a touched site is no better in its block than by itself
    best, out = (0.0, -1) if ground.num_open < 0 else (np.inf, -1)
    for k in range(num_touched):
        j = touched[k]
        change = plan.loss[j] - extra[j] - ground.fixed_costs[j]
        if change < best or (change == best and j < out):
            best, out = change, j
        extra[j] = 0.0
    for block in range(len(plan.least)):
        if plan.stale[block]:
            _freshen(ground, plan, block)
        if plan.least[block] < best or (plan.least[block] == best and block * _BLOCK < out):
            for j in range(block * _BLOCK, min((block + 1) * _BLOCK, len(plan.is_open))):
                change = plan.loss[j] - ground.fixed_costs[j]
                if plan.is_open[j] and (change < best or (change == best and j < out)):
                    best, out = change, j
    return delta + best, out


@njit(cache=True)
def _freshen(ground: Ground, plan: Plan, block: int) -> None:
    """Find the least change of cost by closing a site of a block."""
    least = np.inf
    for j in range(block * _BLOCK, min((block + 1) * _BLOCK, len(plan.is_open))):
        if plan.is_open[j]:
            least = min(least, plan.loss[j] - ground.fixed_costs[j])
    plan.least[block] = least
    plan.stale[block] = False


@njit(cache=True)
def shake(ground: Ground, plan: Plan, state: WordArray, swaps: int, candidates: IntArray) -> None:
    """Swap so many random pairs of sites, mostly near each other; where the number is free, add or drop instead."""
    for _ in range(swaps):
        entering = candidates[draw_below(state, len(candidates))]
        if plan.is_open[entering]:
            continue
        members = ground.site_first[entering + 1] - ground.site_first[entering]
        leaving = -1
        if members > 0:
            near = min(members, 1 + int(members * draw_unit(state) ** 2))
            client = ground.site_clients[ground.site_first[entering] + draw_below(state, near)]
            if plan.nearest[client] >= 0:
                leaving = ground.sites[plan.nearest[client]]
        if leaving < 0 and ground.num_open >= 0:
            continue
        action = draw_below(state, 3) if ground.num_open < 0 else 0
        if action != 1:
            open_site(ground, plan, entering)
        if action != 2 and leaving >= 0:
            close_site(ground, plan, leaving)


@njit(cache=True)
def search_around(
    ground: Ground, start: BoolArray, candidates: IntArray, state: WordArray, work_limit: int, deepest: int
) -> tuple[BoolArray, float, int]:
    """Shake the best plan, descend, keep what is better, shake harder while nothing is (variable neighbourhoods).

    Hansen and Mladenovic, Location Science 5, 1997. Gives the best open sites, their cost and the entries looked at.
    """
    order = candidates.copy()
    shuffle(state, order)
    plan = make_plan(ground, start)
    work = descend(ground, plan, order)
    best_open, best = plan.is_open.copy(), plan.cost[0]
    depth = 1
    while work < work_limit:
        shake(ground, plan, state, depth, candidates)
        shuffle(state, order)
        work += descend(ground, plan, order) + len(plan.is_open)
        if plan.cost[0] < best - 1e-9 * abs(best):
            best_open[:], best, depth = plan.is_open, plan.cost[0], 1
        else:
            depth = depth + 1 if depth < deepest else 1
            if plan.cost[0] > best:
                plan = make_plan(ground, best_open)
                work += len(plan.nearest)
    return best_open, best, work
