"""Which entries can still pay, by reduced cost, and the parts of a plan that are solved again as small programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.location.core import Core, make_core
from ponplan.optimise.location.relaxation import CLOSED, FREE, OPEN, Relaxation, choose_sites, site_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.ascent import Ascent

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


class Reduced(NamedTuple):
    """What using each list entry adds to `floor`, a lower bound on every plan, at the prices of an ascent."""

    floor: float
    extra: FloatArray


def site_costs(relaxation: Relaxation, root: Ascent) -> FloatArray:
    """Give what opening each site costs at the prices of an ascent; closed sites cost inf."""
    num_sites, num_entries = len(root.status), len(relaxation.costs)
    values = np.empty(num_sites)
    site_values(
        relaxation, root.status, root.prices, values, np.zeros(num_sites + 1, dtype=np.int64),
        np.empty(num_entries, dtype=np.int64), np.empty(num_entries), np.empty(num_entries),
    )  # fmt: skip
    values[root.status == CLOSED] = np.inf
    return values


def reduced_costs(relaxation: Relaxation, root: Ascent) -> Reduced:
    """Price every entry: its cost above the client's price, plus what opening its site adds to the relaxed choice."""
    values, chosen = site_costs(relaxation, root), np.zeros(len(root.status), dtype=bool)
    if relaxation.num_open >= 0:
        floor = root.prices.sum() + choose_sites(relaxation, root.status, values, chosen)
        worst = values[chosen & (root.status == FREE)].max(initial=-np.inf)
        opening = np.where(chosen | (root.status == OPEN), 0.0, values - worst)
    else:
        counted = (root.status == OPEN) | ((root.status == FREE) & (values < 0.0))
        floor = root.prices.sum() + values[counted].sum()
        opening = np.where(root.status == OPEN, 0.0, np.maximum(values, 0.0))
    opening[root.status == CLOSED] = np.inf
    owner = np.repeat(np.arange(len(root.prices)), np.diff(relaxation.first))
    dearer = np.maximum(0.0, relaxation.costs - root.prices[owner])
    return Reduced(float(floor), dearer + opening[relaxation.sites])


def cheapest_entries(relaxation: Relaxation, extra: FloatArray, width: int) -> BoolArray:
    """Mark the `width` entries of least reduced cost of each client."""
    owner = np.repeat(np.arange(len(relaxation.demands)), np.diff(relaxation.first))
    order = np.lexsort((extra, owner))
    marked = np.zeros(len(extra), dtype=bool)
    marked[order] = np.arange(len(extra)) - relaxation.first[owner[order]] < width
    return marked & np.isfinite(extra)


@njit(cache=True)
def sites_around(
    first: IntArray, sites: IntArray, assignment: IntArray, is_open: BoolArray, seed: int, size: int
) -> BoolArray:
    """Gather up to `size` open sites around a client: those on its list, then on the lists of their clients."""
    taken, num = np.zeros(len(is_open), dtype=np.bool_), 0
    seen = np.zeros(len(assignment), dtype=np.bool_)
    queue, head, tail = np.empty(len(assignment), dtype=np.int64), 0, 1
    queue[0], seen[seed] = seed, True
    while head < tail and num < size:
        for e in range(first[queue[head]], first[queue[head] + 1]):
            if is_open[sites[e]] and not taken[sites[e]] and num < size:
                taken[sites[e]] = True
                num += 1
        head += 1
        if head == tail:
            for i in range(len(assignment)):
                if taken[assignment[i]] and not seen[i]:
                    queue[tail], seen[i] = i, True
                    tail += 1
    return taken


def region_core(
    relaxation: Relaxation, *, entries: BoolArray, assignment: IntArray, is_open: BoolArray, taken: BoolArray
) -> Core:
    """Make the program that serves the clients of the `taken` sites anew, by these sites or closed ones."""
    owner = np.repeat(np.arange(len(assignment)), np.diff(relaxation.first))
    clients = taken[assignment]
    keep = entries | (relaxation.sites == assignment[owner])
    status = np.where(is_open & ~taken, CLOSED, FREE)
    useful = taken.copy()
    useful[relaxation.sites[keep & clients[owner]]] = True
    status[~useful] = CLOSED
    count = int(taken.sum()) if relaxation.num_open >= 0 else -1
    return make_core(relaxation, status=status, entries=keep, clients=clients, num_open=count, need=0.0)
