"""A PON in the hands of a caller: cuts, changed ways, and what each ONU lost by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario import scenario_from_table
from ponplan.simulate import start_pon

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue

TECHNOLOGIES = ["epon", "gpon", "xgs-pon"]
MS = 1_000_000


@pytest.fixture
def pon(catalogue: Catalogue):
    """Start a PON with light traffic both ways, 10 km of fibre to each ONU."""

    def start(technology: str, **more: object) -> object:
        sources = [{"rate_mbps": 10.0, "direction": way, "packet_bytes": 500} for way in ("up", "down")]
        table = {"technology": technology, "onus": 8, "distance_km": 10.0, "source": sources, "run": {"seconds": 0.2}}
        return start_pon(scenario_from_table(table), catalogue, farthest_one_way_ns=80_000, **more)

    return start


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_what_is_offered_is_carried_lost_or_waiting(pon: Callable, technology: str):
    """In both directions each ONU's packets add up, through cuts, changed ways and repairs."""
    live = pon(technology)
    for step, onu in enumerate([1, 2, 3, 1, 2, 3]):
        live.advance((step + 1) * 5 * MS)
        if step < 3:
            live.go_dark(onu, cut_way_ns=20_000)
        else:
            live.change_way(onu, 80_000)
            live.go_lit(onu)
        live.change_way(5, 40_000 + 5_000 * step)
    live.advance(60 * MS)
    live.finish()
    for counts in (live.counts_up(), live.counts_down()):
        together = counts.carried_packets + counts.lost_packets + counts.waiting_packets
        assert np.array_equal(counts.offered_packets, together)
        assert np.array_equal(counts.lost_packets, counts.cut_packets)
        assert set(np.flatnonzero(counts.cut_packets)) <= {1, 2, 3, 5}
        assert counts.carried_packets.min() > 40


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_downstream_loses_what_is_sent_into_the_dark(pon: Callable, technology: str):
    """20 ms of darkness at 2500 packets/s lose 50 packets of one ONU and none of the others."""
    live = pon(technology)
    live.advance(20 * MS)
    live.go_dark(4)
    live.advance(40 * MS)
    live.go_lit(4)
    live.advance(80 * MS)
    cut = live.counts_down().cut_packets
    assert cut[4] == pytest.approx(50, abs=30)
    assert cut.sum() == cut[4]


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_first_burst_comes_soon_after_the_light(pon: Callable, technology: str):
    """An ONU is heard again within a polling round and a round trip, and not before it was lit."""
    live = pon(technology)
    live.advance(10 * MS)
    live.go_dark(2)
    live.advance(30 * MS)
    assert live.counts_up().first_heard_ns[2] <= 10 * MS
    live.go_lit(2)
    live.advance(40 * MS)
    heard_ns = live.counts_up().first_heard_ns[2]
    assert 30 * MS + 50_000 <= heard_ns <= 32 * MS
    live.listen(2)
    assert live.counts_up().first_heard_ns[2] == -1


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_a_farther_cut_spares_what_has_passed_it(pon: Callable, technology: str):
    """Downstream, a cut at the ONU loses at least what a cut at the OLT loses: nothing less has got through."""
    lost = []
    for cut_way_ns in (0, 50_000):
        live = pon(technology)
        live.advance(20 * MS)
        live.go_dark(0, cut_way_ns=cut_way_ns)
        live.advance(30 * MS)
        lost.append(live.counts_down().cut_packets[0])
    assert lost[0] <= lost[1]


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_delay_follows_the_way(pon: Callable, technology: str):
    """A way that is 40 us longer adds 40 us to every packet down."""
    means = []
    for way_ns in (40_000, 80_000):
        live = pon(technology)
        for onu in range(8):
            live.change_way(onu, way_ns)
        live.advance(40 * MS)
        counts = live.down.recorder.counts
        means.append(counts[:, 6].sum() / counts[:, 4].sum())
    assert means[1] - means[0] == pytest.approx(40_000, abs=3_000)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_pieces_do_not_matter(pon: Callable, technology: str):
    """The same events met in one stride or in many steps leave the same counts."""
    answers = []
    for steps in (1, 37):
        live = pon(technology)
        for target, action in ((7 * MS, live.go_dark), (19 * MS, live.go_lit), (33 * MS, None)):
            start_ns = live.now_ns
            for k in range(1, steps + 1):
                live.advance(start_ns + (target - start_ns) * k // steps)
            if action is not None:
                action(6)
        live.finish()
        answers.append((live.counts_up(), live.counts_down()))
    for field in ("carried_packets", "cut_packets", "waiting_bytes", "first_heard_ns"):
        for one, other in zip(*answers, strict=True):
            assert np.array_equal(getattr(one, field), getattr(other, field)), field


def test_a_way_beyond_equalisation_is_refused(pon: Callable):
    """GPON cannot take an ONU farther away than its frames are equalised for; the limit is named."""
    live = pon("gpon")
    with pytest.raises(ScenarioError, match="100000 ns equalised"):
        live.change_way(0, 300_000)
