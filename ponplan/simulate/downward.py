"""Build the live downstream of a PON from its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing import EthernetDown
from ponplan.simulate import down
from ponplan.simulate.etherline import ethernet_ints
from ponplan.simulate.recorder import make_recorder
from ponplan.simulate.scheduler import make_scheduler
from ponplan.simulate.traffic import make_sources
from ponplan.simulate.ways import make_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.framing import FrameLayout
    from ponplan.scenario import Scenario
    from ponplan.simulate.traffic import Traffic


def make_down(
    scenario: Scenario,
    layout: EthernetDown | FrameLayout,
    traffic: Traffic,
    one_way_ns: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    window_ns: tuple[int, int],
    log_packets: int = 0,
    num_control: int = 0,
) -> down.DownState:
    """Give the state at time zero; `num_control` is the room for GATE times or map sizes to come."""
    queues, sources = make_sources(traffic, rng)
    clock = np.zeros(7, np.int64)
    clock[down.RESUME_QUEUE] = -1
    clock[down.FRAME] = -1
    line = ethernet_ints(layout.line) if isinstance(layout, EthernetDown) else _frame_line(layout)
    if not isinstance(layout, EthernetDown):
        clock[down.OFFSET] = line[down.FRAME_DATA_BYTES]
    return down.DownState(
        line=line,
        clock=clock,
        ways=make_ways(one_way_ns),
        totals=np.zeros(5, np.int64),
        control=np.zeros(num_control, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(traffic, window_ns, log_rows=log_packets),
        scheduler=make_scheduler(scenario, traffic, queues),
    )


def _frame_line(layout: FrameLayout) -> NDArray[np.int64]:
    align = layout.encapsulation.align_bytes
    line = np.zeros(down.LINE_INTS, np.int64)
    line[down.FRAME_NS] = layout.frame_ns
    line[down.FRAME_BYTES] = layout.frame_bytes
    line[down.UNCODED_BYTES] = layout.uncoded_bytes
    line[down.HEADER_BYTES] = layout.header_bytes
    line[down.ENTRY_BYTES] = layout.map_entry_bytes
    line[down.TRAILER_BYTES] = layout.trailer_bytes
    line[down.FRAGMENT_HEADER_BYTES] = layout.encapsulation.header_bytes
    line[down.ALIGN_BYTES] = align
    line[down.FRAGMENT_MAX_BYTES] = layout.encapsulation.max_payload_bytes // align * align
    line[down.WORD_BYTES] = layout.code.codeword_bytes
    line[down.PARITY_BYTES] = layout.code.parity_bytes
    line[down.FRAME_DATA_BYTES] = layout.code.data_bytes(layout.frame_bytes - layout.uncoded_bytes)
    return line
