"""Years of one group of ports played: elements fail and are repaired, switchovers take what the machines took.

Failures and repairs are exponential; every element starts in its long-run state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.failover.availability.elements import FailingElement

HOURS_PER_YEAR = 8766.0
MS_PER_HOUR = 3_600_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupYears:
    """What one group needs: elements, the ways that each breaks, the terminals of ways, and switchover outages."""

    elements: tuple[FailingElement, ...]
    breaks: tuple[tuple[int, ...], ...]  # by element: numbers of ways
    onu_of_way: tuple[int, ...]
    num_onus: int
    switch_ms: Mapping[tuple[int, int], float]  # (element, terminal): outage while the other way takes over
    revertive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Hours without service of each terminal in some years.

    `squares_h2` sums the squares of single outages, from which the interval is made; `switch_h` is the part of
    switchovers in `down_h`.
    """

    years: float
    down_h: NDArray[np.float64]
    squares_h2: NDArray[np.float64]
    switch_h: NDArray[np.float64]
    outages: NDArray[np.int64]

    def mean_minutes(self) -> NDArray[np.float64]:
        """Give minutes a year of each terminal."""
        return self.down_h * 60.0 / self.years

    def half_width_minutes(self) -> NDArray[np.float64]:
        """Give the half-width of the 95 % interval: outages come like a Poisson process, each with its own length."""
        return 1.96 * np.sqrt(self.squares_h2) * 60.0 / self.years


def play_years(group: GroupYears, *, years: float, rng: np.random.Generator) -> Years:
    """Play the years of one group."""
    times_h, numbers, changes = _timeline(group.elements, years * HOURS_PER_YEAR, rng)
    end_h = years * HOURS_PER_YEAR
    cuts = [0] * len(group.onu_of_way)
    whole, ways_of = _ways_of(group)
    current = [ways[0] if ways else -1 for ways in ways_of]
    since = [-1.0] * group.num_onus
    down, squares, switched = (np.zeros(group.num_onus) for _ in range(3))
    outages = np.zeros(group.num_onus, np.int64)
    for onu in range(group.num_onus):
        if not ways_of[onu]:
            since[onu] = 0.0
    for time_h, element, change in zip(times_h, numbers, changes, strict=True):
        for way in group.breaks[element]:
            before = cuts[way]
            cuts[way] += change
            onu = group.onu_of_way[way]
            if change > 0 and before == 0:
                whole[onu] -= 1
                if whole[onu] == 0:
                    since[onu] = time_h
                elif current[onu] == way:
                    current[onu] = next(other for other in ways_of[onu] if cuts[other] == 0)
                    if time_h > 0.0:
                        hours = group.switch_ms.get((element, onu), 0.0) / MS_PER_HOUR
                        _add(down, squares, outages, onu, hours)
                        switched[onu] += hours
            elif change < 0 and cuts[way] == 0:
                whole[onu] += 1
                if whole[onu] == 1:
                    _add(down, squares, outages, onu, time_h - since[onu])
                    current[onu] = way
                elif group.revertive and way == ways_of[onu][0]:
                    current[onu] = way
    for onu in range(group.num_onus):
        if whole[onu] == 0:
            _add(down, squares, outages, onu, end_h - since[onu])
    return Years(years=years, down_h=down, squares_h2=squares, switch_h=switched, outages=outages)


def _add(
    down: NDArray[np.float64], squares: NDArray[np.float64], outages: NDArray[np.int64], onu: int, hours: float
) -> None:
    down[onu] += hours
    squares[onu] += hours * hours
    outages[onu] += 1


def _ways_of(group: GroupYears) -> tuple[list[int], list[list[int]]]:
    ways: list[list[int]] = [[] for _ in range(group.num_onus)]
    for way, onu in enumerate(group.onu_of_way):
        ways[onu].append(way)
    return [len(mine) for mine in ways], ways


def _timeline(
    elements: Sequence[FailingElement], end_h: float, rng: np.random.Generator
) -> tuple[list[float], list[int], list[int]]:
    """Give failures and repairs of all elements in order of time; +1 breaks, -1 mends."""
    rows: list[tuple[float, int, int]] = []
    for number, element in enumerate(elements):
        to_failure_h = HOURS_PER_YEAR / element.failures_per_year
        now_h, is_down = 0.0, bool(rng.random() < element.unavailability)
        if is_down:
            rows.append((0.0, number, 1))
        while now_h < end_h:
            now_h += rng.exponential(element.repair_h if is_down else to_failure_h)
            if now_h < end_h:
                rows.append((now_h, number, -1 if is_down else 1))
                is_down = not is_down
    rows.sort(key=lambda row: (row[0], row[1]))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
