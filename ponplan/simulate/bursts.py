# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""Bursts that reached the OLT: polling cycles counted, and the bursts themselves kept for pictures and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.borrow import lent

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bursts.cycles: how many there were in the window, their sum and the longest
NUMBER, SUM_NS, LONGEST_NS = range(3)


class Bursts(NamedTuple):
    """What is known of an upstream's bursts; every array changes in place."""

    last_start_ns: NDArray[np.int64]  # of each ONU's bursts; -1 before the first
    cycles: NDArray[np.int64]
    log: NDArray[np.int64]  # rows of (ONU, start, end, payload bytes)
    logged: NDArray[np.int64]  # one number: rows written

    def rows(self) -> NDArray[np.int64]:
        """Give the bursts that were kept, (b, 4)."""
        return self.log[: self.logged[0]]


def make_bursts(num_onus: int, *, log_rows: int) -> Bursts:
    """Give what holds before the first burst."""
    return Bursts(
        last_start_ns=np.full(num_onus, -1),
        cycles=np.zeros(3, np.int64),
        log=np.zeros((log_rows, 4), np.int64),
        logged=np.zeros(1, np.int64),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_bursts(given: Bursts) -> Bursts:
    """Give the same arrays, lent for the length of a kernel."""
    return Bursts(lent(given.last_start_ns), lent(given.cycles), lent(given.log), lent(given.logged))


@njit(cache=True, error_model="numpy", forceinline=True)
def count_cycle(bursts: Bursts, window_ns: NDArray[np.int64], onu: int, start_ns: int) -> None:
    """Count the time since the same ONU's last burst, if this one starts in the window."""
    last_ns = bursts.last_start_ns[onu]
    bursts.last_start_ns[onu] = start_ns
    if last_ns >= 0 and window_ns[0] <= start_ns < window_ns[1]:
        bursts.cycles[NUMBER] += 1
        bursts.cycles[SUM_NS] += start_ns - last_ns
        bursts.cycles[LONGEST_NS] = max(bursts.cycles[LONGEST_NS], start_ns - last_ns)


@njit(cache=True, error_model="numpy", forceinline=True)
def log_burst(bursts: Bursts, onu: int, start_ns: int, end_ns: int, payload: int) -> None:
    """Keep a burst, as long as there is room."""
    row = bursts.logged[0]
    if row < bursts.log.shape[0]:
        bursts.log[row, 0] = onu
        bursts.log[row, 1] = start_ns
        bursts.log[row, 2] = end_ns
        bursts.log[row, 3] = payload
        bursts.logged[0] = row + 1
