"""The example areas: as their commands make them, of the shape they promise, and designed without a blemish."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.area import read_area
from ponplan.area.model import ClassRule
from ponplan.area.plant.model import AreaPlant
from ponplan.cli.generate import generate_command
from ponplan.design import design_network
from ponplan.topology import check_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area
    from ponplan.design import Design

    Planned = Callable[[str], Design]

FOLDER = Path(__file__).resolve().parents[2] / "topologies"
EXAMPLES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
README = (FOLDER / "README.md").read_text(encoding="utf-8")
COMMANDS = dict(re.findall(r"`(ponplan generate [^`]+ -o topologies/([^` ]+)[^`]*)`", README))
LARGEST_BYTES = 500_000
LONG_CHAIN = 8  # taps in a row on the longest bus of the road

# technology and bearer of everybody in the example, in words of the catalogue
SERVED_BY = {
    "business-town": {("epon", "ip"), ("direct-1g", "ip")},
    "bank-district": {("gpon", "mstp")},
    "road-bus": {("epon", "ip")},
    "star-campus": {("epon", "ip")},
    "high-rise": {("epon", "ip"), ("10g-epon-10-10", "ip")},
    "industrial-park": {("epon", "ip")},
    "apon-legacy": {("apon-155-155", "ip"), ("apon-155-155", "mstp")},
    "mixed-town": {("epon", "ip"), ("10g-epon-10-10", "ip"), ("gpon", "mstp")},
}


@cache
def area_of(example: str) -> Area:
    """Read an example once."""
    return read_area(FOLDER / example)


def test_readme_tells_of_every_example() -> None:
    """Every folder stands in the README with its command, and nothing else does."""
    assert sorted(COMMANDS.values()) == EXAMPLES == sorted(SERVED_BY)


@pytest.mark.parametrize(("command", "example"), COMMANDS.items(), ids=COMMANDS.values())
def test_example_is_what_its_command_makes(command: str, example: str, tmp_path: Path) -> None:
    """Running the command of the README again gives the same area."""
    app = typer.Typer()
    app.command()(generate_command)
    words = shlex.split(command)[2:]
    words[words.index("-o") + 1] = str(tmp_path / example)
    assert CliRunner().invoke(app, words).exit_code == 0
    assert read_area(tmp_path / example) == area_of(example)
    assert (tmp_path / example / "area.toml").read_bytes() == (FOLDER / example / "area.toml").read_bytes()


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_small(example: str) -> None:
    """An example is two files of well under a megabyte."""
    files = list((FOLDER / example).iterdir())
    assert {file.name for file in files} == {"area.toml", "area.gpkg"}
    assert sum(file.stat().st_size for file in files) < LARGEST_BYTES


@pytest.mark.parametrize("example", EXAMPLES)
def test_everybody_is_served(example: str, planned: Planned) -> None:
    """Nobody is left out, and no rule is relaxed to get there."""
    network = planned(example).network
    assert [customer.id for customer in network.customers if customer.unserved] == []
    assert network.relaxed == ()


@pytest.mark.parametrize("example", EXAMPLES)
def test_check_is_clean(example: str, planned: Planned) -> None:
    """The design breaks no rule of light, load, ducts, enclosures or structure."""
    assert [violation.message for violation in check_network(planned(example).network)] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_technology_and_bearer(example: str, planned: Planned) -> None:
    """Ports in the design are of the technologies the example is there to show, behind the bearer it promises."""
    network = planned(example).network
    bearer_of_card = {card.id: olt.bearer for olt in network.olts for card in network.cards if card.olt == olt.id}
    served = {(port.technology, bearer_of_card[port.card]) for port in network.ports}
    assert served == SERVED_BY[example]


# what stands behind the OLTs of each example
BEHIND = {
    "business-town": {"aggregation-switch"},
    "bank-district": {"multiplexer"},
    "road-bus": {"aggregation-switch"},
    "star-campus": {"aggregation-switch"},
    "high-rise": {"aggregation-switch"},
    "industrial-park": set(),  # its chassis stands, and so does what is behind it
    "apon-legacy": {"aggregation-switch", "multiplexer"},
    "mixed-town": {"aggregation-switch", "multiplexer"},
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_bearer_behind_every_chassis(example: str, planned: Planned) -> None:
    """Chassis have two uplinks or more into an aggregation switch of the IP network or a multiplexer of MSTP.

    Shelves for direct fibres are the service router's own and lead straight into the metro network.
    """
    network = planned(example).network
    role_of = {row.id: network.catalogue.bearer_elements[row.type].role for row in network.bearer_elements}
    assert set(role_of.values()) == BEHIND[example]
    for olt in (one for one in network.olts if one.state == "new"):
        uplinks = [row for row in network.uplinks if row.olt == olt.id]
        assert len(uplinks) >= 2
        wanted = {"ip": "aggregation-switch", "mstp": "multiplexer"}[olt.bearer]
        if network.catalogue.olt_chassis[olt.type].takes == "direct":
            assert {row.to for row in uplinks} == {"metro"}
            continue
        assert {role_of[row.to] for row in uplinks} == {wanted}


def test_banks_bring_their_e1_to_the_multiplexer(planned: Planned) -> None:
    """Every bank has 2 to 16 E1, and the multiplexers put through a VC-12 for each, grown to the horizon."""
    network = planned("bank-district").network
    services = network.catalogue.services
    each = [sum(services[name].e1_circuits * count for name, count in one.services) for one in network.customers]
    assert 2 <= min(each) <= max(each) <= 16
    grown = sum(each) * (1 + network.rules.growth_per_year) ** network.rules.horizon_years
    assert sum(network.catalogue.bearer_elements[row.type].vc12 for row in network.bearer_elements) >= grown


def test_rules_of_a_class_shape_an_example(planned: Planned) -> None:
    """A business town whose public bodies keep apart, at most 16 to a port, costs no less and stays clean."""
    area = area_of("business-town")
    rule = ClassRule(max_split=16, apart=True)
    design = design_network(replace(area, rules=replace(area.rules, class_rules={"public": rule})))
    assert check_network(design.network) == ()
    assert design.proof.bound <= design.proof.cost
    assert design.proof.cost >= planned("business-town").proof.bound
    paths = Survey(design.network).onu_paths
    classes = {one.id: one.customer_class for one in design.network.customers}
    on_port: dict[int, set[str]] = {}
    for onu, port in zip(paths.onus.tolist(), paths.ports.tolist(), strict=True):
        on_port.setdefault(port, set()).add(classes[design.network.onus[onu].customer])
    assert {"public"} in on_port.values()
    assert not any(len(found) > 1 and "public" in found for found in on_port.values())


def test_apon_estate_stands_and_carries_what_was_sold(planned: Planned) -> None:
    """Its cabinets are there already, most of its way lies in ducts, and nobody buys more than 10 Mbit/s lines."""
    area, network = area_of("apon-legacy"), planned("apon-legacy").network
    assert all(site.existing for site in area.sites if site.kind == "cabinet")
    bought = {name for one in network.customers for name, _ in one.services}
    assert bought == {"e1", "ethernet-2m", "ethernet-10m", "voice"}
    assert {port.technology for port in network.ports} == {"apon-155-155"}


def test_industrial_park_uses_the_ducts_that_are_there(planned: Planned) -> None:
    """The design draws cables into existing ducts, within the free bores."""
    used = [
        route
        for route in planned("industrial-park").network.routes
        if route.surface == "existing-duct" and route.state != "unused"
    ]
    assert used
    assert all(route.bores <= (route.free_bores or 0) for route in used)


def test_industrial_park_uses_the_plant_that_is_there(planned: Planned) -> None:
    """Customers come onto free legs and dark fibres, nothing of others is touched, and it costs less."""
    area, design = area_of("industrial-park"), planned("industrial-park")
    assert all((area.plant.cables, area.plant.boxes, area.plant.splitters, area.plant.ports))
    network, plant = design.network, area.plant
    new = [link for link in network.links if link.state == "new"]
    taken_legs = {(splitter.id, leg) for splitter in plant.splitters for leg in splitter.taken}
    legs = {(link.from_device, link.from_port) for link in new if link.from_device in {s.id for s in plant.splitters}}
    assert legs
    assert not legs & taken_legs
    unusable = {(cable.id, fibre) for cable in plant.cables for fibre in (*cable.taken, *cable.faulty)}
    strands = {strand for link in new for strand in link.strands}
    assert {cable for cable, _ in strands} & {cable.id for cable in plant.cables}
    assert not strands & unusable
    loaded = {port.id for port in plant.ports if port.onus}
    assert not {link.from_device for link in new} & loaded
    bare = design_network(replace(area, plant=AreaPlant()))
    assert design.proof.cost < bare.proof.cost


def test_road_is_a_bus_of_taps(planned: Planned) -> None:
    """On the road a feeder passes tap after tap, and every house hangs on such a chain."""
    network = planned("road-bus").network
    kinds = {row.id: network.catalogue.splitters[row.type].kind for row in network.splitters}
    fed = {link.to_device: (link.from_device, link.from_port) for link in network.links}
    taps = [name for name, kind in kinds.items() if kind == "tap"]
    lengths = {}
    for name in taps:
        chain = [name]
        while fed[chain[-1]][0] in kinds:
            above, leg = fed[chain[-1]]
            assert kinds[above] == "tap"
            assert leg == 1, "light goes on through a tap's through leg"
            chain.append(above)
        lengths[name] = len(chain)
    assert max(lengths.values()) >= LONG_CHAIN
    behind_taps = [onu.id for onu in network.onus if _row(fed, kinds, onu.id)]
    assert len(behind_taps) == len(network.onus) == len(network.customers)
    assert len({network.catalogue.splitters[row.type].id for row in network.splitters if row.id in taps}) > 1


def _row(fed: dict[str, tuple[str, int]], kinds: dict[str, str], device: str) -> list[str]:
    """Give the taps that light passes on its way to a device."""
    row = []
    while fed[device][0] in kinds:
        device = fed[device][0]
        row += [device] if kinds[device] == "tap" else []
    return row


def test_every_bank_has_two_ways(planned: Planned) -> None:
    """Banks are fully protected, everybody else in the bank district has a protected trunk, and the gap is told."""
    design = planned("bank-district")
    kinds = {c.attributes["building"]: c.protection for c in design.network.customers}
    assert kinds == {"bank": "full", "securities house": "trunk"}
    assert design.network.exposures == ()
    assert design.proof.gap_percent < 5.0
