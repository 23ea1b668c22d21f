"""Behind the OLTs: loads from the same packets, one link lost, circuits over two ports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.simulate import simulate_network
from ponplan.simulate.bearer import bearer_sections
from ponplan.simulate.bearercure import cure_bearer
from ponplan.simulate.bearerway import BearerWays
from ponplan.simulate.endtoend import with_bearer
from ponplan.simulate.throughs import throughs
from ponplan.simulate.waiting import LONGEST_FRAME_BYTES, waiting_ms
from ponplan.simulate.watch import STEP_NS
from ponplan.topology.network import BearerElement, BearerLink, Circuit, Uplink

if TYPE_CHECKING:
    from ponplan.topology import Network

GIGA = 1_000_000_000


@pytest.fixture(scope="module")
def two_customers(bank: Network) -> Network:
    """Join two customers with the same service by a circuit, and give every chassis two uplinks to one switch."""
    first = next(one for one in bank.customers if not one.unserved)
    service = first.services[0][0]
    second = next(one for one in bank.customers if one.id != first.id and service in dict(one.services))
    uplinks = tuple(
        Uplink(id=f"{olt.id}-U{k}", olt=olt.id, number=k, rate_bps=GIGA, to="switch")
        for olt in bank.olts
        for k in (1, 2)
    )
    links = tuple(
        BearerLink(id=f"L{k}", from_element="switch", to_element="core", kind="trunk", rate_bps=10 * GIGA)
        for k in (1, 2)
    )
    switch = BearerElement(id="switch", node=bank.olts[0].node, type="switch", bearer=bank.olts[0].bearer)
    circuit = Circuit(id="C1", a=first.id, z=second.id, service=service)
    return replace(bank, circuits=(circuit,), uplinks=uplinks, bearer_elements=(switch,), bearer_links=links)


@pytest.fixture(scope="module")
def played(two_customers: Network) -> object:
    """Play it for a fifth of a second."""
    return simulate_network(two_customers, seconds=0.2, cures=False)


def test_uplinks_carry_what_ports_carry(played: object):
    """Chassis together, and the switch behind them, carry the sum of all ports; a peak is at least the mean."""
    carried = sum(one.result.down.carried_bps for one in played.ports)
    switch = next(section for section in played.bearer if section.of == "switch")
    others = [section for section in played.bearer if section.of != "switch"]
    assert sum(section.mean_down_bps for section in others) == pytest.approx(switch.mean_down_bps)
    # the twentieths end where frames may still be on their way
    assert switch.mean_down_bps == pytest.approx(carried, rel=0.02)
    assert switch.peak_down_bps >= switch.mean_down_bps


def test_bytes_wait_as_lindley_says():
    """A burst of ten steps' bytes waits ten steps at most; a steady half load no longer than its own step."""
    step_bytes = STEP_NS / 8.0  # at 1 Gbit/s
    burst = np.zeros(100)
    burst[5] = 10 * step_bytes
    assert waiting_ms(burst, GIGA, share=1.0) == pytest.approx(10 * STEP_NS / 1e6)
    steady = np.full(100, step_bytes / 2)
    assert waiting_ms(steady, GIGA) == pytest.approx(STEP_NS / 2e6)
    # twice what is served for ten steps, then nothing: what comes last waits ten steps and its own
    surge = np.concatenate([np.full(10, 2 * step_bytes), np.zeros(30)])
    assert waiting_ms(surge, GIGA, share=1.0) == pytest.approx((9 + 2) * STEP_NS / 1e6)


def test_a_tenth_of_the_link_waits_longer(two_customers: Network, played: object):
    """Slower uplinks let the same packets wait longer, circuits less than data, and one lost longer still."""
    results = [one.result for one in played.ports]
    slow = tuple(replace(uplink, rate_bps=GIGA // 2) for uplink in two_customers.uplinks)
    sections = [
        bearer_sections(replace(two_customers, uplinks=links), results)[0] for links in (two_customers.uplinks, slow)
    ]
    assert sections[0].wait_up_ms < sections[1].wait_up_ms < sections[1].wait_with_one_lost_ms
    assert sections[1].circuit_wait_up_ms < sections[1].wait_up_ms


def test_the_edge_is_as_far_as_its_parts(two_customers: Network, played: object):
    """To the core: two waits, the switch's latency, two frames to send and the fibre, and nothing else."""
    olt, switch = (
        next(one for one in played.bearer if one.of == place) for place in (two_customers.olts[0].id, "switch")
    )
    row = replace(next(iter(two_customers.catalogue.bearer_elements.values())), id="switch", latency_us=70.0)
    links = tuple(replace(link, length_m=2000.0) for link in two_customers.bearer_links)
    catalogue = replace(two_customers.catalogue, bearer_elements={"switch": row})
    ways = BearerWays(network=replace(two_customers, catalogue=catalogue, bearer_links=links), sections=(olt, switch))
    frames_ms = LONGEST_FRAME_BYTES * 8e3 * (1 / GIGA + 0.1 / GIGA)
    parts_ms = 0.070 + 2000.0 * 5e-6 + frames_ms
    assert ways.outward_ms(olt.of, circuit=False) == pytest.approx(olt.wait_up_ms + switch.wait_up_ms + parts_ms)
    assert ways.inward_ms(olt.of, circuit=True) == pytest.approx(
        olt.circuit_wait_down_ms + switch.circuit_wait_down_ms + parts_ms
    )
    assert ways.between_ms(olt.of, olt.of, circuit=True) == 0.0


def test_two_offices_meet_at_their_switch_or_outside(two_customers: Network, played: object):
    """Chassis of two offices meet over a common element; without one, outside, with the straight line between."""
    first, second = replace(two_customers.olts[0], id="A"), replace(two_customers.olts[0], id="B", node="far")
    node = next(one for one in two_customers.nodes if one.id == first.node)
    far = replace(node, id="far", x_m=node.x_m + 3000.0, y_m=node.y_m + 4000.0)

    def joined(*to: str) -> float:
        uplinks = tuple(
            Uplink(id=olt, olt=olt, number=1, rate_bps=GIGA, to=place) for olt, place in zip("AB", to, strict=True)
        )
        network = replace(
            two_customers, olts=(first, second), nodes=(*two_customers.nodes, far), uplinks=uplinks, bearer_links=()
        )
        return BearerWays(network=network, sections=()).between_ms("A", "B", circuit=False)

    frames_ms = 2 * LONGEST_FRAME_BYTES * 8e3 / GIGA
    assert joined("switch", "switch") == pytest.approx(frames_ms)  # of a kind that the catalogue does not know
    assert joined("metro", "metro") == pytest.approx(frames_ms + 5000.0 * 5e-6)
    assert joined("metro", "core") is None


def test_the_bearer_can_break_a_promise(two_customers: Network, played: object):
    """A service that its PON keeps is broken by a slow way behind it, for that reason; circuits are left alone."""
    sections = tuple(replace(one, wait_up_ms=100.0) for one in played.bearer)
    ways = BearerWays(network=two_customers, sections=sections)
    results = with_bearer(two_customers, [one.result for one in played.ports], ways)
    up = [flow for result in results for flow in result.flows if flow.direction == "up"]
    ends = {
        (end, two_customers.circuits[0].service) for end in (two_customers.circuits[0].a, two_customers.circuits[0].z)
    }
    for flow in up:
        if (flow.customer, flow.service) in ends:
            assert flow.bearer_ms is None
        elif flow.circuit_delay_ms is None:
            assert (flow.broken, flow.reason) == (("delay",), "bearer")
            assert flow.end_to_end_ms == pytest.approx(flow.pon_delay_ms + flow.bearer_ms)


def test_more_links_cure_what_slow_ones_break(two_customers: Network, played: object):
    """Two uplinks of 1 Gbit/s break promises under 2.8; the links that are said to cure it do, by the same bytes."""
    as_played = [one.result for one in played.ports]
    results = [
        replace(one, flows=tuple(replace(flow, broken=(), reason="") for flow in one.flows)) for one in as_played
    ]
    told = cure_bearer(two_customers, results, played.bearer)
    assert told is not None
    number, first = int(told.split()[0]), two_customers.uplinks[0]

    def is_clean(more: int) -> bool:
        cured = replace(two_customers, uplinks=(*two_customers.uplinks, *(first for _ in range(more))))
        ways = BearerWays(network=cured, sections=bearer_sections(cured, results))
        return not any(flow.reason == "bearer" for one in with_bearer(cured, results, ways) for flow in one.flows)

    assert is_clean(number)
    assert not is_clean(number - 1)


def test_fast_links_need_no_cure(two_customers: Network, played: object):
    """Where the bearer breaks nothing, nothing is added."""
    as_played = [one.result for one in played.ports]
    results = [
        replace(one, flows=tuple(replace(flow, broken=(), reason="") for flow in one.flows)) for one in as_played
    ]
    fast = replace(two_customers, uplinks=tuple(replace(one, rate_bps=10 * GIGA) for one in two_customers.uplinks))
    assert cure_bearer(fast, results, bearer_sections(fast, results)) is None


def test_one_link_lost_leaves_the_rest(two_customers: Network, played: object):
    """A bundle that fits with all links and not with one less is told so."""
    results = [one.result for one in played.ports]
    section = next(one for one in bearer_sections(two_customers, results) if one.of == "switch")
    assert (section.links, section.rate_bps, section.rate_with_one_lost_bps) == (2, 20 * GIGA, 10 * GIGA)
    peak = max(section.peak_up_bps, section.peak_down_bps)
    links = tuple(replace(link, rate_bps=round(0.75 * peak)) for link in two_customers.bearer_links)
    tight = next(
        one for one in bearer_sections(replace(two_customers, bearer_links=links), results) if one.of == "switch"
    )
    assert tight.fits
    assert not tight.fits_with_one_lost


def test_a_circuit_adds_both_halves(two_customers: Network, played: object):
    """Each direction of a circuit is one end's upstream and the other end's downstream."""
    results = [one.result for one in played.ports]
    flows = {(f.customer, f.service, f.direction): f for result in results for f in result.flows}
    ways = BearerWays(network=two_customers, sections=played.bearer)
    forth, back = throughs(two_customers, results, ways)
    circuit = two_customers.circuits[0]
    for one, begin, end in ((forth, circuit.a, circuit.z), (back, circuit.z, circuit.a)):
        up, down = flows[begin, circuit.service, "up"], flows[end, circuit.service, "down"]
        if up.circuit_delay_ms is None:
            assert one.delay_ms == pytest.approx(up.delay_p999_ms + one.bearer_ms + down.delay_p999_ms)
        else:
            assert one.delay_ms == pytest.approx(up.circuit_delay_ms + one.bearer_ms + down.delay_max_ms)
            assert one.wander_share == up.wander_share + down.wander_share
        assert one.lost_share == pytest.approx(up.lost_share + down.lost_share, abs=1e-6)


def test_rings_of_elements_do_not_run_for_ever(two_customers: Network, played: object):
    """Elements that lead to each other in a circle are left out instead of counted again and again."""
    ring = tuple(
        BearerLink(id=f"R{a}", from_element=a, to_element=b, kind="trunk", rate_bps=GIGA)
        for a, b in (("switch", "other"), ("other", "switch"))
    )
    elements = (*two_customers.bearer_elements, replace(two_customers.bearer_elements[0], id="other"))
    looped = replace(two_customers, bearer_links=ring, bearer_elements=elements)
    sections = bearer_sections(looped, [one.result for one in played.ports])
    assert {section.of for section in sections} <= {olt.id for olt in looped.olts} | {"switch", "other"}
