"""Spurs to places beside both trees, for fully protected customers on whose ways no two places stand.

Both trees are the cheapest that join everybody with the offices; nothing leads them past places for splitters. Where
a customer has no two places on ways apart, the cheapest spur is sought that hangs a place on one of the two ways,
clear of the other one. Fibre goes along it to the splitter and back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.protection.feeders import rings_of, rooted
from ponplan.design.protection.pairing import without_two_places
from ponplan.optimise.disjoint.paths import both_directions, distances
from ponplan.optimise.disjoint.regrow import Regrowth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.design.protection.twins import TwinGround

    FloatArray = NDArray[np.float64]
    Spur = tuple[float, int, list[tuple[int, int, int]]]  # cost, tree, nodes with what is above and the link there

MOST_TRIED = 12  # spurs for each customer


def with_spurs(twins: TwinGround, ground: TwoWayGround, opening: FloatArray) -> TwinGround:
    """Hang places on either tree until everybody has two on ways apart, or no spur helps.

    Nobody's ways come to share more, and nobody who had two places loses them.

    Parameters
    ----------
    opening
        (m,) of opening each segment, nothing where it is open already.
    """
    lacking, hopeless = without_two_places(twins), set[int]()
    hung: tuple[set[int], set[int]] = (set(), set())
    while wanting := [member for member in lacking if member not in hopeless]:
        member = wanting[0]
        for _, tree, spur in sorted(_spurs(twins, ground, opening, member))[:MOST_TRIED]:
            kept = tuple(places | ({spur[0][0]} if side == tree else set()) for side, places in enumerate(hung))
            trial = _hang(twins, ground, tree, spur, kept)
            if trial is None or without_two_places(trial, among=[member]):
                continue  # asked first, for it is quickly told
            left = without_two_places(trial)
            if set(left) < set(lacking):
                twins, lacking, hung = trial, left, (kept[0], kept[1])
                break
        else:
            hopeless.add(member)
    return twins


def _spurs(twins: TwinGround, ground: TwoWayGround, opening: FloatArray, member: int) -> Iterator[Spur]:
    """Give for each place and tree the cheapest spur from a customer's way, clear of the other way."""
    metres_cost = twins.line.slope * ground.lengths_m[: ground.num_segments]
    left = opening.copy()
    left[twins.segments] = 0.0
    network = ground.network(left + metres_cost)
    halves = both_directions(network)
    nodes = np.arange(ground.num_nodes) < ground.root
    for tree in (0, 1):
        own, other = (np.isin(ground.edges, list(twins.paths[side][member])) for side in (tree, 1 - tree))
        access = int(twins.sides[tree].access[member])
        on_way = set(np.concatenate([network.tails[own], network.heads[own]]).tolist()) | {access}
        reach, by = distances(halves, np.where(own, 0.0, network.costs), ~other, nodes, access, -1)
        for junction in sorted({place.junction for place in twins.places}):
            if junction in on_way or not np.isfinite(reach[junction]):
                continue
            spur, node = [], junction
            while node not in on_way:
                link = int(halves.links[by[node]])
                above = int(network.tails[link] + network.heads[link]) - node
                spur.append((node, above, link))
                node = above
            yield float(reach[junction]), tree, spur


def _hang(
    twins: TwinGround,
    ground: TwoWayGround,
    tree: int,
    spur: list[tuple[int, int, int]],
    kept: tuple[set[int], ...],
) -> TwinGround | None:
    """Lead a tree over a spur, with all that hangs on its nodes; None where somebody's ways share more for it."""
    link_of = np.full(len(ground.tails), -1)
    link_of[ground.edges] = np.arange(len(ground.edges))
    trees, regrown = twins.rings.trees, twins.rings.regrown
    parents = np.stack([one.parents for one in trees])
    links = np.stack([np.where(one.parent_edges >= 0, link_of[one.parent_edges], -1) for one in trees])
    for node, above, link in spur:
        parents[tree, node], links[tree, node] = above, link
    moved = Regrowth(regrown.demand, parents, links, regrown.swapped)
    if moved.harm() > regrown.harm():
        return None
    whole = moved.twins.links.copy()
    for side, places in enumerate(kept):
        for place in places:
            node = place
            while whole[side, node] < 0 and parents[side, node] >= 0:
                whole[side, node] = links[side, node]
                node = int(parents[side, node])
    rings = rings_of(ground, moved)
    return twins.over(replace(rings, trees=(rooted(ground, whole[0]), rooted(ground, whole[1]))))
