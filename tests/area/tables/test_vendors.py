"""Folders and files as other planning tools and publishers write them become areas, with nothing lost on the way."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
import shapely

from ponplan.area import import_tables
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POINTS = [shapely.Point(9.502, 47.1001), shapely.Point(9.505, 47.1001), shapely.Point(9.508, 47.1001)]
STREET = shapely.LineString([(9.5, 47.1), (9.51, 47.1)])


@pytest.fixture
def comsof(write_map: Callable[..., Path]) -> Path:
    """Give the inputs of a Comsof workspace: demand points with homes on PON and point to point, trenches, pipes."""
    points = write_map(
        "IN_DemandPoints.shp",
        [*POINTS, shapely.Point(9.509, 47.1001)],
        {
            "GISTOOL_ID": [1, 2, 3, 4],
            "INCLUDE": ["1", "1", "0", "1"],
            "PON_HOMES": [1, 3, 2, 0],
            "P2P_HOMES": [0, 1, 0, 0],
            "STREETNAME": ["Main 1", "Main 3", "Main 5", "Main 7"],
        },
        kind="Point",
    )
    write_map("IN_StreetCenterLines.shp", [STREET], {"STREETNAME": ["Main"]}, kind="LineString")
    pipe = shapely.LineString([(9.501, 47.1), (9.501, 47.102)])
    write_map("IN_ExistingPipes.shp", [pipe], {"GISTOOL_ID": [1], "TYPE": ["HDPE 40"]}, kind="LineString")
    write_map("IN_CentralOffice.shp", [shapely.Point(9.5, 47.1)], {"GISTOOL_ID": [7]}, kind="Point")
    write_map("IN_Buildings.shp", [POINTS[0].buffer(1e-4)], {"BLDG_ID": ["1"]}, kind="Polygon")
    return points.parent


def test_every_home_of_a_demand_point_is_a_customer(comsof: Path):
    """Four homes of one point are four customers in one room, one of them with a fibre alone; none is no customer."""
    area, reports = import_tables(comsof, mapping="comsof")
    assert [(c.id, c.technology, c.room) for c in area.customers] == [
        ("1", None, None),
        ("2/1", None, "room-2"),
        ("2/2", None, "room-2"),
        ("2/3", None, "room-2"),
        ("2/4", "direct-1g", "room-2"),
    ]
    assert {c.customer_class for c in area.customers} == {"residential"}
    assert [s.id for s in area.sites if s.kind == "room"] == ["room-2"]
    assert any(site.kind == "cabinet" for site in area.sites)
    assert {
        "1 rows were left out, as the mapping's skip words say",
        "1 rows stand for 4 homes: a customer each, with a building room",
        "1 homes have a fibre alone: direct-1g",
        "1 rows without homes were left out",
    } <= set(reports[0].notes)


def test_further_layers_of_a_folder(comsof: Path):
    """Existing pipes are routes in ducts whatever their own type says; what is not read is named."""
    area, reports = import_tables(comsof, mapping="comsof")
    assert [(r.id, r.surface) for r in area.routes] == [("r0", "asphalt"), ("IN_ExistingPipes-1", "existing-duct")]
    assert [office.id for office in area.offices] == ["7"]
    assert "other files of the folder were not read: IN_Buildings.shp" in reports[-1].notes


def test_homes_that_are_no_number(write_csv: Callable[..., Path], routes: Path):
    """A number of homes in words is told with its row."""
    rows = [("id", "lon", "lat", "households"), ("a", 9.502, 47.1001, "many"), ("b", 9.503, 47.1001, 2)]
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(rows), routes=routes)
    assert [(f.row, f.field, f.value) for f in caught.value.faults] == [(2, "homes", "many")]


def test_a_count_without_services_counts_those_of_the_class(write_csv: Callable[..., Path], routes: Path):
    """Three lines of a household that names no service are three of each that its class buys."""
    rows = [("id", "class", "lon", "lat", "quantity"), ("a", "home", 9.502, 47.1001, 3)]
    area, _ = import_tables(write_csv(rows), routes=routes)
    assert dict(area.customers[0].services) == {"internet-100": 3, "iptv": 3, "voice": 3}


def test_a_folder_of_plain_tables(write_csv: Callable[..., Path], write_map: Callable[..., Path], tmp_path: Path):
    """Tables named customers and streets in a folder need no mapping; a missing one is told by its names."""
    write_csv([("id", "lon", "lat"), ("a", 9.502, 47.1001)], "customers 2024.csv")
    with pytest.raises(AreaError, match="no routes in the folder"):
        import_tables(tmp_path)
    write_map("streets.geojson", [STREET], {"id": ["s"]}, kind="LineString")
    area, _ = import_tables(tmp_path)
    assert ([c.id for c in area.customers], [r.id for r in area.routes]) == (["a"], ["s"])


OFDS = {
    "networks": [
        {
            "id": "fc798973-eaee-4d2e-8c29-ffc5d4d5d4b2",
            "nodes": [
                {
                    "id": "1",
                    "name": "PoP",
                    "type": ["pop"],
                    "location": {"type": "Point", "coordinates": [9.5, 47.1]},
                },
                {"id": "2", "type": ["manhole"], "location": {"type": "Point", "coordinates": [9.505, 47.1]}},
            ],
            "spans": [
                {
                    "id": "s1",
                    "start": "1",
                    "end": "2",
                    "networkProviders": [{"id": "x", "name": "FibreCo"}],
                    "deployment": ["belowGround"],
                    "route": {"type": "LineString", "coordinates": [[9.5, 47.1], [9.51, 47.1]]},
                }
            ],
        }
    ]
}


def test_open_fibre_data_in_json(write_map: Callable[..., Path], tmp_path: Path):
    """A network package, the standard's first form, gives routes and sites as its GeoJSON does."""
    package = tmp_path / "network-package.json"
    package.write_text(json.dumps(OFDS))
    points = write_map("c.gpkg", POINTS, {"id": ["a", "b", "c"]}, kind="Point")
    area, _ = import_tables(points, routes=package, sites=package, mapping="ofds")
    assert [(r.id, r.surface, r.attributes["networkProviders"]) for r in area.routes] == [
        ("s1", "existing-duct", "FibreCo")
    ]
    assert ([o.id for o in area.offices], [s.id for s in area.sites]) == (["1"], ["2"])


def test_open_fibre_data_in_csv(write_csv: Callable[..., Path], customers: tuple[tuple[object, ...], ...]):
    """In the standard's CSV every row begins with the network's id, which is nobody's id."""
    spans = write_csv(
        [
            ("id", "spans/0/id", "spans/0/deployment", "spans/0/route"),
            ("net", "s1", "belowGround", "LINESTRING (9.5 47.1, 9.505 47.1)"),
            ("net", "s2", "aboveGround", "LINESTRING (9.505 47.1, 9.51 47.1)"),
        ],
        "spans.csv",
    )
    area, _ = import_tables(write_csv(customers), routes=spans, mapping="ofds")
    assert [(r.id, r.surface) for r in area.routes] == [("s1", "existing-duct"), ("s2", "aerial")]


PLACEMARK = (
    "<Placemark><name>{name}</name><ExtendedData><Data name='客户编号'><value>{name}</value></Data>"
    '<Data name="客户类别"><value>{group}</value></Data><Data name="带宽"><value>100M</value></Data></ExtendedData>'
    "<Point><coordinates>{lon},47.1001,0</coordinates></Point></Placemark>"
)
KML = (
    "<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>"
    "<Folder><name>客户</name>"
    + PLACEMARK.format(name="甲", group="银行", lon=9.502)
    + PLACEMARK.format(name="乙", group="学校", lon=9.505)
    + "</Folder><Folder><name>Lines</name><Placemark><name>Main</name><LineString><coordinates>9.5,47.1 9.51,47.1"
    "</coordinates></LineString></Placemark></Folder></Document></kml>"
)


@pytest.mark.parametrize("name", ["t.kml", "t.kmz"])
def test_kml_with_chinese_data(name: str, tmp_path: Path):
    """Names of data in Chinese arrive whole, and customers and streets are found in their own folders."""
    path, content = tmp_path / name, KML.encode()
    if name.endswith("kmz"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", content)
    else:
        path.write_bytes(content)
    area, reports = import_tables(path, routes=path)
    assert [(c.id, c.name, c.customer_class, dict(c.services)) for c in area.customers] == [
        ("甲", "甲", "finance", {"ethernet-100m": 1}),
        ("乙", "乙", "public", {"ethernet-100m": 1}),
    ]
    assert [route.name for route in area.routes] == ["Main"]
    assert {"id": "客户编号", "class": "客户类别", "bandwidth": "带宽"}.items() <= dict(reports[0].columns).items()


def test_geopackage_with_many_layers(write_map: Callable[..., Path]):
    """Of several layers with points the one whose columns say the most is read, or the one named so."""
    buildings = [point.buffer(1e-4) for point in POINTS]
    path = write_map("town.gpkg", buildings, {"osm_id": [1, 2, 3]}, kind="Polygon", layer="buildings")
    columns = {"kundennummer": ["a", "b", "c"], "kundentyp": ["Privat"] * 3}
    write_map("town.gpkg", POINTS, columns, kind="Point", layer="anschluesse", append=True)
    write_map("town.gpkg", [STREET], {"strasse": ["Main"]}, kind="LineString", layer="strassen", append=True)
    write_map("town.gpkg", POINTS[1:2], {"nr": ["K1"]}, kind="Point", layer="kvz_plan", append=True)
    area, reports = import_tables(path, routes=path, sites=path)
    assert [(c.id, c.customer_class) for c in area.customers] == [(name, "residential") for name in "abc"]
    assert [site.id for site in area.sites] == ["K1"]
    assert reports[0].notes[0] == "layer anschluesse was read, not: buildings, strassen, kvz_plan"


def test_metres_in_a_layer_of_degrees(write_map: Callable[..., Path], routes: Path):
    """A GeoJSON in metres that does not say so is one fault, not one for every row and its distance."""
    path = write_map("c.geojson", [shapely.Point(1057000 + n, 5962000) for n in range(3)], {"id": ["a", "b", "c"]})
    path.write_text(path.read_text().replace('"crs"', '"was"'))
    with pytest.raises(AreaError) as caught:
        import_tables(path, routes=routes)
    assert [(f.field, f.row) for f in caught.value.faults] == [("crs", None)]
    assert "in degrees" in caught.value.faults[0].problem
