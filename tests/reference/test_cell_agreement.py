"""The kernels of APON against the slow model, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponplan.simulate import cells, ways
from ponplan.simulate import recorder as rec
from ponplan.simulate.celled import make_cells, make_cells_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

END_NS = 3_000_000
LAG_NS = 100_000
UP = {"dark": ways.darken_up, "lit": lambda row, now_ns, _: ways.light_up(row, now_ns), "way": ways.change_up}
DOWN = {
    "dark": ways.darken_down,
    "lit": lambda row, now_ns, _: ways.light_down(row, now_ns),
    "way": ways.change_down,
}


@pytest.mark.parametrize("direction", ["up", "down"])
@given(
    seed=st.integers(0, 2**32 - 1),
    technology=st.sampled_from(["apon-155-155", "apon-622-155"]),
    num_onus=st.integers(1, 5),
    num_priorities=st.integers(1, 3),
    buffer_bytes=st.sampled_from([2000, 20_000, 10**9]),
    mean_gap_ns=st.sampled_from([20_000, 100_000, 400_000]),
    with_events=st.booleans(),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cell_moves_at_the_same_nanosecond(
    cell_model: ModuleType,
    bare_pon: Callable,
    traffic_from_lists: Callable,
    random_arrivals: Callable,
    random_timelines: Callable,
    direction: str,
    seed: int,
    technology: str,
    num_onus: int,
    num_priorities: int,
    buffer_bytes: int,
    mean_gap_ns: int,
    with_events: object,
) -> None:
    """Start and finish of each packet agree, in one call and in random pieces, while fibres are cut and changed."""
    rng = np.random.default_rng(seed)
    keys = [(onu, 0, priority) for onu in range(num_onus) for priority in range(num_priorities)]
    arrivals = random_arrivals(rng, len(keys), until_ns=END_NS, mean_gap_ns=mean_gap_ns)
    one_way_ns = rng.integers(0, LAG_NS, num_onus)
    timelines, events = random_timelines(
        rng, one_way_ns, until_ns=END_NS if with_events else 0, farthest_ns=LAG_NS
    )  # fmt: skip
    slots = [int(share) for share in rng.integers(1, 4, num_onus)]
    pon = bare_pon(technology=technology, onus=num_onus, distance_km=0, dba={"slots": slots})
    traffic = traffic_from_lists(keys, [buffer_bytes] * len(keys), arrivals, num_onus=num_onus)
    aal1 = tuple(q for q in range(len(keys)) if rng.random() < 0.3)
    traffic = replace(traffic, aal1_queues=aal1)
    layout = pon.up if direction == "up" else pon.down
    slow = cell_model.Apon(
        layout.line_bps,
        [
            cell_model.Queue(onu, priority, buffer_bytes, is_aal1=q in aal1)
            for q, (onu, _, priority) in enumerate(keys)
        ],
        arrivals,
        timelines,
    )

    def fresh() -> object:
        make = make_cells if direction == "up" else make_cells_down
        return make(
            pon.scenario,
            layout,
            traffic,
            one_way_ns,
            np.random.default_rng(1),
            window_ns=(0, END_NS),
            log_packets=9999,
        )

    if direction == "up":
        slow.upstream(fresh().slots.tolist(), END_NS)
    else:
        slow.env.process(slow.downstream())
    slow.env.run(until=END_NS + 300_000)

    lag_ns, advance = (0, cells.advance_cells) if direction == "up" else (LAG_NS, cells.advance_cells_down)
    for pieces in ([END_NS], np.append(np.sort(rng.integers(0, END_NS, 60)), END_NS)):
        state = fresh()
        steps = [(int(until_ns) + lag_ns, -1, "", 0) for until_ns in pieces]
        for now_ns, onu, kind, value in sorted(steps + events):
            advance(state, now_ns - lag_ns)
            if kind:
                (UP if direction == "up" else DOWN)[kind](state.ways[onu], now_ns, value)
        fast = [tuple(row) for row in state.recorder.log[: state.recorder.log_count[0]].tolist()]
        if direction == "up":
            assert sorted(fast) == sorted(row for row in slow.delivered if row[3] <= END_NS)
        else:
            assert fast == slow.delivered[: len(fast)]
            assert all(row[2] >= END_NS - 200_000 for row in slow.delivered[len(fast) :])
        cut = [row for row in slow.cut if row[1] < END_NS]
        assert abs(state.recorder.counts[:, rec.BROKEN_PACKETS].sum() - len(cut)) <= 1
