"""Behind the OLTs: loads from the same packets, one link lost, circuits over two ports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.simulate import simulate_network
from ponplan.simulate.bearer import bearer_sections
from ponplan.simulate.throughs import throughs
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
    forth, back = throughs(two_customers, results)
    circuit = two_customers.circuits[0]
    for one, begin, end in ((forth, circuit.a, circuit.z), (back, circuit.z, circuit.a)):
        up, down = flows[begin, circuit.service, "up"], flows[end, circuit.service, "down"]
        if up.circuit_delay_ms is None:
            assert one.delay_ms == up.delay_p999_ms + down.delay_p999_ms
        else:
            assert one.delay_ms == up.circuit_delay_ms + down.delay_max_ms
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
