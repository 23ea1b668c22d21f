"""Design files: what is written is read back, byte for byte the same, and opens in GIS programs."""

from __future__ import annotations

import json
import math
import sqlite3
import warnings
from contextlib import closing
from dataclasses import fields, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyogrio
import pytest
import shapely

from ponplan.errors import DesignFileError, OutputError
from ponplan.topology import read_network, write_network
from ponplan.topology.file.schema import TABLES
from ponplan.topology.file.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology import Network


def _assert_equal(left: Network, right: Network) -> None:
    for field in fields(left):
        if field.name not in ("route_lines", "catalogue"):
            assert getattr(left, field.name) == getattr(right, field.name), field.name
    assert shapely.equals_identical(left.route_lines, right.route_lines).all()
    assert left.catalogue.to_tables() == right.catalogue.to_tables()


def test_what_is_written_is_read_back(any_network: Network, tmp_path: Path) -> None:
    """Every record, line, fact and catalogue row comes back as it was."""
    write_network(any_network, tmp_path / "plan.gpkg")
    _assert_equal(any_network, read_network(tmp_path / "plan.gpkg"))


def test_awkward_names_are_read_back(tiny: Network, tmp_path: Path) -> None:
    """Ids with spaces, colons, per cent signs and foreign letters survive in lists and strands."""
    name = "Kabel 1:2 %20 50% 光缆"
    cable = replace(tiny.cables[0], id=name, routes=("a b", "%", "%00", "c:3"), faulty=(1, 4))
    link = replace(tiny.links[0], strands=((name, 1), ("x:y", 2)))
    route = replace(tiny.routes[0], risk_groups=("bridge 7", "tunnel"))
    customer = replace(tiny.customers[0], attributes={"尺": [1, 2.5, None, {"deep": True}], "": ""}, unserved="no")
    network = replace(
        tiny,
        cables=(cable, *tiny.cables[1:]),
        links=(link, *tiny.links[1:]),
        routes=(route, *tiny.routes[1:]),
        customers=(customer, *tiny.customers[1:]),
        facts={"nested": {"a": [1, None]}, "gap_percent": None},
    )
    write_network(network, tmp_path / "plan.gpkg")
    _assert_equal(network, read_network(tmp_path / "plan.gpkg"))


def test_empty_network_is_read_back(tiny: Network, tmp_path: Path) -> None:
    """A network of which nothing is left still makes a file."""
    empty = {field.name: () for field in fields(tiny) if isinstance(getattr(tiny, field.name), tuple)}
    network = replace(tiny, **empty, route_lines=tiny.route_lines[:0])
    write_network(network, tmp_path / "plan.gpkg")
    _assert_equal(network, read_network(tmp_path / "plan.gpkg"))


def test_same_network_gives_same_bytes(any_network: Network, tmp_path: Path) -> None:
    """Writing twice, and writing what was read, gives the same bytes."""
    first, second, third = (tmp_path / f"{number}.gpkg" for number in range(3))
    write_network(any_network, first)
    write_network(any_network, second)
    write_network(read_network(first), third)
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()


def test_gis_opens_every_layer_without_a_warning(any_network: Network, tmp_path: Path) -> None:
    """GDAL lists and reads all layers and tables, in the right coordinate system and kind, silently."""
    path = tmp_path / "plan.gpkg"
    write_network(any_network, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layers = dict(pyogrio.list_layers(path))
        assert {table.name for table in TABLES} | {view.name for view in VIEWS} | {"layer_styles"} == set(layers)
        assert {name: kind for name, kind in layers.items() if kind} == {
            "nodes": "Point",
            "routes": "LineString",
            "cables": "LineString",
            "customers": "Point",
            "splitters_map": "Point",
            "olts_map": "Point",
        }
        for name, kind in layers.items():
            about = pyogrio.read_info(path, layer=name)
            pyogrio.raw.read(path, layer=name)
            assert about["crs"] == ("EPSG:2056" if kind else None)
            if name in {table.name for table in TABLES} - {"rules", "plan", "facts", "catalogue", "schema_columns"}:
                assert about["features"] == len(getattr(any_network, name))


def test_cable_lines_follow_their_routes(star: Network, tmp_path: Path) -> None:
    """A cable is drawn along its routes from its first node to its last."""
    write_network(star, tmp_path / "plan.gpkg")
    table = pyogrio.raw.read(tmp_path / "plan.gpkg", layer="cables", columns=["id"])
    line = shapely.from_wkb(table[2][list(table[3][0]).index("street")])
    x_m = star.nodes[0].x_m
    assert [x for x, _ in line.coords] == [x_m, x_m + 500, x_m + 700, x_m + 1000]


def test_columns_for_people(tiny: Network, tmp_path: Path) -> None:
    """Derived columns say what follows from the records: ports, splitters, losses, loads, spare fibres."""
    write_network(tiny, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        customer = connection.execute("SELECT olt_port, splitter, path_m, down_loss_db FROM customers").fetchone()
        cable = connection.execute("SELECT fibres, used_fibres, spare_fibres FROM cables WHERE id = 'f1'").fetchone()
        port = connection.execute("SELECT onus FROM ports").fetchone()
        node = connection.execute("SELECT splitters, splices FROM nodes WHERE id = 'cabinet'").fetchone()
    assert customer == ("olt-office-p1", "s1", 1100.0, 14.475)
    assert cable == (4, 1, 3)
    assert port == (4,)
    assert node == (1, 5)


def test_derived_columns_are_not_read_back(edited: Callable[..., Path], tiny: Network) -> None:
    """Whatever is done to columns for people, the network read is the same."""
    path = edited("tiny", "UPDATE customers SET down_loss_db = 'x', olt_port = 5", "UPDATE cables SET geom = NULL")
    _assert_equal(tiny, read_network(path))


def test_every_column_is_documented(files: dict[str, bytes], tmp_path: Path) -> None:
    """The file's own table of columns names every column of every table, with a meaning."""
    (tmp_path / "plan.gpkg").write_bytes(files["tiny"])
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        told = set(connection.execute("SELECT table_name, column_name FROM schema_columns WHERE meaning <> ''"))
        for table in TABLES:
            present = {(table.name, row[1]) for row in connection.execute(f"PRAGMA table_info({table.name})")}
            assert present - {(table.name, "fid")} == {pair for pair in told if pair[0] == table.name}


def test_record_fields_and_columns_agree() -> None:
    """Every field of a record has a column; places on the map stand in the geometry."""
    for table in TABLES:
        if table.record is not None:
            named = {column.name for column in table.columns if not column.derived and column.name != "geom"}
            places = {"x_m", "y_m"} if table.geometry == "POINT" else set()
            assert {field.name for field in fields(table.record)} == named | places


def test_existing_file_is_kept_unless_told(tiny: Network, tmp_path: Path) -> None:
    """A file that exists is not replaced without leave."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists already"):
        write_network(tiny, path)
    assert path.read_bytes() == b"precious"
    write_network(tiny, path, overwrite=True)
    assert read_network(path).name == "tiny"


def test_failed_write_leaves_the_old_file_and_nothing_else(tiny: Network, tmp_path: Path) -> None:
    """When writing fails half-way the old file is whole and no rest lies beside it."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"old")
    broken = replace(tiny, cables=(replace(tiny.cables[0], slack_m=math.nan), *tiny.cables[1:]))
    with pytest.raises(DesignFileError, match="finite"):
        write_network(broken, path, overwrite=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folder_is_named(tiny: Network, tmp_path: Path) -> None:
    """A folder that is not there is told as such."""
    with pytest.raises(OutputError, match="folder does not exist"):
        write_network(tiny, tmp_path / "no" / "plan.gpkg")


def test_unknown_coordinate_system_is_refused(tiny: Network, tmp_path: Path) -> None:
    """A coordinate system that nobody knows cannot be written."""
    with pytest.raises(DesignFileError, match="coordinate system"):
        write_network(replace(tiny, crs="Atlantis"), tmp_path / "plan.gpkg")


def test_coordinate_system_without_a_number_is_kept(tiny: Network, tmp_path: Path) -> None:
    """A system given as text is kept, and GDAL finds it in the file."""
    crs = "+proj=tmerc +lat_0=47 +lon_0=9.5 +k=1 +x_0=2757000 +y_0=1221000 +ellps=GRS80 +units=m +no_defs +type=crs"
    write_network(replace(tiny, crs=crs), tmp_path / "plan.gpkg")
    assert read_network(tmp_path / "plan.gpkg").crs == crs
    assert "Transverse_Mercator" in pyogrio.read_info(tmp_path / "plan.gpkg", layer="routes")["crs"]


def test_version_is_in_the_header(files: dict[str, bytes]) -> None:
    """The header bears the GeoPackage mark and version 1.2 with the schema version as its last digits."""
    assert files["tiny"][68:72] == b"GPKG"
    assert int.from_bytes(files["tiny"][60:64], "big") == 10201


def test_facts_are_json(files: dict[str, bytes], tmp_path: Path) -> None:
    """Facts can be read by any program as JSON."""
    (tmp_path / "plan.gpkg").write_bytes(files["tiny"])
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        facts = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM facts")}
    assert facts["customers_total"] == 4


def test_styles_are_sound_xml_for_every_layer(files: dict[str, bytes], tmp_path: Path) -> None:
    """QGIS finds one default style per layer: well-formed, with a symbol for each category and one for all others."""
    (tmp_path / "plan.gpkg").write_bytes(files["tiny"])
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
    assert set(styles) == {"nodes", "routes", "cables", "customers", "splitters_map", "olts_map"}
    for text in styles.values():
        root = ET.fromstring(text)  # noqa: S314 - our own words
        categories, symbols = root.findall(".//category"), root.findall(".//symbol")
        assert [category.get("symbol") for category in categories] == [symbol.get("name") for symbol in symbols]
        assert categories[-1].get("value") == ""


def test_every_value_has_a_symbol_and_every_column_an_alias(files: dict[str, bytes], tmp_path: Path) -> None:
    """As QGIS reads it: styles are registered as attributes, categories cover what is there, aliases every column."""
    (tmp_path / "plan.gpkg").write_bytes(files["tiny"])
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        kinds = dict(connection.execute("SELECT table_name, data_type FROM gpkg_contents"))
        assert kinds["layer_styles"] == "attributes"
        rows = connection.execute("SELECT f_table_name, f_geometry_column, styleQML FROM layer_styles").fetchall()
        for layer, geometry, text in rows:
            root = ET.fromstring(text)  # noqa: S314 - our own words
            attribute = root.find("renderer-v2").get("attr")
            found = connection.execute(f'SELECT DISTINCT {attribute} FROM "{layer}"')  # noqa: S608 - our own words
            there = {str(value) for (value,) in found}
            assert there <= {category.get("value") for category in root.iter("category")}
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{layer}")')]
            assert kinds[layer] == "features"
            assert geometry in columns
            aliases = {alias.get("field") for alias in root.iter("alias")}
            assert {name for name in columns if name not in (geometry, "OGC_FID")} <= aliases
            label = root.find("labeling/settings/text-style").get("fieldName")
            connection.execute(f'SELECT {label} FROM "{layer}"').fetchall()  # noqa: S608 - its columns exist
            assert root.get("labelsEnabled") == "1"


def test_equipment_stands_on_the_map(tiny: Network, tmp_path: Path) -> None:
    """A splitter is a point at its node, with its own columns, though its table has no place."""
    write_network(tiny, tmp_path / "plan.gpkg")
    meta, fids, wkb, fields = pyogrio.raw.read(tmp_path / "plan.gpkg", layer="splitters_map", return_fids=True)
    columns = dict(zip(meta["fields"], fields, strict=True))
    node = next(node for node in tiny.nodes if node.id == columns["node"][0])
    assert shapely.get_coordinates(shapely.from_wkb(wkb)).tolist() == [[node.x_m, node.y_m]]
    assert columns["id"].tolist() == [splitter.id for splitter in tiny.splitters]
    assert fids.tolist() == [1]


def test_columns_are_documented_the_standard_way(tiny: Network, tmp_path: Path) -> None:
    """The GeoPackage schema extension says what every column means, to any program."""
    write_network(tiny, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as connection:
        told = set(connection.execute("SELECT table_name, column_name, description FROM gpkg_data_columns"))
        extensions = connection.execute("SELECT extension_name, scope FROM gpkg_extensions").fetchall()
    assert told == {(table.name, column.name, column.meaning) for table in TABLES for column in table.columns}
    assert set(extensions) == {("gpkg_schema", "read-write")}
