"""Technologies side by side on one fibre tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario import scenario_from_table
from ponplan.simulate import Logs, record_traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue

RUN = {"seconds": 0.1}
BOTH = [{"load": 0.4, "direction": way, "packet_bytes": 1000} for way in ("up", "down")]


def test_apart_by_wavelength_each_is_a_pon_of_its_own(play: Callable):
    """GPON beside XGS-PON plays as GPON alone would with the same ONUs, and so does XGS-PON."""
    distances = [1.0, 5.0, 10.0, 15.0]
    table = {"technology": "gpon", "onus": 4, "distances_km": distances, "source": BOTH, "run": RUN}
    together = play(**table, coexist=[{"technology": "xgs-pon", "onus": [1, 3]}])
    alone = play(**table | {"onus": 2, "distances_km": [1.0, 10.0]})
    other = play(**table | {"onus": 2, "distances_km": [5.0, 15.0], "technology": "xgs-pon"})
    assert (together.upstream, together.downstream) == (alone.upstream, alone.downstream)
    assert [one.technology for one in together.coexisting] == ["xgs-pon"]
    assert (together.coexisting[0].upstream, together.coexisting[0].downstream) == (other.upstream, other.downstream)


def test_epons_share_the_upstream_in_time(play: Callable):
    """A saturated round of fixed slots holds every ONU's slot at its own rate, so each carries by its own bytes.

    Two 10G ONUs' 30,000 bytes and two 1G ONUs' 30,000 bytes a round: equal shares, in a round of 2 x 30 us with 10G
    marks and parity and 2 x 240 us.
    """
    slot = 30_000
    result = play(
        technology="10g-epon-10-10",
        onus=4,
        distance_km=1.0,
        dba={"policy": "fixed", "max_grant_bytes": slot, "guard_us": 1.0},
        source=[{"rate_mbps": 2000.0, "packet_bytes": 1518, "buffer_bytes": 400_000}],
        coexist=[{"technology": "epon", "onus": [1, 2]}],
        run={"seconds": 0.2},
    )
    fast_ns = -(-(slot + -(-slot // 216) * 32 + 48) * 8 // 10 // 16) * 16
    round_ns = 2 * (fast_ns + 1000) + 2 * (slot * 8 + 1000)
    frames = (slot - 84) // 1538
    expected_bps = frames * 1518 * 8e9 / round_ns
    for onu in result.upstream.onus:
        assert onu.carried * result.upstream.mac_rate_bps == pytest.approx(expected_bps, rel=5e-3)


def test_epon_downstreams_lie_apart(play: Callable):
    """10G and 1G downstreams do not take from each other: both carry 90 per cent of their own rate."""
    result = play(
        technology="10g-epon-10-10",
        onus=4,
        distance_km=1.0,
        source=[*BOTH[:1], {"load": 0.9, "direction": "down", "packet_bytes": 1518}],
        coexist=[{"technology": "epon", "onus": [2, 3]}],
        run=RUN,
    )
    assert result.upstream.packets > 1000
    assert result.downstream.carried == pytest.approx(0.9, abs=0.02)
    assert result.coexisting[0].downstream.carried == pytest.approx(0.9, abs=0.03)
    assert result.coexisting[0].upstream is None


@pytest.mark.parametrize(
    ("coexist", "words"),
    [
        ([{"technology": "epon", "onus": [1]}], "cannot share"),
        ([{"technology": "no-such", "onus": [1]}], "no such technology"),
        ([{"technology": "xgs-pon", "onus": [0, 1]}], "leaves one"),
        ([{"technology": "xgs-pon", "onus": [1]}, {"technology": "xg-pon", "onus": [0]}], "leaves one"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused(play: Callable, coexist: object, words: str):
    """The fault says why."""
    with pytest.raises(ScenarioError, match=words):
        play(technology="gpon", onus=2, distance_km=1.0, source=BOTH, coexist=coexist, run=RUN)


@pytest.fixture(scope="module")
def full_xg_and_xgs(play: Callable) -> object:
    """Overload XG-PON and XGS-PON on one tree, two ONUs each, up at 1.2 of their own rates, down at 0.3."""
    sources = [
        {"load": 1.2, "direction": "up", "packet_bytes": 1500, "buffer_bytes": 400_000},
        {"load": 0.3, "direction": "down", "packet_bytes": 1500},
    ]
    shared = [{"technology": "xg-pon", "onus": [1, 3]}]
    return play(technology="xgs-pon", onus=4, distance_km=1.0, source=sources, coexist=shared, run=RUN)


def test_xg_and_xgs_share_upstream_frames(full_xg_and_xgs: object):
    """Equal needs: each has half of every frame, carries nearly half of its own rate there, and not more."""
    for one in (full_xg_and_xgs, full_xg_and_xgs.coexisting[0]):
        assert 0.45 < one.upstream.carried < 0.5
    assert full_xg_and_xgs.coexisting[0].technology == "xg-pon"


def test_xg_and_xgs_have_one_downstream(full_xg_and_xgs: object):
    """The downstream is one, with everybody's packets: 0.3 of its rate over all four ONUs."""
    assert full_xg_and_xgs.downstream.carried == pytest.approx(0.3, abs=0.01)
    assert len(full_xg_and_xgs.downstream.onus) == 4
    assert full_xg_and_xgs.coexisting[0].downstream is None


def test_a_part_of_the_frame_is_kept_to(catalogue: Catalogue):
    """Every burst lies in its part of the 125 us frame, and a scenario that asks for none is refused."""
    table = {
        "technology": "xgs-pon", "onus": 3, "distance_km": 1.0, "run": {"seconds": 0.02},
        "source": [{"load": 1.0, "packet_bytes": 1500, "buffer_bytes": 100_000}], "dba": {"frame_part": [0.25, 0.5]},
    }  # fmt: skip
    recorded = record_traffic(scenario_from_table(table), catalogue, logs=Logs(bursts=300))
    # 236 us equalised; 125 us frames
    within_ns = (recorded.bursts[:, 1] - 236_000) % 125_000
    assert within_ns.min() >= 31_250
    assert ((recorded.bursts[:, 2] - 236_000) % 125_000).max() <= 62_501
    with pytest.raises(ScenarioError, match="frame_part"):
        scenario_from_table(table | {"dba": {"frame_part": [0.5, 0.5]}})


def test_gpon_does_not_feel_them(play: Callable):
    """A GPON on the same tree as XG-PON and XGS-PON plays as it would alone."""
    distances = [1.0, 5.0, 10.0]
    both = [{"technology": "xgs-pon", "onus": [1]}, {"technology": "xg-pon", "onus": [2]}]
    together = play(technology="gpon", onus=3, distances_km=distances, source=BOTH, coexist=both, run=RUN)
    alone = play(technology="gpon", onus=1, distances_km=[1.0], source=BOTH, run=RUN)
    assert (together.upstream, together.downstream) == (alone.upstream, alone.downstream)
    assert [one.technology for one in together.coexisting] == ["xgs-pon", "xg-pon"]
