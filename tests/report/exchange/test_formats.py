"""Shapefile, KML and DXF are read by other programs' readers, whatever the names in them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import ezdxf
import numpy as np
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from ponplan.cli.app import app
from ponplan.errors import OutputError
from ponplan.report.exchange.dxf import write_dxf
from ponplan.report.exchange.formats import FORMATS, export_network
from ponplan.report.exchange.kml import write_kml
from ponplan.report.exchange.shapefile import LONGEST_TEXT, aliases, shortened, write_shapefile
from ponplan.topology.file.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology.network import Network

FILES = [form for form in FORMATS if form != "postgis"]
KML = "{http://www.opengis.net/kml/2.2}"


def test_aliases_are_short_and_unique_in_every_table() -> None:
    """Every column has a name of at most ten letters that no other column of its table has; short ones stay."""
    for table in TABLES:
        names = [column.name for column in table.columns]
        short = aliases(names)
        assert len(set(short.values())) == len(names)
        assert max(map(len, short.values())) <= 10
        assert all(short[name] == name for name in names if len(name) <= 10)
    assert len(set(aliases(["working_path_a", "working_path_b", "working_path_c"]).values())) == 3


def test_long_texts_are_cut_between_letters() -> None:
    """A cut text is at most 254 bytes and no letter is broken."""
    assert shortened("a" * LONGEST_TEXT) == "a" * LONGEST_TEXT
    assert shortened("路" * 100) == "路" * 84


@pytest.mark.parametrize("which", ["network", "hostile"])
def test_shapefiles_hold_all_rows(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Rows, places, Chinese names and numbers come back through GDAL; what was cut is counted."""
    network: Network = request.getfixturevalue(which)
    answer = write_shapefile(network, tmp_path / "out")
    meta, _, wkb, fields = pyogrio.raw.read(tmp_path / "out" / "customers.shp")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert meta["crs"] == "EPSG:4547"
    assert meta["encoding"] == "UTF-8"
    assert [shortened(customer.name) for customer in network.customers] == columns["name"].tolist()
    places = shapely.get_coordinates(shapely.from_wkb(wkb))
    np.testing.assert_array_equal(places, [(c.x_m, c.y_m) for c in network.customers])
    links = pyogrio.raw.read(tmp_path / "out" / "links.dbf", read_geometry=False)
    assert len(links[3][0]) == len(network.links)
    cut = {loss.what: loss.count for loss in answer.losses}
    assert cut.get("customers.attributes") == (len(network.customers) if which == "hostile" else None)


def test_the_legend_names_every_column(network: Network, tmp_path: Path) -> None:
    """columns.csv lists the columns that stand in the files, with their full names and meanings."""
    answer = write_shapefile(network, tmp_path / "out")
    with (tmp_path / "out" / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        legend = list(csv.DictReader(file))
    for name in [name for name in answer.files if name.endswith(".shp")]:
        there = pyogrio.read_info(tmp_path / "out" / name)["fields"].tolist()
        assert [row["column"] for row in legend if row["file"] == name] == there
    assert all(row["meaning"] for row in legend)


@pytest.mark.parametrize("which", ["network", "hostile"])
def test_kml_is_well_formed_and_complete(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every feature is a placemark with a style that exists; GDAL reads them; names are text, never markup."""
    network: Network = request.getfixturevalue(which)
    answer = write_kml(network, tmp_path / "plan.kml")
    root = ET.parse(tmp_path / "plan.kml").getroot()  # noqa: S314 - our own file
    placemarks = root.findall(f".//{KML}Placemark")
    styles = {f"#{style.get('id')}" for style in root.iter(f"{KML}Style")}
    assert len(placemarks) == sum(answer.rows.values())
    assert {placemark.findtext(f"{KML}styleUrl") for placemark in placemarks} <= styles
    names = [placemark.findtext(f"{KML}name") or "" for placemark in placemarks]
    wanted = [(c.name or c.id).replace("\x0b", "\ufffd") for c in network.customers]
    assert {" ".join(name.split()) for name in wanted} <= {" ".join(name.split()) for name in names}
    read = sum(len(pyogrio.raw.read(tmp_path / "plan.kml", layer=name)[2]) for name, _ in _layers(tmp_path))
    assert read == len(placemarks)


def _layers(folder: Path) -> list[tuple[str, str]]:
    return [tuple(row) for row in pyogrio.list_layers(folder / "plan.kml") if row[1] is not None]


@pytest.mark.parametrize("which", ["network", "hostile"])
def test_dxf_is_sound_and_carries_ids(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A CAD reader finds no error, all lines at their places, Chinese layers and the records' ids."""
    network: Network = request.getfixturevalue(which)
    write_dxf(network, tmp_path / "plan.dxf", language="zh")
    document = ezdxf.readfile(tmp_path / "plan.dxf")
    assert document.audit().errors == []
    lines = {tuple(e.get_xdata("PONPLAN")[1])[1]: e for e in document.modelspace().query("LWPOLYLINE")}
    for route, line in zip(network.routes, network.route_lines, strict=True):
        drawn = [point[:2] for point in lines[route.id].get_points()]
        np.testing.assert_allclose(drawn, shapely.get_coordinates(line), atol=1e-6)
    assert "光缆-馈线" in document.layers
    assert document.units == 6
    texts = {entity.dxf.text for entity in document.modelspace().query("TEXT")}
    assert any(" ".join(network.customers[0].name.split())[:250] == text for text in texts)


def test_the_same_network_gives_the_same_bytes(
    network: Network, moved: Callable[..., Network], tmp_path: Path
) -> None:
    """Two runs of every format write equal files."""
    for name in "ab":
        (tmp_path / name).mkdir()
        export_network(moved(network, "EPSG:2154", 652_000, 6_862_000), str(tmp_path / name / "out"), FILES)
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) > len(FILES)
    assert [
        name for name in files if (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()
    ] == []


def test_the_command_tells_files_and_losses(design: Path, tmp_path: Path) -> None:
    """`export --json` lists formats, files and losses; `import design` makes a design file again."""
    out = str(tmp_path / "out")
    result = CliRunner().invoke(
        app, ["export", str(design), "-o", out, "--format", "kml", "--format", "geojson", "--json"]
    )
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["schema"] == "ponplan.export/1"
    assert [export["format"] for export in answer["exports"]] == ["kml", "geojson"]
    assert all(export["losses"] for export in answer["exports"])
    again = str(tmp_path / "again.gpkg")
    result = CliRunner().invoke(app, ["import", "design", f"{out}/geojson", "-o", again, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"]["customers"] == 120
    assert CliRunner().invoke(app, ["check", again]).exit_code == 0


@pytest.mark.parametrize(("target", "formats"), [("out", ["postgis"]), ("postgresql://h/d", ["postgis", "kml"])])
def test_a_database_is_loaded_alone(target: str, formats: list[str], network: Network) -> None:
    """PostGIS into a folder, or files into a database, is refused before anything is written."""
    with pytest.raises(OutputError, match="alone"):
        export_network(network, target, formats)


def test_a_missing_library_is_named(design: Path, tmp_path: Path) -> None:
    """Without ezdxf the command says what to install and writes nothing."""
    code = f"""
import sys
sys.modules["ezdxf"] = None
sys.argv = ["ponplan", "export", {str(design)!r}, "-o", {str(tmp_path / "plan.dxf")!r}]
from ponplan.cli.app import main
main()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 3
    assert "pip install 'ponplan[dxf]'" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_grid_keeps_lengths(network: Network, tmp_path: Path) -> None:
    """Shapefile and DXF in another metric system lie there and are as long within what two grids may differ."""
    export_network(network, str(tmp_path / "out"), ["shapefile", "dxf"], crs="EPSG:32650")
    meta, _, wkb, _ = pyogrio.raw.read(tmp_path / "out" / "shapefile" / "routes.shp")
    assert meta["crs"] == "EPSG:32650"
    moved = shapely.length(shapely.from_wkb(wkb))
    np.testing.assert_allclose(moved, shapely.length(network.route_lines), rtol=2e-3)
    lines = ezdxf.readfile(tmp_path / "out" / "plan.dxf").modelspace().query("LWPOLYLINE")
    drawn = {entity.get_xdata("PONPLAN")[1].value: entity.get_points()[0][:2] for entity in lines}
    first = shapely.get_coordinates(shapely.from_wkb(wkb[0]))[0]
    np.testing.assert_allclose(drawn[network.routes[0].id], first, atol=1e-6)


@pytest.mark.parametrize(("form", "crs"), [("shapefile", "EPSG:nonsense"), ("dxf", "EPSG:4326")])
def test_a_system_that_does_not_do_is_refused(form: str, crs: str, network: Network, tmp_path: Path) -> None:
    """Unknown systems, and degrees in CAD, are refused before anything is written."""
    with pytest.raises(OutputError, match="crs"):
        export_network(network, str(tmp_path / "out"), [form], crs=crs)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_if_one_target_is_in_the_way(network: Network, tmp_path: Path) -> None:
    """Of several formats all targets are looked at first."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plan.kml").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        export_network(network, str(tmp_path / "out"), ["geojson", "kml"])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["plan.kml"]


def test_a_disk_that_refuses_is_told(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the file system refuses is a fault of the output, and leaves nothing behind."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ponplan.report.exchange.geojson.write_manifest", full)
    with pytest.raises(OutputError, match="No space left"):
        export_network(network, str(tmp_path / "out"), ["geojson"])
    assert list(tmp_path.iterdir()) == []
