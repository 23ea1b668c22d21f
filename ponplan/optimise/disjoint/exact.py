"""The cheapest pair with shared-risk groups as a mixed-integer program on the links that can still pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.core import stack_rows
from ponplan.optimise.milp import Answer, Effort, Model, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.problem import LinkNetwork
    from ponplan.optimise.location.core import Block

    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


def solve_exactly(
    network: LinkNetwork, source: int, target: int, *, node_disjoint: bool, usable: BoolArray, effort: Effort
) -> tuple[Answer, tuple[BoolArray, BoolArray]]:
    """Solve for two unit flows on the `usable` links; give the answer and the links that each flow uses.

    Columns: for either path each link forwards, then each link backwards, then whether it runs each group's risk.
    """
    # a link from a node to itself is on no path, and would enter its node's row twice
    links = np.flatnonzero(usable & (network.tails != network.heads))
    num, groups = len(links), network.num_groups
    position = np.full(len(network.costs), -1)
    position[links] = np.arange(num)
    width = 2 * num + groups
    blocks: list[Block] = []
    for path in (0, 1):
        blocks.append(_flow_rows(network, links, path * width, source, target))
        blocks.append(_risk_rows(network, position, path * width))
    both = np.concatenate([path * width + side * num + np.arange(num) for path in (0, 1) for side in (0, 1)])
    blocks.append((np.tile(np.arange(num), 4), both, np.ones(4 * num), np.full(num, -np.inf), np.ones(num)))
    risks = np.concatenate([path * width + 2 * num + np.arange(groups) for path in (0, 1)])
    blocks.append(
        (np.tile(np.arange(groups), 2), risks, np.ones(2 * groups), np.full(groups, -np.inf), np.ones(groups))
    )
    if node_disjoint:
        blocks.append(_node_rows(network, links, width, source, target))
    first, columns, values, lower, upper = stack_rows(blocks)
    one = np.concatenate((network.costs[links], network.costs[links], np.zeros(groups)))
    model = Model(
        costs=np.tile(one, 2), lower=np.zeros(2 * width), upper=np.ones(2 * width), row_first=first,
        row_columns=columns, row_values=values, row_lower=lower, row_upper=upper,
        integral=np.ones(2 * width, dtype=bool),
    )  # fmt: skip
    answer = solve_model(model, effort=effort)
    used = [np.zeros(len(network.costs), dtype=bool) for _ in (0, 1)]
    if answer.values is not None:
        for path in (0, 1):
            flows = answer.values[path * width : path * width + 2 * num].reshape(2, num).sum(axis=0)
            used[path][links] = flows > 0.5
    return answer, (used[0], used[1])


def _flow_rows(network: LinkNetwork, links: IntArray, offset: int, source: int, target: int) -> Block:
    """Write that a path leaves the source once, reaches the target once and passes on elsewhere."""
    num = len(links)
    tails, heads = network.tails[links], network.heads[links]
    rows = np.concatenate((tails, heads, heads, tails))
    forwards, backwards = offset + np.arange(num), offset + num + np.arange(num)
    columns = np.concatenate((forwards, forwards, backwards, backwards))
    values = np.concatenate((np.ones(num), -np.ones(num), np.ones(num), -np.ones(num)))
    balance = np.zeros(network.num_nodes)
    balance[source], balance[target] = 1.0, -1.0
    return rows, columns, values, balance, balance


def _risk_rows(network: LinkNetwork, position: IntArray, offset: int) -> Block:
    """Write that a path over a link runs the risk of each of its groups."""
    num = int((position >= 0).sum())
    kept = position[network.risk_links] >= 0
    place, groups = position[network.risk_links[kept]], network.risk_groups[kept]
    rows = np.arange(len(place))
    columns = np.concatenate((offset + place, offset + num + place, offset + 2 * num + groups))
    values = np.concatenate((np.ones(2 * len(place)), -np.ones(len(place))))
    return np.tile(rows, 3), columns, values, np.full(len(place), -np.inf), np.zeros(len(place))


def _node_rows(network: LinkNetwork, links: IntArray, width: int, source: int, target: int) -> Block:
    """Write that at most one path enters each node between the ends, at most once."""
    num = len(links)
    rows = np.tile(np.concatenate((network.heads[links], network.tails[links])), 2)
    columns = np.concatenate([path * width + np.arange(2 * num) for path in (0, 1)])
    most = np.ones(network.num_nodes)
    most[[source, target]] = np.inf
    return rows, columns, np.ones(4 * num), np.full(network.num_nodes, -np.inf), most
