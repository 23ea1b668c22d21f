"""Simulated delays against closed formulae; numbers F1 to F10 are those of pon_facts 3.3."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.catalogue import Catalogue

FRAME = 1250
LINE = FRAME + 20  # preamble and gap
X_US = LINE * 8 / 1e3
GUARD_US = 4.8  # whole time quanta, so that no start is rounded
V_US = GUARD_US + 84 * 8 / 1e3  # guard and REPORT
ONUS = 8


def poisson(load: float, **more: object):
    """Give an upstream Poisson source."""
    return {"load": load, "packet_bytes": FRAME} | more


def polled(play: Callable, policy: str, load: float, *, seconds: float = 4.0, onus: int = ONUS):
    """Play an EPON at zero distance."""
    return play(
        technology="epon",
        onus=onus,
        distance_km=0,
        dba={"policy": policy, "guard_us": GUARD_US},
        source=[poisson(load)],
        run={"seconds": seconds, "replications": 6, "seed": 11},
    ).upstream


def covers(delay: object, expected_us: float, within: float):
    """Say whether a measured mean is the expected one: inside twice its interval and a relative bound."""
    close = abs(delay.mean - expected_us) <= within * expected_us
    return close and abs(delay.mean - expected_us) <= 2 * delay.ci95 + 0.002 * expected_us


POLLING = {  # what each form adds to lambda E[X^2] / 2 (1 - rho), over V / 2 (1 - rho)
    "exhaustive": lambda rho: ONUS - rho,  # F2
    "gated-at-start": lambda rho: ONUS + rho,  # F3
    "gated-before": lambda rho: ONUS + 2 - rho,  # F4
    "gated": lambda rho: 3 * ONUS - rho,  # F5
}


@pytest.mark.parametrize("load", [0.3, 0.6, 0.85])
@pytest.mark.parametrize("policy", list(POLLING))
def test_polling_waits(play: Callable, policy: str, load: float):
    """Mean waits of the polling disciplines at zero distance are F2 to F5 within 1 %."""
    rho = load * LINE / FRAME
    expected_us = (rho * X_US + POLLING[policy](rho) * V_US) / (2 * (1 - rho))
    assert covers(polled(play, policy, load).queueing_delay_us, expected_us, 0.01)


@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_polling_cycle(play: Callable, load: float):
    """The mean cycle at zero distance is N V / (1 - rho) (F1) within 0.5 %."""
    rho = load * LINE / FRAME
    result = polled(play, "gated", load, seconds=2.0)
    assert result.cycle_us["mean"] == pytest.approx(ONUS * V_US / (1 - rho), rel=0.005)


@pytest.mark.parametrize("load", [0.05, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9])
def test_delay_at_a_distance(play: Callable, load: float):
    """Gated EPON at 20 km follows the two branches of F7 within 8 %."""
    tau_us, guard_us, onus = 100.0, 5.0, 16
    report_us = 84 * 8 / 1e3
    result = play(
        technology="epon",
        onus=onus,
        distance_km=20,
        dba={"policy": "gated", "guard_us": guard_us},
        source=[poisson(load)],
        run={"seconds": 4.0, "replications": 3, "seed": 5},
    ).upstream
    rho = load * LINE / FRAME
    walk_us = guard_us + report_us
    wait_us = (rho * X_US + (3 * onus - rho) * walk_us) / (2 * (1 - rho))
    light_us = 1.5 * (2 * tau_us + report_us) + 1.5 * X_US + tau_us
    expected_us = max(wait_us + X_US + tau_us, light_us)
    assert result.delay_us.mean == pytest.approx(expected_us, rel=0.08)


# two moments of Kramer's packet sizes: E[L] = 529.8, mean remainder 595.5 bytes
KRAMER_SIZES = [[64, 0.5405], [594, 0.21895], [1518, 0.24055]]


def saturated(play: Callable, policy: str):
    """Play Kramer's setting beyond saturation, at equal distances."""
    return play(
        technology="epon",
        onus=16,
        distance_km=1,
        dba={"policy": policy, "guard_us": 5.0, "max_grant_bytes": 15_000},
        source=[{"load": 1.2, "packet_bytes": KRAMER_SIZES, "buffer_bytes": 10_000_000}],
        run={"seconds": 4.0, "warmup_seconds": 2.0, "replications": 2, "seed": 3},
    ).upstream


@pytest.mark.parametrize("policy", ["limited", "fixed"])
def test_saturation_of_limited_grants(play: Callable, policy: str):
    """Limited and fixed grants saturate at F8 and at the published 0.883, within 0.5 %."""
    cycle_s = 16 * (15_000 * 8e-9 + 5e-6)
    form = 16 * (15_000 - 84 - 595.5) * 8 / (1e9 * cycle_s) * 529.8 / 549.8
    result = saturated(play, policy)
    assert result.carried == pytest.approx(form, rel=0.005)
    assert result.carried == pytest.approx(0.883, rel=0.005)


def test_saturation_of_gated_grants(play: Callable):
    """Gated grants saturate at the share of frames on the line, published as 0.963, within 0.5 %."""
    assert saturated(play, "gated").carried == pytest.approx(0.963, rel=0.005)


@pytest.mark.parametrize("kind", ["cbr", "poisson"])
def test_fixed_slots_wait_half_a_cycle(play: Callable, kind: str):
    """Fixed slots at light load wait T / 2 on average (F9), 1.0 ms in Kramer's setting."""
    result = play(
        technology="epon",
        onus=16,
        distance_km=10,
        dba={"policy": "fixed", "guard_us": 5.0, "max_grant_bytes": 15_000},
        source=[{"kind": kind, "load": 0.01, "packet_bytes": 64}],
        run={"seconds": 10.0, "replications": 4, "seed": 9},
    ).upstream
    assert result.queueing_delay_us.mean == pytest.approx(1000.0, rel=0.02)


def downstream(play: Callable, technology: str, sizes: Sequence, load: float):
    """Play a downstream alone at zero distance."""
    return play(
        technology=technology,
        onus=16,
        distance_km=0,
        source=[{"direction": "down", "load": load, "packet_bytes": sizes}],
        run={"seconds": 2.0, "replications": 8, "seed": 2},
    ).downstream


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("sizes", [[[1250, 1.0]], [[64, 0.62], [594, 0.1], [1518, 0.28]]])
def test_epon_downstream_is_a_single_server(play: Callable, sizes: Sequence, load: float):
    """EPON downstream waits are M/D/1 and M/G/1 (F10) within 2 %."""
    total = sum(weight for _, weight in sizes)
    mean = sum(size * weight for size, weight in sizes) / total
    rate_per_us = load * 1e3 / (mean * 8)
    first = sum((size + 20) * 8e-3 * weight for size, weight in sizes) / total
    second = sum(((size + 20) * 8e-3) ** 2 * weight for size, weight in sizes) / total
    expected_us = rate_per_us * second / (2 * (1 - rate_per_us * first))
    assert covers(downstream(play, "epon", sizes, load).queueing_delay_us, expected_us, 0.02)


@pytest.mark.parametrize("load", [0.3, 0.6])
def test_gpon_downstream_has_no_frame_wait(play: Callable, load: float):
    """GPON downstream waits are M/D/1 within 3 %: fragments may begin at any byte of the frame (F10)."""
    byte_us = 125 / 38_880
    service_us = 1255 * byte_us
    rho = load * 1255 / 1250
    expected_us = rho * service_us / (2 * (1 - rho))
    result = downstream(play, "gpon", [[1250, 1.0]], load)
    assert result.queueing_delay_us.mean == pytest.approx(expected_us, rel=0.03)


def test_long_range_dependence(play: Callable, catalogue: Catalogue):
    """On-off Pareto aggregates of Hurst 0.8 have a variance that falls like m^(2H - 2) with the scale m."""
    import numpy as np

    from ponplan.scenario import scenario_from_table
    from ponplan.simulate import Logs, record_traffic

    scenario = scenario_from_table(
        {
            "technology": "epon",
            "onus": 8,
            "distance_km": 0,
            "dba": {"policy": "gated"},
            "source": [{"kind": "pareto", "load": 0.5, "hurst": 0.8, "packet_bytes": 1250}],
            "run": {"seconds": 40.0, "warmup_seconds": 0.5, "seed": 4},
        }
    )
    log = record_traffic(scenario, catalogue, logs=Logs(packets=3_000_000)).up_packets
    counts = np.bincount((log[:, 1] // 1_000_000).astype(int))[1000:39_000]
    scales = [8, 16, 32, 64, 128, 256]
    spread = [counts[: counts.size // m * m].reshape(-1, m).mean(axis=1).var() for m in scales]
    slope = np.polyfit(np.log(scales), np.log(spread), 1)[0]
    assert 1 + slope / 2 == pytest.approx(0.8, abs=0.1)


def test_interval_halves_with_four_times_the_runs():
    """Student's half-width of n equal spreads is t s / sqrt(n)."""
    from ponplan.simulate.counted import half_width

    assert half_width([1.0, 3.0]) == pytest.approx(12.706 * math.sqrt(2) / math.sqrt(2), rel=1e-3)
    assert half_width([1.0]) is None


def test_on_off_sources_start_in_their_stride(play: Callable):
    """Two thousand on-off sources offer their mean rate in the first 100 ms, within four per cent."""
    result = play(
        technology="50g-pon",
        onus=20,
        distance_km=0.0,
        source=[
            {
                "kind": "pareto",
                "rate_mbps": 100.0,
                "streams": 100,
                "peak_mbps": 20.0,
                "direction": "down",
                "packet_bytes": 500,
            }
        ],
        run={"seconds": 0.1, "warmup_seconds": 0.0, "replications": 5},
    ).downstream
    assert result.offered * result.mac_rate_bps == pytest.approx(2e9, rel=0.04)
