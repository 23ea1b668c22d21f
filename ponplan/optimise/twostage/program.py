"""The two-stage problem as a mixed-integer program that strong inequalities are added to as they are violated.

Columns: upper units, lower units, flow on feeds, flow on drops. A strong inequality says that the flow on one arc
needs a unit at its end: at most the client's demand, or the smaller capacity, times the units installed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.core import stack_rows
from ponplan.optimise.milp import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.core import Block
    from ponplan.optimise.twostage.problem import TwoStageProblem, Units

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each kind of column starts."""

    lower_units: int
    feeds: int
    drops: int
    total: int


@dataclass(slots=True)
class Cuts:
    """The strong inequalities in use: feeds that need their upper end, feeds that need their lower end, drops."""

    feed_tails: BoolArray
    feed_heads: BoolArray
    drop_tails: BoolArray

    @classmethod
    def none(cls, problem: TwoStageProblem) -> Cuts:
        """Start without any."""
        feeds, drops = len(problem.feeds.costs), len(problem.drops.costs)
        return cls(np.zeros(feeds, dtype=bool), np.zeros(feeds, dtype=bool), np.zeros(drops, dtype=bool))


def columns_of(problem: TwoStageProblem) -> Columns:
    """Say where each kind of column starts."""
    lower = len(problem.upper.costs)
    feeds = lower + len(problem.lower.costs)
    drops = feeds + len(problem.feeds.costs)
    return Columns(lower, feeds, drops, drops + len(problem.drops.costs))


def build_model(
    problem: TwoStageProblem, cuts: Cuts, *, allowed: BoolArray, forced: BoolArray, integral: bool
) -> Model:
    """Write the program with the units `allowed` (of all units, upper first) and those `forced` to be installed."""
    at = columns_of(problem)
    feeds, drops = problem.feeds, problem.drops
    feed_columns = at.feeds + np.arange(len(feeds.costs))
    drop_columns = at.drops + np.arange(len(drops.costs))
    num_lower = problem.lower.num_sites
    ends = np.concatenate((feeds.heads, drops.tails))
    signs = np.concatenate((np.ones(len(feed_columns)), -np.ones(len(drop_columns))))
    blocks: list[Block] = [
        (drops.heads, drop_columns, np.ones(len(drop_columns)), problem.demands, problem.demands),
        (ends, np.concatenate((feed_columns, drop_columns)), signs, np.zeros(num_lower), np.zeros(num_lower)),
        _capacity_rows(problem.upper, 0, feeds.tails, feed_columns),
        _capacity_rows(problem.lower, at.lower_units, drops.tails, drop_columns),
        _choice_rows(problem.upper, 0),
        _choice_rows(problem.lower, at.lower_units),
        _cover_row(problem.upper, 0, float(problem.demands.sum())),
        _cover_row(problem.lower, at.lower_units, float(problem.demands.sum())),
    ]
    total = float(problem.demands.sum())
    blocks += [
        _strong_rows(problem.upper, 0, feeds.tails, feed_columns, np.full(len(feed_columns), total), cuts.feed_tails),
        _strong_rows(
            problem.lower, at.lower_units, feeds.heads, feed_columns, _largest(problem.upper)[feeds.tails],
            cuts.feed_heads,
        ),
        _strong_rows(
            problem.lower, at.lower_units, drops.tails, drop_columns, problem.demands[drops.heads], cuts.drop_tails
        ),
    ]  # fmt: skip
    first, rows_columns, values, row_lower, row_upper = stack_rows(blocks)
    kinds = np.zeros(at.total, dtype=bool)
    kinds[: at.feeds] = integral
    least, most = np.zeros(at.total), np.full(at.total, np.inf)
    least[: at.feeds], most[: at.feeds] = forced, allowed
    unit_costs = np.concatenate((problem.upper.costs, problem.lower.costs))
    return Model(
        costs=np.concatenate((unit_costs, feeds.costs, drops.costs)), lower=least, upper=most, row_first=first,
        row_columns=rows_columns, row_values=values, row_lower=row_lower, row_upper=row_upper,
        integral=kinds if integral else None,
    )  # fmt: skip


def violated(problem: TwoStageProblem, values: FloatArray, *, least: float) -> Cuts:
    """Find the strong inequalities that these values break by more than `least`."""
    at = columns_of(problem)
    feeds, drops = problem.feeds, problem.drops
    on_feeds, on_drops = values[at.feeds : at.drops], values[at.drops :]
    upper, lower = values[: at.lower_units], values[at.lower_units : at.feeds]
    total = float(problem.demands.sum())
    return Cuts(
        on_feeds > _room(problem.upper, upper, feeds.tails, np.full(len(on_feeds), total)) + least,
        on_feeds > _room(problem.lower, lower, feeds.heads, _largest(problem.upper)[feeds.tails]) + least,
        on_drops > _room(problem.lower, lower, drops.tails, problem.demands[drops.heads]) + least,
    )


def _largest(units: Units) -> FloatArray:
    """Give the largest capacity that may be installed at each site."""
    largest = np.zeros(units.num_sites)
    np.maximum.at(largest, units.sites, units.capacities)
    return largest


def _pairs(units: Units, sites: IntArray) -> tuple[IntArray, IntArray]:
    """List for each arc (by its end at this stage) the units of that site: arc numbers, unit numbers."""
    order = np.argsort(units.sites, kind="stable")
    start = np.searchsorted(units.sites[order], np.arange(units.num_sites + 1))
    sizes = (start[1:] - start[:-1])[sites]
    arcs = np.repeat(np.arange(len(sites)), sizes)
    offsets = np.arange(len(arcs)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return arcs, order[start[sites][arcs] + offsets]


def _room(units: Units, installed: FloatArray, sites: IntArray, limits: FloatArray) -> FloatArray:
    """Give how much flow the (fractional) units allow on each arc."""
    arcs, which = _pairs(units, sites)
    weights = np.minimum(units.capacities[which], limits[arcs]) * installed[which]
    return np.bincount(arcs, weights=weights, minlength=len(sites)).astype(np.float64)


def _strong_rows(
    units: Units, offset: int, sites: IntArray, flow_columns: IntArray, limits: FloatArray, used: BoolArray
) -> Block:
    """Write flow - sum over the site's units of min(capacity, limit) * unit <= 0 for the arcs in use."""
    picked = np.flatnonzero(used)
    arcs, which = _pairs(units, sites[picked])
    values = -np.minimum(units.capacities[which], limits[picked][arcs])
    return (
        np.concatenate((np.arange(len(picked)), arcs)),
        np.concatenate((flow_columns[picked], offset + which)),
        np.concatenate((np.ones(len(picked)), values)),
        np.full(len(picked), -np.inf),
        np.zeros(len(picked)),
    )


def _capacity_rows(units: Units, offset: int, sites: IntArray, flow_columns: IntArray) -> Block:
    """Write that the flow through a site fits the unit installed there."""
    rows = np.concatenate((sites, units.sites))
    columns = np.concatenate((flow_columns, offset + np.arange(len(units.costs))))
    values = np.concatenate((np.ones(len(sites)), -units.capacities))
    return rows, columns, values, np.full(units.num_sites, -np.inf), np.zeros(units.num_sites)


def _choice_rows(units: Units, offset: int) -> Block:
    """Write that a site has at most one unit."""
    num = len(units.costs)
    columns = offset + np.arange(num)
    return units.sites, columns, np.ones(num), np.full(units.num_sites, -np.inf), np.ones(units.num_sites)


def _cover_row(units: Units, offset: int, need: float) -> Block:
    """Write that the installed units can pass all demand."""
    num = len(units.costs)
    columns = offset + np.arange(num)
    return np.zeros(num, dtype=np.int64), columns, units.capacities, np.array([need]), np.array([np.inf])
