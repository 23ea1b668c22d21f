"""Direct fibres in the busy hour: a line of one's own, on which frames wait for nothing but each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario import scenario_from_table
from ponplan.simulate import simulate_traffic
from ponplan.simulate.cures import cure_port
from ponplan.simulate.demand import make_flow
from ponplan.simulate.network import _other_technologies
from ponplan.simulate.portplay import play_port
from ponplan.simulate.ports import PortPlan, port_plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue
    from ponplan.design import Design
    from ponplan.topology import Network


@pytest.fixture(scope="module")
def town(planned: Callable[[str], Design]) -> Network:
    """Give the bundled business town, whose important accounts have direct fibre."""
    return planned("business-town").network


@pytest.fixture(scope="module")
def plan(town: Network) -> PortPlan:
    """Give the first port with a direct fibre."""
    return next(one for one in port_plans(town, seconds=0.2) if one.technology.is_direct)


def _with(plan: PortPlan, catalogue: Catalogue, service: str, count: float = 1.0) -> PortPlan:
    flow = make_flow(
        catalogue.services[service],
        plan.technology,
        customer="x",
        onu=0,
        count=count,
        factor=1.0,
        oversubscription=20,
    )
    return replace(plan, flows=(flow,))


@pytest.mark.parametrize("length_m", [0.0, 1000.0, 9876.0])
def test_lone_stream_is_late_by_its_own_length_and_the_fibre(plan: PortPlan, catalogue: Catalogue, length_m: float):
    """Frames of 1374 bytes take (8 + 1374) x 8 ns on a gigabit line and 5 ns a metre, either way, every one."""
    played = play_port(replace(_with(plan, catalogue, "video-surveillance"), lengths_m=(length_m,)))
    expected_ms = ((8 + 1374) * 8 + 5 * length_m) / 1e6
    for direction in (played.up, played.down):
        assert direction.packets > 0
        assert direction.delay_mean_ms == pytest.approx(expected_ms, abs=1e-6)


def test_line_is_used_by_frames_and_gaps(plan: PortPlan, catalogue: Catalogue):
    """Of the line the frames of 1374 bytes take their rate, preambles and gaps 20 bytes for each, the rest idles."""
    up = play_port(_with(plan, catalogue, "video-surveillance", 50)).up
    assert up.carried_bps == pytest.approx(400e6, rel=0.01)
    assert up.payload_share == pytest.approx(0.4, rel=0.01)
    assert up.overhead["headers"] == pytest.approx(up.payload_share * 20 / 1374, rel=1e-3)


def test_circuits_are_packed_and_keep_their_clock(plan: PortPlan, catalogue: Catalogue):
    """An E1 waits a millisecond for its packet of eight frames, then crosses the line alone; its clock holds."""
    played = play_port(_with(replace(plan, seconds=0.4), catalogue, "e1"))
    flow = next(one for one in played.flows if one.direction == "up")
    crossing_ms = ((8 + 302) * 8 + 5 * plan.lengths_m[0]) / 1e6
    assert flow.circuit_delay_ms == pytest.approx(1.0 + crossing_ms, abs=1e-3)
    assert not flow.broken


def test_more_than_the_line_carries_is_cured_by_a_faster_one(town: Network, plan: PortPlan, catalogue: Catalogue):
    """What a gigabit cannot carry is broken; the cure that was played is 10 gigabit on the same fibre."""
    full = _with(plan, catalogue, "ethernet-1000m")
    played = play_port(full)
    assert played.broken > 0
    assert played.up.carried_bps < played.up.usable_bps * 1.01
    cure = cure_port(full, played, _other_technologies(town, "direct-1g"))
    assert cure.change == "direct-10g on this port"


def test_no_bare_pon_is_played_with_it(catalogue: Catalogue):
    """A scenario of a bare PON names a PON."""
    scenario = scenario_from_table(
        {"technology": "direct-1g", "onus": 1, "distance_km": 1.0, "source": [{"rate_mbps": 1.0}]}
    )
    with pytest.raises(ScenarioError, match="no PON"):
        simulate_traffic(scenario, catalogue)
