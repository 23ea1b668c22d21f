"""Which tap at each station of a bus, so that every terminal gets enough light and none too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.optics import ON_PORT, loss_along
from ponplan.topology.light import DIRECTIONS, budget, margin_db, point_loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OpticalClass, Splitter, Technology
    from ponplan.design.optics import PathShape
    from ponplan.design.problem import PlanProblem

LABELS = 6  # ways of getting to a station that are remembered: by cost and light lost, and the darkest


@dataclass(frozen=True, slots=True)
class Loss:
    """Largest and typical loss in dB, joints to the fibres included."""

    max_db: float
    typical_db: float


@dataclass(frozen=True, slots=True)
class Window:
    """What splitters and taps before a terminal may take together: not more than the largest, nor less."""

    max_db: float
    min_typical_db: float

    def admits(self, *losses: Loss) -> bool:
        """Say whether light that loses so much one after the other arrives neither too weak nor too strong."""
        return (
            sum(loss.max_db for loss in losses) <= self.max_db
            and sum(loss.typical_db for loss in losses) >= self.min_typical_db
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A tap with its price and what it takes of the light that goes on, and of the light it drops."""

    tap: Splitter
    cost: float
    through: Loss
    dropped: Loss


@dataclass(frozen=True, slots=True)
class Label:
    """Taps chosen so far along a bus: their cost and what they take of the light that goes on."""

    cost: float
    lost: Loss
    taps: tuple[Splitter, ...]


def loss_of(catalogue: Catalogue, splitter: Splitter, leg: int) -> Loss:
    """Give what a leg of a splitter takes, with its joints."""
    passage = ON_PORT.through(catalogue, splitter, leg)
    points = point_loss(catalogue, splices=passage.splices, connectors=passage.connectors)
    return Loss(passage.max_db + float(points.max_db), passage.typical_db + float(points.typical_db))


def window_of(
    problem: PlanProblem, technology: Technology, group: OpticalClass, far: PathShape, near: PathShape
) -> Window | None:
    """Give what splitters may take on the darkest and the brightest path of a station; None where it is too far."""
    if far.length_m > min(technology.max_reach_m, group.max_reach_m):
        return None
    margin = float(margin_db(problem.catalogue, far.length_m))
    most, least = float("inf"), 0.0
    for direction in DIRECTIONS:
        allowed = budget(group, direction)
        dark, bright = (loss_along(problem, technology, ON_PORT, shape, direction) for shape in (far, near))
        most = min(most, allowed.max_loss_db - float(dark.max_db) - margin)
        least = max(least, allowed.min_loss_db - float(bright.typical_db))
    return Window(most, least)


def extended(labels: Sequence[Label], choices: Sequence[Choice], window: Window, below: Loss) -> list[Label]:
    """Give the ways of passing one more station: those that no other beats in cost and light, and the darkest.

    Parameters
    ----------
    below
        What a splitter behind the tap takes at this station.
    """
    found = [
        Label(
            label.cost + choice.cost,
            Loss(label.lost.max_db + choice.through.max_db, label.lost.typical_db + choice.through.typical_db),
            (*label.taps, choice.tap),
        )
        for label in labels
        for choice in choices
        if window.admits(label.lost, choice.dropped, below)
    ]
    found.sort(key=lambda label: (label.cost, label.lost.max_db, -label.lost.typical_db))
    kept = list(_unbeaten(found))[:LABELS]
    darkest = max(found, key=lambda label: (label.lost.typical_db, -label.cost), default=None)
    return kept if darkest is None or darkest in kept else [*kept, darkest]


def _unbeaten(labels: Sequence[Label]) -> Iterator[Label]:
    """Give the labels, in ascending cost, that lose less light than every cheaper one."""
    least_db = float("inf")
    for label in labels:
        if label.lost.max_db < least_db:
            least_db = label.lost.max_db
            yield label
