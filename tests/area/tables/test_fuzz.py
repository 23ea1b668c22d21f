"""Whatever the bytes, a reader gives an answer or a complaint, and never anything else."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ponplan.area import Area, import_osm, import_tables, read_area, write_area
from ponplan.errors import PonplanError

CALM = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "0",
            "9.5",
            "47.1",
            "9,5",
            "1e5",
            "-1",
            "nan",
            "=1+1",
            "2M",
            "100M/100M",
            "E1*2",
            "bank",
            "客户",
            '"',
            "a\nb",
            "°'\"",
        ]
    ),
    st.text(max_size=12),
    st.floats().map(str),
)
HEADERS = st.lists(
    st.sampled_from(
        [
            "id",
            "name",
            "class",
            "lon",
            "lat",
            "x",
            "y",
            "wkt",
            "coordinates",
            "bandwidth",
            "count",
            "经度",
            "纬度",
            "existing",
            "??",
            "",
        ]
    ),
    min_size=1,
    max_size=8,
)
ROUTES = 'id,wkt\nr,"LINESTRING (9.5 47.1, 9.51 47.1)"\n'


def _import(data: bytes, name: str, **arguments: object) -> None:
    """Import one file; what is understood is written and read back, the rest is complained about."""
    with TemporaryDirectory() as folder:
        path, routes = Path(folder) / name, Path(folder) / "routes.csv"
        path.write_bytes(data)
        routes.write_text(ROUTES, encoding="utf-8")
        with suppress(PonplanError):
            area, _ = import_tables(path, routes=routes, **arguments)  # type: ignore[arg-type]
            write_area(area, Path(folder) / "area")
            assert len(read_area(Path(folder) / "area").customers) == len(area.customers)


@CALM
@given(
    header=HEADERS,
    rows=st.lists(st.lists(CELLS, max_size=9), max_size=6),
    crs=st.sampled_from([None, "EPSG:32632", "EPSG:4326"]),
)
@example(header=["lon", "lat"], rows=[["9.5", "47.1"]], crs=None)
@example(header=["id", "wkt"], rows=[["a", "POLYGON ((9.5 47.1, 9.6 47.1, 9.6 47.2, 9.5 47.1))"]], crs=None)
@example(header=["id", "wkt"], rows=[["a", "MULTIPOINT EMPTY"]], crs=None)
@example(header=["id", "x", "y"], rows=[["a", "1e300", "1e300"]], crs="EPSG:32632")
def test_any_cells(header: list[str], rows: list[list[str]], crs: str | None):
    """Any table of any cells."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    _import(text.getvalue().encode("utf-8", "surrogatepass"), "customers.csv", crs=crs)


@pytest.mark.parametrize(
    "ending", ["csv", "xlsx", "xls", "ods", "gpkg", "geojson", "shp", "kml", "kmz", "zip", "fgb", "gml"]
)
def test_any_bytes(ending: str):
    """Any bytes under any ending."""

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(data=st.binary(max_size=300))
    @example(data=b"")
    @example(data=b"PK\x03\x04")
    def attempt(data: bytes) -> None:
        _import(data, f"customers.{ending}")

    attempt()


@pytest.mark.parametrize("ending", ["xlsx", "gpkg", "geojson", "kml", "fgb"])
def test_damaged_files(ending: str, tmp_path: Path, request: pytest.FixtureRequest):
    """A good file with some bytes changed or its end cut off."""
    if ending == "xlsx":
        good = request.getfixturevalue("write_xlsx")({"a": [("id", "lon", "lat"), ("a", 9.5, 47.1)]})
    else:
        driver = {"driver": "KML"} if ending == "kml" else {}
        points = [shapely.Point(9.5, 47.1), shapely.Point(9.505, 47.1)]
        good = request.getfixturevalue("write_map")(f"c.{ending}", points, {"id": ["a", "b"]}, kind="Point", **driver)
    data = good.read_bytes()

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(cut=st.integers(0, len(data)), at=st.integers(0, len(data) - 1), byte=st.integers(0, 255))
    def attempt(cut: int, at: int, byte: int) -> None:
        changed = bytearray(data)
        changed[at] = byte
        _import(bytes(changed[: cut or len(data)]), f"customers.{ending}")

    attempt()


@pytest.mark.parametrize("ending", ["osm", "osm.gz", "osm.bz2", "osm.pbf"])
def test_any_map_of_openstreetmap(ending: str):
    """Any bytes as an OSM file."""

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(data=st.binary(max_size=300))
    @example(data=b"<osm version='0.6'><node id='1' lat='99' lon='999'/></osm>")
    @example(data=b"<osm version='0.6'><way id='1'><nd ref='1'/><tag k='highway' v='residential'/></way></osm>")
    def attempt(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"map.{ending}"
            path.write_bytes(data)
            with pytest.raises(PonplanError):
                import_osm(path)

    attempt()


@CALM
@given(
    text=st.one_of(st.text(max_size=200), st.binary(max_size=200)), which=st.sampled_from(["area.toml", "area.gpkg"])
)
def test_any_area_folder(small_area: Path, text: str | bytes, which: str):
    """Any text in place of one of an area's files."""
    with TemporaryDirectory() as folder:
        shutil.copytree(small_area, Path(folder) / "area")
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        (Path(folder) / "area" / which).write_bytes(data)
        with pytest.raises(PonplanError):
            read_area(Path(folder) / "area")


@pytest.fixture(scope="module")
def small_area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an empty area, to be copied."""
    path = tmp_path_factory.mktemp("small") / "area"
    write_area(Area(name="a", crs="EPSG:32632", offices=(), customers=(), sites=(), routes=()), path)
    return path
