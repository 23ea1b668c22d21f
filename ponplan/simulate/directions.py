"""Either direction of a PON that runs, whatever its technology: how it begins, and how it is carried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from numba import njit

from ponplan.framing import AtmDown, AtmUp, EthernetDown, EthernetUp
from ponplan.simulate import cells, down, epon, frames
from ponplan.simulate.celled import make_cells, make_cells_down
from ponplan.simulate.downward import make_down
from ponplan.simulate.framed import make_frames
from ponplan.simulate.polled import make_epon
from ponplan.simulate.queues import Queues, bring_in

if TYPE_CHECKING:
    import numpy as np

    from ponplan.simulate.arrivals import Sources
    from ponplan.simulate.bare import BarePon
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.recorder import Recorder

UpState = epon.EponState | frames.FrameState | cells.CellState
DownState = down.DownState | cells.CellDownState


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """How many rows of what to keep, from the end of the warm-up on."""

    packets: int = 0
    bursts: int = 0


def make_up(
    pon: BarePon, rng: np.random.Generator, window_ns: tuple[int, int], logs: Logs, room: int, farthest_ns: int
) -> UpState:
    """Give the upstream at time zero, of the kind that the layout asks for."""
    if isinstance(pon.up, EthernetUp):
        return make_epon(
            pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_gates=room,
            down=pon.down if isinstance(pon.down, EthernetDown) else None, other_layouts=pon.other_layouts,
        )  # fmt: skip
    if isinstance(pon.up, AtmUp):
        return make_cells(
            pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, farthest_ns=farthest_ns,
        )  # fmt: skip
    return make_frames(
        pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
        window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_maps=room, farthest_ns=farthest_ns,
        tconts=pon.tconts,
    )  # fmt: skip


def make_lower(
    pon: BarePon, rng: np.random.Generator, window_ns: tuple[int, int], logs: Logs, room: int
) -> DownState:
    """Give the downstream at time zero, of the kind that the layout asks for."""
    if isinstance(pon.down, AtmDown):
        return make_cells_down(
            pon.scenario, pon.down, pon.down_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets,
        )  # fmt: skip
    return make_down(
        pon.scenario, pon.down, pon.down_traffic, pon.one_way_ns, rng,
        window_ns=window_ns, log_packets=logs.packets, num_control=room,
    )  # fmt: skip


def advance_up(up: UpState, until_ns: int, policy: Policy) -> None:
    """Carry an upstream of any kind up to a time."""
    if isinstance(up, epon.EponState):
        epon.advance_epon(up, until_ns, policy)
    elif isinstance(up, cells.CellState):
        cells.advance_cells(up, until_ns)
    else:
        frames.advance_frames(up, until_ns, policy)


def advance_down(pon: BarePon, up: UpState | None, lower: DownState, until_ns: int) -> None:
    """Carry a downstream of any kind up to a time, with what the upstream has granted so far."""
    if isinstance(lower, cells.CellDownState):
        cells.advance_cells_down(lower, until_ns)
        return
    if isinstance(up, epon.EponState | frames.FrameState):
        _hand_over(up, lower)
    if isinstance(pon.down, EthernetDown):
        down.advance_ethernet_down(lower, until_ns)
    else:
        down.advance_frames_down(lower, until_ns)


def _hand_over(up: epon.EponState | frames.FrameState, lower: down.DownState) -> None:
    """Pass the upstream's GATE times or map sizes to the downstream."""
    count = frames.MAPS_LOGGED
    log = up.gates_ns if isinstance(up, epon.EponState) else up.map_entries
    new = int(up.clock[count])
    waiting = lower.control[lower.clock[down.CONTROL_DONE] : lower.clock[down.CONTROL_KNOWN]].copy()
    if waiting.size + new > lower.control.size or new == log.size:
        raise MemoryError("more grants in a piece than the downstream has room for")
    lower.control[: waiting.size] = waiting
    lower.control[waiting.size : waiting.size + new] = log[:new]
    lower.clock[down.CONTROL_DONE], lower.clock[down.CONTROL_KNOWN] = 0, waiting.size + new
    up.clock[count] = 0


@njit(cache=True)
def bring_in_all(queues: Queues, sources: Sources, recorder: Recorder, until_ns: int) -> None:
    """Put what has arrived by a time into all queues."""
    for q in range(queues.next_ns.size):
        bring_in(queues, sources, recorder, q, until_ns)
