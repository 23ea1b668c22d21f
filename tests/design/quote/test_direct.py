"""A quote of a direct fibre: over dark fibres or new cable to a port of the standing shelf, or of a new one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.design import design_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.prices import unit_cost
from ponplan.design.quote import accept_quote, quote_customer
from ponplan.errors import AreaError
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.design.quote import Quote
    from ponplan.topology import Network

    Place = Callable[..., tuple[float, float]]

CUSTOMERS = ((80.0, "epon"), (180.0, "direct-1g"), (280.0, "epon"), (480.0, "direct-1g"), (680.0, "epon"))
RULES = Rules(bearer="metro", spare_fibres=1.0, tier_technology={"strategic": "direct-1g"})


@cache
def street(*, direct: bool = True, bearer: str = "metro") -> Network:
    """Give the design of a street with the office at its beginning and, if wanted, two direct fibres."""
    area = Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(
                id=f"C{number}",
                name="",
                x_m=x_m,
                y_m=12.0,
                customer_class="ordinary",
                technology=technology if direct else "epon",
            )
            for number, (x_m, technology) in enumerate(CUSTOMERS)
        ),
        sites=(Site(id="CAB", name="", kind="cabinet", x_m=400.0, y_m=2.0),),
        routes=tuple(
            Route(id=f"R{x}", surface="asphalt", line=LineString([(100.0 * x, 0.0), (100.0 * x + 100.0, 0.0)]))
            for x in range(8)
        ),
        rules=replace(RULES, bearer=bearer),
    )
    return design_network(area, effort="quick").network


def asked(network: Network, degrees: Place, *, x_m: float = 430.0, **wish: str) -> Quote:
    """Give the quote for a place at the street."""
    return quote_customer(network, at=degrees(network, x_m, 20.0), protection="none", **wish)  # type: ignore[arg-type]


@pytest.mark.parametrize("bearer", ["uplinks", "office", "metro"])
@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize("technology", ["direct-1g", "direct-10g"])
def test_accepted_designs_are_sound(degrees: Place, technology: str, bearer: str, *, direct: bool):
    """On a shelf that stands or a new one, what is quoted is built for its price and keeps every rule."""
    network = street(direct=direct, bearer=bearer)
    chosen = asked(network, degrees, technology=technology).alternatives[0]
    grown = accept_quote(network, chosen)
    assert [one.message for one in check_network(grown) if not one.relaxed] == []
    assert round(cost_total(grown.bill) - cost_total(bill_of(network)), 2) == chosen.price
    link = chosen.change.links[0]
    technologies = {port.id: port.technology for port in grown.ports}
    assert technologies[link.from_device] == technology
    assert (chosen.kind, chosen.host, len(chosen.change.links)) == ("direct", "CO", 1)
    assert bool(chosen.change.olts) != direct


def test_price_is_that_of_what_is_added(degrees: Place):
    """Beside a dark fibre and a free place on a card: a transceiver, a port, a drop in a closure, a terminal."""
    network = street()
    chosen = asked(network, degrees, technology="direct-1g").alternatives[0]
    price = {row: unit_cost(network.catalogue, row) for row in network.catalogue.prices}
    counts = {line.item: line.quantity for line in chosen.lines}
    assert {"optics-direct-bx10", "onu-direct-1g-4ge", "odf-port", "lead-in", "drop-1"} <= counts.keys()
    assert not {"card-direct-1g-8", "direct-shelf-2", "asphalt"} & counts.keys()
    assert chosen.price == pytest.approx(sum(price[item] * count for item, count in counts.items()), abs=0.05)
    assert chosen.change.cables[-1].role == "drop"
    assert not chosen.change.olts


def test_full_card_brings_another(degrees: Place):
    """When every port of the card is taken the next customer needs a card; it is named among what to order."""
    network = street()
    for _ in range(6):
        network = accept_quote(network, asked(network, degrees, technology="direct-1g").alternatives[0])
    chosen = asked(network, degrees, technology="direct-1g").alternatives[0]
    assert [card.type for card in chosen.change.cards] == ["card-direct-1g-8"]
    assert "card-direct-1g-8" in {item.what for item in chosen.leads}


def test_full_closure_becomes_a_larger_one(degrees: Place):
    """Where a planned closure or frame is full, a larger one takes its place, at what both differ in the bill."""
    network = street()
    chosen = asked(network, degrees, technology="direct-1g").alternatives[0]
    while not chosen.change.replaced_nodes:
        network = accept_quote(network, chosen)
        chosen = asked(network, degrees, technology="direct-1g").alternatives[0]
    grown, kinds = accept_quote(network, chosen), network.catalogue.enclosures
    before = {node.id: node.enclosure for node in network.nodes}
    counts = {line.item: line.quantity for line in chosen.lines}
    for name, node in chosen.change.replaced_nodes.items():
        assert kinds[node.enclosure].fibres > kinds[before[name]].fibres
        assert (counts[before[name]], counts[node.enclosure]) == (-1.0, 1.0)
    assert [one.message for one in check_network(grown) if not one.relaxed] == []
    assert round(cost_total(grown.bill) - cost_total(bill_of(network)), 2) == chosen.price


def test_account_tier_brings_direct_fibre(degrees: Place):
    """Where the design's rules give a tier direct fibre, naming the tier is enough; without it the class decides."""
    network = street()
    assert asked(network, degrees, account_tier="strategic").customer.technology == "direct-1g"
    assert asked(network, degrees).customer.technology == "epon"


def test_protection_is_refused_at_once(degrees: Place):
    """One fibre has nothing to switch to: the wish is at fault, and the message says so."""
    network = street()
    with pytest.raises(AreaError, match="nothing to switch to"):
        quote_customer(network, at=degrees(network, 430.0, 20.0), technology="direct-1g", protection="full")


def test_unknown_tier_is_named(degrees: Place):
    """A tier that there is not is told with those that there are."""
    with pytest.raises(AreaError, match="high-value"):
        asked(street(), degrees, account_tier="golden")
