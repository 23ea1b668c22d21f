"""The core that reduced costs leave, as a mixed-integer program: only free sites, only entries that can still pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.relaxation import CLOSED, OPEN, SHARED, UNLIMITED
from ponplan.optimise.milp import Answer, Effort, Model, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.relaxation import Relaxation

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Core:
    """A restricted location problem: its sites, its entries (client, site, cost) and its program.

    Columns are the sites in order, then the entries in order.
    """

    sites: IntArray
    clients: IntArray
    entry_sites: IntArray
    model: Model


def make_core(
    relaxation: Relaxation, *, status: IntArray, entries: BoolArray, clients: BoolArray | None = None,
    num_open: int | None = None, need: float | None = None,
) -> Core:  # fmt: skip
    """Build the strong model of the sites not closed and the entries kept, for all clients or those marked.

    `num_open` and `need` replace those of the relaxation when only a part of the clients is asked.
    """
    sites = np.flatnonzero(status != CLOSED)
    column = np.full(len(status), -1)
    column[sites] = np.arange(len(sites))
    owner = np.repeat(np.arange(len(relaxation.demands)), np.diff(relaxation.first))
    keep = entries & (status[relaxation.sites] != CLOSED)
    if clients is not None:
        keep &= clients[owner]
    kept = np.flatnonzero(keep)
    who = np.unique(owner[kept]) if clients is None else np.flatnonzero(clients)
    row_of = np.full(len(relaxation.demands), -1)
    row_of[who] = np.arange(len(who))
    client, place = row_of[owner[kept]], column[relaxation.sites[kept]]
    model = _strong_model(
        relaxation, sites, status, kept, client, place, demands=relaxation.demands[who], num_clients=len(who),
        num_open=relaxation.num_open if num_open is None else num_open,
        need=relaxation.need if need is None else need,
    )  # fmt: skip
    return Core(sites, who[client], relaxation.sites[kept], model)


def solve_core(core: Core, *, effort: Effort, start_sites: BoolArray | None, start_of: IntArray | None) -> Answer:
    """Solve a core from the plan that opens `start_sites` and serves each client from `start_of`, if given."""
    start = None
    if start_sites is not None and start_of is not None:
        uses = (core.entry_sites == start_of[core.clients]).astype(float)
        start = np.concatenate((start_sites[core.sites].astype(float), uses))
    return solve_model(core.model, effort=effort, start=start)


def _strong_model(
    relaxation: Relaxation, sites: IntArray, status: IntArray, kept: IntArray, client: IntArray, place: IntArray, *,
    demands: FloatArray, num_clients: int, num_open: int, need: float,
) -> Model:  # fmt: skip
    """Write the rows: serve everyone, capacities, entries only of open sites, cover, count."""
    num_sites, num_entries = len(sites), len(kept)
    entry_columns = num_sites + np.arange(num_entries)
    blocks = [(client, entry_columns, np.ones(num_entries), np.ones(num_clients), np.ones(num_clients))]
    capacities = relaxation.capacities[sites]
    if relaxation.kind != UNLIMITED:
        blocks.append(
            (
                np.concatenate((place, np.arange(num_sites))),
                np.concatenate((entry_columns, np.arange(num_sites))),
                np.concatenate((demands[client], -capacities)),
                np.full(num_sites, -np.inf),
                np.zeros(num_sites),
            )
        )
    rows = np.tile(np.arange(num_entries), 2)
    values = np.concatenate((np.ones(num_entries), -np.ones(num_entries)))
    blocks.append(
        (rows, np.concatenate((entry_columns, place)), values, np.full(num_entries, -np.inf), np.zeros(num_entries))
    )
    if need > 0.0 and relaxation.kind != UNLIMITED:
        zeros, lowest, highest = np.zeros(num_sites, dtype=np.int64), np.array([need]), np.array([np.inf])
        blocks.append((zeros, np.arange(num_sites), capacities, lowest, highest))
    if num_open >= 0:
        zeros, count = np.zeros(num_sites, dtype=np.int64), np.array([float(num_open)])
        blocks.append((zeros, np.arange(num_sites), np.ones(num_sites), count, count))
    first, columns, coefficients, lower, upper = stack_rows(blocks)
    num_columns = num_sites + num_entries
    integral = np.zeros(num_columns, dtype=bool)
    integral[: num_sites if relaxation.kind == SHARED else num_columns] = True
    if relaxation.kind == UNLIMITED:
        integral[num_sites:] = False
    least = np.zeros(num_columns)
    least[:num_sites] = status[sites] == OPEN
    return Model(
        costs=np.concatenate((relaxation.fixed_costs[sites], relaxation.costs[kept])),
        lower=least, upper=np.ones(num_columns), row_first=first, row_columns=columns, row_values=coefficients,
        row_lower=lower, row_upper=upper, integral=integral,
    )  # fmt: skip


Block = tuple["IntArray", "IntArray", "FloatArray", "FloatArray", "FloatArray"]


def stack_rows(blocks: list[Block]) -> tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray]:
    """Stack blocks of (row, column, value) entries with their row bounds into one compressed matrix."""
    sizes = np.cumsum([0] + [len(block[3]) for block in blocks])
    rows = np.concatenate([block[0] + offset for block, offset in zip(blocks, sizes[:-1], strict=True)])
    order = np.argsort(rows, kind="stable")
    first = np.searchsorted(rows[order], np.arange(sizes[-1] + 1)).astype(np.int64)
    columns = np.concatenate([block[1] for block in blocks])[order]
    values = np.concatenate([block[2] for block in blocks])[order]
    return first, columns, values, np.concatenate([b[3] for b in blocks]), np.concatenate([b[4] for b in blocks])
