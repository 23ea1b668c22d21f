# mypy: disable-error-code="no-any-return, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""The ways between OLT and ONUs: how long light takes, when that changes, and when light does not pass.

One row per ONU and direction, in time at the OLT: for the upstream when a burst arrives, for the downstream when a
packet is sent. So a burst that is under way when something changes is judged by what it met. A change of way is
a cut of the old fibre and light on the new one in the same instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

# columns: the one-way delay, the one before it, since when the new one holds, dark windows in use, from when
# bursts are listened for, and when the first of them had been heard
ONE_WAY_NS, OLD_WAY_NS, CHANGED_NS, NUM_WINDOWS, LISTEN_NS, FIRST_HEARD_NS = range(6)
# columns of each window from FIRST_WINDOW on: light that reaches or leaves the OLT from CUT on is lost, an ONU
# starts nothing from STOP on, and all is well again from UNTIL on
FIRST_WINDOW, CUT_NS, STOP_NS, UNTIL_NS, WINDOW_INTS = 6, 0, 1, 2, 3
MOST_WINDOWS = 4
WAY_INTS = FIRST_WINDOW + MOST_WINDOWS * WINDOW_INTS


def make_ways(one_way_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the ways of one direction, all lit."""
    ways = np.zeros((one_way_ns.size, WAY_INTS), np.int64)
    ways[:, ONE_WAY_NS] = ways[:, OLD_WAY_NS] = one_way_ns
    ways[:, FIRST_HEARD_NS] = NEVER
    return ways


@njit(cache=True, error_model="numpy", forceinline=True)
def way_ns(ways: NDArray[np.int64], onu: int, at_ns: int) -> int:
    """Give the one-way delay of what arrives at, or is sent from, the OLT at a time."""
    return ways[onu, ONE_WAY_NS] if at_ns >= ways[onu, CHANGED_NS] else ways[onu, OLD_WAY_NS]


@njit(cache=True, error_model="numpy", forceinline=True)
def fate_of_burst(ways: NDArray[np.int64], onu: int, start_ns: int, end_ns: int) -> tuple[bool, bool, int]:
    """Say whether a burst is not sent at all, whether it is lost on its way, and when its ONU stops sending."""
    silent, lost, stop_ns = False, False, NEVER
    for k in range(ways[onu, NUM_WINDOWS]):
        place = FIRST_WINDOW + k * WINDOW_INTS
        stop = ways[onu, place + STOP_NS]
        if start_ns >= stop:
            silent |= start_ns < ways[onu, place + UNTIL_NS]
        elif end_ns > ways[onu, place + CUT_NS]:
            lost = True
            stop_ns = min(stop_ns, stop)
    return silent, lost and not silent, stop_ns


@njit(cache=True, error_model="numpy", forceinline=True)
def is_packet_lost(ways: NDArray[np.int64], onu: int, begin_ns: int, end_ns: int) -> bool:
    """Say whether a packet that the OLT sends between two times meets darkness on its way."""
    lost = False
    for k in range(ways[onu, NUM_WINDOWS]):
        place = FIRST_WINDOW + k * WINDOW_INTS
        lost |= begin_ns < ways[onu, place + UNTIL_NS] and end_ns > ways[onu, place + CUT_NS]
    return lost


@njit(cache=True, error_model="numpy", forceinline=True)
def note_heard(ways: NDArray[np.int64], onu: int, start_ns: int, end_ns: int) -> None:
    """Keep when the first burst, or packet downstream, since `LISTEN_NS` had been heard in full."""
    if ways[onu, FIRST_HEARD_NS] == NEVER and start_ns >= ways[onu, LISTEN_NS]:
        ways[onu, FIRST_HEARD_NS] = end_ns


def is_dark(row: NDArray[np.int64]) -> bool:
    """Say whether an ONU is dark until further notice."""
    return int(row[NUM_WINDOWS]) > 0 and bool(_last(row)[UNTIL_NS] == NEVER)


def darken_up(row: NDArray[np.int64], now_ns: int, cut_way_ns: int) -> None:
    """Cut an ONU's fibre so far from the OLT; the ONU sees it when the last light has reached it, and stops."""
    one_way_ns = int(row[ONE_WAY_NS])
    _add_window(row, now_ns + cut_way_ns, now_ns + 2 * one_way_ns - cut_way_ns, int(NEVER))


def darken_down(row: NDArray[np.int64], now_ns: int, cut_way_ns: int) -> None:
    """Cut an ONU's fibre so far from the OLT: what has not passed there by now is lost."""
    _add_window(row, now_ns - cut_way_ns, now_ns - cut_way_ns, int(NEVER))


def light_up(row: NDArray[np.int64], now_ns: int) -> None:
    """Let an ONU send again from now on."""
    last, until_ns = _last(row), now_ns + int(row[ONE_WAY_NS])
    last[STOP_NS], last[UNTIL_NS] = min(int(last[STOP_NS]), until_ns), until_ns
    row[LISTEN_NS] = until_ns
    row[FIRST_HEARD_NS] = NEVER


def light_down(row: NDArray[np.int64], now_ns: int) -> None:
    """Let an ONU receive again what reaches it from now on."""
    _last(row)[UNTIL_NS] = row[LISTEN_NS] = now_ns - row[ONE_WAY_NS]
    row[FIRST_HEARD_NS] = NEVER


def change_up(row: NDArray[np.int64], now_ns: int, one_way_ns: int) -> None:
    """Change an ONU's way; bursts that were sent before now and not yet heard in full are lost."""
    old_ns = int(row[ONE_WAY_NS])
    if is_dark(row):
        _set_way(row, int(_last(row)[STOP_NS]), one_way_ns)
        return
    _add_window(row, now_ns, now_ns + old_ns, now_ns + max(old_ns, one_way_ns))
    _set_way(row, now_ns + old_ns, one_way_ns)


def change_down(row: NDArray[np.int64], now_ns: int, one_way_ns: int) -> None:
    """Change an ONU's way; packets that were sent before now and have not arrived are lost."""
    old_ns = int(row[ONE_WAY_NS])
    if is_dark(row):
        _set_way(row, int(_last(row)[CUT_NS]), one_way_ns)
        return
    _add_window(row, now_ns - old_ns, now_ns - old_ns, now_ns)
    _set_way(row, now_ns, one_way_ns)


def _set_way(row: NDArray[np.int64], from_ns: int, one_way_ns: int) -> None:
    row[OLD_WAY_NS], row[ONE_WAY_NS], row[CHANGED_NS] = row[ONE_WAY_NS], one_way_ns, from_ns


def _last(row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the newest window."""
    place = FIRST_WINDOW + (int(row[NUM_WINDOWS]) - 1) * WINDOW_INTS
    return row[place : place + WINDOW_INTS]


def _add_window(row: NDArray[np.int64], cut_ns: int, stop_ns: int, until_ns: int) -> None:
    """Add a window; where all are in use, the two oldest become one that covers both."""
    windows = row[FIRST_WINDOW:].reshape(MOST_WINDOWS, WINDOW_INTS)
    if row[NUM_WINDOWS] == MOST_WINDOWS:
        windows[1, :UNTIL_NS] = np.minimum(windows[0, :UNTIL_NS], windows[1, :UNTIL_NS])
        windows[:-1] = windows[1:].copy()
        row[NUM_WINDOWS] -= 1
    windows[row[NUM_WINDOWS]] = cut_ns, stop_ns, until_ns
    row[NUM_WINDOWS] += 1
