"""Build the live upstream of a GPON or XG(S)-PON from its description."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import CatalogueError, Fault, ScenarioError
from ponplan.scenario import TcontSettings
from ponplan.simulate import frameline, frames
from ponplan.simulate.bursts import make_bursts
from ponplan.simulate.desk import make_desk
from ponplan.simulate.division import inverse_of
from ponplan.simulate.policies import (
    ASSURED,
    BURST,
    CAPACITY,
    ELIGIBILITY,
    FIXED,
    GUARANTEED_INTERVAL,
    LINE,
    MAX_GRANT,
    MAXIMUM,
    NUM_ONUS,
    OVERHEAD,
    PRIORITY,
    QUANTUM,
    SETTINGS,
    STATIC,
    SURPLUS_INTERVAL,
    TYPE,
    UNIT,
    WEIGHT,
)
from ponplan.simulate.recorder import make_recorder
from ponplan.simulate.traffic import make_sources
from ponplan.simulate.ways import make_ways
from ponplan.units import NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.framing import BurstLayout
    from ponplan.scenario import Scenario
    from ponplan.simulate.traffic import Traffic

RESPONSE_NS = 36_000  # ONU response 35 +- 1 us (G.984.3 10.4.1)
USUAL_ROUND_TRIP_NS = 200_000  # 20 km (G.984.3 10.4.3.3)
_NEED_NO_REPORTS = ("static", "traffic-monitoring")


def tconts_of(scenario: Scenario) -> list[TcontSettings]:
    """Give the described T-CONTs, or one best-effort T-CONT where none is."""
    return list(scenario.tcont) or [TcontSettings()]


def tconts_of_onus(scenario: Scenario) -> list[list[TcontSettings | None]]:
    """Give each ONU's T-CONTs in the scenario's order, None in the place of one that it does not have."""
    return [
        [tcont if tcont.onus is None or onu in tcont.onus else None for tcont in tconts_of(scenario)]
        for onu in range(scenario.onus)
    ]


def make_frames(
    scenario: Scenario,
    layout: BurstLayout,
    traffic: Traffic,
    one_way_ns: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    window_ns: tuple[int, int],
    log_packets: int = 0,
    log_bursts: int = 0,
    log_maps: int = 0,
    farthest_ns: int = 0,
    tconts: Sequence[Sequence[TcontSettings | None]] | None = None,
) -> frames.FrameState:
    """Give the state before the first frame.

    `farthest_ns` is the longest way that will ever be taken; `tconts` are those of each ONU where they differ,
    default: the scenario's.

    Raises
    ------
    ScenarioError
        If static bursts do not fit the frame, or guaranteed rates exceed it.
    """
    queues, sources = make_sources(traffic, rng)
    num, per_onu = scenario.onus, tconts or tconts_of_onus(scenario)
    first_alloc = np.concatenate([[0], np.cumsum([len(own) for own in per_onu])])
    num_allocs, most = int(first_alloc[-1]), max(len(own) for own in per_onu)
    line = _line(scenario, layout, max(farthest_ns, int(one_way_ns.max())))
    allocs = np.zeros((num_allocs + 1, 6), np.int64)
    place = [first_alloc[key.onu] + key.tcont for key in traffic.keys]
    allocs[:, frames.FIRST_QUEUE] = np.searchsorted(place, np.arange(num_allocs + 1))
    allocs[:, frames.LAST_POLL] = -1
    history = np.full((int(line[frameline.LOOP_FRAMES]) + 1, 6, num_allocs), -1, np.int64)
    return frames.FrameState(
        line=line,
        inverse=_inverse(layout),
        clock=np.zeros(3, np.int64),
        first_alloc=first_alloc,
        ways=make_ways(one_way_ns),
        allocs=allocs,
        history=history,
        totals=np.zeros(6, np.int64),
        queues=queues,
        sources=sources,
        recorder=make_recorder(traffic, window_ns, log_rows=log_packets),
        desk=make_desk(
            owner=np.repeat(np.arange(num), np.diff(first_alloc)),
            settings=_settings(scenario, layout, per_onu),
            line=_policy_line(scenario, layout, most),
        ),
        map_entries=np.zeros(log_maps, np.int64),
        bursts=make_bursts(num, log_rows=log_bursts),
    )


def _uncoded_bytes(scenario: Scenario, layout: BurstLayout) -> int:
    """Give guard, preamble and delimiter; a planner's guard_us stands for all three."""
    if scenario.dba.guard_us is None:
        return layout.uncoded_bytes
    guard_ns = round(scenario.dba.guard_us * NS_PER_US)
    return -(-guard_ns * layout.frame_bytes // layout.frame_ns)


def _part_bytes(scenario: Scenario, layout: BurstLayout) -> tuple[int, int]:
    """Give where the bytes of a frame that bursts may take begin and end, in whole units of grants."""
    begin, end = scenario.dba.frame_part or (0.0, 1.0)
    units = layout.frame_bytes // layout.grant_unit_bytes
    whole = end == 1.0
    return (
        math.ceil(begin * units) * layout.grant_unit_bytes,
        layout.frame_bytes if whole else int(end * units) * layout.grant_unit_bytes,
    )


def _room_bytes(scenario: Scenario, layout: BurstLayout) -> int:
    begin, end = _part_bytes(scenario, layout)
    return end - begin


def _line(scenario: Scenario, layout: BurstLayout, farthest_ns: int) -> NDArray[np.int64]:
    part = _part_bytes(scenario, layout)
    round_trip_ns = max(USUAL_ROUND_TRIP_NS, 2 * farthest_ns)
    equalised_ns = round_trip_ns + RESPONSE_NS
    loop_ns = layout.frame_ns + equalised_ns + round(scenario.dba.processing_us * NS_PER_US)
    align = layout.encapsulation.align_bytes
    if align & (align - 1):
        raise CatalogueError(f"frame_items.csv: fragments are padded to {align} bytes; allowed: a power of two")
    reports = (scenario.dba.policy or "reference") not in _NEED_NO_REPORTS
    values = {
        frameline.FRAME_NS: layout.frame_ns,
        frameline.FRAME_BYTES: layout.frame_bytes,
        frameline.UNIT_BYTES: layout.grant_unit_bytes,
        frameline.UNCODED_BYTES: _uncoded_bytes(scenario, layout),
        frameline.HEADER_BYTES: layout.header_bytes,
        frameline.TRAILER_BYTES: layout.trailer_bytes,
        frameline.REPORT_BYTES: layout.report_bytes,
        frameline.REPORT_UNIT_BYTES: layout.report_unit_bytes,
        frameline.FRAGMENT_HEADER_BYTES: layout.encapsulation.header_bytes,
        frameline.ALIGN_BYTES: align,
        frameline.FRAGMENT_MAX_BYTES: layout.encapsulation.max_payload_bytes // align * align,
        frameline.WORD_BYTES: layout.code.codeword_bytes,
        frameline.PARITY_BYTES: layout.code.parity_bytes,
        frameline.EQUALISED_NS: equalised_ns,
        frameline.LOOP_FRAMES: -(-loop_ns // layout.frame_ns),
        frameline.POLL_FRAMES: scenario.dba.poll_frames,
        frameline.NONLINEAR: int(align == 1),
        frameline.POLL_IDLE: int(reports),
        frameline.FIRST_BYTE: part[0],
        frameline.END_BYTE: part[1],
    }
    line = np.zeros(len(values), np.int64)
    for index, value in values.items():
        line[index] = value
    return line


def _inverse(layout: BurstLayout) -> NDArray[np.int64]:
    inverse = np.zeros(2, np.int64)
    inverse[frameline.TWICE_FRAME] = inverse_of(2 * layout.frame_bytes)
    inverse[frameline.DATA_WORD] = inverse_of(layout.code.codeword_bytes - layout.code.parity_bytes)
    return inverse


def _policy_line(scenario: Scenario, layout: BurstLayout, num_tconts: int) -> NDArray[np.int64]:
    """Give what policies may reckon with: data bytes of a frame, and what a burst costs of them at most."""
    code = layout.code
    data_share = (code.codeword_bytes - code.parity_bytes) / code.codeword_bytes
    capacity = code.data_bytes(_room_bytes(scenario, layout))
    rounding = layout.grant_unit_bytes - 1 + code.parity_bytes
    cost = round((_uncoded_bytes(scenario, layout) + rounding) * data_share + 0.5)
    cost += layout.header_bytes + layout.trailer_bytes + num_tconts * layout.report_bytes
    line = np.zeros(len(LINE), np.int64)
    line[OVERHEAD] = layout.report_bytes
    line[NUM_ONUS] = scenario.onus
    line[CAPACITY] = capacity
    line[BURST] = cost
    line[QUANTUM] = max(capacity // scenario.dba.bursts_per_frame - cost, 64)
    line[UNIT] = layout.grant_unit_bytes
    return line


def _settings(
    scenario: Scenario, layout: BurstLayout, per_onu: Sequence[Sequence[TcontSettings | None]]
) -> NDArray[np.float64]:
    per_mbps = layout.frame_ns * 1e6 / 8e9
    capacity = float(layout.code.data_bytes(_room_bytes(scenario, layout)))
    rows = [
        np.zeros(len(SETTINGS)) if tcont is None else _tcont_row(tcont, per_mbps, capacity)
        for own in per_onu
        for tcont in own
    ]
    settings = np.array(rows).reshape(len(rows), len(SETTINGS))
    settings[:, MAX_GRANT] = capacity if scenario.dba.max_grant_bytes is None else scenario.dba.max_grant_bytes
    guaranteed_sum = float((settings[:, FIXED] + settings[:, ASSURED]).sum())
    if guaranteed_sum > capacity:
        limit = f"fixed and assured rates below {capacity / per_mbps:.0f} Mbit/s together (G.984.3 7-4)"
        problem = "more is guaranteed than a frame holds"
        value = round(guaranteed_sum / per_mbps, 1)
        raise ScenarioError([Fault(file="scenario", field="tcont", problem=problem, value=value, limit=limit)])
    settings[:, STATIC] = _static_bytes(scenario, layout, max(len(own) for own in per_onu))
    return settings


def _tcont_row(tcont: TcontSettings, per_mbps: float, capacity: float) -> NDArray[np.float64]:
    """Give one allocation's settings, rates as bytes in a frame."""
    row = np.zeros(len(SETTINGS))
    row[FIXED] = tcont.fixed_mbps * per_mbps
    row[ASSURED] = tcont.assured_mbps * per_mbps
    row[MAXIMUM] = min(capacity if tcont.max_mbps is None else tcont.max_mbps * per_mbps, capacity)
    guaranteed = row[FIXED] + row[ASSURED]
    row[ELIGIBILITY] = {1: 0, 2: 0, 3: 1, 4: 2, 5: 1 if guaranteed > 0 else 2}[tcont.type]
    if tcont.type in {1, 2}:
        row[MAXIMUM] = guaranteed
    row[PRIORITY], row[WEIGHT], row[TYPE] = tcont.priority, tcont.weight, tcont.type
    row[GUARANTEED_INTERVAL] = tcont.guaranteed_interval_frames
    row[SURPLUS_INTERVAL] = tcont.surplus_interval_frames
    return row


def _static_bytes(scenario: Scenario, layout: BurstLayout, num_tconts: int) -> int:
    """Give each allocation's bytes when the frame is cut into equal bursts."""
    unit = layout.grant_unit_bytes
    burst = _room_bytes(scenario, layout) // scenario.onus // unit * unit
    coded = burst - _uncoded_bytes(scenario, layout)
    fixed = layout.header_bytes + layout.trailer_bytes + num_tconts * layout.report_bytes
    room = (layout.code.data_bytes(max(coded, 0)) - fixed) // num_tconts
    if scenario.dba.policy == "static" and room <= layout.encapsulation.header_bytes:
        problem = "equal bursts of so many ONUs have no room for data in one frame"
        raise ScenarioError([Fault(file="scenario", field="onus", problem=problem, value=scenario.onus)])
    return max(room, 0)
