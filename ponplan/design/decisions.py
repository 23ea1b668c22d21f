"""What the optimiser has decided, before any record of the network is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.design.cascade import fed_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.direct import DirectPlan
    from ponplan.design.joints import Joints
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.feeders import FeederPair, Rings
    from ponplan.design.splits import PlannedSplitter
    from ponplan.design.tree import RootedTree
    from ponplan.design.trench import Trunk
    from ponplan.optimise.fan import FanGround

Strand = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Where fibre may run, where splitters stand and whom each serves."""

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    trunk: Trunk
    splitters: Sequence[PlannedSplitter]
    cables: CablePrices
    joints: Joints
    rings: Rings | None = None  # where trunks are protected
    direct: DirectPlan | None = None  # of customers who are not in `problem`: a fibre of their own to the office
    starts: Mapping[int, int] = field(
        default_factory=dict
    )  # of splitters: junction where the feeder leaves its office
    fed: Mapping[int, Sequence[int]] = field(init=False)  # splitters that hang on a splitter
    ground: FanGround = field(init=False, repr=False, compare=False)  # what fans along the trunk are priced by

    def __post_init__(self) -> None:
        object.__setattr__(self, "fed", fed_by(self.splitters))
        object.__setattr__(self, "ground", self.joints.on(self.trunk.tree))

    def feeders_of(self, splitter: int) -> FeederPair | None:
        """Give both feeders of a splitter with a protected trunk, None for any other."""
        if self.rings is None or self.planes[self.splitters[splitter].plane].protection != "trunk":
            return None
        return self.rings.pairs[self.junction_of(splitter)]

    def ground_on(self, tree: RootedTree) -> FanGround:
        """Give what fans along a tree are priced by, which for any tree but the trunk's is made anew."""
        return self.ground if tree is self.trunk.tree else self.joints.on(tree)

    def junction_of(self, splitter: int) -> int:
        """Give the junction at which a splitter stands."""
        return self.places[self.splitters[splitter].place].junction


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinDecisions:
    """The plants of the fully protected customers over either tree; their n-th splitters serve the same customers."""

    whole: PlanProblem  # of all customers
    sides: tuple[Decisions, Decisions]
    working: tuple[int, ...]  # of each pair the side whose splitter is the working one
