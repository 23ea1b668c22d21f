"""Find nodes outside a tree that would make it cheaper as new branching points (Minoux 1990)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs
    from ponplan.optimise.steiner.moves import Moves
    from ponplan.optimise.steiner.rooted import Rooted

_MAX_STEPS = 400
_MAX_CUTS = 16


@njit(cache=True)
def note_insertions(arcs: Arcs, rooted: Rooted, moves: Moves) -> None:
    """Add a move for each node that saves more tree edges, in circles it closes, than its own edges cost.

    The gain is an estimate; whoever applies moves spans the chosen nodes anew and sees.
    """
    cuts = np.empty(_MAX_CUTS, np.int32)
    for node in range(len(rooted.position)):
        if rooted.position[node] >= 0:
            continue
        nearest = -1
        count = 0
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            if rooted.position[arcs.head[arc]] >= 0:
                count += 1
                if nearest < 0 or arcs.cost[arc] < arcs.cost[nearest]:
                    nearest = arc
        if count < 3 or moves.tally[2] + 1 > len(moves.needed):
            continue
        gain = -arcs.cost[nearest]
        num_cuts = 0
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            if arc == nearest or rooted.position[arcs.head[arc]] < 0 or num_cuts == _MAX_CUTS:
                continue
            cut = _dearest_between(arcs, rooted, arcs.head[arc], arcs.head[nearest], cuts[:num_cuts], moves)
            if cut >= 0 and arcs.cost[cut] > arcs.cost[arc]:
                gain += arcs.cost[cut] - arcs.cost[arc]
                cuts[num_cuts] = cut
                num_cuts += 1
        if gain > 0:
            move = moves.tally[0]
            moves.gain[move] = gain
            moves.needed[moves.tally[2]] = node
            moves.tally[0] = move + 1
            moves.tally[2] += 1
            moves.removed_end[move] = moves.tally[1]
            moves.needed_end[move] = moves.tally[2]


@njit(cache=True)
def _dearest_between(arcs: Arcs, rooted: Rooted, one: int, other: int, cuts: NDArray[np.int32], moves: Moves) -> int:
    """Give the dearest tree arc between two tree nodes that is not among `cuts`; -1 if they are far apart."""
    best = -1
    for start, goal in ((one, other), (other, one)):
        step = start
        for _ in range(_MAX_STEPS):
            # up to the first node above both
            if rooted.position[step] <= rooted.position[goal] <= rooted.last[step]:
                break
            moves.tally[3] += 1
            arc = rooted.parent_arc[step]
            is_cut = False
            for cut in cuts:
                is_cut = is_cut or cut == arc
            if not is_cut and (best < 0 or arcs.cost[arc] > arcs.cost[best]):
                best = arc
            step = arcs.tail[arc]
        else:
            return -1
    return best
