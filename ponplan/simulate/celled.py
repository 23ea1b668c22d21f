"""Build the live directions of an APON from its description."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import cells
from ponplan.simulate.bursts import make_bursts
from ponplan.simulate.circuits import AAL1_HEADER_BYTES
from ponplan.simulate.framed import RESPONSE_NS, USUAL_ROUND_TRIP_NS
from ponplan.simulate.recorder import make_recorder
from ponplan.simulate.scheduler import make_scheduler
from ponplan.simulate.traffic import make_sources
from ponplan.simulate.ways import make_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.framing import AtmDown, AtmUp
    from ponplan.scenario import Scenario
    from ponplan.simulate.traffic import Traffic


def make_cells(
    scenario: Scenario,
    layout: AtmUp,
    traffic: Traffic,
    one_way_ns: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    window_ns: tuple[int, int],
    log_packets: int = 0,
    log_bursts: int = 0,
    farthest_ns: int = 0,
) -> cells.CellState:
    """Give the upstream before its first slot; `farthest_ns` is the longest way that will ever be taken."""
    queues, sources = make_sources(traffic, rng)
    num = scenario.onus
    line = _line(layout)
    line[cells.LEAD_BYTES] = layout.slot_overhead_bytes
    farthest_ns = max(farthest_ns, int(one_way_ns.max()))
    line[cells.EQUALISED_NS] = max(USUAL_ROUND_TRIP_NS, 2 * farthest_ns) + RESPONSE_NS
    return cells.CellState(
        line=line,
        clock=np.zeros(3, np.int64),
        first_queue=np.searchsorted([key.onu for key in traffic.keys], np.arange(num + 1)),
        ways=make_ways(one_way_ns),
        adaptation=_adaptation(layout, traffic),
        slots=slot_table(scenario.dba.slots or [1] * num),
        totals=np.zeros(5, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(traffic, window_ns, log_rows=log_packets),
        bursts=make_bursts(num, log_rows=log_bursts),
    )


def make_cells_down(
    scenario: Scenario,
    layout: AtmDown,
    traffic: Traffic,
    one_way_ns: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    window_ns: tuple[int, int],
    log_packets: int = 0,
) -> cells.CellDownState:
    """Give the downstream before its first cell."""
    queues, sources = make_sources(traffic, rng)
    line = _line(layout)
    line[cells.PLOAM_SPACING] = layout.ploam_spacing_slots
    clock = np.zeros(3, np.int64)
    clock[cells.RESUME_QUEUE] = -1
    return cells.CellDownState(
        line=line,
        clock=clock,
        ways=make_ways(one_way_ns),
        adaptation=_adaptation(layout, traffic),
        totals=np.zeros(5, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(traffic, window_ns, log_rows=log_packets),
        scheduler=make_scheduler(scenario, traffic, queues),
    )


def slot_table(shares: list[int]) -> NDArray[np.int64]:
    """Spread each ONU's slots over one round as evenly as they go: the ONU whose next slot is due first has it."""
    due = sorted(((turn + 0.5) / share, onu) for onu, share in enumerate(shares) for turn in range(share))
    return np.array([onu for _, onu in due], np.int64)


def _line(layout: AtmUp | AtmDown) -> NDArray[np.int64]:
    line = np.zeros(cells.LINE_INTS, np.int64)
    scale = math.gcd(8_000_000_000, layout.line_bps)
    line[cells.BYTE_NUM], line[cells.BYTE_DEN] = 8_000_000_000 // scale, layout.line_bps // scale
    line[cells.CELL_BYTES] = layout.adaptation.cell_bytes
    line[cells.CELL_PAYLOAD_BYTES] = layout.adaptation.payload_bytes
    return line


def _adaptation(layout: AtmUp | AtmDown, traffic: Traffic) -> NDArray[np.int64]:
    """Give what each queue's packets grow by: AAL5 with LLC/SNAP, or AAL1 for circuits."""
    frames_bytes = layout.adaptation.header_bytes + layout.adaptation.trailer_bytes
    added = np.full(len(traffic.keys), frames_bytes)
    added[list(traffic.aal1_queues)] = AAL1_HEADER_BYTES
    return added
