"""How much light and distance a port has left: its worst terminal, and the largest splitter that still fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.explain.limit import Limit
from ponplan.topology.light import DIRECTIONS, budget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import OpticalClass
    from ponplan.topology.light import Direction
    from ponplan.topology.survey import Survey


def light_limits(
    survey: Survey, row: int, paths: Sequence[int], *, most_split: int, splitters: Sequence[str]
) -> Iterator[Limit]:
    """Give light in both directions, overload and reach of one port.

    Parameters
    ----------
    row
        Of the port.
    paths
        Those that begin at it.
    most_split
        How far the rules let its light be divided.
    """
    port = survey.network.ports[row]
    group, technology = survey.index.optical_class(port), survey.catalogue.technologies.get(port.technology)
    if group is None or technology is None:
        return
    for direction in DIRECTIONS:
        yield _weakest(survey, paths, group, direction, most_split=most_split, splitters=splitters)
    for direction in DIRECTIONS:
        yield _strongest(survey, paths, group, direction)
    lengths_m = survey.onu_paths.lengths_m[list(paths)]
    far = int(np.argmax(lengths_m))
    yield Limit(
        name="reach",
        value=round(float(lengths_m[far]), 1),
        limit=min(technology.max_reach_m, group.max_reach_m),
        unit="m",
        subject=_customer(survey, paths[far]),
    )
    apart_m = float(lengths_m.max() - lengths_m.min())
    limit_m = technology.max_differential_reach_m
    yield Limit(name="differential-reach", value=round(apart_m, 1), limit=limit_m, unit="m")


def _weakest(
    survey: Survey,
    paths: Sequence[int],
    group: OpticalClass,
    direction: Direction,
    *,
    most_split: int,
    splitters: Sequence[str],
) -> Limit:
    """Give the terminal with the least reserve, and how many customers the largest splitter it bears would serve."""
    measured = survey.onu_paths
    loss_db = measured.loss[direction].max_db[list(paths)] + measured.margins_db[list(paths)]
    worst = int(np.argmax(loss_db))
    allowed_db = budget(group, direction).max_loss_db
    reserve_db = allowed_db - float(loss_db[worst])
    legs = _largest_legs(survey, splitters, reserve_db, most_split)
    onus = len(set(measured.onus[list(paths)].tolist()))
    return Limit(
        name="light",
        direction=direction,
        value=round(float(loss_db[worst]), 3),
        limit=round(allowed_db, 3),
        unit="dB",
        customers=max(0, legs - onus),
        subject=_customer(survey, paths[worst]),
        note=f"1:{legs}" if len(splitters) == 1 else "",
    )


def _largest_legs(survey: Survey, splitters: Sequence[str], reserve_db: float, most_split: int) -> int:
    """Give the legs of the largest splitter that may stand in for the one there; of several in a row those they have.

    Where light reaches a terminal without a splitter, one leg.
    """
    rows, index = survey.catalogue.splitters, survey.index
    if len(splitters) != 1:
        used = sum(len(index.links_from.get(name, ())) for name in splitters)
        legs = sum(rows[index.splitters[name].type].outputs for name in splitters)
        return max(1, legs - max(0, len(splitters) - 1) if used else legs)
    own = rows[index.splitters[splitters[0]].type]
    fitting = [
        row.outputs
        for row in rows.values()
        if row.kind == own.kind
        and row.inputs == own.inputs
        and row.allowed_in_design
        and row.outputs <= most_split
        and row.max_loss_db - own.max_loss_db <= reserve_db
    ]
    return max([own.outputs, *fitting])


def _strongest(survey: Survey, paths: Sequence[int], group: OpticalClass, direction: Direction) -> Limit:
    """Give the terminal that comes nearest to overload."""
    typical_db = survey.onu_paths.loss[direction].typical_db[list(paths)]
    nearest = int(np.argmin(typical_db))
    return Limit(
        name="overload",
        direction=direction,
        value=round(float(typical_db[nearest]), 3),
        limit=round(budget(group, direction).min_loss_db, 3),
        unit="dB",
        is_least=True,
        subject=_customer(survey, paths[nearest]),
    )


def _customer(survey: Survey, path: int) -> str:
    return survey.network.onus[int(survey.onu_paths.onus[path])].customer
