"""The EPON kernel against the slow model, packet by packet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponplan.simulate import recorder as rec
from ponplan.simulate import ways
from ponplan.simulate.epon import advance_epon
from ponplan.simulate.ipact import IPACT_POLICIES
from ponplan.simulate.live import policy_function
from ponplan.simulate.polled import make_epon

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

END_NS = 3_000_000
CHANGE = {"dark": ways.darken_up, "lit": lambda row, now_ns, _: ways.light_up(row, now_ns), "way": ways.change_up}


@given(
    seed=st.integers(0, 2**32 - 1),
    technology=st.sampled_from(["epon", "10g-epon-10-1", "10g-epon-10-10", "dual"]),
    fec=st.booleans(),
    policy=st.sampled_from(sorted(IPACT_POLICIES)),
    num_onus=st.integers(1, 5),
    num_priorities=st.integers(1, 3),
    max_grant=st.integers(1700, 16000),
    guard_ns=st.integers(0, 6000),
    buffer_bytes=st.sampled_from([2000, 20_000, 10**9]),
    mean_gap_ns=st.sampled_from([15_000, 60_000, 400_000]),
    far_ns=st.sampled_from([0, 100_003]),
    with_events=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_packet_moves_at_the_same_nanosecond(
    epon_model: ModuleType,
    bare_pon: Callable,
    traffic_from_lists: Callable,
    random_arrivals: Callable,
    random_timelines: Callable,
    seed: int,
    technology: str,
    fec: object,
    policy: str,
    num_onus: int,
    num_priorities: int,
    max_grant: int,
    guard_ns: int,
    buffer_bytes: int,
    mean_gap_ns: int,
    far_ns: int,
    with_events: object,
) -> None:
    """Start, finish and loss of each packet and every burst agree, in one call and in random pieces.

    Fibres are cut, mended and changed meanwhile.
    """
    rng = np.random.default_rng(seed)
    keys = [(onu, 0, priority) for onu in range(num_onus) for priority in range(num_priorities)]
    arrivals = random_arrivals(rng, len(keys), until_ns=END_NS, mean_gap_ns=mean_gap_ns)
    one_way_ns = rng.integers(0, far_ns + 1, num_onus)
    timelines, events = random_timelines(rng, one_way_ns, until_ns=END_NS if with_events else 0, farthest_ns=far_ns)
    pon = bare_pon(
        technology="10g-epon-10-10" if technology == "dual" else technology,
        onus=num_onus,
        distance_km=0,
        dba={
            "policy": policy, "guard_us": guard_ns / 1e3, "max_grant_bytes": max_grant, "processing_us": 1.0,
            "fec": fec,
        },
    )  # fmt: skip
    others = {}
    if technology == "dual":
        slower = bare_pon(technology="epon", onus=1, distance_km=0, dba={"fec": fec}).up
        others = dict.fromkeys(range(0, num_onus, 2), slower)

    def line_of(onu: int) -> object:
        """Give an ONU's line from its layout's own numbers."""
        layout = others.get(onu, pon.up)
        numbers, stream, code = layout.line, layout.line.stream_code, layout.line.frame_code
        line = epon_model.Line(
            byte_ns=(8, numbers.mac_bps // 10**9), guard_ns=guard_ns, gate_ns=0,
            word=stream.codeword_bytes - stream.parity_bytes, parity=stream.parity_bytes,
            frame_word=code.codeword_bytes - code.parity_bytes, frame_parity=code.parity_bytes,
            frame_marks=numbers.frame_code_marks_bytes, lead=layout.burst_marks_bytes // 2,
            tail=layout.burst_marks_bytes // 2,
        )  # fmt: skip
        gate = replace(line, lead=0, tail=0)
        message = gate.message + -(-gate.message // gate.word) * gate.parity
        return replace(line, gate_ns=-(-message * 8 // line.byte_ns[1]))

    slow = epon_model.Pon(
        policy=policy,
        one_way_ns=[int(delay) for delay in one_way_ns],
        queues_of_onu=[[q for q, key in enumerate(keys) if key[0] == onu] for onu in range(num_onus)],
        buffers=[buffer_bytes] * len(keys),
        arrivals=arrivals,
        lines=[line_of(onu) for onu in range(num_onus)],
        max_grant=max_grant,
        processing_ns=1000,
        ways=timelines,
        changes=[[(t, kind, value) for t, o, kind, value in events if o == onu] for onu in range(num_onus)],
    ).run(END_NS + 1)

    traffic = traffic_from_lists(keys, [buffer_bytes] * len(keys), arrivals, num_onus=num_onus)
    cuts = np.append(np.sort(rng.integers(0, END_NS, 50)), END_NS)
    chosen = policy_function(pon)
    for pieces in ([END_NS], cuts):
        state = make_epon(
            pon.scenario, pon.up, traffic, one_way_ns, np.random.default_rng(1),
            window_ns=(0, END_NS), log_packets=50_000, log_bursts=50_000, other_layouts=others,
        )  # fmt: skip
        steps = [(int(until_ns), -1, "", 0) for until_ns in pieces]
        for until_ns, onu, kind, value in sorted(steps + events):
            advance_epon(state, until_ns, chosen)
            if kind:
                CHANGE[kind](state.ways[onu], until_ns, value)
        bursts = [tuple(row) for row in state.bursts.rows()[:, :3].tolist()]
        assert bursts == slow.bursts
        # what belongs to a burst that is not yet over is not yet played
        last_ns = bursts[-1][2] if bursts else 0
        fast = [tuple(row) for row in state.recorder.log[: state.recorder.log_count[0]].tolist()]
        expected = [row for row in slow.delivered if row[3] <= last_ns]
        assert fast == sorted(expected, key=lambda row: row[3])
        assert state.recorder.counts[:, rec.BROKEN_PACKETS].sum() == len(slow.cut)
