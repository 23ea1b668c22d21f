"""Build the live upstream of an EPON from its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import epon
from ponplan.simulate.policies import (
    CREDIT_BYTES,
    CREDIT_FACTOR,
    LINE,
    MAX_GRANT,
    MEMORY_COLUMNS,
    NUM_ONUS,
    OVERHEAD,
    SETTINGS,
)
from ponplan.simulate.recorder import make_recorder
from ponplan.simulate.traffic import make_sources
from ponplan.simulate.ways import make_ways
from ponplan.units import NS_PER_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.framing import EthernetUp
    from ponplan.scenario import Scenario
    from ponplan.simulate.traffic import Traffic

_VISITS = {
    "exhaustive": epon.EXHAUSTIVE,
    "gated-at-start": epon.GATED_AT_START,
    "gated-before": epon.GATED_BEFORE,
}


def make_epon(
    scenario: Scenario,
    layout: EthernetUp,
    traffic: Traffic,
    one_way_ns: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    window_ns: tuple[int, int],
    log_packets: int = 0,
    log_bursts: int = 0,
    log_gates: int = 0,
) -> epon.EponState:
    """Give the state at time zero, first grants written."""
    num = scenario.onus
    queues, sources = make_sources(traffic, rng)
    onus = np.zeros((num + 1, 2), np.int64)
    onus[:, epon.FIRST_QUEUE] = np.searchsorted([key.onu for key in traffic.keys], np.arange(num + 1))
    onus[:, epon.LAST_START_NS] = -1
    line = _line(scenario, layout)
    settings = np.zeros((num, len(SETTINGS)))
    settings[:, MAX_GRANT] = scenario.dba.max_grant_bytes
    settings[:, CREDIT_BYTES] = scenario.dba.credit_bytes
    settings[:, CREDIT_FACTOR] = scenario.dba.credit_factor
    policy_line = np.zeros(len(LINE), np.int64)
    policy_line[OVERHEAD], policy_line[NUM_ONUS] = line[epon.REPORT_BYTES], num
    clock = np.zeros(4, np.int64)
    clock[epon.FREE_NS] = -line[epon.GUARD_NS]
    state = epon.EponState(
        line=line,
        clock=clock,
        onus=onus,
        ways=make_ways(one_way_ns),
        ring=np.zeros((num, 4), np.int64),
        totals=np.zeros(9, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(
            traffic.queue_class, from_ns=window_ns[0], until_ns=window_ns[1], log_rows=log_packets
        ),
        reported=np.zeros(num, np.int64),
        received=np.full(num, -1),
        granted=np.zeros(num, np.int64),
        owner=np.arange(num),
        settings=settings,
        memory=np.zeros((num, MEMORY_COLUMNS)),
        policy_line=policy_line,
        grants=np.zeros(num, np.int64),
        gates_ns=np.zeros(log_gates, np.int64),
        bursts=np.zeros((log_bursts, 4), np.int64),
    )
    epon.start_polling(state)
    return state


def _line(scenario: Scenario, layout: EthernetUp) -> NDArray[np.int64]:
    line = np.zeros(12, np.int64)
    scale = np.gcd(8_000_000_000, layout.line.mac_bps)
    line[epon.BYTE_NUM] = 8_000_000_000 // scale
    line[epon.BYTE_DEN] = layout.line.mac_bps // scale
    message = layout.line.line_bytes(layout.line.message_bytes)
    line[epon.REPORT_BYTES] = line[epon.SHORTEST_BYTES] = message
    line[epon.PREAMBLE_BYTES] = layout.line.preamble_bytes
    line[epon.GAP_BYTES] = layout.line.gap_bytes
    line[epon.QUANTUM_NS] = layout.time_quantum_ns
    guard_us = scenario.dba.guard_us
    line[epon.GUARD_NS] = layout.guard_ns if guard_us is None else round(guard_us * NS_PER_US)
    line[epon.GATE_NS] = -(-message * line[epon.BYTE_NUM] // line[epon.BYTE_DEN])
    line[epon.PROCESSING_NS] = round(scenario.dba.processing_us * NS_PER_US)
    line[epon.VISIT] = _VISITS.get(scenario.dba.policy or "", epon.BY_GRANT)
    longest = scenario.dba.max_report_bytes
    line[epon.MAX_REPORT_BYTES] = 2**60 if longest is None else longest
    return line
