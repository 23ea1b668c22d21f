"""Quotes with protection: a second feeder, or everything twice, beside a design that stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyproj import Transformer

from ponplan.area.generate import generate_area
from ponplan.area.model import Site
from ponplan.design import design_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.quote import accept_quote, quote_customer
from ponplan.topology import check_network

if TYPE_CHECKING:
    from ponplan.topology import Network


@pytest.fixture(scope="module")
def design() -> tuple[Network, tuple[float, float]]:
    """Give a design on listed plant, and a place beside one of its customers in degrees."""
    area = generate_area("industrial-park", customers=40, seed=1)
    one = area.customers[5]
    to_degrees = Transformer.from_crs(area.crs, "EPSG:4326", always_xy=True)
    return design_network(area, effort="quick").network, to_degrees.transform(one.x_m + 9.0, one.y_m + 6.0)


@pytest.mark.parametrize("protection", ["trunk", "full"])
def test_protected_customer_gets_two_ways(design: tuple[Network, tuple[float, float]], protection: str):
    """Accepted, the customer has a working and a protecting path, every rule is kept or its break listed."""
    network, place = design
    assert check_network(network) == ()
    quote = quote_customer(network, at=place, services=["internet-100"], protection=protection)
    first = quote.alternatives[0]
    assert first.kind == "two-ways"
    grown = accept_quote(network, first)
    assert [one for one in check_network(grown) if not one.relaxed] == []
    assert first.price == pytest.approx(cost_total(bill_of(grown)) - cost_total(bill_of(network)), abs=0.01)
    onus = [onu.id for onu in grown.onus if onu.customer == quote.customer.id]
    roles = {link.role for link in first.change.links}
    assert onus
    assert roles == {"working", "protecting"}
    before = {link.id: link for link in network.links}
    assert all(before[link.id] == link for link in grown.links if link.id in before)


def test_a_new_chassis_brings_what_it_is_connected_to():
    """Where the second port needs a chassis of its own, its uplinks, what they reach and the price of it come too."""
    area = generate_area("business-town", customers=30, seed=1)
    network = design_network(area, effort="quick").network
    assert [olt.type for olt in network.olts if not olt.type.startswith("direct")] == ["olt-chassis-1"]
    one = area.customers[3]
    to_degrees = Transformer.from_crs(area.crs, "EPSG:4326", always_xy=True)
    place = to_degrees.transform(one.x_m + 5.0, one.y_m + 5.0)
    quote = quote_customer(network, at=place, services=["internet-100"], protection="trunk")
    change = quote.alternatives[0].change
    assert change.olts
    assert {link.to for link in change.uplinks} <= {
        element.id for element in (*change.bearer_elements, *network.bearer_elements)
    }
    assert [one for one in check_network(accept_quote(network, quote.alternatives[0])) if not one.relaxed] == []
    leads = [item.what for item in quote.alternatives[0].leads]
    assert len(leads) == len(set(leads))


def _refused(kind: str, customers: int, *, sites: bool = False) -> tuple[list[str], int]:
    """Give why full protection is refused half way along an area's last street, and how many offers there are."""
    area = generate_area(kind, customers=customers, seed=2)
    at = area.routes[-1].line.interpolate(0.5, normalized=True)
    if sites:
        spots = [(route.line.interpolate(part, normalized=True)) for route in area.routes for part in (0.25, 0.75)]
        more = [Site(id=f"more{n}", name="", kind="cabinet", x_m=p.x, y_m=p.y) for n, p in enumerate(spots)]
        area = replace(area, sites=(*area.sites, *more))
    network = design_network(area, effort="quick").network
    place = Transformer.from_crs(area.crs, "EPSG:4326", always_xy=True).transform(at.x + 4.0, at.y + 4.0)
    quote = quote_customer(network, at=place, services=["internet-100"], protection="full")
    return [one.reason for one in quote.refusals if one.kind == "two-ways"], len(quote.alternatives)


def test_a_stretch_that_no_way_avoids_is_named_with_its_cure():
    """On a spoke of a campus the routes to the office are named, with their metres and a new route past them."""
    (reason,), offers = _refused("star-campus", 10)
    assert offers == 0
    assert "every way from the offices passes route R3:1, route R6:1/1 (72.3 m); a new route from " in reason


def test_missing_places_for_splitters_are_named_and_cure_it():
    """Where no two cabinets stand on a ring of streets, that is said; with candidate cabinets it is offered."""
    (reason,), offers = _refused("industrial-park", 14)
    assert offers == 0
    assert "no two places for splitters" in reason
    assert _refused("industrial-park", 14, sites=True) == ([], 1)
