"""Build the live upstream of an EPON from its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing import EthernetDown
from ponplan.simulate import epon, etherline
from ponplan.simulate.bursts import make_bursts
from ponplan.simulate.desk import make_desk
from ponplan.simulate.etherline import ethernet_ints
from ponplan.simulate.policies import (
    CREDIT_BYTES,
    CREDIT_FACTOR,
    LINE,
    MAX_GRANT,
    NUM_ONUS,
    OVERHEAD,
    SETTINGS,
)
from ponplan.simulate.recorder import make_recorder
from ponplan.simulate.traffic import make_sources
from ponplan.simulate.ways import make_ways
from ponplan.units import NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.framing import EthernetUp
    from ponplan.scenario import Scenario
    from ponplan.simulate.traffic import Traffic

USUAL_GRANT_BYTES = 15_000  # Kramer, Mukherjee, Pesavento 2002
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
    down: EthernetDown | None = None,
    other_layouts: Mapping[int, EthernetUp] | None = None,
) -> epon.EponState:
    """Give the state at time zero, first grants written.

    GATEs come by `down`, or else by a line like the upstream's. ONUs in `other_layouts` send at another rate than
    the rest; all share the upstream in time.
    """
    num = scenario.onus
    queues, sources = make_sources(traffic, rng)
    layouts = [layout] * num
    for onu, other in (other_layouts or {}).items():
        layouts[onu] = other
    message_ns = [gate_ns(EthernetDown(line=own.line, cycle_ns=0) if down is None else down) for own in layouts]
    lines = np.array([_row(scenario, *pair) for pair in zip(layouts, message_ns, strict=True)])
    settings = np.zeros((num, len(SETTINGS)))
    settings[:, MAX_GRANT] = [max_grant_bytes(scenario, own) for own in layouts]
    settings[:, CREDIT_BYTES] = scenario.dba.credit_bytes
    settings[:, CREDIT_FACTOR] = scenario.dba.credit_factor
    policy_line = np.zeros(len(LINE), np.int64)
    policy_line[OVERHEAD], policy_line[NUM_ONUS] = lines[:, etherline.MESSAGE_BYTES].max(), num
    clock = np.zeros(3, np.int64)
    clock[epon.FREE_NS] = -lines[0, epon.GUARD_NS]
    state = epon.EponState(
        lines=lines,
        clock=clock,
        first_queue=np.searchsorted([key.onu for key in traffic.keys], np.arange(num + 1)),
        ways=make_ways(one_way_ns),
        ring=np.zeros((num, 4), np.int64),
        totals=np.zeros(6, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(traffic, window_ns, log_rows=log_packets),
        coded=np.zeros((len(traffic.keys), 2), np.int64),
        desk=make_desk(owner=np.arange(num), settings=settings, line=policy_line),
        gates_ns=np.zeros(log_gates, np.int64),
        bursts=make_bursts(num, log_rows=log_bursts),
    )
    epon.start_polling(state)
    return state


def gate_ns(layout: EthernetDown) -> int:
    """Give how long a GATE takes downstream."""
    line = ethernet_ints(layout.line)
    return -(-etherline.closed_bytes(line, int(line[etherline.MESSAGE_BYTES])) * int(line[0]) // int(line[1]))


def _row(scenario: Scenario, layout: EthernetUp, message_ns: int) -> NDArray[np.int64]:
    """Give the integers of one ONU's line."""
    line = np.zeros(epon.ROW_INTS, np.int64)
    line[: etherline.LINE_INTS] = ethernet_ints(layout.line)
    line[epon.QUANTUM_NS] = layout.time_quantum_ns
    line[epon.QUANTUM_BYTES] = layout.time_quantum_ns * layout.line.mac_bps // 8_000_000_000
    guard_us = scenario.dba.guard_us
    line[epon.GUARD_NS] = layout.guard_ns if guard_us is None else round(guard_us * NS_PER_US)
    line[epon.GATE_NS] = message_ns
    line[epon.PROCESSING_NS] = round(scenario.dba.processing_us * NS_PER_US)
    line[epon.VISIT] = _VISITS.get(scenario.dba.policy or "", epon.BY_GRANT)
    longest = scenario.dba.max_report_bytes
    line[epon.MAX_REPORT_BYTES] = 2**60 if longest is None else longest
    # as many blocks before the data as after it
    line[epon.LEAD_BYTES] = layout.burst_marks_bytes // 2
    line[epon.TAIL_BYTES] = layout.burst_marks_bytes - layout.burst_marks_bytes // 2
    return line


def max_grant_bytes(scenario: Scenario, layout: EthernetUp) -> int:
    """Give the longest grant: as said, or what as many bytes at 1 Gbit/s last (15,000: 120 us)."""
    if scenario.dba.max_grant_bytes is not None:
        return scenario.dba.max_grant_bytes
    return round(USUAL_GRANT_BYTES * layout.line.data_bps / 1e9)
