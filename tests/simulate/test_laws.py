"""Laws that hold whatever the traffic: conservation, no overlap, buffers kept, cuts that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.scenario import scenario_from_table
from ponplan.simulate import epon, ways
from ponplan.simulate import recorder as rec
from ponplan.simulate.bare import make_bare_pon
from ponplan.simulate.directions import advance_up
from ponplan.simulate.framed import make_frames
from ponplan.simulate.live import policy_function
from ponplan.simulate.polled import make_epon
from ponplan.simulate.queues import USED_BYTES, Queues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ponplan.catalogue import Catalogue

END_NS = 60_000_000
CASES = [
    ("epon", "limited"),
    ("epon", "elastic"),
    ("epon", "gated"),
    ("gpon", "reference"),
    ("gpon", "giant"),
    ("xgs-pon", "reference"),
    ("xgs-pon", "traffic-monitoring"),
]


@pytest.fixture
def upstream(catalogue: Catalogue):
    """Make a fresh overloaded upstream with small buffers and mixed sizes."""

    def make(technology: str, policy: str, load: float = 1.1) -> object:
        source = {"load": load, "packet_bytes": "trimodal", "buffer_bytes": 200_000}
        scenario = scenario_from_table(
            {
                "technology": technology,
                "onus": 8,
                "distance_km": [0.5, 20.0],
                "dba": {"policy": policy},
                "source": [source],
            }
        )
        pon = make_bare_pon(scenario, catalogue)
        builder = make_epon if technology == "epon" else make_frames
        state = builder(
            scenario, pon.up, pon.up_traffic, pon.one_way_ns, np.random.default_rng(7),
            window_ns=(0, 2**60), log_bursts=100_000,
        )  # fmt: skip
        return state, policy_function(pon)

    return make


@pytest.mark.parametrize(("technology", "policy"), CASES)
def test_bytes_are_neither_made_nor_lost(upstream: Callable, technology: str, policy: str):
    """Offered bytes are carried, lost or still queued, exactly."""
    state, rule = upstream(technology, policy)
    advance_up(state, END_NS, rule)
    total = state.recorder.counts.sum(axis=0)
    queued = state.queues.ints[:, USED_BYTES].sum()
    assert total[rec.OFFERED_BYTES] == total[rec.CARRIED_BYTES] + total[rec.LOST_BYTES] + queued
    assert total[rec.LOST_BYTES] > 0


@pytest.mark.parametrize(("technology", "policy"), CASES)
def test_bursts_never_overlap(upstream: Callable, technology: str, policy: str):
    """Each burst begins after the one before it has ended at the OLT, and after the guard on EPON."""
    state, rule = upstream(technology, policy)
    advance_up(state, END_NS, rule)
    bursts = state.bursts.rows()
    gap_ns = state.lines[0, epon.GUARD_NS] if technology == "epon" else 0
    assert len(bursts) > 100
    assert np.all(bursts[1:, 1] - bursts[:-1, 2] >= gap_ns)


@pytest.mark.parametrize(("technology", "policy"), CASES)
def test_buffers_are_kept(upstream: Callable, technology: str, policy: str):
    """No queue ever holds more than its buffer."""
    state, rule = upstream(technology, policy)
    advance_up(state, END_NS, rule)
    assert state.recorder.counts[:, rec.MAX_QUEUE_BYTES].max() <= 200_000


@pytest.mark.parametrize(("technology", "policy"), CASES)
def test_a_thousand_pieces_give_the_same_bytes(upstream: Callable, technology: str, policy: str):
    """Every array of the state is the same after one call and after a thousand."""
    whole, rule = upstream(technology, policy)
    advance_up(whole, END_NS, rule)
    pieces, _ = upstream(technology, policy)
    for until_ns in np.sort(np.random.default_rng(3).integers(0, END_NS, 999)):
        advance_up(pieces, int(until_ns), rule)
    advance_up(pieces, END_NS, rule)
    for one, other in zip(_arrays(whole), _arrays(pieces), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def _arrays(state: Iterable) -> Iterator[np.ndarray]:
    """Give every array of a state and of what is in it, but the memory of queues beyond their last packet."""
    for value in state:
        if isinstance(value, Queues):
            yield from (value.ints, value.next_ns)
        elif isinstance(value, tuple):
            yield from _arrays(value)
        else:
            yield np.asarray(value)


@pytest.mark.parametrize("technology", ["epon", "gpon", "xgs-pon"])
def test_line_time_is_shared_out(play: Callable, technology: str):
    """Payload and overheads of each direction add up to the line."""
    result = play(
        technology=technology,
        onus=8,
        distance_km=[1.0, 10.0],
        source=[{"load": 0.4, "direction": way, "packet_bytes": "trimodal"} for way in ("up", "down")],
        run={"seconds": 0.5},
    )
    for direction in (result.upstream, result.downstream):
        assert direction.payload + sum(direction.overhead.values()) == pytest.approx(1.0, abs=1e-12)
        assert min(direction.overhead.values()) >= 0.0
        assert direction.offered == pytest.approx(direction.carried + direction.lost + direction.queued)


@pytest.mark.parametrize(("technology", "policy"), [("epon", "limited"), ("xgs-pon", "reference")])
def test_dark_onu_loses_only_what_was_on_the_way(upstream: Callable, technology: str, policy: str):
    """An ONU that goes dark keeps its queue, sends nothing, and is served again when it is lit."""
    state, rule = upstream(technology, policy, load=0.3)
    advance_up(state, 20_000_000, rule)
    ways.darken_up(state.ways[3], 20_000_000, 0)
    advance_up(state, 21_000_000, rule)
    during = state.recorder.counts[3, rec.CARRIED_PACKETS]
    advance_up(state, 24_000_000, rule)
    assert state.recorder.counts[3, rec.CARRIED_PACKETS] == during
    ways.light_up(state.ways[3], 24_000_000)
    advance_up(state, END_NS, rule)
    assert state.recorder.counts[3, rec.CARRIED_PACKETS] > during + 100
    total = state.recorder.counts.sum(axis=0)
    queued = state.queues.ints[:, USED_BYTES].sum()
    assert total[rec.OFFERED_BYTES] == total[rec.CARRIED_BYTES] + total[rec.LOST_BYTES] + queued


def test_same_seed_same_answer(play: Callable):
    """Two runs with one seed agree in every number but the processor time; another seed differs."""
    table = {
        "technology": "gpon",
        "onus": 4,
        "distance_km": [0.0, 20.0],
        "source": [{"load": 0.5}, {"direction": "down", "load": 0.5}],
    }
    run = {"seconds": 0.2, "replications": 2}
    first, second = (play(**table, run=run) for _ in range(2))
    other = play(**table, run=run | {"seed": 2})
    assert (first.upstream, first.downstream) == (second.upstream, second.downstream)
    assert first.upstream != other.upstream


def test_policies_meet_the_same_arrivals(play: Callable):
    """With one seed, the packets offered do not depend on the policy."""
    offered = {
        play(
            technology="epon",
            onus=4,
            distance_km=5,
            dba={"policy": policy},
            source=[{"load": 0.6}],
            run={"seconds": 0.5},
        ).upstream.packets_offered
        for policy in ("gated", "limited", "fixed")
    }
    assert len(offered) == 1
