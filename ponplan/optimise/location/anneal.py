"""Simulated annealing for clients that must be served whole by sites of limited capacity.

Moves: shift a client, swap two clients, move a whole cluster to another site, close a site and hand its clients on,
open a site and draw clients to it (with a fixed number of open sites the last two happen together). Demand above a
capacity costs a price that rises while the plan is overfull and falls while it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.location.candidates import lists_by_site
from ponplan.optimise.location.chance import draw_below, draw_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.chance import WordArray
    from ponplan.optimise.location.problem import CapacitatedProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


class Field(NamedTuple):
    """The arrays of the problem: lists by client, the same sorted by site for look-up, lists by site.

    `allowed` marks the sites that may be open.
    """

    first: IntArray
    sites: IntArray
    costs: FloatArray
    sorted_sites: IntArray
    sorted_costs: FloatArray
    site_first: IntArray
    site_clients: IntArray
    site_costs: FloatArray
    demands: FloatArray
    capacities: FloatArray
    fixed_costs: FloatArray
    allowed: BoolArray
    has_count: bool


class Draft(NamedTuple):
    """A changing plan: site and cost of each client, load and number of clients of each site, who is beside whom.

    `after` and `before` chain the clients of a site from `head`; `sums` holds serving cost, fixed cost, overload.
    """

    site: IntArray
    cost: FloatArray
    load: FloatArray
    clients: IntArray
    is_open: BoolArray
    head: IntArray
    after: IntArray
    before: IntArray
    sums: FloatArray


def lay_field(problem: CapacitatedProblem, allowed: BoolArray) -> Field:
    """Prepare the arrays of a problem for annealing."""
    lists, by_site = problem.candidates, lists_by_site(problem.candidates)
    order = np.lexsort((lists.sites, lists.clients))
    return Field(
        lists.first, lists.sites, lists.costs, lists.sites[order], lists.costs[order], by_site.first, by_site.clients,
        by_site.costs, problem.demands.astype(float), problem.capacities.astype(float),
        problem.fixed_costs.astype(float), allowed.copy(), problem.num_open is not None,
    )  # fmt: skip


@njit(cache=True)
def pair_cost(ground: Field, client: int, site: int) -> float:
    """Look up what serving the client from the site costs; inf when the pair is not listed."""
    low, high = ground.first[client], ground.first[client + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if ground.sorted_sites[middle] < site:
            low = middle + 1
        else:
            high = middle
    if low < end and ground.sorted_sites[low] == site:
        return float(ground.sorted_costs[low])
    return np.inf


@njit(cache=True)
def make_draft(ground: Field, assignment: IntArray, is_open: BoolArray) -> Draft:
    """Set up the changing plan of an assignment."""
    num_clients, num_sites = len(assignment), len(is_open)
    draft = Draft(
        np.full(num_clients, -1), np.zeros(num_clients), np.zeros(num_sites), np.zeros(num_sites, dtype=np.int64),
        is_open.copy(), np.full(num_sites, -1), np.full(num_clients, -1), np.full(num_clients, -1), np.zeros(3),
    )  # fmt: skip
    for j in range(num_sites):
        if is_open[j]:
            draft.sums[1] += ground.fixed_costs[j]
    for i in range(num_clients):
        _attach(ground, draft, i, assignment[i], pair_cost(ground, i, assignment[i]))
    return draft


@njit(cache=True)
def _attach(ground: Field, draft: Draft, client: int, site: int, cost: float) -> None:
    """Put an unserved client on a site."""
    over = max(0.0, draft.load[site] - ground.capacities[site])
    draft.load[site] += ground.demands[client]
    draft.sums[2] += max(0.0, draft.load[site] - ground.capacities[site]) - over
    draft.sums[0] += cost
    draft.site[client], draft.cost[client] = site, cost
    draft.clients[site] += 1
    head = draft.head[site]
    draft.after[client], draft.before[client] = head, -1
    if head >= 0:
        draft.before[head] = client
    draft.head[site] = client


@njit(cache=True)
def _detach(ground: Field, draft: Draft, client: int) -> None:
    """Take a client off its site."""
    site = draft.site[client]
    over = max(0.0, draft.load[site] - ground.capacities[site])
    draft.load[site] -= ground.demands[client]
    draft.sums[2] += max(0.0, draft.load[site] - ground.capacities[site]) - over
    draft.sums[0] -= draft.cost[client]
    draft.clients[site] -= 1
    after, before = draft.after[client], draft.before[client]
    if after >= 0:
        draft.before[after] = before
    if before >= 0:
        draft.after[before] = after
    else:
        draft.head[site] = after


@njit(cache=True)
def _overload(ground: Field, site: int, load: float) -> float:
    """Give the demand above the site's capacity at this load."""
    return max(0.0, load - ground.capacities[site])  # type: ignore[no-any-return]


@njit(cache=True)
def _random_near(ground: Field, client: int, reach: int, state: WordArray) -> int:
    """Draw an entry of the client's list among its nearest `reach`, near ones more often."""
    length = min(reach, ground.first[client + 1] - ground.first[client])
    place = min(length - 1, int(length * draw_unit(state) ** 2))
    return int(ground.first[client] + place)


@njit(cache=True)
def _random_member(draft: Draft, site: int, state: WordArray) -> int:
    """Draw one of the clients of a site that has some."""
    client = draft.head[site]
    for _ in range(draw_below(state, draft.clients[site])):
        client = draft.after[client]
    return int(client)


@njit(cache=True)
def _accepts(delta: float, heat: float, state: WordArray) -> bool:
    """Decide on a change by Metropolis' rule."""
    return delta <= 0.0 or (heat > 0.0 and draw_unit(state) < np.exp(-delta / heat))


@njit(cache=True)
def _shift(ground: Field, draft: Draft, reach: int, price: float, heat: float, state: WordArray) -> None:
    """Try to move one client to another open site."""
    i = draw_below(state, len(draft.site))
    e = _random_near(ground, i, reach, state)
    new, old, demand = ground.sites[e], draft.site[i], ground.demands[i]
    if not draft.is_open[new] or new == old:
        return
    delta = ground.costs[e] - draft.cost[i]
    delta += price * (_overload(ground, new, draft.load[new] + demand) - _overload(ground, new, draft.load[new]))
    delta += price * (_overload(ground, old, draft.load[old] - demand) - _overload(ground, old, draft.load[old]))
    is_last = draft.clients[old] == 1 and not ground.has_count
    if is_last:
        delta -= ground.fixed_costs[old]
    if _accepts(delta, heat, state):
        _detach(ground, draft, i)
        _attach(ground, draft, i, new, ground.costs[e])
        if is_last:
            _close(ground, draft, old)


@njit(cache=True)
def _swap(ground: Field, draft: Draft, reach: int, price: float, heat: float, state: WordArray) -> None:
    """Try to exchange two clients of different sites."""
    i = draw_below(state, len(draft.site))
    e = _random_near(ground, i, reach, state)
    b, a = ground.sites[e], draft.site[i]
    if not draft.is_open[b] or b == a or draft.clients[b] == 0:
        return
    k = _random_member(draft, b, state)
    back = pair_cost(ground, k, a)
    delta = ground.costs[e] - draft.cost[i] + back - draft.cost[k]
    if delta > 40.0 * heat + price * (ground.demands[i] + ground.demands[k]):
        return
    change = ground.demands[k] - ground.demands[i]
    delta += price * (_overload(ground, a, draft.load[a] + change) - _overload(ground, a, draft.load[a]))
    delta += price * (_overload(ground, b, draft.load[b] - change) - _overload(ground, b, draft.load[b]))
    if _accepts(delta, heat, state):
        _detach(ground, draft, i)
        _detach(ground, draft, k)
        _attach(ground, draft, i, b, ground.costs[e])
        _attach(ground, draft, k, a, back)


@njit(cache=True)
def _move_cluster(ground: Field, draft: Draft, reach: int, price: float, heat: float, state: WordArray) -> None:
    """Try to move all clients of one site to a closed site."""
    a = draft.site[draw_below(state, len(draft.site))]
    t = ground.sites[_random_near(ground, _random_member(draft, a, state), reach, state)]
    if draft.is_open[t] or not ground.allowed[t]:
        return
    delta = ground.fixed_costs[t] - ground.fixed_costs[a]
    delta += price * (_overload(ground, t, draft.load[a]) - _overload(ground, a, draft.load[a]))
    limit = 40.0 * heat
    i = draft.head[a]
    while i >= 0:
        delta += pair_cost(ground, i, t) - draft.cost[i]
        if delta == np.inf:
            return
        i = draft.after[i]
    if delta > limit or not _accepts(delta, heat, state):
        return
    _open(ground, draft, t)
    while draft.head[a] >= 0:
        i = draft.head[a]
        _detach(ground, draft, i)
        _attach(ground, draft, i, t, pair_cost(ground, i, t))
    _close(ground, draft, a)


@njit(cache=True)
def _open(ground: Field, draft: Draft, site: int) -> None:
    """Open a site and count its fixed cost."""
    draft.is_open[site] = True
    draft.sums[1] += ground.fixed_costs[site]


@njit(cache=True)
def _close(ground: Field, draft: Draft, site: int) -> None:
    """Close a site and give back its fixed cost."""
    draft.is_open[site] = False
    draft.sums[1] -= ground.fixed_costs[site]


@njit(cache=True)
def _empty_site(ground: Field, draft: Draft, site: int, price: float, log: IntArray) -> int:
    """Close a site and give each client to the open site that costs it least, overload counted.

    Logs the clients moved; gives their number, or -1 when one of them has nowhere to go.
    """
    moved = 0
    _close(ground, draft, site)
    while draft.head[site] >= 0:
        i, best, best_entry = draft.head[site], np.inf, -1
        for e in range(ground.first[i], ground.first[i + 1]):
            if ground.costs[e] >= best:
                break
            b = ground.sites[e]
            if draft.is_open[b]:
                over = _overload(ground, b, draft.load[b] + ground.demands[i]) - _overload(ground, b, draft.load[b])
                if ground.costs[e] + price * over < best:
                    best, best_entry = ground.costs[e] + price * over, e
        if best_entry < 0:
            return -1 - moved
        log[moved] = i
        moved += 1
        _detach(ground, draft, i)
        _attach(ground, draft, i, ground.sites[best_entry], ground.costs[best_entry])
    return moved


@njit(cache=True)
def _draw_to(ground: Field, draft: Draft, site: int, price: float, log: IntArray, old: IntArray, moved: int) -> int:
    """Open a site and draw to it, nearest first, the clients that gain and fit; log them with their old sites."""
    _open(ground, draft, site)
    for s in range(ground.site_first[site], ground.site_first[site + 1]):
        i, cost = ground.site_clients[s], ground.site_costs[s]
        if draft.load[site] + ground.demands[i] > ground.capacities[site]:
            if draft.load[site] >= ground.capacities[site]:
                break
            continue
        a = draft.site[i]
        relief = _overload(ground, a, draft.load[a]) - _overload(ground, a, draft.load[a] - ground.demands[i])
        if cost < draft.cost[i] + price * relief:
            log[moved], old[moved] = i, a
            moved += 1
            _detach(ground, draft, i)
            _attach(ground, draft, i, site, cost)
    return moved


@njit(cache=True)
def _beside(ground: Field, draft: Draft, site: int, other: int, state: WordArray) -> int:
    """Draw a site that serves one of the clients listed nearest to `site`; `other` when that is `site` itself."""
    members = ground.site_first[site + 1] - ground.site_first[site]
    if members == 0:
        return other
    near = ground.site_first[site] + int(members * draw_unit(state) ** 3)
    found = int(draft.site[ground.site_clients[near]])
    return other if found == site else found


@njit(cache=True)
def _reshape(
    ground: Field, draft: Draft, reach: int, price: float, heat: float, state: WordArray, log: IntArray, old: IntArray
) -> None:
    """Try to close one site, to open one, or (always with a fixed count) both; undo when not accepted."""
    before = draft.sums[0] + draft.sums[1] + price * draft.sums[2]
    action = 2 if ground.has_count else draw_below(state, 3)
    closing, opening, moved = -1, -1, 0
    if action != 1:
        closing = draft.site[draw_below(state, len(draft.site))]
    if action != 0:
        i = draw_below(state, len(draft.site))
        opening = ground.sites[_random_near(ground, i, reach, state)]
        if draft.is_open[opening] or not ground.allowed[opening]:
            return
        moved = _draw_to(ground, draft, opening, price, log, old, 0)
    failed = False
    if closing >= 0 and opening >= 0 and draw_below(state, 8) != 0:
        closing = _beside(ground, draft, opening, closing, state)
    if closing >= 0:
        gone = _empty_site(ground, draft, closing, price, log[moved:])
        failed = gone < 0
        gone = gone if gone >= 0 else -1 - gone
        old[moved : moved + gone] = closing
        moved += gone
    delta = draft.sums[0] + draft.sums[1] + price * draft.sums[2] - before
    if not failed and _accepts(delta, heat, state):
        return
    for k in range(moved - 1, -1, -1):
        _detach(ground, draft, log[k])
        _attach(ground, draft, log[k], old[k], pair_cost(ground, log[k], old[k]))
    if closing >= 0:
        _open(ground, draft, closing)
    if opening >= 0:
        _close(ground, draft, opening)


@njit(cache=True)
def anneal(
    ground: Field, assignment: IntArray, is_open: BoolArray, state: WordArray, reach: int, heat: float, cold: float,
    price: float, steps: int, reshaping: float,
) -> tuple[IntArray, BoolArray, float, IntArray, BoolArray, float]:  # fmt: skip
    """Cool from `heat` to `cold` in `steps` moves; give the cheapest plan within all capacities seen, and the last.

    `reshaping` is the share of moves that open or close sites. Gives assignment, open sites and cost of the best plan
    (cost inf when no plan was within its capacities), assignment and open sites of the last, its price of overload.
    """
    draft = make_draft(ground, assignment, is_open)
    slack = 1e-9 * (1.0 + ground.demands.sum())
    best_site, best_open, best = draft.site.copy(), draft.is_open.copy(), np.inf
    log, old = np.empty(2 * len(assignment), dtype=np.int64), np.empty(2 * len(assignment), dtype=np.int64)
    block = max(200, 4 * len(assignment))
    cooling = (cold / heat) ** (block / max(steps, block))
    if draft.sums[2] <= slack:
        best = draft.sums[0] + draft.sums[1]
    for done in range(0, steps, block):
        since_full = 0
        for _ in range(block):
            draw = draw_unit(state)
            if draw < reshaping:
                _reshape(ground, draft, reach, price, heat, state, log, old)
            elif draw < reshaping + 0.1:
                _move_cluster(ground, draft, reach, price, heat, state)
            elif draw < 0.55:
                _shift(ground, draft, reach, price, heat, state)
            else:
                _swap(ground, draft, reach, price, heat, state)
            if draft.sums[2] <= slack:
                since_full += 1
                cost = draft.sums[0] + draft.sums[1]
                if cost < best * (1.0 - 1e-9):
                    best = cost
                    best_site[:], best_open[:] = draft.site, draft.is_open
        heat *= cooling
        if since_full == 0:
            price *= 1.02
        elif since_full > block // 4:
            price *= 0.99
        if done % 1_000_000 == 0:
            draft = make_draft(ground, draft.site, draft.is_open)
    return best_site, best_open, best, draft.site, draft.is_open, price
