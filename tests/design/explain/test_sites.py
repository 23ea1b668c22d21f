"""What places cost and what others would: prices are whole bills, laws hold between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.design.bill import cost_total
from ponplan.design.explain.customers import describe_customer, explain_customer
from ponplan.design.explain.overview import explain_design
from ponplan.design.explain.replan import take_up
from ponplan.design.explain.sites import (
    ASKED,
    ELSEWHERE,
    WITHOUT,
    costs_by_site,
    describe_site,
    explain_site,
    find_site,
    heads_of,
    hosts_of,
)
from ponplan.errors import DesignFileError
from ponplan.report.explain import customer_lines, site_lines
from ponplan.topology.trace import trace_customer

if TYPE_CHECKING:
    from ponplan.design.explain.replan import Replanning
    from ponplan.topology.network import Network


def test_alternatives_cost_no_less_than_the_bound(again: Replanning, town: Network):
    """No alternative undercuts what is proved for every permitted plan."""
    bound = float(str(town.facts["cost_bound"]))
    for site in list(hosts_of(town))[:4]:
        for one in explain_site(again, site).alternatives:
            assert one.cost is None or one.broken or one.cost >= bound


def test_price_of_moving_is_the_difference_of_two_bills(again: Replanning, town: Network):
    """What is said to cost more is the alternative's whole bill less the design's."""
    why = explain_site(again, "CAB011", to="CAB006")
    asked = next(one for one in why.alternatives if one.kind == ASKED)
    assert asked.takers == {"CAB006": why.customers}
    assignment = again.placed.assignment.copy()
    ids = [place.id for place in again.placed.places]
    assignment[assignment == ids.index("CAB011")] = ids.index("CAB006")
    assert asked.more_cost == pytest.approx(
        cost_total(again.laid(assignment).bill) - cost_total(town.bill), abs=0.005
    )


def test_alternatives_are_told_best_first(again: Replanning, town: Network):
    """Three places elsewhere at most, cheapest first; one way of doing without, by places in use."""
    why = explain_site(again, "ROOM0001")
    elsewhere = [one.more_cost for one in why.alternatives if one.kind == ELSEWHERE]
    assert 1 <= len(elsewhere) <= 3
    assert elsewhere == sorted(elsewhere, key=float)
    without = [one for one in why.alternatives if one.kind == WITHOUT]
    assert len(without) == 1
    assert set(without[0].takers) <= set(hosts_of(town))


def test_places_and_offices_share_the_whole_bill(town: Network):
    """What lies behind the places costs less than the bill, and every place something."""
    costs = costs_by_site(town)
    assert set(costs) == set(hosts_of(town))
    assert all(sum(parts.values()) > 0.0 for parts in costs.values())
    assert sum(sum(parts.values()) for parts in costs.values()) < cost_total(town.bill)


def test_a_site_is_found_by_whatever_names_it(town: Network):
    """Site, cabinet, splitter and name lead to the same place; a stranger is refused."""
    splitter = next(splitter for splitter in town.splitters if splitter.node == "CAB011")
    assert {find_site(town, name) for name in ("CAB011", "Cabinet 11", splitter.id)} == {"CAB011"}
    with pytest.raises(DesignFileError, match="no splitter stands there"):
        find_site(town, "CAB999")


def test_nowhere_to_go_is_refused(again: Replanning):
    """A place that nobody knows cannot be asked for."""
    with pytest.raises(DesignFileError, match="field to"):
        explain_site(again, "CAB011", to="nowhere")


def test_customer_could_be_served_elsewhere_for_more(again: Replanning):
    """A customer in a room pays for leaving it, and saves at least its terminal by going."""
    why = explain_customer(again, "C021")
    assert why.site == "ROOM0001"
    assert why.saved_cost is not None
    assert why.saved_cost > 0.0
    assert all(one.more_cost is not None and one.more_cost > 0.0 for one in why.alternatives)
    with pytest.raises(DesignFileError, match="no such customer"):
        explain_customer(again, "nobody")


def test_taps_are_told_with_what_feeds_them(bus: Network):
    """On a bus the cost lies with the first tap of each row, which counts all its customers; none costs nothing."""
    overview = explain_design(bus)
    served = sum(not customer.unserved for customer in bus.customers)
    assert (sum(site.customers for site in overview.sites), min(site.cost for site in overview.sites) > 0) == (
        served,
        True,
    )
    assert overview.places > len(overview.sites)
    fed = next(place for place, heads in heads_of(bus).items() if place not in heads)
    why = describe_site(bus, fed)
    assert (why.fed_from, why.cost) == (heads_of(bus)[fed], 0.0)
    assert not any("costs 0" in line for line in site_lines(why, "EUR", str))


def test_customer_on_a_bus_is_told_without_prices(bus: Network):
    """Taps are not laid out again, which is said; the place, drop and light of a customer are told all the same."""
    with pytest.raises(DesignFileError, match="taps along a road"):
        take_up(bus, tell=lambda _: None)
    customer = next(customer.id for customer in bus.customers if not customer.unserved)
    why = describe_customer(bus, customer, unpriced="taps")
    run = trace_customer(bus, customer).paths[0]
    assert why.site in hosts_of(bus)
    assert 0 < why.drop_m <= run.length_m
    assert list(customer_lines(why, "EUR", str))[-1] == "no alternative is priced: taps"


def test_customer_told_from_the_file_alone_stands_where_its_alternatives_say(again: Replanning, town: Network):
    """The place and the metres read from the design are those of the plan laid out again."""
    for customer in town.customers[:40:8]:
        told, priced = describe_customer(town, customer.id), explain_customer(again, customer.id)
        assert told.site == priced.site
        assert (told.distribution_m, told.drop_m) == pytest.approx((priced.distribution_m, priced.drop_m), abs=0.2)
