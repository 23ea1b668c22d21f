"""GPON and XG(S)-PON: throughput of their own frames, and the reference model of bandwidth assignment."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.framing import usable_rate_bps
from ponplan.scenario import scenario_from_table
from ponplan.simulate import Logs, record_traffic
from ponplan.simulate.frameline import report_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.catalogue import Catalogue


@pytest.mark.parametrize("onus", [8, 32, 64])
@pytest.mark.parametrize(("technology", "size"), [("gpon", 64), ("gpon", 1518), ("xg-pon", 512), ("xgs-pon", 1518)])
def test_static_bursts_carry_what_the_frame_leaves(
    play: Callable, catalogue: Catalogue, technology: str, size: int, onus: int
):
    """Saturated equal bursts carry the usable rate of the framing tables within 0.8 %; grants come in whole units."""
    row = catalogue.technologies[technology]
    form = usable_rate_bps(
        row, catalogue.frame_items, direction="up", bursts_per_frame=onus, frame_bytes=size, fec=row.fec_up
    )
    result = play(
        technology=technology,
        onus=onus,
        distance_km=[0.0, 20.0],
        dba={"policy": "static"},
        source=[{"kind": "cbr", "load": 1.5, "packet_bytes": size, "buffer_bytes": 100_000}],
        run={"seconds": 0.1},
    ).upstream
    assert result.carried * result.mac_rate_bps == pytest.approx(form, rel=0.008)


TCONTS = [
    {"type": 1, "fixed_mbps": 100.0, "onus": [0]},
    {"type": 2, "assured_mbps": 150.0, "onus": [1]},
    {"type": 3, "assured_mbps": 100.0, "max_mbps": 1000.0, "onus": [2]},
    {"type": 3, "assured_mbps": 200.0, "max_mbps": 1000.0, "onus": [3]},
]
BEST_EFFORT = [
    {"type": 2, "assured_mbps": 300.0, "onus": [0]},
    {"type": 4, "weight": 1.0, "onus": [1]},
    {"type": 4, "weight": 2.0, "onus": [2]},
    {"type": 4, "weight": 3.0, "onus": [3]},
]


def overloaded(tconts: object, policy: str = "reference"):
    """Describe a GPON whose every ONU offers a gigabit."""
    return {
        "technology": "gpon",
        "onus": len(tconts),
        "distance_km": [1.0, 19.0],
        "dba": {"policy": policy},
        "tcont": tconts,
        "source": [
            {"kind": "cbr", "rate_mbps": 1000.0, "packet_bytes": 1000, "tcont": n, "onus": [n], "buffer_bytes": 10**6}
            for n in range(len(tconts))
        ],
        "run": {"seconds": 0.3, "warmup_seconds": 0.1},
    }


@pytest.mark.parametrize(
    ("tconts", "guaranteed", "shares"),
    [(TCONTS, [100, 150, 100, 200], [0, 0, 1, 2]), (BEST_EFFORT, [300, 0, 0, 0], [0, 1, 2, 3])],
)
def test_shares_follow_the_fluid_model(play: Callable, tconts: object, guaranteed: object, shares: object):
    """Overloaded T-CONTs get what G.984.3 7.4.5 assigns, within 10 % (7.4.7); nothing is left unused."""
    result = play(**overloaded(tconts)).upstream
    carried = np.array([onu.carried for onu in result.onus]) * result.mac_rate_bps / 1e6
    surplus = carried.sum() - sum(guaranteed)
    expected = np.array(guaranteed) + surplus * np.array(shares) / sum(shares)
    assert carried == pytest.approx(expected, rel=0.10)
    assert result.carried > 0.95


def test_priority_goes_before_weight(play: Callable):
    """Best effort of a better priority leaves nothing to a worse one while it can use all."""
    tconts = [{"type": 4, "priority": 0, "onus": [0]}, {"type": 4, "priority": 1, "onus": [1]}]
    table = overloaded(tconts)
    table["source"] = [source | {"rate_mbps": 1500.0} for source in table["source"]]
    result = play(**table).upstream
    assert result.onus[1].carried < 0.02 * result.onus[0].carried


def arrivals_of(path: Path, *, from_s: float, until_s: float, rate_mbps: float, size: int = 1000):
    """Write a constant-rate trace."""
    gap_s = size * 8 / (rate_mbps * 1e6)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time_s", "bytes"])
        rows.writerow(["0", "64"])
        rows.writerows([f"{moment:.9f}", size] for moment in np.arange(from_s, until_s, gap_s))


def test_assured_bandwidth_is_restored_in_two_milliseconds(catalogue: Catalogue, tmp_path: Path):
    """An idle assured T-CONT that starts again has its rate within 2 ms (G.984.3 7.4.7), beside best effort."""
    trace = tmp_path / "assured.csv"
    arrivals_of(trace, from_s=0.1, until_s=0.2, rate_mbps=400.0)
    scenario = scenario_from_table(
        {
            "technology": "gpon",
            "onus": 5,
            "distance_km": 10,
            "tcont": [{"type": 2, "assured_mbps": 420.0, "onus": [0]}, {"type": 4, "onus": [1, 2, 3, 4]}],
            "source": [
                {"kind": "trace", "file": str(trace), "tcont": 0, "onus": [0]},
                {"kind": "cbr", "rate_mbps": 500.0, "tcont": 1, "onus": [1, 2, 3, 4], "buffer_bytes": 10**6},
            ],
            "run": {"seconds": 0.2, "warmup_seconds": 0.0},
        }
    )
    log = record_traffic(scenario, catalogue, logs=Logs(packets=100_000)).up_packets
    mine = log[(log[:, 0] == 0) & (log[:, 3] > 102_000_000) & (log[:, 3] <= 152_000_000)]
    assert mine[:, 4].sum() * 8 / 50e-3 / 1e6 == pytest.approx(400.0, rel=0.05)
    # nothing that arrived after the first 2 ms waits longer than that
    late = log[(log[:, 0] == 0) & (log[:, 1] > 102_000_000)]
    assert (late[:, 3] - late[:, 1]).max() < 2_000_000


def test_shares_converge_in_ten_milliseconds(catalogue: Catalogue, tmp_path: Path):
    """When a third equal best-effort ONU joins, each has a third within 10 % after 10 ms (G.984.3 7.4.7)."""
    trace = tmp_path / "joins.csv"
    arrivals_of(trace, from_s=0.05, until_s=0.1, rate_mbps=1200.0)
    sources = [
        {"kind": "cbr", "rate_mbps": 1200.0, "packet_bytes": 1000, "onus": [0, 1], "buffer_bytes": 10**6},
        {"kind": "trace", "file": str(trace), "onus": [2], "buffer_bytes": 10**6},
    ]
    scenario = scenario_from_table(
        {
            "technology": "gpon",
            "onus": 3,
            "distance_km": 10,
            "source": sources,
            "run": {"seconds": 0.1, "warmup_seconds": 0.0},
        }
    )
    log = record_traffic(scenario, catalogue, logs=Logs(packets=100_000)).up_packets
    window = log[(log[:, 3] > 60_000_000) & (log[:, 3] <= 70_000_000)]
    carried = np.array([window[window[:, 0] == q, 4].sum() for q in range(3)])
    assert carried / carried.sum() == pytest.approx(np.full(3, 1 / 3), rel=0.10)


def test_light_load_needs_no_more_than_the_report_loop(play: Callable):
    """An almost idle GPON waits for a report, the loop of three frames and the burst; a cut frame once more."""
    result = play(
        technology="gpon",
        onus=16,
        distance_km=20,
        source=[{"load": 0.01, "packet_bytes": 64}],
        run={"seconds": 1.0},
    ).upstream
    assert 125 * 3 < result.delay_us.mean < 125 * 5
    assert result.delay_us.max < 125 * 9


@pytest.mark.parametrize(
    ("blocks", "decoded"), [(0, 0), (127, 127), (128, 129), (256, 263), (512, 543), (9000, 8191)]
)
def test_gpon_reports_are_coded_coarsely(blocks: int, decoded: int):
    """G.984.3 Table 8-1: exact below 128 blocks, then bins of which the OLT takes the top."""
    line = np.zeros(18, np.int64)
    line[7], line[16] = 48, 1
    assert report_bytes(line, blocks * 48) == decoded * 48


def test_service_intervals_bound_the_wait(play: Callable):
    """Giant serves an assured T-CONT once each interval: longer intervals, longer waits."""

    def wait_us(interval: int) -> object:
        tcont = {"type": 2, "assured_mbps": 100.0, "guaranteed_interval_frames": interval}
        result = play(
            technology="gpon",
            onus=8,
            distance_km=5,
            dba={"policy": "giant"},
            tcont=[tcont],
            source=[{"rate_mbps": 20.0}],
            run={"seconds": 0.5},
        )
        return result.upstream.delay_us.mean

    assert wait_us(2) < wait_us(8) < wait_us(32)
    assert wait_us(32) - wait_us(8) == pytest.approx(24 * 62.5, rel=0.25)


def test_fixed_bandwidth_costs_capacity_whether_used_or_not(play: Callable):
    """Half the frame given as fixed bandwidth leaves best effort about the other half."""
    tconts = [{"type": 1, "fixed_mbps": 600.0, "onus": [0]}, {"type": 4, "onus": [1]}]
    table = overloaded(tconts)
    table["source"] = table["source"][1:]
    result = play(**table).upstream
    assert result.carried == pytest.approx((1244.16 - 600) / 1244.16, abs=0.03)
