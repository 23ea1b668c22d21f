"""Customers with a direct fibre: port to terminal without a splitter, in light, load, bill and bound."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.area import read_area
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.catalogue import read_catalogue
from ponplan.design import Design, design_network
from ponplan.design.standing.redesign import redesign_network
from ponplan.errors import AreaError
from ponplan.topology import check_network
from ponplan.topology.survey import Survey
from ponplan.topology.trace import trace_customer

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.catalogue import Catalogue

TOPOLOGIES = Path(__file__).resolve().parents[2] / "topologies"
DIRECT = frozenset({"C1", "C4", "C7"})
CATALOGUE = read_catalogue()


def town(*, technology: str = "direct-1g", block_m: float = 100.0, rules: Rules | None = None) -> Area:
    """Give a street of ten customers with a cabinet in the middle, three customers on direct fibre."""
    corners = [(block_m * number, 0.0) for number in range(11)]
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(
                id=f"C{number}",
                name="",
                x_m=block_m * (number + 1) - 20.0,
                y_m=12.0,
                customer_class="ordinary",
                technology=technology if f"C{number}" in DIRECT else None,
                account_tier="important" if f"C{number}" in DIRECT else "",
            )
            for number in range(10)
        ),
        sites=(Site(id="CAB", name="", kind="cabinet", x_m=5 * block_m, y_m=2.0),),
        routes=tuple(
            Route(id=f"R{number}", surface="asphalt", line=LineString([corners[number], corners[number + 1]]))
            for number in range(10)
        ),
        rules=rules or Rules(),
    )


@cache
def designed(technology: str = "direct-1g", block_m: float = 100.0) -> Design:
    """Design the street once."""
    return design_network(town(technology=technology, block_m=block_m))


@pytest.mark.parametrize("technology", ["direct-1g", "direct-10g"])
def test_light_goes_from_port_to_terminal_without_a_splitter(technology: str):
    """One link joins the port of a line card to the terminal; everybody else hangs on splitters of a PON."""
    network = designed(technology).network
    ports = {port.id: port for port in network.ports}
    above = {link.to_device: link.from_device for link in network.links}
    for customer in network.customers:
        source = above[f"ONU-{customer.id}"]
        assert (source in ports) == (customer.id in DIRECT)
        if source in ports:
            assert ports[source].technology == technology
    assert check_network(network) == ()


@pytest.mark.parametrize("bearer", ["uplinks", "office", "metro"])
def test_check_is_clean_whatever_is_built_behind(bearer: str):
    """The shelf is the service router's: no switch stands before it, and two uplinks at least lead on."""
    network = design_network(town(rules=Rules(bearer=bearer))).network
    assert check_network(network) == ()
    shelf = next(olt.id for olt in network.olts if olt.type.startswith("direct"))
    ends = [uplink.to for uplink in network.uplinks if uplink.olt == shelf]
    assert ends == [{"uplinks": "ip-bearer", "office": "metro", "metro": "core"}[bearer]] * 2


def test_account_tier_decides_before_the_class():
    """A rule for a tier gives all its customers direct fibre, as naming the technology with each of them does."""
    plain = town()
    nameless = replace(plain, customers=tuple(replace(customer, technology=None) for customer in plain.customers))
    by_tier = replace(nameless, rules=Rules(tier_technology={"important": "direct-1g"}))
    assert design_network(by_tier).network.links == designed().network.links


@pytest.mark.parametrize("direction", ["down", "up"])
def test_loss_is_that_of_fibre_splices_and_connectors(direction: str):
    """Without a splitter light loses kilometres, a splice per joint, a splice and two connectors at either end."""
    network = designed().network
    per_km = {"down": 0.25, "up": 0.35}[direction]
    for name in DIRECT:
        path = trace_customer(network, name).paths[0]
        link = next(link for link in network.links if link.to_device == f"ONU-{name}")
        splices = len(link.strands) - 1 + 2
        loss = path.length_m / 1000.0 * per_km + 0.1 * splices + 0.5 * 4
        light = path.light[direction]
        assert light.max_loss_db == pytest.approx(loss, abs=1e-3)
        assert light.received_min_dbm == pytest.approx(-9.0 - loss, abs=1e-3)
        assert light.reserve_db == pytest.approx(7.7 - loss - light.margin_db, abs=1e-3)


def test_long_fibre_gets_stronger_optics():
    """Beyond 10 km of fibre the 20 km transceiver is taken; the nearer customers keep the cheap one."""
    network = designed(block_m=1350.0).network
    optics = {port.optics for port in network.ports if port.technology == "direct-1g"}
    assert optics == {"optics-direct-bx10", "optics-direct-bx20"}
    assert check_network(network) == ()


def test_too_bright_transceiver_is_refused():
    """A 40 km transceiver blinds a terminal next door: the reason says so, and everybody else is served."""
    area = town(technology="direct-10g", rules=Rules(technology_optics={"direct-10g": "direct-br40"}))
    customers = {customer.id: customer.unserved for customer in design_network(area).network.customers}
    assert {name for name, reason in customers.items() if reason} == DIRECT
    assert all("too strong" in customers[name] for name in DIRECT)


def test_who_needs_more_than_the_line_carries_is_told():
    """A gigabit of leased line does not fit a gigabit port with its gaps; the reason names both."""
    plain = town()
    first, *others = plain.customers
    area = replace(
        plain, customers=(replace(first, technology="direct-1g", services=(("ethernet-1000m", 1),)), *others)
    )
    reason = next(customer.unserved for customer in design_network(area).network.customers if customer.id == "C0")
    assert "a direct-1g port carries" in reason


def test_bill_counts_ports_optics_and_terminals():
    """A transceiver and a terminal for each, and as few line cards and shelves as hold them."""
    lines = {line.item: line.quantity for line in designed().network.bill}
    assert lines["optics-direct-bx10"] == lines["onu-direct-1g-4ge"] == len(DIRECT)
    assert lines["card-direct-1g-8"] == lines["direct-shelf-2"] == 1


def test_port_carries_what_its_customer_loads():
    """The load of a direct port is its customer's alone."""
    network = designed().network
    survey = Survey(network)
    rows = [row for row, port in enumerate(network.ports) if port.technology == "direct-1g"]
    assert survey.port_onus[rows].tolist() == [1] * len(DIRECT)
    loads = survey.port_loads_after_bps(0)[rows]
    assert np.allclose(loads, loads[0])
    assert loads[0, 0] == pytest.approx(10e6 + 90e6 / 20 + 2e6 + 18e6 / 20)  # internet-100 and office automation


def test_bound_holds_and_is_near():
    """The plan costs no less than its bound, and not much more."""
    proof = designed().proof
    assert 0.9 * proof.cost < proof.bound <= proof.cost


def test_everybody_may_have_direct_fibre():
    """An area without a single splitter is planned, checked and bounded."""
    area = town()
    everybody = tuple(replace(customer, technology="direct-1g") for customer in area.customers)
    found = design_network(replace(area, customers=everybody))
    assert found.network.splitters == ()
    assert check_network(found.network) == ()
    assert 0.9 * found.proof.cost < found.proof.bound <= found.proof.cost


def test_customer_at_the_office_has_a_drop_from_a_frame():
    """Where the drop begins at the office it starts on a distribution frame."""
    area = town()
    beside = replace(area.customers[1], id="C1", x_m=0.0, y_m=15.0)
    network = design_network(replace(area, customers=(area.customers[0], beside, *area.customers[2:]))).network
    drop = next(cable for cable in network.cables if cable.id == "W-C1")
    assert "FRAME" in drop.from_node
    assert check_network(network) == ()


def test_protection_is_refused_with_a_remedy():
    """One fibre cannot be switched: who asks for protection is told at once."""
    area = town()
    asked = tuple(replace(customer, protection="full") for customer in area.customers)
    with pytest.raises(AreaError, match="nothing to switch to") as caught:
        design_network(replace(area, customers=asked))
    assert len(caught.value.faults) == len(DIRECT)


def test_closed_shop_is_told():
    """Without a shelf for line cards nothing is planned and the catalogue is named."""
    shelves = {key: replace(row, allowed_in_design=row.takes == "pon") for key, row in CATALOGUE.olt_chassis.items()}
    with pytest.raises(Exception, match="direct-1g has no shelf allowed in design"):
        design_network(town(), catalogue=replace(CATALOGUE, olt_chassis=shelves))


def _cases(cases: ModuleType, seed: int) -> tuple[Area, Catalogue]:
    """Give a random area, or dead ends with dear cables, some or all of whose customers have direct fibre."""
    if seed % 3:
        return cases.with_direct(cases.random_area(seed), seed), cases.random_catalogue(seed)
    area = cases.with_direct(cases.random_dead_ends(seed), seed)
    return area, cases.with_dear_cables(cases.random_catalogue(seed), seed)


@pytest.mark.parametrize("seed", [*range(16), 27])
def test_optimum_lies_between_bound_and_plan(seed: int, cases: ModuleType, exact: ModuleType):
    """An independent program's optimum is no less than the bound and no more than the plan, which breaks no rule."""
    area, catalogue = _cases(cases, seed)
    design = design_network(area, catalogue=catalogue, seed=seed)
    optimum = exact.solve_exactly(area, catalogue, design.network.customers)
    assert exact.is_bound(design.proof.bound, optimum, area, catalogue, design.network.customers)
    assert optimum.cost <= design.proof.cost * (1.0 + 1e-7) + 0.02
    assert [v.message for v in check_network(design.network) if not v.relaxed] == []
    assert math.isclose(design.proof.cost, sum(line.total_cost for line in design.network.bill), abs_tol=0.01)


def test_design_is_kept_and_grows_by_one():
    """Planned on from its file a design keeps its direct fibres; one customer more gets one of her own."""
    area = town()
    earlier = designed().network
    kept = redesign_network(area, earlier, built=True).design.network
    assert {link.id for link in kept.links} == {link.id for link in earlier.links}
    grown = tuple(replace(one, technology="direct-1g") if one.id == "C2" else one for one in area.customers)
    network = redesign_network(replace(area, customers=grown), earlier, built=True).design.network
    above = {link.to_device: link.from_device for link in network.links}
    ports = {port.id: port.technology for port in network.ports}
    assert ports[above["ONU-C2"]] == "direct-1g"
    assert len(network.olts) == len(earlier.olts)  # her port is on the shelf that stands
    assert [v.message for v in check_network(network) if not v.relaxed] == []


def test_direct_fibre_beside_plant_that_stands():
    """Free legs are for PONs: who has direct fibre beside standing plant is planned and checked all the same."""
    area = read_area(TOPOLOGIES / "industrial-park")
    some = tuple(
        replace(one, technology="direct-1g", protection="none") if number % 9 == 0 else one
        for number, one in enumerate(area.customers)
    )
    design = design_network(replace(area, customers=some), effort="quick")
    assert [v.message for v in check_network(design.network) if not v.relaxed] == []
    assert design.proof.bound <= design.proof.cost
    assert any(port.technology == "direct-1g" for port in design.network.ports)
