"""Outages of many runs turned into figures for each customer and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.failover.durations import NS_PER_MS
from ponplan.failover.result import CustomerOutage, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.failover.plant import Plant
    from ponplan.failover.records import Journal, Mark, Outage

    FloatArray = NDArray[np.float64]


STARTING = ("detect", "decide", "load", "boot", "laser")
TIMERS = ("to1", "to2", "holdover")


def longest_ms(journals: Sequence[Journal], num_onus: int, *, service: bool) -> FloatArray:
    """Give (replications, terminals) the longest outage of each; 0 without one, infinity without an end."""
    found = np.zeros((len(journals), num_onus))
    for row, journal in enumerate(journals):
        for outage in journal.outages:
            found[row, outage.onu] = max(found[row, outage.onu], _length_ms(outage, service=service))
    return found


def _length_ms(outage: Outage, *, service: bool) -> float:
    end_ns = outage.service_ns if service else outage.end_ns
    return np.inf if end_ns is None else (end_ns - outage.start_ns) / NS_PER_MS


def summary_ms(outages_ms: FloatArray) -> Mapping[str, float | None]:
    """Give least, median, 99 % and most; None where that is an outage without end."""
    if outages_ms.size == 0:
        return dict.fromkeys(("min", "p50", "p99", "max"))
    return {
        "min": finite(outages_ms.min()),
        "p50": quantile(outages_ms, 0.5),
        "p99": quantile(outages_ms, 0.99),
        "max": finite(outages_ms.max()),
    }


def quantile(values: FloatArray, share: float) -> float | None:
    """Give the smallest value that at least a share of all values do not exceed."""
    return finite(np.quantile(values, share, method="inverted_cdf"))


def finite(value: float) -> float | None:
    """Give a number to the microsecond, None for infinity."""
    return round(float(value), 6) if np.isfinite(value) else None


def outage_steps(plant: Plant, journal: Journal, outage: Outage) -> tuple[Step, ...]:
    """Cut one ended outage at the marks of its terminal and of the ports that reach it."""
    if outage.end_ns is None:
        return ()
    steps = []
    before_ms = 0.0
    for mark in _critical(_marks_of(plant, journal, outage)):
        now_ms = (mark.time_ns - outage.start_ns) / NS_PER_MS
        steps.append(Step(name=mark.step, from_ms=before_ms, to_ms=now_ms))
        before_ms = now_ms
    if outage.service_ns is not None and outage.service_ns > outage.end_ns:
        after_ms = (outage.service_ns - outage.start_ns) / NS_PER_MS
        steps.append(Step(name="relearn", from_ms=before_ms, to_ms=after_ms))
    return tuple(steps)


def _marks_of(plant: Plant, journal: Journal, outage: Outage) -> list[Mark]:
    """Give the marks within an outage of its terminal and of the ports that reach it."""
    ports = {way.port for way in plant.ways if way.onu == outage.onu}
    end_ns = outage.end_ns or outage.start_ns
    return [
        mark
        for mark in journal.marks
        if (mark.onu == outage.onu or (mark.onu is None and mark.port in ports))
        and outage.start_ns <= mark.time_ns <= end_ns
    ]


def _critical(marks: Sequence[Mark]) -> list[Mark]:
    """Leave out timers that ran off while everybody waited for the standby port all the same."""
    starts = [number for number, mark in enumerate(marks) if mark.step in STARTING]
    last = max(starts, default=-1)
    return [mark for number, mark in enumerate(marks) if number > last or mark.step not in TIMERS]


def longest_outage(journal: Journal, onu: int | None = None) -> Outage | None:
    """Give the longest ended outage of one terminal, or of all."""
    ended = [one for one in journal.outages if one.end_ns is not None and (onu is None or one.onu == onu)]
    return max(ended, key=lambda one: ((one.service_ns or 0) - one.start_ns, one.onu), default=None)


def dominating_step(plant: Plant, journal: Journal, onu: int) -> str | None:
    """Give the step that takes most of a terminal's longest outage."""
    outage = longest_outage(journal, onu)
    steps = outage_steps(plant, journal, outage) if outage is not None else ()
    return max(steps, key=lambda step: step.to_ms - step.from_ms).name if steps else None


def customer_outages(
    plant: Plant, journals: Sequence[Journal], promises_ms: Mapping[str, float | None]
) -> tuple[CustomerOutage, ...]:
    """Give the figures of every terminal, in order."""
    heard = longest_ms(journals, len(plant.onus), service=False)
    service = longest_ms(journals, len(plant.onus), service=True)
    return tuple(
        _customer(plant, journals[0], onu, heard[:, onu], service[:, onu], promises_ms.get(plant.onus[onu].customer))
        for onu in range(len(plant.onus))
    )


def _customer(
    plant: Plant, first: Journal, onu: int, heard: FloatArray, service: FloatArray, promise_ms: float | None
) -> CustomerOutage:
    worst_ms = float(service.max())
    mine = [outage for outage in first.outages if outage.onu == onu]
    return CustomerOutage(
        id=plant.onus[onu].customer,
        onu=plant.onus[onu].id,
        affected=bool(heard.max() > 0),
        lost=not np.isfinite(worst_ms),
        outage_ms=quantile(heard, 0.5),
        outage_p99_ms=quantile(heard, 0.99),
        outage_max_ms=finite(heard.max()),
        service_outage_ms=finite(worst_ms),
        total_ms=finite(sum(_length_ms(outage, service=True) for outage in mine)),
        outages=len(mine),
        promise_ms=promise_ms,
        within_50_ms=worst_ms <= 50.0,
        within_100_ms=worst_ms <= 100.0,
        within_promise=None if promise_ms is None else worst_ms <= promise_ms,
        dominating_step=dominating_step(plant, first, onu) if mine else None,
    )
