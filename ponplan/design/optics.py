"""Whether light arrives neither too weak nor too strong, judged before the cables are laid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.topology.light import DIRECTIONS, budget, fibre_attenuation, leg_attenuation, margin_db, path_loss
from ponplan.topology.splicing import splitter_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OpticalClass, Splitter, Technology
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.light import Direction, PathLoss

ROUNDING_DB = 1e-9  # in favour of light
# a one-stage path: the terminations of both its links
ENDS = ("olt", "splitter-input", "splitter-output", "onu")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathShape:
    """A light path as far as it is known: metres of fibre, splices between cables, a switch before the terminal."""

    length_m: float
    joints: int
    is_switched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What light meets in the splitters and taps that it passes, their joints to the fibres included."""

    max_db: float = 0.0
    typical_db: float = 0.0
    splices: int = 0
    connectors: int = 0

    def through(self, catalogue: Catalogue, splitter: Splitter, leg: int) -> Passage:
        """Give the passage that goes on through a leg of one more splitter."""
        loss = leg_attenuation(splitter, leg)
        ends = [splitter_end(catalogue, splitter.id, end) for end in ("input", "output")]
        return Passage(
            max_db=self.max_db + loss.max_db,
            typical_db=self.typical_db + loss.typical_db,
            splices=self.splices + sum(end.splices for end in ends),
            connectors=self.connectors + sum(end.connectors for end in ends),
        )


ON_PORT = Passage()  # of light that has passed nothing yet


def light_fits(
    problem: PlanProblem,
    technology: Technology,
    group: OpticalClass,
    splitter: Splitter,
    shapes: Sequence[PathShape],
    *,
    before: Passage = ON_PORT,
) -> bool:
    """Say whether every path lies within reach and within both receive windows behind this splitter.

    Parameters
    ----------
    before
        What the light has passed when it comes to the splitter, if that does not hang on a port.
    """
    return passage_fits(
        problem, technology, group, before.through(problem.catalogue, splitter, splitter.outputs), shapes
    )


def passage_fits(
    problem: PlanProblem,
    technology: Technology,
    group: OpticalClass,
    passage: Passage,
    shapes: Sequence[PathShape],
) -> bool:
    """Say whether every path lies within reach and within both receive windows behind what all of them pass."""
    lengths = [shape.length_m for shape in shapes]
    if max(lengths) > min(technology.max_reach_m, group.max_reach_m):
        return False
    if max(lengths) - min(lengths) > technology.max_differential_reach_m:
        return False
    # expected joints are a guess from above, so the brightest path is taken to have none
    farthest = PathShape(
        length_m=max(lengths),
        joints=max(shape.joints for shape in shapes),
        is_switched=any(shape.is_switched for shape in shapes),
    )
    nearest = PathShape(length_m=min(lengths), joints=0, is_switched=all(shape.is_switched for shape in shapes))
    margin = float(margin_db(problem.catalogue, farthest.length_m))
    for direction in DIRECTIONS:
        window = budget(group, direction)
        if float(loss_along(problem, technology, passage, nearest, direction).typical_db) < window.min_loss_db:
            return False
        if float(loss_along(problem, technology, passage, farthest, direction).max_db) + margin > window.max_loss_db:
            return False
    return True


def farthest_m(
    problem: PlanProblem, technology: Technology, group: OpticalClass, splitter: Splitter, *, joints: int
) -> float:
    """Give the length beyond which no path behind this splitter gets enough light, by losses at their largest.

    -1 where not even the shortest does.
    """
    shape, farthest = PathShape(length_m=0.0, joints=joints), -1.0
    passage = ON_PORT.through(problem.catalogue, splitter, splitter.outputs)
    reach_m = float(min(technology.max_reach_m, group.max_reach_m))
    for start_m, end_m, margin in _margins(problem.catalogue):
        end_m = min(end_m, reach_m)
        for direction in DIRECTIONS:
            points_db = float(loss_along(problem, technology, passage, shape, direction).max_db)
            left_db = budget(group, direction).max_loss_db - margin - points_db + ROUNDING_DB
            fibre = fibre_attenuation(problem.catalogue, technology, problem.area.rules.fibre, direction)
            if left_db < 0.0:
                end_m = -1.0
            elif fibre.max_db > 0.0:
                end_m = min(end_m, 1000.0 * left_db / fibre.max_db)
        if end_m >= start_m:
            farthest = max(farthest, end_m)
    return farthest


def _margins(catalogue: Catalogue) -> list[tuple[float, float, float]]:
    """Give from where to where each engineering margin holds."""
    rows = sorted(catalogue.margins.values(), key=lambda row: row.up_to_m)
    ends = [row.up_to_m for row in rows[:-1]]
    each = zip([0.0, *ends], [*ends, math.inf], rows, strict=True)
    return [(start, end, float(row.margin_db)) for start, end, row in each]


def loss_along(
    problem: PlanProblem, technology: Technology, passage: Passage, shape: PathShape, direction: Direction
) -> PathLoss:
    """Give what a path loses without margin, the splitters passed included."""
    ends = [problem.catalogue.terminations[name] for name in ("olt", "onu")]
    switch = problem.catalogue.losses["onu-switch"]
    return path_loss(
        problem.catalogue,
        technology,
        direction,
        fibre=problem.area.rules.fibre,
        length_m=shape.length_m,
        splices=shape.joints + passage.splices + sum(row.splices for row in ends),
        connectors=passage.connectors + sum(row.connectors for row in ends),
        splitter_max_db=passage.max_db + shape.is_switched * switch.max_loss_db,
        splitter_typical_db=passage.typical_db + shape.is_switched * switch.typical_loss_db,
    )
