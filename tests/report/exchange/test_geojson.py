"""GeoJSON keeps RFC 7946 and reads back as the same network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from ponplan.errors import DesignFileError, OutputError
from ponplan.report.exchange.geojson import read_geojson, write_geojson
from ponplan.topology import check_network
from ponplan.topology.network import Network


def _without_places(network: Network) -> Network:
    nodes = tuple(replace(node, x_m=0.0, y_m=0.0) for node in network.nodes)
    customers = tuple(replace(customer, x_m=0.0, y_m=0.0) for customer in network.customers)
    return replace(network, nodes=nodes, customers=customers, route_lines=np.array([]))


def _places(network: Network) -> np.ndarray:
    points = [(record.x_m, record.y_m) for record in (*network.nodes, *network.customers)]
    return np.concatenate([np.array(points), shapely.get_coordinates(network.route_lines)])


@pytest.mark.parametrize("which", ["network", "hostile"])
def test_reads_back_as_the_same_network(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every record comes back equal; every place within a micrometre; nothing is newly broken."""
    network = request.getfixturevalue(which)
    answer = write_geojson(network, tmp_path / "out")
    back = read_geojson(tmp_path / "out")
    one, other = _without_places(network), _without_places(back)
    for name in Network.__dataclass_fields__:
        if name != "route_lines":
            assert getattr(one, name) == getattr(other, name), name
    np.testing.assert_allclose(_places(back), _places(network), rtol=0, atol=1e-6)
    assert check_network(back) == check_network(network)
    assert answer.reads_back


def test_keeps_the_standard(network: Network, tmp_path: Path) -> None:
    """Longitude before latitude on WGS 84, no crs member, every feature with geometry and properties (RFC 7946)."""
    write_geojson(network, tmp_path / "out")
    for path in (tmp_path / "out").glob("*.geojson"):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert content["type"] == "FeatureCollection"
        assert "crs" not in content
        assert all(set(feature) == {"type", "geometry", "properties"} for feature in content["features"])
    nodes = pyogrio.raw.read(tmp_path / "out" / "nodes.geojson")
    lon, lat = shapely.get_coordinates(shapely.from_wkb(nodes[2])).T
    assert pyogrio.read_info(tmp_path / "out" / "nodes.geojson")["crs"] == "EPSG:4326"
    assert np.all((lon > 113) & (lon < 115))  # the zone of EPSG:4547
    assert np.all((lat > 3) & (lat < 54))


def test_the_same_network_gives_the_same_bytes(network: Network, tmp_path: Path) -> None:
    """Two exports are equal, byte by byte."""
    files = [write_geojson(network, tmp_path / name).files for name in "ab"]
    assert files[0] == files[1]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files[0])


def test_an_edit_is_taken_and_checked(network: Network, tmp_path: Path) -> None:
    """A place moved by an editor is moved in the network that is read."""
    write_geojson(network, tmp_path / "out")
    path = tmp_path / "out" / "customers.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["features"][0]["geometry"]["coordinates"][1] += 0.001
    path.write_text(json.dumps(content), encoding="utf-8")
    moved = read_geojson(tmp_path / "out").customers[0].y_m - network.customers[0].y_m
    assert moved == pytest.approx(111.0, abs=1.0)  # a thousandth of a degree of latitude


def test_every_fault_is_named(network: Network, tmp_path: Path) -> None:
    """A broken file and a wrong value are both told, each with its file."""
    write_geojson(network, tmp_path / "out")
    (tmp_path / "out" / "links.geojson").write_text("{", encoding="utf-8")
    (tmp_path / "out" / "olts.geojson").unlink()
    with pytest.raises(DesignFileError) as broken:
        read_geojson(tmp_path / "out")
    assert {Path(fault.file).name for fault in broken.value.faults} == {"links.geojson", "olts.geojson"}
    write_geojson(network, tmp_path / "other")
    path = tmp_path / "other" / "routes.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["features"][2]["properties"]["length_m"] = "long"
    content["features"][3]["geometry"] = None
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DesignFileError) as wrong:
        read_geojson(tmp_path / "other")
    assert {(fault.row, fault.field) for fault in wrong.value.faults} == {(3, "length_m"), (4, "geom")}


def test_replaces_only_an_export(network: Network, tmp_path: Path) -> None:
    """An export is replaced when that is allowed; a folder of somebody's is never touched."""
    write_geojson(network, tmp_path / "out")
    with pytest.raises(OutputError, match="exists already"):
        write_geojson(network, tmp_path / "out")
    write_geojson(network, tmp_path / "out", overwrite=True)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match="not replaced"):
        write_geojson(network, tmp_path / "home", overwrite=True)
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]
    assert not list(tmp_path.glob(".*"))


def test_files_saved_by_another_program_are_the_same_network(network: Network, tmp_path: Path) -> None:
    """GDAL reads every file and writes it anew in its own way; nothing but spelling changes."""
    write_geojson(network, tmp_path / "out")
    for path in (tmp_path / "out").glob("*.geojson"):
        meta, _, wkb, fields = pyogrio.raw.read(path)
        path.unlink()
        kind = "Unknown" if wkb is None or any(shape is None for shape in wkb) else meta["geometry_type"]
        pyogrio.raw.write(
            path,
            wkb,
            [np.where(_empty(column), None, column) if column.dtype == object else column for column in fields],
            meta["fields"],
            geometry_type=kind if wkb is not None else None,
            crs="EPSG:4326" if wkb is not None else None,
            field_mask=[_empty(column) for column in fields],
            driver="GeoJSON",
            layer_options={"COORDINATE_PRECISION": "12"},
        )
    back = read_geojson(tmp_path / "out")
    assert back.links == network.links
    assert back.bill == network.bill
    assert back.facts == network.facts
    np.testing.assert_allclose(_places(back), _places(network), rtol=0, atol=1e-6)


def _empty(column: np.ndarray) -> np.ndarray:
    return np.array([value is None or value != value for value in column], dtype=bool)


def test_another_coordinate_system_is_refused(network: Network, tmp_path: Path) -> None:
    """A file saved in metres is not taken for degrees."""
    write_geojson(network, tmp_path / "out")
    path = tmp_path / "out" / "nodes.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DesignFileError, match="another coordinate system"):
        read_geojson(tmp_path / "out")
