"""Quotes with protection: a second feeder, or everything twice, beside a design that stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyproj import Transformer

from ponplan.area.generate import generate_area
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
