"""Plant from lists: what stands there is kept, its free parts are used first, and nobody else's is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area.model import Area, Customer, Office, Route
from ponplan.area.plant.model import AreaPlant, PlantBox, PlantCable, PlantPort, PlantSplitter
from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.design.standing.inventory import plant_network
from ponplan.errors import AreaError
from ponplan.topology.check import check_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.topology.network import Network

PLANT = AreaPlant(
    cables=(
        PlantCable(id="F1", fibres=12, from_place="CO", to_place="K1", taken=(1, 2), faulty=(4,)),
        PlantCable(id="D1", fibres=24, from_place="K1", line=LineString([(1000, 0), (2000, 0)]), taken=(1, 2, 3)),
    ),
    boxes=(PlantBox(id="K1", kind="cabinet", x_m=1000.0, y_m=0.0, enclosure="cabinet-144"),),
    splitters=(PlantSplitter(id="S1", place="K1", type="1:32", port="P1", taken=(1, 2, 3)),),
    ports=(
        PlantPort(id="P1", technology="epon", onus=3, down_bps=60e6, up_bps=20e6),
        PlantPort(id="P2", technology="epon"),
    ),
)


def _street(plant: AreaPlant, *, customers: int = 10, **changes: object) -> Area:
    """Give a street of two kilometres with an office at its beginning and customers in its second half."""
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="office", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{n}", name="", x_m=1100.0 + 80.0 * n, y_m=10.0, customer_class="ordinary")
            for n in range(customers)
        ),
        sites=(),
        routes=(Route(id="r1", surface="asphalt", line=LineString([(0, 0), (2000, 0)])),),
        plant=plant,
        **changes,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def built() -> Network:
    """Give a design on the listed plant."""
    return design_network(_street(PLANT)).network


def test_free_legs_and_dark_fibres_connect_everybody(built: Network):
    """Ten customers get free legs over the listed cables: no splitter, port or trunk cable is bought."""
    assert check_network(built) == ()
    assert all(not customer.unserved for customer in built.customers)
    sections = {line.section for line in built.bill}
    assert {one.from_device for one in built.links if one.to_device.startswith("ONU")} == {"S1"}
    assert not sections & {"olt", "splitter", "cabinet"}
    assert not [one for one in (*built.splitters, *built.ports, *built.olts) if one.state == "new"]
    assert not [cable for cable in built.cables if cable.state == "new" and cable.role != "drop"]


def test_what_others_use_is_left_alone(built: Network):
    """No fibre and no leg that is taken or faulty is lit anew."""
    strands = {strand for link in built.links if link.state == "new" for strand in link.strands}
    assert not strands & {("F1", n) for n in (1, 2, 4)}
    assert not strands & {("D1", n) for n in (1, 2, 3)}
    assert not {link.from_port for link in built.links if link.from_device == "S1"} & {1, 2, 3}


def test_existing_plant_makes_the_plan_cheaper():
    """The same customers without the plant cost more."""
    bare = design_network(_street(AreaPlant())).proof
    used = design_network(_street(PLANT)).proof
    assert used.cost < bare.cost
    assert used.bound <= used.cost


def test_useless_plant_costs_nothing():
    """Plant that only lies there full changes the bill of no street: it is left as it is."""
    full = AreaPlant(
        cables=(
            PlantCable(id="F1", fibres=4, from_place="CO", line=LineString([(0, 0), (2000, 0)]), taken=(1, 2, 3, 4)),
        )
    )
    bare, used = design_network(_street(AreaPlant())), design_network(_street(full))
    assert used.proof.cost == pytest.approx(bare.proof.cost, abs=0.01)
    assert check_network(used.network) == ()


def test_loads_of_others_count():
    """A port whose others fill it takes nobody, however many legs are free."""
    ports = (replace(PLANT.ports[0], down_bps=590e6, up_bps=500e6),)
    network = design_network(_street(replace(PLANT, ports=ports))).network
    assert "S1" not in {one.from_device for one in network.links if one.to_device.startswith("ONU")}
    assert check_network(network) == ()


def test_reused_plant_is_in_the_bill(built: Network):
    """The take-off names what is there already and used."""
    from ponplan.design.takeoff import take_off

    reused = {(one.table, one.record) for one in take_off(built) if one.state == "reused"}
    assert {("splitters", "S1"), ("cables", "F1"), ("cables", "D1"), ("nodes", "K1")} <= reused


def test_port_load_is_told_with_that_of_others():
    """The survey of the plant alone shows three terminals and their load, grown by five per cent a year."""
    survey = Survey(plant_network(_street(PLANT), read_catalogue()))
    assert survey.port_onus.tolist() == [3, 0]
    assert survey.port_loads_bps[0].tolist() == [60e6, 20e6]
    assert survey.port_loads_after_bps(10)[0, 0] == pytest.approx(60e6 * 1.05**10)


def test_cable_is_led_outwards_and_its_other_end_is_a_place():
    """A cable drawn towards the office begins at the office's side all the same."""
    drawn = PlantCable(id="X", fibres=8, line=LineString([(2000, 3), (1000, 4)]))
    network = plant_network(_street(AreaPlant(cables=(drawn,))), read_catalogue())
    (cable,) = network.cables
    assert (cable.from_node, cable.to_node) == ("X-end", "X-begin")
    assert cable.length_m == pytest.approx(1000.0)


WRONG = [
    ({"cables": (PlantCable(id="A", fibres=12, from_place="CO", to_place="K9"),)}, "the cable's end is not listed"),
    ({"cables": (PlantCable(id="A", fibres=12, from_place="CO"),)}, "nobody knows where the cable lies"),
    ({"cables": (PlantCable(id="A", fibres=12, from_place="K1", to_place="K1"),)}, "ends where it begins"),
    ({"cables": (PlantCable(id="A", fibres=9999, from_place="CO", to_place="K1"),)}, "no such cable"),
    ({"cables": (PlantCable(id="A", fibres=12, type="rope", from_place="CO", to_place="K1"),)}, "no such cable"),
    ({"cables": (PlantCable(id="A", fibres=96, type="trunk-12", from_place="CO", to_place="K1"),)}, "fewer fibres"),
    ({"cables": (PlantCable(id="A", fibres=12, from_place="CO", to_place="K1", taken=(13,)),)}, "no such fibre"),
    ({"cables": (PlantCable(id="A", fibres=12, from_place="CO", to_place="K1", faulty=(99,)),)}, "no such fibre"),
    (
        {"cables": (PlantCable(id="A", fibres=12, from_place="CO", to_place="K1", taken=(1,), faulty=(1,)),)},
        "in use and faulty",
    ),
    (
        {"cables": (PlantCable(id="A", fibres=12, line=LineString([(0, 0), (1000, 500), (2000, 0)])),)},
        "drawn where no joined routes lie",
    ),
    ({"boxes": (PlantBox(id="CO", kind="cabinet", x_m=1000.0, y_m=0.0),)}, "a central office has the same id"),
    ({"boxes": (PlantBox(id="B", kind="cabinet", x_m=1000.0, y_m=0.0, enclosure="shed"),)}, "no such cabinet"),
    (
        {"boxes": (PlantBox(id="B", kind="closure", x_m=1000.0, y_m=0.0, enclosure="closure-12", free_ports=13),)},
        "fewer places for fibres",
    ),
    (
        {"boxes": (*PLANT.boxes, PlantBox(id="B", kind="cabinet", x_m=1000.0, y_m=5000.0))},
        "no route leads to the cabinet",
    ),
    ({"splitters": (PlantSplitter(id="Z", place="K9", type="1:8", port="P2"),)}, "the place is not listed"),
    ({"splitters": (PlantSplitter(id="Z", place="K1", type="1:7", port="P2"),)}, "no such splitter"),
    ({"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P9"),)}, "the port is not listed"),
    ({"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2", taken=(9,)),)}, "no such leg"),
    ({"splitters": (PlantSplitter(id="P2", place="K1", type="1:8", port="P2"),)}, "a PON port has the same id"),
    (
        {"splitters": tuple(PlantSplitter(id=f"Z{n}", place="K1", type="1:8", port="P2") for n in (1, 2))},
        "2 splitters are fed from this port",
    ),
    (
        {"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2", feeder=(("Q", 1),)),)},
        "the feeder's cable is not listed",
    ),
    (
        {"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2", feeder=(("F1", 13),)),)},
        "has no such fibre",
    ),
    ({"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2", feeder=(("F1", 4),)),)}, "is faulty"),
    (
        {"splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2", feeder=(("D1", 9),)),)},
        "does not pass junction",
    ),
    (
        {"cables": (), "splitters": (PlantSplitter(id="Z", place="K1", type="1:8", port="P2"),)},
        "no listed cable with a lit fibre",
    ),
    ({"ports": (PlantPort(id="Q", technology="tin-can"),), "splitters": ()}, "no such technology"),
    (
        {"ports": (PlantPort(id="Q", technology="epon", optics="optics-gpon-c"),), "splitters": ()},
        "no such transceiver",
    ),
    ({"ports": (PlantPort(id="Q", technology="epon", number=17),), "splitters": ()}, "no card has such a port"),
    ({"ports": (PlantPort(id="Q", technology="epon", card=99),), "splitters": ()}, "no chassis has such a slot"),
    ({"ports": (PlantPort(id="Q", technology="epon", onus=1000),), "splitters": ()}, "fewer terminals"),
    (
        {"ports": tuple(PlantPort(id=f"Q{n}", technology="epon", number=1) for n in (1, 2)), "splitters": ()},
        "two ports have this number",
    ),
]


@pytest.mark.parametrize(("changes", "says"), WRONG, ids=[says for _, says in WRONG])
def test_contradictions_are_named(changes: dict[str, tuple[object, ...]], says: str):
    """Each contradiction is told with its list and record."""
    with pytest.raises(AreaError) as told:
        plant_network(_street(replace(PLANT, **changes)), read_catalogue())  # type: ignore[arg-type]
    assert any(says in str(fault) and fault.file.startswith("plant_") and fault.row for fault in told.value.faults)


def test_all_contradictions_are_told_at_once():
    """Three broken records give three faults."""
    plant = replace(
        PLANT,
        cables=(*PLANT.cables, PlantCable(id="A", fibres=12, from_place="CO")),
        splitters=(replace(PLANT.splitters[0], type="1:7"),),
        ports=(*PLANT.ports, PlantPort(id="Q", technology="tin-can")),
    )
    with pytest.raises(AreaError) as told:
        plant_network(_street(plant), read_catalogue())
    assert {fault.file for fault in told.value.faults} == {"plant_cables", "plant_splitters", "plant_ports"}


def test_a_port_in_one_of_two_offices_must_say_which():
    """With one office any name means it; with two, an unknown name is a fault."""
    area = _street(replace(PLANT, ports=(replace(PLANT.ports[0], office="the exchange"), PLANT.ports[1])))
    assert plant_network(area, read_catalogue()).ports
    two = replace(area, offices=(*area.offices, Office(id="CO2", name="other", x_m=2000.0, y_m=0.0)))
    with pytest.raises(AreaError, match="no such central office"):
        plant_network(two, read_catalogue())


def test_a_cable_back_towards_the_office_is_led_from_its_splitter():
    """From a cabinet out in the street a cable runs back along it: customers on the way get its fibres and legs."""
    back = replace(PLANT.cables[1], from_place="K1", line=LineString([(1000, 0), (300, 0)]))
    plant = replace(PLANT, cables=(PLANT.cables[0], back))
    area = _street(plant, customers=6)
    area = replace(area, customers=tuple(replace(one, x_m=one.x_m - 700.0) for one in area.customers))
    (cable,) = [one for one in plant_network(area, read_catalogue()).cables if one.id == "D1"]
    assert (cable.from_node, cable.to_node) == ("K1", "D1-end")
    network = design_network(area).network
    assert check_network(network) == ()
    assert {one.from_device for one in network.links if one.to_device.startswith("ONU")} == {"S1"}
    assert not [one for one in (*network.splitters, *network.ports) if one.state == "new"]
