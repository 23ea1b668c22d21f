"""Streets on which everybody sees what is cheapest: listed plant is used to the last fibre, and the bound says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area.model import Area, Customer, Office, Route
from ponplan.area.plant.model import AreaPlant, PlantBox, PlantCable, PlantPort, PlantSplitter
from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.topology.check import check_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ponplan.design import Design

FEEDER = PlantCable(id="F1", fibres=12, from_place="CO", to_place="K1", taken=(5, 6), faulty=(1, 2))
BRANCH = PlantCable(id="D1", fibres=24, from_place="K1", line=LineString([(1000, 0), (2000, 0)]), taken=(1, 2, 3))
CABINET = PlantBox(id="K1", kind="cabinet", x_m=1000.0, y_m=0.0, enclosure="cabinet-144")
DARK_PORT = PlantPort(id="P1", technology="epon")
ROUNDING = 2.0  # a cent for each line of the price book is taken off the bound


def _street(plant: AreaPlant, places_m: Sequence[float]) -> Area:
    """Give a street of two kilometres from the office, with customers 10 m beside it."""
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="office", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{n}", name="", x_m=x_m, y_m=10.0, customer_class="ordinary")
            for n, x_m in enumerate(places_m)
        ),
        sites=(),
        routes=(Route(id="r1", surface="asphalt", line=LineString([(0, 0), (2000, 0)])),),
        plant=plant,
    )


def _price(items: Iterable[tuple[str, float]]) -> float:
    catalogue = read_catalogue()
    return sum(
        quantity * (catalogue.price(item).material_cost + catalogue.price(item).labour_cost)
        for item, quantity in items
    )


def _each(customers: int) -> list[tuple[str, float]]:
    """Give what everybody needs: way in, drop with slack, terminal, and the splices at both ends of the leg."""
    drops_m = 10.0 * customers
    items = [("lead-in", drops_m), ("drop-1", 1.03 * drops_m), ("onu-epon-1ge", customers)]
    return [*items, ("drop-connection", customers), ("onu-commissioning", customers), ("splice", 2.0 * customers)]


def _splitter(kind: str) -> list[tuple[str, float]]:
    return [(kind, 1), ("splitter-installation", 1), ("odf-port", 1), ("splice", 2)]


def _lit(design: Design) -> set[tuple[str, int]]:
    return {strand for link in design.network.links for strand in link.strands if strand[0] in ("F1", "D1")}


def test_a_new_splitter_stands_in_the_kept_cabinet_on_a_dark_feeder_and_port():
    """Customers beside a cabinet with room: a splitter, three drops, and not a metre or port more."""
    plant = AreaPlant(cables=(FEEDER,), boxes=(CABINET,), ports=(DARK_PORT,))
    design = design_network(_street(plant, [1000.0] * 3))
    assert check_network(design.network) == ()
    assert design.proof.cost == pytest.approx(_price([*_each(3), *_splitter("splitter-1x4")]), abs=0.02)
    assert design.proof.cost - sum(part.bound for part in design.proof.parts.values()) <= ROUNDING
    assert _lit(design) == {("F1", 3)}  # 1 and 2 are faulty


def test_new_legs_go_on_over_dark_fibres_of_a_kept_branch():
    """Customers along a kept branch: each gets a dark fibre of it to a closure, and no street is dug."""
    plant = AreaPlant(cables=(FEEDER, BRANCH), boxes=(CABINET,), ports=(DARK_PORT,))
    design = design_network(_street(plant, [1200.0, 1400.0, 1600.0]))
    assert check_network(design.network) == ()
    closures = [("drop-closure-1", 3), ("closure-installation", 3), ("splice", 3)]
    assert design.proof.cost == pytest.approx(_price([*_each(3), *_splitter("splitter-1x4"), *closures]), abs=0.02)
    assert design.proof.cost - sum(part.bound for part in design.proof.parts.values()) <= ROUNDING
    assert _lit(design) == {("F1", 3), ("D1", 4), ("D1", 5), ("D1", 6)}


def test_free_legs_come_before_new_splitters():
    """Two of four legs are free and four customers come: both of the old splitter are lit, one splitter is new."""
    splitter = PlantSplitter(id="S1", place="K1", type="1:4", port="P1", taken=(1, 3), feeder=(("F1", 5),))
    ports = (replace(DARK_PORT, onus=2, down_bps=1e7, up_bps=1e7), replace(DARK_PORT, id="P2"))
    plant = AreaPlant(cables=(FEEDER,), boxes=(CABINET,), splitters=(splitter,), ports=ports)
    design = design_network(_street(plant, [1000.0] * 4))
    assert check_network(design.network) == ()
    assert {link.from_port for link in design.network.links if link.from_device == "S1"} == {2, 4}
    items = [*_each(4), *_splitter("splitter-1x2")]
    assert design.proof.cost == pytest.approx(_price(items), abs=0.02)


def test_a_branch_without_a_sound_fibre_is_no_way():
    """All dark fibres of the branch are faulty: a street is dug beside it, as nothing is known of ducts in it."""
    dead = replace(BRANCH, faulty=tuple(range(4, 25)))
    plant = AreaPlant(cables=(FEEDER, dead), boxes=(CABINET,), ports=(DARK_PORT,))
    design = design_network(_street(plant, [1200.0, 1400.0]))
    assert check_network(design.network) == ()
    assert not {cable for cable, _ in _lit(design)} & {"D1"}
    assert sum(line.quantity for line in design.network.bill if line.item == "asphalt") == pytest.approx(
        400.0, abs=0.1
    )


def test_as_many_customers_as_dark_fibres_and_one_more():
    """Two sound dark fibres of a branch serve the two farthest; to the third customer, the nearest, a way is dug."""
    thin = replace(BRANCH, faulty=tuple(range(6, 25)))
    plant = AreaPlant(cables=(FEEDER, thin), boxes=(CABINET,), ports=(DARK_PORT,))
    area = _street(plant, [1100.0, 1500.0, 1600.0])
    area = replace(area, rules=replace(area.rules, spare_fibres=0.0))
    design = design_network(area)
    assert check_network(design.network) == ()
    assert {fibre for cable, fibre in _lit(design) if cable == "D1"} == {4, 5}
    assert sum(line.quantity for line in design.network.bill if line.item == "asphalt") == pytest.approx(
        100.0, abs=0.1
    )
