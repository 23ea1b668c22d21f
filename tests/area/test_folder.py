"""Areas on disk: what is written is read back, twice to the same bytes, and mistakes are named all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely

from ponplan.area import Area, Omission, Rules, read_area, write_area
from ponplan.area.coordinates import geometries_in
from ponplan.area.model import ClassRule
from ponplan.errors import AreaError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeArea = Callable[..., Area]


@pytest.fixture
def area(make_area: MakeArea) -> Area:
    """Build an area in which every field differs from its default somewhere."""
    base = make_area(
        [[(500000, 5000000), (500100, 5000000)], [(500100, 5000000), (500100, 5000200)]],
        offices=[(500000, 5000000), (500100, 5000100.125)],
        customers=[(500030, 5000010.5), (500060, 4999990, "s1"), (500061, 4999990)],
        sites=[(500060, 4999988)],
    )
    first, second, third = base.customers
    return replace(
        base,
        name='Town "A" — 镇\x7f',
        offices=(base.offices[0], replace(base.offices[1], name="Süd", allowed=False)),
        customers=(
            replace(first, services=(("e1", 2), ("internet-100", 1)), technology="gpon", protection="full"),
            replace(second, attributes={"floors": 3, "flat": True}),
            replace(third, name="银行 O'Hara", attributes={"rent": 1.5, "note": "a;b"}),
        ),
        sites=(replace(base.sites[0], kind="room", enclosure="box-24", existing=True, attributes={"Key": "7"}),),
        routes=(replace(base.routes[0], free_bores=2, risk_groups=("bridge-1", "flood")), base.routes[1]),
        rules=Rules(
            stages=2,
            max_split=16,
            class_technology={"finance": "xgs-pon"},
            class_protection={"finance": "full"},
            service_protection={"e1": "trunk"},
            max_drop_m=120.0,
            class_rules={"finance": ClassRule(max_split=8, apart=True, growth_per_year=0.2)},
        ),
        omissions=(Omission(what="steps", count=3, reason="no trench", examples=("way/1", "way/2")),),
    )


def test_round_trip(area: Area, tmp_path: Path):
    """An area is read back as it was written, attributes and omissions included."""
    write_area(area, tmp_path / "a")
    assert read_area(tmp_path / "a") == area


def test_same_area_same_bytes(area: Area, tmp_path: Path):
    """Two writings of one area are the same files, byte for byte."""
    for name in ("a", "b"):
        write_area(area, tmp_path / name)
    for name in ("area.toml", "area.gpkg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_layer_in_degrees_is_brought_into_the_areas_crs(area: Area, tmp_path: Path):
    """A customers layer in longitude and latitude lands within a centimetre of where it was."""
    write_area(area, tmp_path)
    meta, _, wkb, data = pyogrio.raw.read(tmp_path / "area.gpkg", layer="customers")
    (tmp_path / "degrees.gpkg").unlink(missing_ok=True)
    degrees = geometries_in(shapely.from_wkb(wkb), area.crs, "EPSG:4326")
    pyogrio.raw.write(
        tmp_path / "area.gpkg",
        shapely.to_wkb(degrees),
        data,
        meta["fields"],
        layer="customers",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        layer_options={"OVERWRITE": "YES"},
    )
    again = read_area(tmp_path)
    assert again.customers[0].x_m == pytest.approx(area.customers[0].x_m, abs=0.01)
    assert again.customers[0].y_m == pytest.approx(area.customers[0].y_m, abs=0.01)


def test_office_in_degrees(area: Area, tmp_path: Path):
    """An office given by longitude and latitude stands at its place in the area's CRS."""
    write_area(area, tmp_path)
    toml = (tmp_path / "area.toml").read_text(encoding="utf-8")
    (tmp_path / "area.toml").write_text(
        toml.replace("x = 500000.0", "lon = 9.0").replace("y = 5000000.0", "lat = 45.0", 1), encoding="utf-8"
    )
    assert read_area(tmp_path).offices[0].x_m == pytest.approx(500000.0)


def test_empty_rules_are_the_defaults(make_area: MakeArea, tmp_path: Path):
    """An area.toml with nothing but name and CRS has the default rules."""
    write_area(make_area([[(0, 0), (9, 9)]]), tmp_path)
    (tmp_path / "area.toml").write_text('name = "a"\ncrs = "EPSG:32632"\n', encoding="utf-8")
    assert read_area(tmp_path).rules == Rules()


def test_full_target_is_refused(area: Area, tmp_path: Path):
    """A folder with something in it is left alone; with force only the two files are replaced."""
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match="not empty"):
        write_area(area, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]
    write_area(area, tmp_path, force=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["area.gpkg", "area.toml", "mine.txt"]


def test_impossible_target_is_refused(area: Area, tmp_path: Path):
    """A target that is a file, or lies under one, cannot be written."""
    (tmp_path / "file").write_text("keep", encoding="utf-8")
    for target in (tmp_path / "file", tmp_path / "file" / "area"):
        with pytest.raises(OutputError, match=r"in the way|cannot be written"):
            write_area(area, target)


def test_nothing_stays_beside_the_target(area: Area, tmp_path: Path):
    """After writing there is the area and nothing else."""
    write_area(area, tmp_path / "a")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('crs = "EPSG:32632"', 'crs = "EPSG:4326"', "not in metres"),
        ('crs = "EPSG:32632"', 'crs = "EPSG:3857"', "Mercator"),
        ('crs = "EPSG:32632"', 'crs = "EPSG:2263"', "not in metres"),
        ('crs = "EPSG:32632"', 'crs = "the usual"', "unknown coordinate system"),
        ("stages = 2", "stages = 3", "rules.stages"),
        ("stages = 2", 'stages = "2"', "rules.stages"),
        ("stages = 2", "stages = true", "rules.stages"),
        ("spare_fibres = 0.2", "spare_fibres = nan", "rules.spare_fibres"),
        ("spare_fibres = 0.2", "spare_fibre = 0.2", "did you mean spare_fibres"),
        ("horizon_years = 10", "horizon_years = 10 years", "not TOML"),
        ("x = 500000.0", "lon = 9.0", "either x and y or lon and lat"),
        ('id = "o2"', 'id = "o1"', "same id"),
        ('id = "o2"', 'id = ""', "office.2.id"),
    ],
)
def test_mistakes_in_area_toml(area: Area, tmp_path: Path, old: str, new: str, message: str):
    """Each mistake in area.toml is named with its field."""
    write_area(area, tmp_path)
    toml = (tmp_path / "area.toml").read_text(encoding="utf-8")
    assert old in toml
    (tmp_path / "area.toml").write_text(toml.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AreaError, match=message):
        read_area(tmp_path)


def _layer(
    path: Path, layer: str, geometry: list[object], geometry_type: str = "Unknown", **columns: list[object]
) -> None:
    pyogrio.raw.write(
        path / "area.gpkg",
        shapely.to_wkb(np.array(geometry, object)),
        [np.array(values, object) for values in columns.values()],
        list(columns),
        layer=layer,
        driver="GPKG",
        geometry_type=geometry_type,
        crs="EPSG:32632",
    )


def test_all_faults_of_all_layers_at_once(area: Area, tmp_path: Path):
    """Faults in customers, sites and routes come together, each with layer, row and field."""
    write_area(area, tmp_path)
    (tmp_path / "area.gpkg").unlink()
    line = shapely.LineString([(0, 0), (1, 1)])
    _layer(
        tmp_path,
        "customers",
        [shapely.Point(1, 1), None, line],
        id=["a", "a", "b"],
        **{"class": ["x", None, "x"]},
        services=["e1*0", "e1", "e1"],
        protection=["none", "half", ""],
    )
    _layer(tmp_path, "sites", [shapely.Point(1, 1)], id=["s"], kind=["tower"], existing=["perhaps"])
    _layer(
        tmp_path,
        "routes",
        [line, shapely.LineString([(2, 2), (2, 2)]), shapely.Point(0, 0)],
        id=["r", "q", None],
        surface=["asphalt", "asphalt", ""],
        free_bores=["two", "-1", "3"],
    )
    with pytest.raises(AreaError) as caught:
        read_area(tmp_path)
    found = {(fault.file, fault.row, fault.field) for fault in caught.value.faults}
    assert found == {
        ("area.gpkg (customers)", 1, "services"),
        ("area.gpkg (customers)", 2, "id"),
        ("area.gpkg (customers)", 2, "class"),
        ("area.gpkg (customers)", 2, "geometry"),
        ("area.gpkg (customers)", 2, "protection"),
        ("area.gpkg (customers)", 3, "geometry"),
        ("area.gpkg (sites)", 1, "kind"),
        ("area.gpkg (sites)", 1, "existing"),
        ("area.gpkg (routes)", 1, "free_bores"),
        ("area.gpkg (routes)", 2, "free_bores"),
        ("area.gpkg (routes)", 2, "geometry"),
        ("area.gpkg (routes)", 3, "geometry"),
        ("area.gpkg (routes)", 3, "id"),
        ("area.gpkg (routes)", 3, "surface"),
    }


def test_missing_parts(tmp_path: Path):
    """No folder, no files, not a GeoPackage, and a missing layer are told apart."""
    with pytest.raises(AreaError, match="no such area folder"):
        read_area(tmp_path / "none")
    with pytest.raises(AreaError, match=r"area\.gpkg"):
        read_area(tmp_path)
    (tmp_path / "area.gpkg").write_text("not a database", encoding="utf-8")
    with pytest.raises(AreaError, match="cannot be opened as a map file"):
        read_area(tmp_path)


def test_polygon_and_multipart_rows(make_area: MakeArea, tmp_path: Path):
    """A customer drawn as a polygon is a point inside it; a route in two far parts becomes two routes."""
    write_area(make_area([[(0, 0), (9, 9)]]), tmp_path)
    (tmp_path / "area.gpkg").unlink()
    _layer(tmp_path, "customers", [shapely.box(0, 0, 2, 2)], id=["a"], **{"class": ["x"]})
    _layer(
        tmp_path,
        "routes",
        [shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (6, 0)]])],
        id=["r"],
        surface=["asphalt"],
    )
    area = read_area(tmp_path)
    assert shapely.box(0, 0, 2, 2).contains(shapely.Point(area.customers[0].x_m, area.customers[0].y_m))
    assert [route.id for route in area.routes] == ["r-1", "r-2"]
