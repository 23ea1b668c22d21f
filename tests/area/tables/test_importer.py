"""Customers, sites and routes in every format become the same area, with a report of what was understood."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from ponplan.area import Area, import_tables, read_area, write_area
from ponplan.area.coordinates import geometries_in, transform_xy
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Rows = tuple[tuple[object, ...], ...]

POINTS = [shapely.Point(9.502, 47.1001), shapely.Point(9.505, 47.1001), shapely.Point(9.508, 47.1001)]
COLUMNS = {
    "id": ["c1", "c2", "c3"],
    "name": ["Bank", "School", "Home"],
    "class": ["bank", "public", "home"],
    "bandwidth": ["2M", "100M/100M", ""],
}


def _told(area: Area) -> list[tuple[object, ...]]:
    return [(c.id, c.name, c.customer_class, c.services, round(c.x_m, 1), round(c.y_m, 1)) for c in area.customers]


@pytest.fixture
def expected(write_csv: Callable[..., Path], customers: Rows, routes: Path) -> list[tuple[object, ...]]:
    """Give what the plain CSV is understood as."""
    return _told(import_tables(write_csv(customers, "plain.csv"), routes=routes)[0])


def test_plain_csv(expected: list[tuple[object, ...]]):
    """Classes come from words, services from rates, places from degrees."""
    lonlat = np.array([(point.x, point.y) for point in POINTS])
    xy_m = transform_xy(lonlat, "EPSG:4326", "EPSG:32632").round(1).tolist()
    assert expected == [
        ("c1", "Bank", "finance", (("ethernet-2m", 1),), *xy_m[0]),
        ("c2", "School", "public", (("ethernet-100m", 1),), *xy_m[1]),
        ("c3", "Home", "residential", (), *xy_m[2]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(encoding: str, delimiter: str, write_csv: Callable[..., Path], routes: Path):
    """Chinese headers and names arrive whole, whatever the file is encoded in."""
    rows = [
        ("客户编号", "客户名称", "客户类别", "经度(°)", "纬度(°)", "带宽"),
        ("c1", "工商银行昌平支行", "银行", "9.502", "47.1001", "2M"),
    ]
    rows += [(f"c{n}", "第一中学校", "学校", "9.503", "47.1001", "100M/100M") for n in range(2, 9)]
    area, _ = import_tables(write_csv(rows, encoding=encoding, delimiter=delimiter), routes=routes)
    assert (area.customers[0].name, area.customers[0].customer_class) == ("工商银行昌平支行", "finance")
    assert area.customers[1].customer_class == "public"


def test_accents_of_western_europe(write_csv: Callable[..., Path], routes: Path):
    """Single accents in Windows 1252 are not taken for Chinese."""
    rows = [
        ("id", "name", "lon", "lat"),
        ("1", "Bäckerei Müller, Zürich", 9.502, 47.1001),
        ("2", "Café René", 9.503, 47.1001),
    ]
    area, reports = import_tables(write_csv(rows, encoding="cp1252"), routes=routes)
    assert [customer.name for customer in area.customers] == ["Bäckerei Müller, Zürich", "Café René"]
    assert "read as cp1252" in reports[0].notes[0]


def test_decimal_commas(write_csv: Callable[..., Path], routes: Path, expected: list[tuple[object, ...]]):
    """A file separated by semicolons with decimal commas is the same area."""
    rows = [("id", "name", "class", "lon", "lat", "bandwidth"), ("c1", "Bank", "bank", "9,502", "47,1001", "2M")]
    area, _ = import_tables(write_csv(rows, delimiter=";"), routes=routes)
    assert _told(area) == expected[:1]


def test_workbook_with_merged_headers(write_xlsx: Callable[..., Path], routes: Path):
    """A title, a header of two lines, a line of totals and cells merged both ways are understood."""
    rows = [
        ("",),
        ("", "", "", "", "", ""),
        ("编号", "名称", "经度", "纬度", "", ""),
        (1, "甲公司", 9.502, 47.1001, "2M", ""),
        (2, "乙公司", 9.503, 47.1001, "100M/50M", ""),
        ("合计", "", "", "", "", ""),
    ]
    merged = [
        ("客户", 0, 0, 0, 5, "昌平区客户需求表"),
        ("客户", 1, 0, 1, 1, "客户"),
        ("客户", 1, 2, 1, 3, "坐标"),
        ("客户", 1, 4, 2, 4, "带宽需求"),
        ("客户", 1, 5, 2, 5, "楼宇"),
        ("客户", 3, 5, 4, 5, "科技大厦"),
    ]
    path = write_xlsx({"说明": [("read me",)], "客户": rows}, merged=merged)
    area, reports = import_tables(path, routes=routes)
    assert [(c.id, c.name, c.services) for c in area.customers] == [
        ("1", "甲公司", (("ethernet-2m", 1),)),
        ("2", "乙公司", (("internet-100", 1),)),
    ]
    assert [c.attributes for c in area.customers] == [{"楼宇": "科技大厦"}] * 2
    assert dict(reports[0].columns)["bandwidth"] == "带宽需求"
    assert any("other sheets were not read" in note for note in reports[0].notes)
    assert any("rows of totals" in note for note in reports[0].notes)


@pytest.mark.parametrize("name", ["c.gpkg", "c.geojson", "c.shp", "c.kml", "c.fgb"])
def test_map_formats(name: str, write_map: Callable[..., Path], routes: Path, expected: list[tuple[object, ...]]):
    """GeoPackage, GeoJSON, Shapefile, KML and FlatGeobuf give the same customers."""
    columns = dict(COLUMNS)
    if name.endswith("kml"):
        # KML has a Name of its own, and an id that GDAL makes up
        columns = {"customer_no": columns.pop("id"), "Name": columns.pop("name"), **columns}
    driver = {"driver": "KML"} if name.endswith("kml") else {}
    area, _ = import_tables(write_map(name, POINTS, columns, kind="Point", **driver), routes=routes)
    assert sorted(_told(area)) == expected


def test_any_crs(write_map: Callable[..., Path], routes: Path):
    """A layer in the Swiss grid is planned in it, and lies within a decimetre of the same places in degrees."""
    swiss = geometries_in(np.array(POINTS, object), "EPSG:4326", "EPSG:2056").tolist()
    area, _ = import_tables(write_map("c.gpkg", swiss, COLUMNS, crs="EPSG:2056", kind="Point"), routes=routes)
    found_m = np.array([(customer.x_m, customer.y_m) for customer in area.customers])
    assert area.crs == "EPSG:2056"
    assert np.abs(transform_xy(found_m, "EPSG:2056", "EPSG:4326") - shapely.get_coordinates(POINTS)).max() < 1e-6


def test_planned_in_the_routes_metric_crs(write_map: Callable[..., Path], write_csv: Callable[..., Path]):
    """Where routes are metric the area takes their system, and x and y of tables go by --crs."""
    line = geometries_in(
        np.array([shapely.LineString([(9.5, 47.1), (9.51, 47.1)])], object), "EPSG:4326", "EPSG:2056"
    )
    routes = write_map("r.gpkg", line.tolist(), {"id": ["r"]}, crs="EPSG:2056", kind="LineString")
    x_m, y_m = transform_xy(np.array([[9.505, 47.1001]]), "EPSG:4326", "EPSG:32632")[0].tolist()
    table = write_csv([("id", "x", "y"), ("a", x_m, y_m)])
    area, _ = import_tables(table, routes=routes, crs="EPSG:32632")
    assert area.crs == "EPSG:2056"
    back = transform_xy(np.array([[area.customers[0].x_m, area.customers[0].y_m]]), "EPSG:2056", "EPSG:4326")
    assert back[0].tolist() == pytest.approx([9.505, 47.1001], abs=1e-6)


def test_shapefile_in_gbk_that_does_not_say_so(write_map: Callable[..., Path], routes: Path):
    """An old Chinese shapefile without .cpg is read as what it is."""
    columns = {"客户编号": ["1", "2"], "客户名称": ["工商银行", "第一中学"], "客户类别": ["银行", "学校"]}
    path = write_map("c.shp", POINTS[:2], columns, kind="Point", encoding="GBK")
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(bytes(table))
    area, reports = import_tables(path, routes=routes)
    assert [(c.id, c.name, c.customer_class) for c in area.customers] == [
        ("1", "工商银行", "finance"),
        ("2", "第一中学", "public"),
    ]
    assert any("gb18030" in note for note in reports[0].notes)


def test_unknown_columns_are_kept_and_written_back(write_csv: Callable[..., Path], routes: Path, tmp_path: Path):
    """Columns that ponplan does not know come back from the written area as they were."""
    rows = [("id", "lon", "lat", "manager", "floors"), ("a", 9.502, 47.1001, "Li", 7), ("b", 9.503, 47.1001, "", 9)]
    area, reports = import_tables(write_csv(rows), routes=routes)
    write_area(area, tmp_path / "area")
    assert [c.attributes for c in read_area(tmp_path / "area").customers] == [
        {"manager": "Li", "floors": "7"},
        {"floors": "9"},
    ]
    assert reports[0].kept == ("manager", "floors")


def test_routes_by_end_points(write_csv: Callable[..., Path], customers: Rows):
    """A table of ducts by their end points, with free bores, is a set of routes."""
    ducts = [
        ("管道编号", "敷设方式", "起点经度", "起点纬度", "终点经度", "终点纬度", "空闲管孔"),
        ("g1", "管道", 9.5, 47.1, 9.505, 47.1, 2),
        ("g2", "架空", 9.505, 47.1, 9.51, 47.1, ""),
    ]
    area, _ = import_tables(write_csv(customers), routes=write_csv(ducts, "ducts.csv"))
    assert [(r.id, r.surface, r.free_bores) for r in area.routes] == [
        ("g1", "existing-duct", 2),
        ("g2", "aerial", None),
    ]


def test_sites_and_offices(write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """Cabinets and rooms stay candidate sites, a row of kind office becomes the central office."""
    sites = [
        ("编号", "名称", "类型", "经度", "纬度", "现状"),
        ("g1", "光交1", "光交接箱", 9.503, 47.1, "现有"),
        ("j1", "中心机房", "机房", 9.501, 47.1, ""),
    ]
    area, _ = import_tables(write_csv(customers), routes=routes, sites=write_csv(sites, "sites.csv"))
    assert [(s.id, s.kind, s.existing) for s in area.sites] == [("g1", "cabinet", True)]
    assert [(o.id, o.name, o.allowed) for o in area.offices] == [("j1", "中心机房", True)]


def test_counts_multiply_services(write_csv: Callable[..., Path], routes: Path):
    """Three lines of 2M are three services."""
    rows = [
        ("id", "lon", "lat", "bandwidth", "quantity"),
        ("a", 9.502, 47.1001, "2M", 3),
        ("b", 9.503, 47.1001, "E1*2 + 10M", 2),
    ]
    area, _ = import_tables(write_csv(rows), routes=routes)
    assert [c.services for c in area.customers] == [(("ethernet-2m", 3),), (("e1", 4), ("ethernet-10m", 2))]


def test_open_fibre_data_standard(
    write_map: Callable[..., Path], write_csv: Callable[..., Path], customers: Rows, tmp_path: Path
):
    """Spans become routes in existing ducts or on poles, nodes become cabinets and a central office."""
    folder = tmp_path / "network"
    folder.mkdir()
    lines = [shapely.LineString([(9.5, 47.1), (9.505, 47.1)]), shapely.LineString([(9.505, 47.1), (9.51, 47.1)])]
    spans = write_map(
        "spans.geojson",
        lines,
        {
            "id": ["s1", "s2"],
            "name": ["a", "b"],
            "deployment": ['["belowGround"]', '["aboveGround"]'],
            "status": ["operational", "operational"],
        },
    )
    nodes = write_map(
        "nodes.geojson",
        [shapely.Point(9.5, 47.1), shapely.Point(9.505, 47.1)],
        {"id": ["n1", "n2"], "type": ['["pop"]', '["cabinet"]'], "status": ["operational", "proposed"]},
    )
    points = write_map("c.gpkg", POINTS, {"id": COLUMNS["id"]}, kind="Point")
    area, _ = import_tables(points, routes=spans, sites=nodes, mapping="ofds")
    assert [(r.id, r.surface) for r in area.routes] == [("s1", "existing-duct"), ("s2", "aerial")]
    assert [(o.id) for o in area.offices] == ["n1"]
    assert [(s.id, s.existing) for s in area.sites] == [("n2", False)]


def test_same_files_same_bytes(write_csv: Callable[..., Path], customers: Rows, routes: Path, tmp_path: Path):
    """Two imports of the same files write identical areas."""
    for name in ("a", "b"):
        write_area(import_tables(write_csv(customers), routes=routes)[0], tmp_path / name)
    for file in ("area.toml", "area.gpkg"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    shutil.rmtree(tmp_path / "a")


def test_degrees_of_chinese_web_maps(write_csv: Callable[..., Path], write_map: Callable[..., Path]):
    """With --crs gcj02 a customer picked from a web map lies on the street of a true map."""
    street = shapely.LineString([(116.377, 39.911954), (116.379, 39.911954)])
    routes = write_map("streets.gpkg", [street], {"id": ["r"]}, kind="LineString")
    table = write_csv([("编号", "经度", "纬度"), ("a", 116.38404722455657, 39.91334545536069)])
    area, reports = import_tables(table, routes=routes, crs="GCJ-02")
    customer, line = area.customers[0], area.routes[0].line
    assert line.distance(shapely.Point(customer.x_m, customer.y_m)) < 0.1
    assert any("gcj02" in note for note in reports[0].notes)


STREET_MAP = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" version="1" lon="9.5" lat="47.1"/><node id="2" version="1" lon="9.51" lat="47.1"/>
<node id="3" version="1" lon="10.5" lat="47.1"/><node id="4" version="1" lon="10.51" lat="47.1"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="2" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
</osm>"""


def test_streets_from_a_map(write_csv: Callable[..., Path], customers: Rows, expected: list[tuple[object, ...]]):
    """Customers of a table with streets of an OpenStreetMap file: only those around the customers are taken."""
    streets = write_csv(STREET_MAP, "streets.osm")
    area, reports = import_tables(write_csv(customers), routes=streets)
    assert [route.id for route in area.routes] == ["w1"]
    assert _told(area) == expected
    assert [report.kind for report in reports] == ["customers", "routes"]


def test_map_of_another_place(write_csv: Callable[..., Path], customers: Rows):
    """A map without streets around the customers says so."""
    streets = write_csv(STREET_MAP.replace("47.1", "57.1"), "streets.osm")
    with pytest.raises(AreaError, match="no usable streets around the customers"):
        import_tables(write_csv(customers), routes=streets)


def test_rows_of_totals_are_left_out_and_told(write_xlsx: Callable[..., Path], routes: Path):
    """A line of sums is no customer though its word is merged over many cells, and the report says where it stood."""
    rows = [
        ("id", "class", "lon", "lat", "bandwidth"),
        ("c1", "bank", 9.502, 47.1001, "2M"),
        ("合计", "", "", "", "1 户"),
        ("Total Energies", "bank", 9.505, 47.1001, "10M"),
        ("TOTAL", "", "", "", "2"),
    ]
    area, reports = import_tables(write_xlsx({"客户": rows}, merged=[("客户", 2, 0, 2, 3, "合计")]), routes=routes)
    assert [one.id for one in area.customers] == ["c1", "Total Energies"]
    assert "rows of totals were passed over: 3, 5" in reports[0].notes


def test_a_column_of_e1_counts_is_demand(write_csv: Callable[..., Path], routes: Path):
    """Beside a bandwidth, a column of E1 says how many more are wanted; a text in it is a fault."""
    header = ("客户编号", "客户类别", "账户等级", "经度", "纬度", "带宽", "E1数量")
    rows = (
        header,
        ("c1", "银行", "重要客户", 9.502, 47.1001, "2M", 3),
        ("c2", "银行", "", 9.505, 47.1001, "E1*2", ""),
    )
    area, _ = import_tables(write_csv(rows), routes=routes)
    assert [dict(one.services) for one in area.customers] == [{"ethernet-2m": 1, "e1": 3}, {"e1": 2}]
    assert [one.account_tier for one in area.customers] == ["important", ""]
    with pytest.raises(AreaError, match="this is no count"):
        import_tables(write_csv((header, ("c1", "银行", "", 9.502, 47.1001, "2M", "many"))), routes=routes)


def test_an_empty_column_of_ids_counts_as_none(routes_kml: Path, write_csv: Callable[..., Path]):
    """Placemarks without ids, as most KML has them, are numbered."""
    rows = (("id", "class", "lon", "lat"), ("c1", "bank", 9.502, 47.1001))
    area, reports = import_tables(write_csv(rows), routes=routes_kml)
    assert len({route.id for route in area.routes}) == len(area.routes) == 2
    assert "no row has an id: rows were numbered" in reports[1].notes


def test_a_place_that_is_wrong_is_told_once(write_csv: Callable[..., Path], routes: Path):
    """Where a coordinate is no number, nobody is told on top that the geometry is missing."""
    rows = (("id", "class", "lon", "lat"), ("c1", "bank", "east", 47.1001))
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(rows), routes=routes)
    assert [fault.field for fault in caught.value.faults] == ["lon"]
