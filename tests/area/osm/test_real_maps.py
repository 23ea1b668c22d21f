"""Imports of real maps, where the data lies beside the repository."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import osmium
import pytest

from ponplan.area import Area, build_route_graph, import_osm

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "area"
LIECHTENSTEIN, MONACO = FOLDER / "liechtenstein.osm.pbf", FOLDER / "monaco.osm.pbf"

pytestmark = pytest.mark.skipif(not LIECHTENSTEIN.is_file(), reason="../shared/data/area is not there")


@pytest.fixture(scope="module")
def country() -> Area:
    """Import the whole of Liechtenstein."""
    return import_osm(LIECHTENSTEIN)


def test_every_address_is_a_customer_or_merged(country: Area):
    """Objects with a house number, counted in the file directly, are customers or among the merged."""
    keys = osmium.filter.KeyFilter("addr:housenumber")
    found = {f"{thing.type_str()}{thing.id}" for thing in osmium.FileProcessor(str(LIECHTENSTEIN)).with_filter(keys)}
    customers = {customer.id for customer in country.customers}
    lost = [o for o in country.omissions if o.what in {"addresses", "businesses", "addresses and businesses"}]
    assert len(found) > 12_000
    assert len(found - customers) <= sum(omission.count for omission in lost)


def test_every_bank_is_finance(country: Area):
    """Objects tagged as banks, found in the file directly, are customers of class finance."""
    banks = {
        f"{thing.type_str()}{thing.id}"
        for thing in osmium.FileProcessor(str(LIECHTENSTEIN)).with_filter(
            osmium.filter.TagFilter(("amenity", "bank"))
        )
    }
    classes = {customer.id: customer.customer_class for customer in country.customers}
    assert {classes.get(bank) for bank in banks} == {"finance"}


def test_whole_country_is_reached(country: Area):
    """Of more than twelve thousand customers all but a lone alp are within reach of the connected streets."""
    graph = build_route_graph(country)
    assert len(country.customers) > 12_000
    assert len(graph.unreachable) <= 5


def test_vaduz_has_its_addresses():
    """Within the municipality's boundary there are the published 1,589 addresses, to within merging."""
    area = import_osm(LIECHTENSTEIN, place="Vaduz")
    with_address = sum("address" in customer.attributes for customer in area.customers)
    assert 1_550 <= with_address <= 1_600
    assert {"finance", "public", "ordinary", "residential"} == {c.customer_class for c in area.customers}


def test_businesses_of_the_country():
    """Businesses and public bodies number about three hundred, fifteen of them in finance."""
    counts = Counter(c.customer_class for c in import_osm(LIECHTENSTEIN, customers="business").customers)
    assert 250 <= sum(counts.values()) <= 400
    assert "residential" not in counts


def test_dense_city_is_reached():
    """In Monaco everybody is within reach, and tunnels join nobody."""
    area = import_osm(MONACO)
    assert build_route_graph(area).unreachable == ()
    assert any(not route.joinable and route.risk_groups[0].startswith("tunnel") for route in area.routes)
