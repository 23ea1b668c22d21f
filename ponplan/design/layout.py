"""What a sharing-out of customers over places is priced by, as arrays: of a whole plan, or of one serving area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assignments import bound_customers
from ponplan.design.consolidate import usual_customers
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.prices import installed_cost
from ponplan.design.tree import RootedTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import Enclosure
    from ponplan.design.joints import Joints
    from ponplan.design.placement import Placed
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.trench import Trunk
    from ponplan.optimise.fan import FanGround

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    Boxes = tuple[tuple[Enclosure, float], ...]

NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class Layout:
    """Customers, places and the tree between them; small enough to be handed to another process by serving areas.

    Parameters
    ----------
    access, plane_of, limits_m
        (c,) the junction where each customer's drop begins, its plane, and how far that may be from the office.
    may_move
        (c,) whether a customer's place may change.
    planes
        Without their members.
    usual
        (planes, places) how many customers of a plane a splitter at a place usually serves.
    offices, feeder_m, stub_costs
        (places,) the office that feeds a place, the metres to it, and what the way to the place costs to open.
    x_m, y_m
        (j,) of the tree's junctions; the super-root, which stands nowhere, is the last of a whole plan.
    entries, entry_m
        (o,) the junction at which the feeders of each office come in, and the metres that they have behind them.
    boxes
        What may stand at a kind of place, by the enclosure that the area gives; with its cost.
    frames
        On which the feeders that leave an office end; none where they are not counted: beside kept frames, and in a
        part, whose feeders share them with those of other parts.
    """

    access: IntArray
    plane_of: IntArray
    limits_m: FloatArray
    may_move: NDArray[np.bool_]
    planes: tuple[Plane, ...]
    places: tuple[Place, ...]
    junctions: IntArray
    usual: IntArray
    offices: IntArray
    feeder_m: FloatArray
    stub_costs: FloatArray
    tree: RootedTree
    x_m: FloatArray
    y_m: FloatArray
    ground: FanGround
    entries: IntArray
    entry_m: FloatArray
    boxes: Mapping[tuple[str, str | None], Boxes]
    frames: Boxes

    def part(self, places: IntArray, customers: IntArray) -> Layout:
        """Give the layout of some places and customers, on the least part of the tree that joins them.

        Junctions are numbered anew, in preorder; feeders come in where they reach this part of the tree.
        """
        junctions = _joined(self.tree, np.concatenate([self.junctions[places], self.access[customers]]))
        number = np.full(len(self.tree.parents), -1, np.int64)
        number[junctions] = np.arange(len(junctions))
        above = self.tree.parents[junctions]
        parents = np.where(above >= 0, number[above], -1)
        tree = RootedTree(
            root=0,
            parents=parents,
            parent_edges=np.where(parents >= 0, self.tree.parent_edges[junctions], -1),
            order=np.arange(len(junctions)),
            depth_m=self.tree.depth_m[junctions],
        )
        entries = np.array([self._entry(int(office), number, junctions) for office in self.entries], np.int64)
        return replace(
            self,
            access=number[self.access[customers]],
            plane_of=self.plane_of[customers],
            limits_m=self.limits_m[customers],
            may_move=self.may_move[customers],
            places=tuple(self.places[place] for place in places.tolist()),
            junctions=number[self.junctions[places]],
            usual=self.usual[:, places],
            offices=self.offices[places],
            feeder_m=self.feeder_m[places],
            stub_costs=self.stub_costs[places],
            tree=tree,
            x_m=self.x_m[junctions],
            y_m=self.y_m[junctions],
            ground=replace(
                self.ground,
                parents=parents,
                up_m=tree.up_m,
                order_of=tree.position,
                box_kinds=self.ground.box_kinds[junctions],
            ),
            entries=number[entries],
            entry_m=self.entry_m + self.tree.distances_m(self.entries, entries),
            frames=self.frames if len(customers) == len(self.access) else (),
        )

    def _entry(self, office: int, number: IntArray, junctions: IntArray) -> int:
        """Give the junction of a part that is the nearest to an office."""
        here = office
        while here >= 0 and number[here] < 0:
            here = int(self.tree.parents[here])
        return here if here >= 0 else int(junctions[0])


def layout_of(
    problem: PlanProblem,
    planes: Sequence[Plane],
    placed: Placed,
    trunk: Trunk,
    joints: Joints,
    limits_m: FloatArray,
) -> Layout:
    """Give the layout of a whole plan.

    Parameters
    ----------
    limits_m
        (c,) how long each customer's light path may be.
    """
    plane_of = np.zeros(len(problem.served), np.int64)
    for number, plane in enumerate(planes):
        plane_of[plane.members] = number
    # a protected customer's place is chosen together with both of its feeders
    is_plain = np.array([plane.protection == "none" for plane in planes], bool)
    may_move = is_plain[plane_of]
    may_move[bound_customers(problem)] = False
    junctions = np.array([place.junction for place in placed.places], np.int64)
    kinds = dict.fromkeys((place.kind, place.enclosure) for place in placed.places)
    return Layout(
        access=problem.access,
        plane_of=plane_of,
        limits_m=limits_m - problem.graph.lengths_m[problem.drop_edges],
        may_move=may_move,
        planes=tuple(replace(plane, members=NOBODY, port_shares=np.zeros(0)) for plane in planes),
        places=placed.places,
        junctions=junctions,
        usual=usual_customers(planes, placed.feeder_m),
        offices=placed.offices,
        feeder_m=placed.feeder_m,
        stub_costs=trunk.stub_costs[junctions],
        tree=trunk.tree,
        x_m=np.append(problem.graph.junction_x_m, np.nan),
        y_m=np.append(problem.graph.junction_y_m, np.nan),
        ground=joints.on(trunk.tree),
        entries=problem.offices,
        entry_m=np.zeros(len(problem.offices)),
        boxes={kind: _boxes(problem, *kind) for kind in kinds},
        frames=() if problem.standing is not None and problem.standing.frames else _boxes(problem, "office", None),
    )


def _boxes(problem: PlanProblem, kind: str, given: str | None) -> Boxes:
    catalogue = problem.catalogue
    if given:
        return ((catalogue.enclosures[given], installed_cost(catalogue, catalogue.enclosures[given])),)
    return tuple(
        (row, installed_cost(catalogue, row))
        for row in catalogue.enclosures.values()
        if row.kind == ENCLOSURE_OF[kind] and row.allowed_in_design
    )


def _joined(tree: RootedTree, ends: IntArray) -> IntArray:
    """Give the junctions of the least part of a tree that joins these, in preorder."""
    order = np.unique(tree.position[ends])
    first, last = tree.order[order[:1]], tree.order[order[-1:]]
    top = int(tree.meeting_points(first, last)[0])
    joined = {top}
    for end in tree.order[order].tolist():
        here = end
        while here not in joined:
            joined.add(here)
            here = int(tree.parents[here])
    return np.asarray(tree.order[np.sort(tree.position[list(joined)])], np.int64)
