"""Find better ways to join a tree's parts: exchange of key paths and elimination of key vertices.

A key node is a terminal or a node where the tree branches; a key path leads from one to the next. The method is
that of Uchoa and Werneck (2012): walking up the tree, each part carries a heap of the cheapest ways out of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push
from ponplan.optimise.steiner.insertion import note_insertions
from ponplan.optimise.steiner.moves import Moves, empty_moves
from ponplan.optimise.steiner.pairing import pair_merge, pair_pop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs
    from ponplan.optimise.steiner.rooted import Rooted

_MAX_PARTS = 24


class Scratch(NamedTuple):
    """Arrays that all evaluations share.

    Parameters
    ----------
    top, child, sibling, key
        A pairing heap of arcs for each node: the arcs leading out of the regions below it, by the cost of the way.
    mark
        Of tree nodes: the number of the evaluation that takes them out.
    again, again_base, again_arc, stamp
        Distance, base and last arc of nodes whose base is taken out, valid if `stamp` has the evaluation's number.
    heap, place
        For the searches of these distances.
    gone, lost
        The nodes taken out, and the nodes of their regions.
    way_cost, way_arc
        Arcs that join two parts.
    """

    top: NDArray[np.int32]
    child: NDArray[np.int32]
    sibling: NDArray[np.int32]
    key: NDArray[np.int64]
    mark: NDArray[np.int32]
    again: NDArray[np.int64]
    again_base: NDArray[np.int32]
    again_arc: NDArray[np.int32]
    stamp: NDArray[np.int32]
    heap: NDArray[np.int32]
    place: NDArray[np.int32]
    gone: NDArray[np.int32]
    lost: NDArray[np.int32]
    way_cost: NDArray[np.int64]
    way_arc: NDArray[np.int32]


def find_moves(arcs: Arcs, is_terminal: NDArray[np.bool_], rooted: Rooted) -> Moves:
    """Give all improving moves of a tree: key paths, key vertices, and nodes to insert."""
    num_nodes, num_arcs = len(arcs.first) - 1, len(arcs.head)
    moves = empty_moves(rooted)
    scratch = Scratch(
        top=np.full(num_nodes, -1, np.int32),
        child=np.full(num_arcs, -1, np.int32),
        sibling=np.full(num_arcs, -1, np.int32),
        key=np.zeros(num_arcs, np.int64),
        mark=np.zeros(num_nodes, np.int32),
        again=np.zeros(num_nodes, np.int64),
        again_base=np.zeros(num_nodes, np.int32),
        again_arc=np.zeros(num_nodes, np.int32),
        stamp=np.zeros(num_nodes, np.int32),
        heap=np.empty(num_nodes, np.int32),
        place=np.full(num_nodes, -1, np.int32),
        gone=np.empty(num_nodes, np.int32),
        lost=np.empty(num_nodes, np.int32),
        way_cost=np.empty(2 * num_arcs, np.int64),
        way_arc=np.empty(2 * num_arcs, np.int32),
    )
    _fill_heaps(arcs, rooted, scratch)
    _walk_up(arcs, is_terminal, rooted, scratch, moves)
    note_insertions(arcs, rooted, moves)
    return moves


@njit(cache=True)
def _fill_heaps(arcs: Arcs, rooted: Rooted, scratch: Scratch) -> None:
    """Put each arc between two regions, but the tree's own, into the heap of the region it leaves."""
    for arc in range(len(arcs.head)):
        one = rooted.base[arcs.tail[arc]]
        other = rooted.base[arcs.head[arc]]
        if one == other or one < 0:
            continue
        if rooted.parent_arc[arcs.head[arc]] == arc or rooted.parent_arc[arcs.tail[arc]] == arcs.twin[arc]:
            continue
        scratch.key[arc] = rooted.distance[arcs.tail[arc]] + arcs.cost[arc] + rooted.distance[arcs.head[arc]]
        scratch.top[one] = pair_merge(scratch.child, scratch.sibling, scratch.key, scratch.top[one], arc)


@njit(cache=True)
def _is_key(node: int, is_terminal: NDArray[np.bool_], rooted: Rooted) -> bool:
    return bool(is_terminal[node] or rooted.num_children[node] != 1)


@njit(cache=True)
def _walk_up(arcs: Arcs, is_terminal: NDArray[np.bool_], rooted: Rooted, scratch: Scratch, moves: Moves) -> None:
    """Look at key nodes from the leaves up: first without the node, then without the path above it."""
    for i in range(len(rooted.order) - 1, -1, -1):
        node = int(rooted.order[i])
        if not _is_key(node, is_terminal, rooted):
            continue
        bottoms = np.empty(rooted.num_children[node], np.int32)
        count = 0
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            if rooted.parent_arc[arcs.head[arc]] == arc:
                bottom = arcs.head[arc]
                while not _is_key(bottom, is_terminal, rooted):
                    bottom = rooted.order[rooted.position[bottom] + 1]
                bottoms[count] = bottom
                count += 1
        if not is_terminal[node] and i > 0 and count + 1 <= _MAX_PARTS:
            _evaluate(arcs, is_terminal, rooted, scratch, moves, bottoms, node, 2 * i + 1)
        for bottom in bottoms:
            step = bottom
            while step != node:
                scratch.top[node] = pair_merge(
                    scratch.child, scratch.sibling, scratch.key, scratch.top[node], scratch.top[step]
                )
                step = arcs.tail[rooted.parent_arc[step]]
        if i > 0:
            bottoms = np.empty(1, np.int32)
            bottoms[0] = node
            _evaluate(arcs, is_terminal, rooted, scratch, moves, bottoms, -1, 2 * i + 2)


@njit(cache=True)
def _part(node: int, bottoms: NDArray[np.int32], rooted: Rooted) -> int:
    """Give the part a tree node that stays belongs to: below one of `bottoms`, or else the rest."""
    for i in range(len(bottoms)):
        if rooted.position[bottoms[i]] <= rooted.position[node] <= rooted.last[bottoms[i]]:
            return i
    return len(bottoms)


@njit(cache=True)
def _take_out(
    arcs: Arcs, is_terminal: NDArray[np.bool_], rooted: Rooted, scratch: Scratch, bottoms: NDArray[np.int32],
    centre: int, number: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Mark the nodes between the parts; give how many, what their paths cost and the key node above."""
    count = 0
    cost = 0
    starts = len(bottoms) + (1 if centre >= 0 else 0)
    step = -1
    for i in range(starts):
        step = int(bottoms[i]) if i < len(bottoms) else centre
        while True:
            cost += arcs.cost[rooted.parent_arc[step]]
            step = int(arcs.tail[rooted.parent_arc[step]])
            if step == centre:
                break
            if _is_key(step, is_terminal, rooted):
                break
            scratch.gone[count] = step
            scratch.mark[step] = number
            count += 1
    if centre >= 0:
        scratch.gone[count] = centre
        scratch.mark[centre] = number
        count += 1
    return count, cost, step


@njit(cache=True)
def _search_again(arcs: Arcs, rooted: Rooted, scratch: Scratch, num_gone: int, number: int) -> int:
    """Find the nearest tree nodes that stay for all nodes whose nearest tree node is taken out; give how many."""
    count = 0
    for i in range(num_gone):
        node = rooted.region[scratch.gone[i]]
        while node >= 0:
            scratch.lost[count] = node
            scratch.stamp[node] = number
            scratch.again[node] = np.iinfo(np.int64).max
            scratch.again_base[node] = -1
            count += 1
            node = rooted.next_in_region[node]
    size = 0
    for i in range(count):
        node = scratch.lost[i]
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            if scratch.stamp[other] != number and rooted.base[other] >= 0:
                reached = rooted.distance[other] + arcs.cost[arc]
                if reached < scratch.again[node]:
                    scratch.again[node] = reached
                    scratch.again_base[node] = rooted.base[other]
                    scratch.again_arc[node] = arcs.twin[arc]
        if scratch.again_base[node] >= 0:
            size = heap_push(scratch.heap, scratch.place, size, scratch.again, int(node))
    while size > 0:
        node = heap_pop(scratch.heap, scratch.place, size, scratch.again)
        size -= 1
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            reached = scratch.again[node] + arcs.cost[arc]
            if scratch.stamp[other] == number and reached < scratch.again[other]:
                scratch.again[other] = reached
                scratch.again_base[other] = scratch.again_base[node]
                scratch.again_arc[other] = arc
                size = heap_push(scratch.heap, scratch.place, size, scratch.again, int(other))
    return count


@njit(cache=True)
def _collect_ways(
    arcs: Arcs, rooted: Rooted, scratch: Scratch, bottoms: NDArray[np.int32], num_lost: int, number: int
) -> int:
    """Collect the arcs over which parts can be joined: the tops of their heaps and arcs of searched regions."""
    count = 0
    for i in range(len(bottoms)):
        top = int(scratch.top[bottoms[i]])
        while top >= 0:
            other = rooted.base[arcs.head[top]]
            part = -1 if scratch.mark[other] == number else _part(other, bottoms, rooted)
            if part >= 0 and part != i:
                scratch.way_cost[count] = scratch.key[top]
                scratch.way_arc[count] = top
                count += 1
            if part == len(bottoms):
                break
            # what leads to a part joined from here on, or to what is taken out, is of no use further up
            top = pair_pop(scratch.child, scratch.sibling, scratch.key, top)
        scratch.top[bottoms[i]] = top
    for i in range(num_lost):
        node = scratch.lost[i]
        if scratch.again_base[node] < 0:
            continue
        part = _part(scratch.again_base[node], bottoms, rooted)
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            is_lost = scratch.stamp[other] == number
            base = scratch.again_base[other] if is_lost else rooted.base[other]
            if base >= 0 and not (is_lost and other < node) and _part(base, bottoms, rooted) != part:
                further = scratch.again[other] if is_lost else rooted.distance[other]
                scratch.way_cost[count] = scratch.again[node] + arcs.cost[arc] + further
                scratch.way_arc[count] = arc
                count += 1
    return count


@njit(cache=True)
def _evaluate(
    arcs: Arcs, is_terminal: NDArray[np.bool_], rooted: Rooted, scratch: Scratch, moves: Moves,
    bottoms: NDArray[np.int32], centre: int, number: int,
) -> None:  # fmt: skip
    """Take out the paths above `bottoms`, with the node they meet in if `centre` is one; join the parts anew."""
    num_gone, cost, above = _take_out(arcs, is_terminal, rooted, scratch, bottoms, centre, number)
    num_lost = _search_again(arcs, rooted, scratch, num_gone, number)
    num_ways = _collect_ways(arcs, rooted, scratch, bottoms, num_lost, number)
    moves.tally[3] += 3 * num_lost + num_ways + num_gone
    parts = len(bottoms) + 1
    leader = np.arange(parts)
    used = np.empty(parts, np.int32)
    num_used = 0
    total = 0
    while num_used < parts - 1 and total < cost:
        best = _cheapest_way(arcs, rooted, scratch, bottoms, leader, num_ways, number)
        if best < 0:
            break
        used[num_used] = scratch.way_arc[best]
        num_used += 1
        total += scratch.way_cost[best]
    if num_used == parts - 1 and total < cost:
        _note(arcs, rooted, scratch, moves, bottoms, used[:num_used], num_gone, above, cost - total, number)


@njit(cache=True)
def _cheapest_way(
    arcs: Arcs, rooted: Rooted, scratch: Scratch, bottoms: NDArray[np.int32], leader: NDArray[np.int64],
    num_ways: int, number: int,
) -> int:  # fmt: skip
    """Give the cheapest way between parts that are not joined yet, and join them; -1 if there is none."""
    best = -1
    one = other = -1
    for i in range(num_ways):
        if best >= 0 and scratch.way_cost[i] >= scratch.way_cost[best]:
            continue
        arc = int(scratch.way_arc[i])
        here = leader[_part(_base(arcs.tail[arc], rooted, scratch, number), bottoms, rooted)]
        there = leader[_part(_base(arcs.head[arc], rooted, scratch, number), bottoms, rooted)]
        if here != there:
            best, one, other = i, here, there
    if best >= 0:
        for part in range(len(leader)):
            if leader[part] == other:
                leader[part] = one
    return best


@njit(cache=True)
def _base(node: int, rooted: Rooted, scratch: Scratch, number: int) -> int:
    return int(scratch.again_base[node] if scratch.stamp[node] == number else rooted.base[node])


@njit(cache=True)
def _note(
    arcs: Arcs, rooted: Rooted, scratch: Scratch, moves: Moves, bottoms: NDArray[np.int32],
    used: NDArray[np.int32], num_gone: int, above: int, gain: int, number: int,
) -> None:  # fmt: skip
    """Write an improving move down, unless there is no room left."""
    move, num_removed, num_needed = int(moves.tally[0]), int(moves.tally[1]), int(moves.tally[2])
    if num_removed + num_gone > len(moves.removed) or num_needed + len(bottoms) + 1 > len(moves.needed):
        return
    for i in range(num_gone):
        moves.removed[num_removed + i] = scratch.gone[i]
    moves.needed[num_needed] = above
    num_needed += 1
    for bottom in bottoms:
        moves.needed[num_needed] = bottom
        num_needed += 1
    for arc in used:
        for end in (int(arcs.tail[arc]), int(arcs.head[arc])):
            node = end
            while True:
                if num_needed >= len(moves.needed):
                    return
                moves.needed[num_needed] = node
                num_needed += 1
                if scratch.stamp[node] == number:
                    node = int(arcs.tail[scratch.again_arc[node]])
                elif rooted.from_arc[node] >= 0:
                    node = int(arcs.tail[rooted.from_arc[node]])
                else:
                    break
    moves.gain[move] = gain
    moves.removed_end[move] = num_removed + num_gone
    moves.needed_end[move] = num_needed
    moves.tally[0] = move + 1
    moves.tally[1] = num_removed + num_gone
    moves.tally[2] = num_needed
