"""Two dual ascents, one from the root and one towards it, then one over crossings twice: a bound for large problems.

The directed cuts that are entered and those that are left charge each arc's cost together (see `program`), so that
the second ascent runs on what the first one leaves, backwards. Pairs of two nodes are joined to one node for both, as
if a way might pass from one to the other: then their cuts are left as well as entered. What remains on both arcs of a
link is charged by cuts that are crossed twice; of a link that is paid already, the limit of being opened once is
bought: a unit of it allows a unit more on both arcs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.optimise.disjoint.paths import both_directions
from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.steiner.ascent import Ascent
from ponplan.optimise.steiner.bound import NO_LIMIT
from ponplan.optimise.steiner.core import build_arcs, cost_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.paths import Halves
    from ponplan.optimise.twoway.core import Core

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

_TINY = 1e-9


def ascend_twice(core: Core) -> float:
    """Bound the core from below, its base included; links for both ways of a pair are taken as free."""
    costs = np.where(core.is_shared, 0.0, core.costs)
    group = _joined(core)
    scale = cost_scale(costs)
    whole = np.floor(costs * scale).astype(np.int64)
    arcs = build_arcs(core.num_nodes, group[core.tails], group[core.heads], whole)
    root = int(group[core.root])
    forwards = Ascent(arcs, _marked(core.num_nodes, group[core.singles]), root)
    forwards.run(NO_LIMIT)
    # an arc's cost backwards is what is left of the arc that runs against it
    backwards = Ascent(
        arcs._replace(cost=forwards.reduced[arcs.twin]), _marked(core.num_nodes, group[core.pairs.ravel()]), root
    )
    backwards.run(NO_LIMIT)
    rest = np.full(len(costs), np.inf)
    np.minimum.at(rest, arcs.edge, np.minimum(backwards.reduced[arcs.twin], forwards.reduced) / scale)
    rest[core.is_shared] = 0.0
    crossed = max(_crossed(core, rest, pairs) for pairs in (core.pairs, core.pairs[::-1]))
    return core.base_cost + (forwards.bound + backwards.bound) / scale + crossed


def _joined(core: Core) -> IntArray:
    """Give each node's number where the ends of pairs are one node, and those of links for both ways."""
    tails = np.concatenate([core.tails[core.is_shared], core.pairs[:, 0]])
    heads = np.concatenate([core.heads[core.is_shared], core.pairs[:, 1]])
    joints = coo_array((np.ones(len(tails)), (tails, heads)), shape=(core.num_nodes, core.num_nodes))
    return np.asarray(connected_components(joints, directed=False)[1], np.int64)


def _marked(num: int, nodes: IntArray) -> NDArray[np.bool_]:
    marked = np.zeros(num, bool)
    marked[nodes] = True
    return marked


def _crossed(core: Core, rest: FloatArray, pairs: IntArray) -> float:
    """Give what cuts around one pair after the other can still charge."""
    total, num, left = 0.0, core.num_nodes, rest
    most = np.concatenate([np.where(core.is_shared, 2, 1), [1, 1]])
    for pair in pairs:
        tails, heads = np.concatenate([core.tails, pair]), np.concatenate([core.heads, [num, num]])
        costs = np.concatenate([left, np.zeros(2)])
        network = LinkNetwork(num_nodes=num + 1, tails=tails, heads=heads, costs=costs)
        total += _charge(both_directions(network), tails, heads, costs, most, core.root, num)
        left = costs[:-2]
    return total


@njit(cache=True)
def _charge(
    halves: Halves, tails: IntArray, heads: IntArray, left: FloatArray, most: IntArray, root: int, sink: int
) -> float:
    """Charge cuts around the sink until two ways from the root lead over links that are paid; give the gain.

    The set within the cut is whoever still can send to the sink over such links; each unit charged gains one for
    every way missing, because crossing links that are paid already are used once. One loop, for it keeps its queue.
    """
    num_nodes, num_links = len(halves.first) - 1, len(left)
    flow = np.zeros(num_links, np.int64)
    by, queue, cut = np.full(num_nodes, -1), np.empty(num_nodes, np.int64), np.empty(2 * num_links, np.int64)
    inside = np.zeros(num_nodes, np.bool_)
    gain = 0.0
    for sent in range(2):
        inside[:] = False
        inside[sink], queue[0] = True, sink
        begin, end, num_cut = 0, 1, 0
        while not inside[root]:
            while begin < end and not inside[root]:
                node = queue[begin]
                begin += 1
                for half in range(halves.first[node], halves.first[node + 1]):
                    link, ahead = halves.links[half], halves.ends[half]
                    if inside[ahead]:
                        continue
                    towards = flow[link] if tails[link] == ahead else -flow[link]
                    if left[link] > _TINY:
                        cut[num_cut] = link
                        num_cut += 1
                    elif towards < most[link]:
                        inside[ahead], by[ahead], queue[end] = True, half, ahead
                        end += 1
            if inside[root]:
                break
            least, kept = np.inf, 0
            for place in range(num_cut):
                link = cut[place]
                if inside[tails[link]] != inside[heads[link]] and left[link] > _TINY:
                    cut[kept] = link
                    kept += 1
                    least = min(least, left[link])
            if kept == 0:
                return gain  # nothing leads there: the problem has no answer
            gain += (2 - sent) * least
            num_cut = kept
            begin = 0  # links that are paid now let others in: look again from the sink on
            end = 0
            for place in range(num_cut):
                left[cut[place]] -= least
            for node in range(num_nodes):
                if inside[node]:
                    queue[end] = node
                    end += 1
            num_cut = 0
        node = root
        while node != sink:
            link = halves.links[by[node]]
            flow[link] += 1 if tails[link] == node else -1
            node = tails[link] + heads[link] - node
    return gain
