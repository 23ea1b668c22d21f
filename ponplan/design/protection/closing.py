"""What it costs in digging to reach a place by two feeders apart, beside what is open already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.disjoint.twice import cheapest_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.protection.ground import TwoWayGround

    FloatArray = NDArray[np.float64]

MOST_LINKS = 5_000_000  # looked at for all places together


def closing_costs(ground: TwoWayGround, places: Sequence[Place], opening: FloatArray) -> FloatArray:
    """Give (nodes,) what closing a ring to each place costs; bridges, which no ring avoids, are left out.

    Where there are too many places, those nearest the offices are looked at, and the others taken to be as dear as
    the dearest of these.

    Parameters
    ----------
    opening
        (m,) of opening each segment, nothing where it is open in any case.
    """
    network = ground.network(opening)
    nearest = np.argsort(ground.office_m(), kind="stable")
    wanted = np.zeros(ground.num_nodes, bool)
    wanted[[place.junction for place in places]] = True
    junctions = nearest[wanted[nearest]][: max(1, MOST_LINKS // len(network.costs))]
    costs = np.zeros(ground.num_nodes)
    twice = ground.twice(network)
    found = [cheapest_pair(twice, ground.root, junction, node_disjoint=False).cost for junction in junctions.tolist()]
    costs[wanted] = max((cost for cost in found if np.isfinite(cost)), default=0.0)
    costs[junctions] = np.where(np.isfinite(found), found, costs[junctions])
    return costs
