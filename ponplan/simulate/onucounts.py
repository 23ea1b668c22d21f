"""What one direction of a PON that runs has carried so far, ONU by ONU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate import ways
from ponplan.simulate.arrivals import NEVER
from ponplan.simulate.queues import HEAD, TAIL, USED_BYTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.bare import BarePon
    from ponplan.simulate.directions import DownState, UpState


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuCounts:
    """One direction so far, one entry per ONU.

    lost_packets
        All that were lost; `cut_packets` of them on the fibre, by darkness or a changed way, the others at full
        buffers.
    waiting_packets
        What waits, as far as arrivals were brought in: at an ONU, up to its last burst.
    first_heard_ns
        When the first burst (upstream) or packet (downstream) had been received since the ONU was last lit, or
        `listen` was called; -1 if none was.
    """

    offered_packets: NDArray[np.int64]
    offered_bytes: NDArray[np.int64]
    carried_packets: NDArray[np.int64]
    carried_bytes: NDArray[np.int64]
    lost_packets: NDArray[np.int64]
    lost_bytes: NDArray[np.int64]
    cut_packets: NDArray[np.int64]
    cut_bytes: NDArray[np.int64]
    waiting_packets: NDArray[np.int64]
    waiting_bytes: NDArray[np.int64]
    first_heard_ns: NDArray[np.int64]


def onu_counts(pon: BarePon, state: UpState | DownState | None, keys: tuple[object, ...]) -> OnuCounts:
    """Add up the queues of every ONU in one direction."""
    num = pon.scenario.onus
    per_onu = np.zeros((num, rec.NUM_COUNTS + 2), np.int64)
    heard_ns = np.full(num, -1)
    if state is not None:
        ints = state.queues.ints
        waiting = np.column_stack([ints[:, TAIL] - ints[:, HEAD], ints[:, USED_BYTES]])
        onus = [key.onu for key in keys]  # type: ignore[attr-defined]
        np.add.at(per_onu, onus, np.column_stack([state.recorder.counts, waiting]))
        first_ns = state.ways[:, ways.FIRST_HEARD_NS]
        heard_ns = np.where(first_ns == NEVER, -1, first_ns)
    return OnuCounts(
        offered_packets=per_onu[:, rec.OFFERED_PACKETS],
        offered_bytes=per_onu[:, rec.OFFERED_BYTES],
        carried_packets=per_onu[:, rec.CARRIED_PACKETS],
        carried_bytes=per_onu[:, rec.CARRIED_BYTES],
        lost_packets=per_onu[:, rec.LOST_PACKETS],
        lost_bytes=per_onu[:, rec.LOST_BYTES],
        cut_packets=per_onu[:, rec.BROKEN_PACKETS],
        cut_bytes=per_onu[:, rec.BROKEN_BYTES],
        waiting_packets=per_onu[:, -2],
        waiting_bytes=per_onu[:, -1],
        first_heard_ns=heard_ns,
    )
