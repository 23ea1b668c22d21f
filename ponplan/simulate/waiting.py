"""How long bytes wait in a queue that is served at one rate, from how many come in each step of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate.promises import PROMISED_SHARE
from ponplan.simulate.watch import STEP_NS

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_FRAME_BYTES = 1538  # of Ethernet, with preamble and gap


def waiting_ms(bytes_in: NDArray[np.float64], rate_bps: float, *, share: float = PROMISED_SHARE) -> float:
    """Give what this share of the bytes waits less than.

    Lindley's recursion over steps of time, in which all bytes are taken to come at the step's beginning: no wait is
    told too short, and none by more than a step too long.
    """
    if bytes_in.size == 0 or not bytes_in.any():
        return 0.0
    served = rate_bps * STEP_NS / 8e9
    surplus = np.cumsum(bytes_in - served)
    left = surplus - np.minimum(np.minimum.accumulate(surplus), 0.0)
    waits_ms = (np.concatenate([[0.0], left[:-1]]) + bytes_in) * 8e3 / rate_bps
    order = np.argsort(waits_ms)
    seen = np.cumsum(bytes_in[order])
    place = min(int(np.searchsorted(seen, share * seen[-1])), order.size - 1)
    return float(waits_ms[order[place]])
