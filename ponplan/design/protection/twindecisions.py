"""The decisions for both plants of the fully protected customers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.decisions import Decisions, TwinDecisions
from ponplan.design.onus import pick_onus
from ponplan.design.protection.pairing import pair_splitters
from ponplan.design.refused import NotTwice
from ponplan.design.trench import Trunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.joints import Joints
    from ponplan.design.protection.twins import TwinGround

    IntArray = NDArray[np.int64]

MARKS = ("/A", "/B")  # behind the names of enclosures on either tree


def decide_twins(ground: TwinGround, met: IntArray, joints: Joints) -> TwinDecisions:
    """Choose splitters on both trees.

    Parameters
    ----------
    met
        (2, c) splices as `pair_splitters` wants them.
    joints
        What cables and their joints cost.

    Raises
    ------
    NotTwice
        When somebody cannot be served twice; by positions in the problem of all.
    """
    own = ground.sides[0]
    kinds = own.catalogue.onus
    onus = pick_onus(own)
    switched = np.array([kinds[onus[member]].optical_switch for member in range(len(ground.rows))], bool)
    paired = pair_splitters(ground, met, switched)
    if paired.refused:
        raise NotTwice(tuple(int(ground.rows[member]) for member in sorted(paired.refused)))
    sides = [
        Decisions(
            problem=ground.sides[tree],
            planes=ground.planes,
            places=tuple(replace(place, mark=MARKS[tree]) for place in ground.places),
            trunk=Trunk(tree=ground.rings.trees[tree], stub_costs=np.zeros(0)),
            splitters=paired.sides[tree],
            cables=ground.cables,
            joints=joints,
            starts=dict(enumerate(paired.starts[tree])),
        )
        for tree in (0, 1)
    ]
    return TwinDecisions(whole=ground.whole, sides=(sides[0], sides[1]), working=paired.working)
