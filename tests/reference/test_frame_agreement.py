"""The kernel of the 125 us systems against the slow model, packet by packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponplan.simulate import frameline, frames, ways
from ponplan.simulate import recorder as rec
from ponplan.simulate.frame_policies import FRAME_POLICY_FUNCTIONS
from ponplan.simulate.framed import make_frames

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

FRAMES = 24
END_NS = FRAMES * 125_000
CHANGE = {"dark": ways.darken_up, "lit": lambda row, now_ns, _: ways.light_up(row, now_ns), "way": ways.change_up}
TYPES = [
    {"type": 1, "fixed_mbps": 20.0},
    {"type": 2, "assured_mbps": 30.0, "guaranteed_interval_frames": 3},
    {"type": 3, "assured_mbps": 10.0, "max_mbps": 200.0, "surplus_interval_frames": 2},
    {"type": 4, "priority": 1, "weight": 2.0, "surplus_interval_frames": 1},
]


@given(
    seed=st.integers(0, 2**32 - 1),
    technology=st.sampled_from(["gpon", "gpon-2488-2488", "xg-pon", "xgs-pon"]),
    fec=st.booleans(),
    policy=st.sampled_from(sorted(FRAME_POLICY_FUNCTIONS)),
    num_onus=st.integers(1, 5),
    tconts=st.lists(st.sampled_from(TYPES), min_size=1, max_size=3),
    num_priorities=st.integers(1, 2),
    buffer_bytes=st.sampled_from([2000, 20_000, 10**9]),
    mean_gap_ns=st.sampled_from([2_000, 10_000, 100_000]),
    with_events=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_fragmented_packet_moves_at_the_same_nanosecond(
    frame_model: ModuleType,
    bare_pon: Callable,
    traffic_from_lists: Callable,
    random_arrivals: Callable,
    random_timelines: Callable,
    seed: int,
    technology: str,
    fec: object,
    policy: str,
    num_onus: int,
    tconts: object,
    num_priorities: int,
    buffer_bytes: int,
    mean_gap_ns: int,
    with_events: object,
) -> None:
    """Start and finish of each packet and every burst agree, in one call and in random pieces.

    Fibres are cut, mended and changed meanwhile.
    """
    rng = np.random.default_rng(seed)
    num_allocs = num_onus * len(tconts)
    keys = [
        (onu, tcont, priority)
        for onu in range(num_onus)
        for tcont in range(len(tconts))
        for priority in range(num_priorities)
    ]
    arrivals = random_arrivals(rng, len(keys), until_ns=END_NS, mean_gap_ns=mean_gap_ns)
    one_way_ns = rng.integers(0, 100_000, num_onus)
    pon = bare_pon(
        technology=technology,
        onus=num_onus,
        distance_km=0,
        dba={
            "policy": policy,
            "fec": fec,
            "poll_frames": int(rng.integers(1, 9)),
            "processing_us": float(rng.integers(0, 300)),
        },
        tcont=tconts,
    )
    traffic = traffic_from_lists(keys, [buffer_bytes] * len(keys), arrivals, num_onus=num_onus)
    timelines, events = random_timelines(rng, one_way_ns, until_ns=END_NS if with_events else 0, farthest_ns=100_000)
    chosen = FRAME_POLICY_FUNCTIONS[policy]

    def fresh() -> object:
        return make_frames(
            pon.scenario, pon.up, traffic, one_way_ns, np.random.default_rng(1),
            window_ns=(0, END_NS), log_packets=50_000, log_bursts=50_000,
        )  # fmt: skip

    start = fresh()
    numbers = start.line
    slow = frame_model.Pon(
        frame_model.Line(
            frame_bytes=int(numbers[frameline.FRAME_BYTES]), unit=int(numbers[frameline.UNIT_BYTES]),
            uncoded=int(numbers[frameline.UNCODED_BYTES]), header=int(numbers[frameline.HEADER_BYTES]),
            trailer=int(numbers[frameline.TRAILER_BYTES]), report=int(numbers[frameline.REPORT_BYTES]),
            report_unit=int(numbers[frameline.REPORT_UNIT_BYTES]),
            fragment_header=int(numbers[frameline.FRAGMENT_HEADER_BYTES]), align=int(numbers[frameline.ALIGN_BYTES]),
            fragment_max=int(numbers[frameline.FRAGMENT_MAX_BYTES]), word=int(numbers[frameline.WORD_BYTES]),
            parity=int(numbers[frameline.PARITY_BYTES]), nonlinear=bool(numbers[frameline.NONLINEAR]),
            equalised_ns=int(numbers[frameline.EQUALISED_NS]), poll_frames=int(numbers[frameline.POLL_FRAMES]),
            processing_ns=round(pon.scenario.dba.processing_us * 1000),
            poll_idle=bool(numbers[frameline.POLL_IDLE]),
        ),
        policy=chosen.__wrapped__,
        allocs_of_onu=[
            list(range(onu * len(tconts), (onu + 1) * len(tconts))) for onu in range(num_onus)
        ],
        queues_of_alloc=[
            list(range(alloc * num_priorities, (alloc + 1) * num_priorities)) for alloc in range(num_allocs)
        ],
        buffers=[buffer_bytes] * len(keys),
        arrivals=arrivals,
        ways=timelines,
        tables=(start.desk.settings.copy(), start.desk.memory.copy(), start.desk.line.copy(), start.desk.owner),
    ).run(END_NS + 1)  # fmt: skip

    cuts = np.append(np.sort(rng.integers(0, END_NS, 50)), END_NS)
    for pieces in ([END_NS], cuts):
        state = fresh()
        steps = [(int(until_ns), -1, "", 0) for until_ns in pieces]
        for until_ns, onu, kind, value in sorted(steps + events):
            frames.advance_frames(state, until_ns, chosen)
            if kind:
                CHANGE[kind](state.ways[onu], until_ns, value)
        bursts = [tuple(row) for row in state.bursts.rows()[:, :3].tolist()]
        assert bursts == [burst for burst in slow.bursts if burst[1] < bursts[-1][1] + 1]
        # the kernel plays whole frames only
        whole_ns = int(state.clock[frames.NEXT_FRAME]) * 125_000 + int(numbers[frameline.EQUALISED_NS])
        fast = [tuple(row) for row in state.recorder.log[: state.recorder.log_count[0]].tolist()]
        expected = [row for row in slow.delivered if row[3] <= whole_ns]
        assert sorted(fast) == sorted(expected)
        broken = state.recorder.counts[:, rec.BROKEN_PACKETS].sum()
        assert broken <= len(slow.cut) <= broken + sum(1 for row in slow.cut if row[1] + 100_000 > whole_ns)
