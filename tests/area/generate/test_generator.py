"""Generated areas: exact in their counts, connected, repeatable, and of the shape that their kind promises."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area import build_route_graph, read_area, write_area
from ponplan.area.generate import KINDS, generate_area
from ponplan.area.plant.consistency import plant_faults
from ponplan.catalogue import read_catalogue
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.area import Area

SEEDS = (0, 1, 2)


def ends_of(area: Area) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Give both ends of every route."""
    return [(route.line.coords[0], route.line.coords[-1]) for route in area.routes]


def degrees_of(area: Area) -> Counter[tuple[float, float]]:
    """Count how many routes meet at each place."""
    return Counter(end for ends in ends_of(area) for end in ends)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    """The same kind, number of customers and seed give the same two files, byte for byte."""
    for name in ("first", "second"):
        write_area(generate_area(kind, customers=150, seed=3), tmp_path / name)
    for file in ("area.toml", "area.gpkg"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_another_area(kind: str) -> None:
    """Streets, customers and cabinets all differ between seeds."""
    one, other = generate_area(kind, seed=1), generate_area(kind, seed=2)
    assert one.routes[0].line != other.routes[0].line
    assert one.customers[0].x_m != other.customers[0].x_m
    assert one.sites[-1].x_m != other.sites[-1].x_m


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_what_is_read(kind: str, tmp_path: Path) -> None:
    """An area that was generated, written and read again is the same area."""
    area = generate_area(kind, seed=4)
    write_area(area, tmp_path / "area")
    assert read_area(tmp_path / "area") == area


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("customers", [16, 17, 151, 1203])
def test_there_are_exactly_as_many_customers_as_asked_for(kind: str, customers: int) -> None:
    """Counts are exact and ids differ, whatever the number."""
    area = generate_area(kind, customers=customers, seed=customers)
    assert len({customer.id for customer in area.customers}) == len(area.customers) == customers
    assert len({site.id for site in area.sites}) == len(area.sites)
    assert len({route.id for route in area.routes}) == len(area.routes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("customers", [16, 300, 2500])
def test_everybody_can_be_reached(kind: str, customers: int) -> None:
    """No customer and no site is out of reach, and no route is left out for not being connected."""
    graph = build_route_graph(generate_area(kind, customers=customers, seed=5))
    assert graph.unreachable == ()
    assert graph.left_out == ()


@pytest.mark.parametrize("kind", KINDS)
def test_everything_named_is_in_the_catalogue(kind: str) -> None:
    """Classes, services, technologies, surfaces and enclosures are rows of the catalogue, allowed in design."""
    catalogue, area = read_catalogue(), generate_area(kind, customers=600)
    named = {
        "customer_classes": {customer.customer_class for customer in area.customers},
        "services": {name for customer in area.customers for name, _ in customer.services},
        "technologies": {customer.technology for customer in area.customers if customer.technology}
        | set(area.rules.class_technology.values()),
        "surfaces": {route.surface for route in area.routes},
        "enclosures": {site.enclosure for site in area.sites if site.enclosure},
    }
    for table, ids in named.items():
        rows = getattr(catalogue, table)
        assert ids <= set(rows), table
        assert all(getattr(rows[name], "allowed_in_design", True) for name in ids), table


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_buildings_stand_back_from_streets(kind: str, seed: int) -> None:
    """Outside rooms the way from a customer's street to the premises is between a few metres and the set-back."""
    graph = build_route_graph(generate_area(kind, seed=seed))
    drops_m = graph.lengths_m[graph.kinds == "drop"]
    nearest_m, farthest_m = KINDS[kind].setback_m
    inside_m = 4.0 * np.sqrt(2.0)  # tenants of one building are around its middle
    assert (drops_m >= min(nearest_m, 6.0) - inside_m - 0.1).all()
    assert (drops_m <= farthest_m + inside_m + 0.1).all()


def test_class_mix_of_a_mixed_town() -> None:
    """Two thirds are households, one in twenty each is a bank or a public body, the rest are companies."""
    classes = Counter(customer.customer_class for customer in generate_area("mixed-town", customers=1000).customers)
    assert classes == {"residential": 660, "ordinary": 240, "public": 50, "finance": 50}


def test_mixed_town_has_districts_joined_by_roads() -> None:
    """Some road runs under a river, where nobody is joined and which is one risk group of its own."""
    area = generate_area("mixed-town")
    crossings = [route for route in area.routes if route.surface == "drilled"]
    assert crossings
    assert all(route.risk_groups and not route.joinable for route in crossings)


def test_mixed_town_has_dead_ends_and_crossings() -> None:
    """Streets meet in threes and fours, and some end blindly."""
    degrees = set(degrees_of(generate_area("mixed-town")).values())
    assert {1, 3, 4} <= degrees


def test_some_names_are_chinese() -> None:
    """The kind's share of customers has names in Chinese characters, exactly."""
    area = generate_area("bank-district", customers=200)
    chinese = [customer for customer in area.customers if any("\u4e00" <= char <= "\u9fff" for char in customer.name)]
    assert len(chinese) == 100


def test_business_town_is_served_by_class_one() -> None:
    """Nobody but companies and public bodies, which the catalogue puts on EPON and the IP network."""
    catalogue = read_catalogue()
    classes = {customer.customer_class for customer in generate_area("business-town").customers}
    assert classes == {"ordinary", "public"}
    assert {catalogue.customer_classes[name].technology for name in classes} == {"epon"}
    assert {catalogue.customer_classes[name].bearer for name in classes} == {"ip"}


@pytest.mark.parametrize("seed", SEEDS)
def test_bank_district_has_only_finance(seed: int) -> None:
    """Every customer is of the class that gets GPON and MSTP; some buy more E1 than the class's own two."""
    area = generate_area("bank-district", seed=seed)
    assert {customer.customer_class for customer in area.customers} == {"finance"}
    circuits = Counter(dict(customer.services).get("e1", 0) for customer in area.customers if customer.services)
    assert set(circuits) == {4, 8, 16}


@pytest.mark.parametrize("seed", SEEDS)
def test_bus_is_a_path(seed: int) -> None:
    """Routes follow each other: two loose ends, two routes at every other place, and one more place than routes."""
    area = generate_area("road-bus", seed=seed)
    degrees = degrees_of(area)
    assert sorted(degrees.values()) == [1, 1] + [2] * (len(area.routes) - 1)
    assert build_route_graph(area).left_out == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_street_of_a_star_begins_at_the_hub(seed: int) -> None:
    """All routes have one end in common and nothing else."""
    area = generate_area("star-campus", seed=seed)
    degrees = degrees_of(area)
    assert len(area.routes) >= 6
    assert sorted(degrees.values()) == [1] * len(area.routes) + [len(area.routes)]


@pytest.mark.parametrize("seed", SEEDS)
def test_high_rise_has_full_rooms(seed: int) -> None:
    """Every customer is in a room, and every room has at least eight."""
    area = generate_area("high-rise", seed=seed)
    tenants = Counter(customer.room for customer in area.customers)
    assert None not in tenants
    assert min(tenants.values()) >= 8
    assert set(tenants) == {site.id for site in area.sites if site.kind == "room"}


def test_gigabit_lines_have_a_technology_that_carries_them() -> None:
    """Whoever buys 1000M is on 10G-EPON in both directions."""
    buyers = [
        customer for customer in generate_area("high-rise").customers if "ethernet-1000m" in dict(customer.services)
    ]
    assert buyers
    assert {customer.technology for customer in buyers} == {"10g-epon-10-10"}


@pytest.mark.parametrize("seed", SEEDS)
def test_industrial_park_has_plant_in_place(seed: int) -> None:
    """Some routes are ducts with free bores, some are not; some cabinets stand, with their size."""
    area = generate_area("industrial-park", seed=seed)
    ducts = [route for route in area.routes if route.surface == "existing-duct"]
    assert 0 < len(ducts) < len(area.routes)
    assert all((route.free_bores or 0) >= 1 for route in ducts)
    standing = [site for site in area.sites if site.existing]
    assert standing
    assert all(site.enclosure for site in standing)


@pytest.mark.parametrize("seed", SEEDS)
def test_industrial_park_has_lit_cabinets(seed: int) -> None:
    """Listed plant agrees with itself and the catalogue: free and faulty fibres, free legs, loaded and idle ports."""
    area = generate_area("industrial-park", seed=seed)
    assert plant_faults(area, read_catalogue()) == []
    plant = area.plant
    assert all(0 < len(cable.taken) + len(cable.faulty) < cable.fibres for cable in plant.cables)
    assert all(0 < len(splitter.taken) < 32 for splitter in plant.splitters)
    assert {bool(port.down_bps) for port in plant.ports} == {True, False}
    assert {splitter.place for splitter in plant.splitters} <= {site.id for site in area.sites if site.existing}


def test_large_areas_have_several_offices_far_apart() -> None:
    """One office for at most 8000 customers, and no two of them in one district."""
    area = generate_area("mixed-town", customers=20000)
    xy_m = np.array([(office.x_m, office.y_m) for office in area.offices])
    assert len(xy_m) == 3
    assert min(np.hypot(*(a - b)) for i, a in enumerate(xy_m) for b in xy_m[:i]) > 1000.0


@pytest.mark.slow
def test_hundred_thousand_customers_are_one_connected_town() -> None:
    """The largest promised size is exact and connected."""
    area = generate_area("mixed-town", customers=100_000)
    assert len(area.customers) == 100_000
    graph = build_route_graph(area)
    assert (graph.unreachable, graph.left_out) == ((), ())


@pytest.mark.parametrize("customers", [0, -1, 200_001])
def test_impossible_sizes_are_refused(customers: int) -> None:
    """The message names the number and what is allowed."""
    with pytest.raises(AreaError, match=r"1 to 200000"):
        generate_area("mixed-town", customers=customers)


def test_unknown_kinds_are_refused() -> None:
    """The message names the kinds there are."""
    with pytest.raises(AreaError, match=r"business-town, bank-district"):
        generate_area("space-station")
