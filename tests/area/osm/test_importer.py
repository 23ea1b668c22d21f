"""Whole imports of small maps: who becomes a customer, which streets become routes, where the office stands."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area import Area, import_osm, write_area
from ponplan.area.coordinates import transform_xy
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.area.osm.conftest import Drawing


def _omitted(area: Area, what: str, reason: str) -> int:
    return sum(o.count for o in area.omissions if o.what == what and reason in o.reason)


def _lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    xy_m = np.array([[500_000.0 + x_m, 5_000_000.0 + y_m]])
    lon, lat = transform_xy(xy_m, "EPSG:32632", "EPSG:4326")[0].tolist()
    return lon, lat


def test_crossing_streets_are_four_routes(drawing: Drawing, tmp_path: Path):
    """Two streets of 200 m that share a node in the middle are four routes of 100 m, in the local UTM zone."""
    drawing.street((-100, 0), (0, 0), (100, 0), name="East")
    drawing.street((0, -100), (0, 0), (0, 100), name="North")
    drawing.node(50, 10, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert area.crs == "EPSG:32632"
    assert [route.line.length for route in area.routes] == pytest.approx([100] * 4, abs=0.05)
    assert {route.name for route in area.routes} == {"East", "North"}


def test_ways_of_one_look_are_joined(drawing: Drawing, tmp_path: Path):
    """Three ways in a row, the last with another surface, are two routes."""
    drawing.street((0, 0), (50, 0))
    drawing.street((50, 0), (100, 0))
    drawing.street((100, 0), (150, 0), surface="gravel")
    drawing.node(50, 10, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert [route.surface for route in area.routes] == ["asphalt", "track"]
    assert area.routes[0].line.length == pytest.approx(100, abs=0.05)


def test_ways_that_are_not_dug_are_counted_and_named(drawing: Drawing, tmp_path: Path):
    """Motorway, steps, car parks and forbidden ways are left out with their reasons; driveways are private ground."""
    drawing.street((0, 0), (100, 0))
    drawing.street((0, 0), (0, 90), highway="motorway", name="A1")
    drawing.street((0, 0), (0, 80), highway="steps")
    drawing.street((0, 0), (0, 70), highway="service", service="parking_aisle")
    drawing.street((0, 0), (0, 60), access="no")
    drawing.street((0, 0), (0, 50), highway="service", service="driveway", access="private")
    drawing.node(50, 10, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert {(o.count, o.reason) for o in area.omissions} == {
        (1, "motorway"),
        (1, "steps"),
        (1, "inside a car park or the like"),
        (1, "access forbidden"),
    }
    assert sorted(route.surface for route in area.routes) == ["asphalt", "lead-in"]
    assert ("w1001 A1",) in {o.examples for o in area.omissions}


def test_bridge_is_one_risk_group_and_joins_nobody(drawing: Drawing, tmp_path: Path):
    """Carriageway and footway of one bridge share a group, a tunnel has its own, and none may be joined."""
    drawing.street((0, 0), (50, 0))
    drawing.street((50, 0), (90, 0), bridge="yes")
    drawing.street((90, 0), (200, 0))
    drawing.street((50, 0), (50, 5))
    drawing.street((50, 5), (90, 5), bridge="yes", highway="footway")
    drawing.street((200, 0), (260, 0), tunnel="yes")
    drawing.node(70, -5, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    special = {route.id: (route.risk_groups, route.joinable) for route in area.routes if route.risk_groups}
    assert special == {
        "w1001": (("bridge-w1001",), False),
        "w1004": (("bridge-w1001",), False),
        "w1005": (("tunnel-w1005",), False),
    }


def test_unconnected_streets_are_dropped_and_named(drawing: Drawing, tmp_path: Path):
    """Of two parts the longer stays; the other is counted with its length and name."""
    drawing.street((0, 0), (100, 0))
    drawing.street((0, 50), (60, 50), name="Island")
    drawing.node(50, 10, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert len(area.routes) == 1
    omission = next(o for o in area.omissions if "not connected" in o.reason)
    assert (omission.count, omission.examples) == (1, ("w1001 Island",))
    assert "0.1 km" in omission.reason


def test_address_as_node_and_building_is_one_customer(drawing: Drawing, tmp_path: Path):
    """The node at the entrance stays; the building of the same address is counted as merged."""
    drawing.street((0, 0), (100, 0))
    drawing.house(50, 20, addr__street="High Street", addr__housenumber="5")
    entrance = drawing.node(50, 15.5, addr__street="High  street", addr__housenumber="5")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert [(customer.id, customer.name) for customer in area.customers] == [(entrance, "High street 5")]
    assert _omitted(area, "addresses", "counted once") == 1


def test_same_address_in_two_towns_is_two_customers(drawing: Drawing, tmp_path: Path):
    """Main Street 1 here and Main Street 1 two kilometres away are two."""
    drawing.street((0, 0), (2100, 0))
    for x_m in (0, 2000):
        drawing.node(x_m, 10, addr__street="Main Street", addr__housenumber="1")
    assert len(import_osm(drawing.save(tmp_path / "map.osm")).customers) == 2


def test_classes_follow_the_tags(drawing: Drawing, tmp_path: Path):
    """Banks are finance, the town hall is public, shops and restaurants are ordinary, addresses residential."""
    drawing.street((0, 0), (100, 0))
    expected = {
        drawing.node(10, 10, amenity="bank", name="B"): "finance",
        drawing.node(20, 10, office="insurance", name="I"): "finance",
        drawing.node(30, 10, amenity="townhall"): "public",
        drawing.node(40, 10, office="government"): "public",
        drawing.node(50, 10, shop="bakery"): "ordinary",
        drawing.node(60, 10, office="lawyer"): "ordinary",
        drawing.node(70, 10, amenity="restaurant"): "ordinary",
        drawing.node(80, 10, addr__housenumber="8"): "residential",
    }
    drawing.node(90, 10, amenity="bench")
    drawing.node(95, 10, shop="vacant")
    path = drawing.save(tmp_path / "map.osm")
    assert {c.id: c.customer_class for c in import_osm(path).customers} == expected
    business = {c.id for c in import_osm(path, customers="business").customers}
    assert business == set(list(expected)[:6])


def test_bank_at_an_address_takes_its_place(drawing: Drawing, tmp_path: Path):
    """A bank with an address inside the building of that address is one customer, and it is finance."""
    drawing.street((0, 0), (100, 0))
    drawing.house(50, 20, addr__street="Quay", addr__housenumber="1")
    bank = drawing.node(51, 20, amenity="bank", name="Bank", addr__street="Quay", addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert [(c.id, c.customer_class, c.room) for c in area.customers] == [(bank, "finance", None)]


def test_school_drawn_as_ground_and_building_is_one(drawing: Drawing, tmp_path: Path):
    """Ground and building of one name and class are one customer."""
    drawing.street((0, 0), (100, 0))
    drawing.house(50, 40, size_m=60, building="no", amenity="school", name="School")
    drawing.house(50, 40, size_m=20, building="school", amenity="school", name="School")
    assert len(import_osm(drawing.save(tmp_path / "map.osm")).customers) == 1


def test_building_with_two_customers_gets_a_room(drawing: Drawing, tmp_path: Path):
    """An address and a shop without one in the same building share its room; the house next door has none."""
    drawing.street((0, 0), (100, 0))
    building = drawing.house(50, 20, addr__street="Quay", addr__housenumber="1", name="Arcade")
    drawing.node(52, 20, shop="books", name="Books")
    drawing.house(80, 20, addr__street="Quay", addr__housenumber="3")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    rooms = [site for site in area.sites if site.kind == "room"]
    assert [(site.id, site.name) for site in rooms] == [(f"room-{building}", "Arcade")]
    assert sorted(str(customer.room) for customer in area.customers) == [
        "None",
        f"room-{building}",
        f"room-{building}",
    ]


def test_few_addresses_make_buildings_customers(drawing: Drawing, tmp_path: Path):
    """With one address for twelve houses every house counts, garages and huts do not, and the area says so."""
    drawing.street((0, 0), (300, 0))
    for number in range(12):
        drawing.house(20 * number, 20)
    drawing.house(260, 20, building="garage")
    drawing.house(280, 20, size_m=3)
    drawing.node(0, 20, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert len(area.customers) == 12
    assert _omitted(area, "addresses missing", "only 1 addresses for 12 buildings") == 11


def test_enough_addresses_leave_buildings_alone(drawing: Drawing, tmp_path: Path):
    """With two addresses for twelve houses only the addresses count."""
    drawing.street((0, 0), (300, 0))
    for number in range(12):
        drawing.house(20 * number, 20)
    for number in (1, 2):
        drawing.node(number * 20, 20, addr__housenumber=str(number))
    assert len(import_osm(drawing.save(tmp_path / "map.osm")).customers) == 2


def test_office_is_the_one_given(drawing: Drawing, tmp_path: Path):
    """A central office given in degrees stands there, within a centimetre."""
    drawing.street((0, 0), (100, 0))
    drawing.node(50, 10, addr__housenumber="1")
    area = import_osm(drawing.save(tmp_path / "map.osm"), central_office=_lonlat(20, 30))
    assert (area.offices[0].x_m, area.offices[0].y_m) == pytest.approx((500_020, 5_000_030), abs=0.02)


def test_office_is_the_tagged_exchange_nearest_to_the_customers(drawing: Drawing, tmp_path: Path):
    """Of two tagged exchanges the nearer to all customers is allowed, the other kept but not allowed."""
    drawing.street((0, 0), (1000, 0))
    for x_m in (100, 150, 200):
        drawing.node(x_m, 10, addr__housenumber=str(x_m))
    far = drawing.node(900, 5, telecom="exchange", name="Far")
    near = drawing.node(300, 5, telecom="exchange", name="Near")
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert [(o.id, o.name, o.allowed) for o in area.offices] == [
        (f"co-{near}", "Near", True),
        (f"co-{far}", "Far", False),
    ]


def test_office_is_the_best_crossing_else(drawing: Drawing, tmp_path: Path):
    """Without any exchange the office stands at the crossing with the least way to all customers, and says so."""
    drawing.street((0, 0), (100, 0), (200, 0), (300, 0))
    for x_m in (100, 200):
        drawing.street((x_m, 0), (x_m, 80))
    for x_m, y_m in ((10, 5), (205, 40), (205, 60), (290, 5)):
        drawing.node(x_m, y_m, addr__housenumber=str(x_m + y_m))
    area = import_osm(drawing.save(tmp_path / "map.osm"))
    assert (area.offices[0].x_m, area.offices[0].y_m) == pytest.approx((500_200, 5_000_000), abs=0.05)
    assert "best crossing" in area.offices[0].name


def test_place_takes_what_lies_inside(drawing: Drawing, tmp_path: Path):
    """Only customers within the named boundary, and streets that reach into it; accents and case do not matter."""
    drawing.street((0, 0), (100, 0))
    drawing.street((100, 0), (300, 0))
    drawing.street((300, 0), (500, 0))
    drawing.node(50, 10, addr__housenumber="1")
    drawing.node(350, 10, addr__housenumber="2")
    drawing.street((300, 0), (300, 90))
    drawing.boundary("Vàlley", -10, -50, 150, 50, admin_level="8")
    area = import_osm(drawing.save(tmp_path / "map.osm"), place="valley")
    assert area.name == "Vàlley"
    assert len(area.customers) == 1
    assert sum(route.line.length for route in area.routes) == pytest.approx(300, abs=0.1)
    assert _omitted(area, "streets", "outside the place") == 2


def _open_boundary(drawing: Drawing, *corners: tuple[float, float]) -> None:
    """Draw a boundary whose last stretch is a way that the file does not hold."""
    side = drawing.way(*corners, boundary="administrative")
    tags = {"type": "boundary", "boundary": "administrative", "name": "Coast", "admin_level": "8"}
    drawing.relations.append((9100, [(int(side[1:]), "outer"), (99_999, "outer")], tags))


def test_boundary_with_a_small_gap_is_closed(drawing: Drawing, tmp_path: Path):
    """A boundary of 900 m that lacks 100 m is closed by a straight line, and the area says so."""
    drawing.street((0, 0), (380, 0))
    drawing.node(50, 10, addr__housenumber="1")
    drawing.node(50, 90, addr__housenumber="2")
    _open_boundary(drawing, (-10, -50), (390, -50), (390, 50), (-10, 50))
    area = import_osm(drawing.save(tmp_path / "map.osm"), place="Coast")
    assert len(area.customers) == 1
    assert "100 m of the boundary of Coast" in next(o.reason for o in area.omissions if "boundary" in o.what)


def test_boundary_with_a_large_gap_is_refused(drawing: Drawing, tmp_path: Path):
    """A boundary that lacks one of four equal sides is too uncertain."""
    drawing.street((0, 0), (90, 0))
    drawing.node(50, 10, addr__housenumber="1")
    _open_boundary(drawing, (0, 0), (100, 0), (100, 100), (0, 100))
    with pytest.raises(AreaError, match="not complete in the file"):
        import_osm(drawing.save(tmp_path / "map.osm"), place="Coast")


def test_box_takes_what_lies_inside(drawing: Drawing, tmp_path: Path):
    """A box in degrees does the same."""
    drawing.street((0, 0), (100, 0))
    for x_m in (50, 350):
        drawing.node(x_m, 10, addr__housenumber=str(x_m))
    west, south = _lonlat(-10, -50)
    east, north = _lonlat(150, 50)
    assert len(import_osm(drawing.save(tmp_path / "map.osm"), bbox=(west, south, east, north)).customers) == 1


def test_compressed_file_gives_the_same_area(drawing: Drawing, tmp_path: Path):
    """An .osm.gz of the same map is the same area."""
    drawing.street((0, 0), (100, 0))
    drawing.node(50, 10, addr__housenumber="1")
    plain = drawing.save(tmp_path / "map.osm")
    packed = tmp_path / "map.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert import_osm(plain) == import_osm(packed)


def test_two_imports_same_bytes(drawing: Drawing, tmp_path: Path):
    """Two imports of one map write identical files."""
    for x_m in (0, 100, 200):
        drawing.street((x_m, 0), (x_m, 100), (x_m, 200))
        drawing.street((x_m, 100), (x_m + 100, 100))
        drawing.house(x_m + 20, 30, addr__housenumber=str(x_m))
    path = drawing.save(tmp_path / "map.osm")
    for name in ("a", "b"):
        write_area(import_osm(path), tmp_path / name)
    for name in ("area.toml", "area.gpkg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"place": "Vadutz"}, "did you mean one of: Vaduz"),
        ({"place": "Hamlet"}, "only a point in the file"),
        ({"place": "Vaduz", "bbox": (0, 0, 1, 1)}, "a place or a box, not both"),
        ({"bbox": (9, 46, 9, 46)}, "the box is empty"),
        ({"bbox": (1, 1, 2, 2)}, "no usable streets"),
        ({"customers": "some"}, "all, business"),
        ({"customers": "business"}, "no customers were found"),
        ({"central_office": (9.0, 95.0)}, "no place on earth"),
        ({"central_office": (9.1, 45.1)}, "too far from the connected routes"),
    ],
)
def test_bad_arguments_are_explained(drawing: Drawing, tmp_path: Path, arguments: dict[str, object], message: str):
    """Every argument that cannot be followed says why and what would do."""
    drawing.street((0, 0), (100, 0))
    drawing.node(50, 10, addr__housenumber="1")
    drawing.node(60, 10, place="hamlet", name="Hamlet")
    drawing.boundary("Vaduz", -100, -100, 200, 200)
    with pytest.raises(AreaError, match=message):
        import_osm(drawing.save(tmp_path / "map.osm"), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("map.osm", None, "no such file"),
        ("map.txt", "x", "not a file of OpenStreetMap"),
        ("map.osm", "not xml", "the file is broken"),
        ("map.osm.pbf", "not a pbf", "the file is broken"),
        ("map.osm", '<osm version="0.6"></osm>', "no streets in the file"),
    ],
)
def test_bad_files_are_explained(tmp_path: Path, name: str, content: str | None, message: str):
    """A missing, foreign, broken or empty file is named as such."""
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(AreaError, match=message):
        import_osm(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "message"),
    [("[streets", "not TOML"), ("[streets]\n", "streets.highway"), ("[streets]\ndig = 1\n", "streets.dig")],
)
def test_bad_mappings_are_explained(drawing: Drawing, tmp_path: Path, content: str, message: str):
    """A mapping file with a mistake names the field."""
    mapping = tmp_path / "m.toml"
    mapping.write_text(content, encoding="utf-8")
    with pytest.raises(AreaError, match=message):
        import_osm(drawing.save(tmp_path / "map.osm"), mapping=mapping)
