"""Rules of light and distance: every path of every terminal, working and protecting, both ways, both extremes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.light import DIRECTIONS, budget
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OpticalClass, Technology
    from ponplan.topology.light import Direction
    from ponplan.topology.survey import Survey

TOLERANCE_DB = 1e-6  # sums of binary fractions; far below what anyone can measure
TOLERANCE_M = 0.01


def too_dark(survey: Survey, *, direction: Direction) -> Iterator[Finding]:
    """Find terminals whose largest loss with margin is above what the optical class allows."""
    paths = survey.onu_paths
    limits = class_limits(survey, direction)[:, 1][paths.ports]
    loss_db = paths.loss[direction].max_db + paths.margins_db
    for path in _worst_per_onu(paths.onus, loss_db - limits, over=TOLERANCE_DB):
        loss, limit = float(loss_db[path]), float(limits[path])
        yield Finding(
            subject=survey.network.onus[paths.onus[path]].id,
            value=round(loss, 4),
            limit=round(limit, 4),
            message=f"{_way(survey, path)} loses {loss:.2f} dB {direction} with its margin of"
            f" {paths.margins_db[path]:g} dB; the optical class allows {limit:.2f} dB",
        )


def too_bright(survey: Survey, *, direction: Direction) -> Iterator[Finding]:
    """Find terminals whose typical loss is so small that the receiver may be overloaded."""
    paths = survey.onu_paths
    limits = class_limits(survey, direction)[:, 0][paths.ports]
    loss_db = paths.loss[direction].typical_db
    for path in _worst_per_onu(paths.onus, limits - loss_db, over=TOLERANCE_DB):
        loss, limit = float(loss_db[path]), float(limits[path])
        yield Finding(
            subject=survey.network.onus[paths.onus[path]].id,
            value=round(loss, 4),
            limit=round(limit, 4),
            message=f"{_way(survey, path)} loses only {loss:.2f} dB {direction};"
            f" the optical class needs at least {limit:.2f} dB",
        )


def too_far(survey: Survey) -> Iterator[Finding]:
    """Find terminals farther from their port than technology or optics reach."""
    paths = survey.onu_paths
    limits = np.array([_reach_m(*entry) for entry in _port_rows(survey)], np.float64)[paths.ports]
    for path in _worst_per_onu(paths.onus, paths.lengths_m - limits, over=TOLERANCE_M):
        length_m, limit = float(paths.lengths_m[path]), float(limits[path])
        yield Finding(
            subject=survey.network.onus[paths.onus[path]].id,
            value=round(length_m, 3),
            limit=limit,
            message=f"{_way(survey, path)} has {length_m:.0f} m of fibre; technology and optics reach {limit:.0f} m",
        )


def too_far_apart(survey: Survey) -> Iterator[Finding]:
    """Find ports whose nearest and farthest terminals are farther apart than the technology can range."""
    paths, ports = survey.onu_paths, survey.network.ports
    nearest, farthest = np.full(len(ports), np.inf), np.full(len(ports), -np.inf)
    np.minimum.at(nearest, paths.ports, paths.lengths_m)
    np.maximum.at(farthest, paths.ports, paths.lengths_m)
    for port, near_m, far_m in zip(ports, nearest.tolist(), farthest.tolist(), strict=True):
        technology = survey.catalogue.technologies.get(port.technology)
        if technology is None or far_m - near_m <= technology.max_differential_reach_m + TOLERANCE_M:
            continue
        yield Finding(
            subject=port.id,
            value=round(far_m - near_m, 3),
            limit=technology.max_differential_reach_m,
            message=f"terminals of port {port.id} are {near_m:.0f} to {far_m:.0f} m away; {port.technology} ranges"
            f" a difference of {technology.max_differential_reach_m:.0f} m",
        )


def _port_rows(survey: Survey) -> list[tuple[Technology | None, OpticalClass | None]]:
    return [
        (survey.catalogue.technologies.get(port.technology), survey.index.optical_class(port))
        for port in survey.network.ports
    ]


def _reach_m(technology: Technology | None, group: OpticalClass | None) -> float:
    limits = [row.max_reach_m for row in (technology, group) if row is not None]
    return min(limits) if limits else np.nan


def class_limits(survey: Survey, direction: Direction) -> NDArray[np.float64]:
    """Give (ports, 2) the least and the largest loss allowed."""
    limits = np.full((len(survey.network.ports), 2), np.nan)
    for row, (_, group) in enumerate(_port_rows(survey)):
        if group is not None:
            allowed = budget(group, direction)
            limits[row] = allowed.min_loss_db, allowed.max_loss_db
    return limits


def _worst_per_onu(onus: NDArray[np.int64], excess: NDArray[np.float64], *, over: float) -> list[int]:
    """Give the path with the largest excess of each terminal that has any, in the order of terminals."""
    worst: dict[int, int] = {}
    for path in np.flatnonzero(excess > over).tolist():
        onu = int(onus[path])
        if onu not in worst or excess[path] > excess[worst[onu]]:
            worst[onu] = path
    return [worst[onu] for onu in sorted(worst)]


def _way(survey: Survey, path: int) -> str:
    paths = survey.onu_paths
    role = "working" if paths.working[path] else "protecting"
    onu, port = survey.network.onus[paths.onus[path]], survey.network.ports[paths.ports[path]]
    return f"the {role} path of {onu.id} (customer {onu.customer}) from port {port.id}"


def _light_rules() -> Iterator[Rule]:
    words = {"down": "downstream", "up": "upstream"}
    for direction in DIRECTIONS:
        meaning = f"Largest loss {words[direction]} plus margin is within the optical class"
        yield Rule(
            id=f"light-{direction}", subject="onu", meaning=meaning, find=partial(too_dark, direction=direction)
        )
    for direction in DIRECTIONS:
        meaning = f"Typical loss {words[direction]} is enough to keep the receiver from overload"
        find = partial(too_bright, direction=direction)
        yield Rule(id=f"overload-{direction}", subject="onu", meaning=meaning, find=find)


RULES = (
    *_light_rules(),
    Rule(id="reach", subject="onu", meaning="Fibre length is within technology and optics", find=too_far),
    Rule(
        id="differential-reach",
        subject="port",
        meaning="Nearest and farthest terminal of a port are not too far apart",
        find=too_far_apart,
    ),
)
