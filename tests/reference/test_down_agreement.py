"""The downstream kernels against the slow model, packet by packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponplan.simulate import down, ways
from ponplan.simulate import recorder as rec
from ponplan.simulate.downward import make_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

END_NS = 3_000_000
FAST_END_NS = 1_000_000  # the slow model looks at every word of the line, and at 10 Gbit/s there are more
LAG_NS = 100_000
CHANGE = {
    "dark": ways.darken_down,
    "lit": lambda row, now_ns, _: ways.light_down(row, now_ns),
    "way": ways.change_down,
}


@pytest.mark.parametrize("technology", ["epon", "epon-fec", "10g-epon-10-10", "gpon", "xg-pon", "xgs-pon"])
@given(
    seed=st.integers(0, 2**32 - 1),
    scheduler=st.sampled_from(["fifo", "priority", "weighted"]),
    shape_mbps=st.sampled_from([None, 50.0, 333.3]),
    num_onus=st.integers(1, 5),
    num_priorities=st.integers(1, 3),
    buffer_bytes=st.sampled_from([2000, 20_000, 10**9]),
    mean_gap_ns=st.sampled_from([3_000, 20_000, 100_000]),
    with_control=st.integers(0, 1),
    with_events=st.booleans(),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_packet_down_moves_at_the_same_nanosecond(
    down_model: ModuleType,
    bare_pon: Callable,
    traffic_from_lists: Callable,
    random_arrivals: Callable,
    random_timelines: Callable,
    technology: str,
    seed: int,
    scheduler: str,
    shape_mbps: float | None,
    num_onus: int,
    num_priorities: int,
    buffer_bytes: int,
    mean_gap_ns: int,
    with_control: int,
    with_events: object,
) -> None:
    """Start and finish of each packet agree for every scheduler, in one call and in random pieces.

    Fibres are cut, mended and changed meanwhile.
    """
    end_ns = FAST_END_NS if technology in ("xg-pon", "xgs-pon") else END_NS
    rng = np.random.default_rng(seed)
    keys = [(onu, 0, priority) for onu in range(num_onus) for priority in range(num_priorities)]
    arrivals = random_arrivals(rng, len(keys), until_ns=end_ns, mean_gap_ns=mean_gap_ns)
    one_way_ns = rng.integers(0, 100_000, num_onus)
    timelines, events = random_timelines(rng, one_way_ns, until_ns=end_ns if with_events else 0, farthest_ns=LAG_NS)
    weights = [float(weight) for weight in rng.integers(1, 5, num_onus)]
    settings_of = {"scheduler": scheduler, "weights": weights}
    if shape_mbps is not None:
        settings_of |= {"shape_mbps": shape_mbps, "shape_burst_bytes": 3000}
    name = technology.removesuffix("-fec")
    coded = {"fec": True} if name != technology else {}
    pon = bare_pon(technology=name, onus=num_onus, distance_km=0, downstream=settings_of, dba=coded)
    traffic = traffic_from_lists(keys, [buffer_bytes] * len(keys), arrivals, num_onus=num_onus)
    if "epon" in technology:
        control = np.sort(rng.integers(0, end_ns, 300)) * with_control
        control = control[control > 0]
        advance = down.advance_ethernet_down
    else:
        control = rng.integers(0, 200, end_ns // 125_000 + 2) * with_control
        advance = down.advance_frames_down

    def fresh() -> down.DownState:
        state = make_down(
            pon.scenario, pon.down, traffic, one_way_ns, np.random.default_rng(1),
            window_ns=(0, end_ns), log_packets=50_000, num_control=control.size,
        )  # fmt: skip
        state.control[:] = control
        state.clock[down.CONTROL_KNOWN] = control.size
        return state

    shaped = shape_mbps is not None
    slow = down_model.Olt(
        down_model.Rules(
            scheduler=scheduler,
            weights=weights,
            byte_ns=8e3 / shape_mbps if shaped else 0.0,
            burst_ns=3000 * 8e3 / shape_mbps if shaped else 0.0,
        ),
        [down_model.Queue(onu, priority, buffer_bytes) for onu, _, priority in keys],
        arrivals,
        timelines,
    )
    if "epon" in technology:
        numbers, code, own = pon.down.line, pon.down.line.stream_code, pon.down.line.frame_code
        line = {
            "gbps": numbers.mac_bps // 10**9, "word": code.codeword_bytes - code.parity_bytes,
            "parity": code.parity_bytes, "frame_word": own.codeword_bytes - own.parity_bytes,
            "frame_parity": own.parity_bytes, "frame_marks": numbers.frame_code_marks_bytes,
        }  # fmt: skip
        slow.env.process(slow.ethernet(line, [int(gate) for gate in control]))
    else:
        line = fresh().line
        names = {
            "bytes": down.FRAME_BYTES, "uncoded": down.UNCODED_BYTES, "header": down.HEADER_BYTES,
            "entry": down.ENTRY_BYTES, "trailer": down.TRAILER_BYTES, "align": down.ALIGN_BYTES,
            "fragment_header": down.FRAGMENT_HEADER_BYTES, "fragment_max": down.FRAGMENT_MAX_BYTES,
            "word": down.WORD_BYTES, "parity": down.PARITY_BYTES, "data": down.FRAME_DATA_BYTES,
        }  # fmt: skip
        numbers = {name: int(line[place]) for name, place in names.items()}
        slow.env.process(slow.frames(numbers, [int(number) for number in control]))
    slow.env.run(until=end_ns + 200_000)

    for pieces in ([end_ns], np.append(np.sort(rng.integers(0, end_ns, 60)), end_ns)):
        state = fresh()
        # the downstream follows so far behind that nothing which may yet be cut has been counted
        steps = [(int(until_ns) + LAG_NS, -1, "", 0) for until_ns in pieces]
        for now_ns, onu, kind, value in sorted(steps + events):
            advance(state, now_ns - LAG_NS)
            if kind:
                CHANGE[kind](state.ways[onu], now_ns, value)
        fast = [tuple(row) for row in state.recorder.log[: state.recorder.log_count[0]].tolist()]
        assert fast == slow.delivered[: len(fast)]
        left_out = slow.delivered[len(fast) : len(fast) + 1]
        assert all(row[2] >= end_ns - 125_000 for row in left_out)
        cut = [row for row in slow.cut if row[1] < end_ns - 125_000]
        assert len(cut) <= state.recorder.counts[:, rec.BROKEN_PACKETS].sum() <= len(slow.cut)
