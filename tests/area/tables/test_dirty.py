"""Every mistake that planners make is named with file, row, field, value, limit or remedy, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
import shapely

from ponplan.area import import_tables
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Rows = tuple[tuple[object, ...], ...]

HEADER = ("id", "name", "class", "lon", "lat", "bandwidth")


class Mistake(NamedTuple):
    """One broken cell: which column of the first customer, what stands there, and what the complaint must say."""

    column: str
    value: object
    says: str
    field: str


CELLS = [
    Mistake("id", "", "nothing stands here", "id"),
    Mistake("id", "c2", "stands in row 2 already", "id"),
    Mistake("class", "bnak", "did you mean", "class"),
    Mistake("class", "42", "unknown word", "class"),
    Mistake("lon", "", "the coordinate is missing", "lon"),
    Mistake("lat", "", "the coordinate is missing", "lat"),
    Mistake("lon", "east of the church", "the coordinate is no number", "lon"),
    Mistake("lon", "nan", "the coordinate is no number", "lon"),
    Mistake("lon", "inf", "the coordinate is no number", "lon"),
    Mistake("lon", "1e999", "the coordinate is no number", "lon"),
    Mistake("lon", "9.5.2", "the coordinate is no number", "lon"),
    Mistake("lon", "#REF!", "the coordinate is no number", "lon"),
    Mistake("lon", "9°75'", "minutes below 60", "lon"),
    Mistake("lon", "539000.5", "name the columns x and y", "lon"),
    Mistake("lat", "95", "outside the globe", "lat"),
    Mistake("lon", "-9.502", "km from the routes", "geometry"),
    Mistake("lat", "4.71001", "km from the routes", "geometry"),
    Mistake("bandwidth", "fast", "the demand cannot be understood", "bandwidth"),
    Mistake("bandwidth", "400G", "the fastest service of the catalogue", "bandwidth"),
    Mistake("bandwidth", "0M", "a rate above 0", "bandwidth"),
    Mistake("bandwidth", "-2M", "a rate above 0", "bandwidth"),
    Mistake("bandwidth", "1M/2M/3M", "the demand cannot be understood", "bandwidth"),
    Mistake("services", "e2", "the demand cannot be understood", "services"),
    Mistake("services", "e1*0 voice", "the demand cannot be understood", "services"),
    Mistake("count", "several", "this is no count", "count"),
    Mistake("count", "0", "this is no count", "count"),
    Mistake("count", "-1", "this is no count", "count"),
    Mistake("count", "2.5", "this is no count", "count"),
    Mistake("protection", "half", "unknown word", "protection"),
    Mistake("technology", "wifi", "unknown technology", "technology"),
    Mistake("room", "basement-7", "room is no site", "room"),
]


def _broken(mistake: Mistake) -> list[tuple[object, ...]]:
    header = HEADER if mistake.column in HEADER else (*HEADER, mistake.column)
    good: dict[str, object] = {
        "id": "c1",
        "name": "Bank",
        "class": "bank",
        "lon": 9.502,
        "lat": 47.1001,
        "bandwidth": "2M",
    }
    other = {**good, "id": "c2", "lon": 9.503}
    bad = {**good, mistake.column: mistake.value}
    return [header, tuple(other.get(name, "") for name in header), tuple(bad.get(name, "") for name in header)]


@pytest.mark.parametrize("mistake", CELLS, ids=lambda mistake: f"{mistake.column}={mistake.value}")
def test_broken_cell(mistake: Mistake, write_csv: Callable[..., Path], routes: Path):
    """The complaint names file, row 3, the field and what is wrong; no other row is blamed."""
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(_broken(mistake)), routes=routes)
    assert caught.value.exit_code == 3
    faults = [fault for fault in caught.value.faults if mistake.says in str(fault)]
    assert faults, str(caught.value)
    assert faults[0].field == mistake.field
    assert faults[0].row in {3, "c1"}
    assert {fault.row for fault in caught.value.faults} <= {3, "c1"}


@pytest.mark.parametrize(
    "mistake", [m for m in CELLS if m.value not in ("", "nan", "inf")], ids=lambda m: f"{m.column}={m.value}"
)
def test_broken_cell_of_a_workbook(mistake: Mistake, write_xlsx: Callable[..., Path], routes: Path):
    """A workbook is told the same."""
    with pytest.raises(AreaError) as caught:
        import_tables(write_xlsx({"customers": _broken(mistake)}), routes=routes)
    assert mistake.says in str(caught.value)


FILES: list[tuple[str, str | bytes | None, str]] = [
    ("missing.csv", None, "there is no such file"),
    ("customers.docx", "x", "unknown kind of file"),
    ("empty.csv", "", "the table is empty"),
    ("blank.csv", "\n\n\n", "the table is empty"),
    ("header-only.csv", "id,lon,lat\n", "there are no customers"),
    ("no-header.csv", "1,9.5,47.1\n2,9.6,47.2\n", "no row names a known column"),
    ("binary.csv", b"\x00\x01\x02\xff" * 50, "the file is no text"),
    ("quote.csv", 'id,name,lon,lat\n1,"open,9.5,47.1\n2,b,9.5,47.1\n', "a quotation mark is not closed"),
    ("wide.csv", "id,lon,lat\n1,9,5,47,1\n", "the row has 5 cells, the header only 3"),
    ("nowhere.csv", "id,name\n1,a\n", "no places can be found"),
    ("half.csv", "id,lon\n1,9.5\n", "no places can be found"),
    ("pair.csv", "id,coordinates\n1,somewhere\n", "this is no pair of coordinates"),
    ("wkt.csv", "id,wkt\n1,POINT (a b)\n", "the geometry cannot be read"),
    ("line.csv", 'id,wkt\n1,"LINESTRING (9.5 47.1, 9.6 47.1)"\n', "a place must be a point"),
    ("null-island.csv", "id,lon,lat\n1,0,0\n", "the place is 0, 0"),
    ("metres.csv", "id,x,y\n1,539000,5220000\n", "the coordinate system is not known"),
    ("broken.xlsx", b"PK\x03\x04nothing", "cannot be read as a spreadsheet"),
    ("text.xlsx", "id,lon,lat\n", "cannot be read as a spreadsheet"),
    ("broken.gpkg", b"SQLite format 3\x00nothing", "cannot be opened as a map file"),
    ("text.shp", "hello", "cannot be opened as a map file"),
    ("broken.geojson", '{"type": "FeatureCollection", "features": [', "cannot be opened as a map file"),
    ("other.json", '{"a": 1}', "cannot be opened as a map file"),
    ("broken.kml", "<kml><Document>", "cannot be opened as a map file"),
]


@pytest.mark.parametrize(("name", "content", "says"), FILES, ids=[name for name, _, _ in FILES])
def test_broken_file(name: str, content: str | bytes | None, says: str, tmp_path: Path, routes: Path):
    """A file that cannot be customers is refused by its name with the reason."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(AreaError) as caught:
        import_tables(path, routes=routes)
    assert says in str(caught.value)
    assert all(fault.file for fault in caught.value.faults)


ROUTES = [
    (
        'id,wkt\n,"LINESTRING (9.5 47.1, 9.51 47.1)"\nr,"LINESTRING (9.5 47.1, 9.5 47.11)"\n',
        "nothing stands here",
    ),
    ('id,surface,wkt\nr,lava,"LINESTRING (9.5 47.1, 9.51 47.1)"\n', "unknown word"),
    ('id,surface,wkt\nr,asphalt,"LINESTRING (9.5 47.1, 9.5 47.1)"\n', "the route has no length"),
    ('id,wkt\nq,LINESTRING EMPTY\nr,"LINESTRING (9.5 47.1, 9.51 47.1)"\n', "missing or unreadable"),
    ("id,surface,wkt\nr,asphalt,POINT (9.5 47.1)\n", "a route must be a line"),
    ("id,surface,wkt\nr,asphalt,\n", "the geometry is missing"),
    ("id,surface,wkt\nr,asphalt,LINESTRING (9.5 47.1)\n", "the geometry cannot be read"),
    ('id,wkt,free bores\nr,"LINESTRING (9.5 47.1, 9.51 47.1)",some\n', "a whole number from 0"),
    ('id,wkt,free bores\nr,"LINESTRING (9.5 47.1, 9.51 47.1)",-2\n', "a whole number from 0"),
    ('id,wkt,joinable\nr,"LINESTRING (9.5 47.1, 9.51 47.1)",perhaps\n', "true or false"),
    ("id,x1,y1,x2\nr,9.5,47.1,9.51\n", "no places can be found"),
    ("id,x1,y1,x2,y2\nr,9.5,47.1,9.51,\n", "the coordinate is missing"),
    (
        'id,wkt\nr,"LINESTRING (9.5 47.1, 9.51 47.1)"\nr,"LINESTRING (9.5 47.1, 9.5 47.11)"\n',
        "stands in row 2 already",
    ),
    ('id,wkt\nr,"LINESTRING (539000 5216000, 540000 5216000)"\n', "the coordinate system is not known"),
]


@pytest.mark.parametrize(("text", "says"), ROUTES, ids=[says for _, says in ROUTES])
def test_broken_routes(text: str, says: str, write_csv: Callable[..., Path], customers: Rows):
    """Routes are held to the same."""
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(customers), routes=write_csv(text, "routes.csv"))
    assert says in str(caught.value)
    assert any(fault.file == "routes.csv" for fault in caught.value.faults)


SITES = [
    ("id,kind,lon,lat\ns,tower of babel,9.5,47.1\n", "unknown word"),
    ("id,kind,lon,lat,existing\ns,cabinet,9.5,47.1,maybe\n", "unknown word"),
    ("id,kind,lon,lat,forbidden\ns,cabinet,9.5,47.1,maybe\n", "true or false"),
    ("id,kind,lon,lat\n,cabinet,9.5,47.1\ns,cabinet,9.502,47.1\n", "nothing stands here"),
    ("id,kind,lon,lat\ns,office,9.5,48.1\n", "km from the routes"),
    ("id,kind,lon,lat\ns,office,9.5,47.2\n", "too far from the connected routes"),
]


@pytest.mark.parametrize(("text", "says"), SITES, ids=[f"{says}-{n}" for n, (_, says) in enumerate(SITES)])
def test_broken_sites(text: str, says: str, write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """And sites."""
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(customers), routes=routes, sites=write_csv(text, "sites.csv"))
    assert says in str(caught.value)


def test_swapped_axes_of_all_rows(write_csv: Callable[..., Path], routes: Path):
    """Latitudes in the column of longitudes put everybody thousands of kilometres away, and the remedy says so."""
    rows = [("id", "lon", "lat"), ("a", 47.1, 9.5), ("b", 47.1, 9.51)]
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(rows), routes=routes)
    assert [fault.row for fault in caught.value.faults] == [2, 3]
    assert "swapped" in str(caught.value)


@pytest.mark.parametrize(
    ("crs", "says"),
    [("EPSG:1", "unknown coordinate system"), ("EPSG:3857", "Mercator"), ("EPSG:2263", "not in metres")],
)
def test_useless_crs(crs: str, says: str, write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """A system that is unknown or measures no metres is refused."""
    with pytest.raises(AreaError, match=says):
        import_tables(write_csv(customers), routes=routes, crs=crs)


def test_layer_without_crs(write_map: Callable[..., Path], routes: Path):
    """A shapefile without .prj in metres asks for --crs."""
    path = write_map("customers.shp", [shapely.Point(539000, 5220000)], {"id": ["a"]}, crs=None, kind="Point")
    with pytest.raises(AreaError, match="the coordinate system is not known"):
        import_tables(path, routes=routes)


def test_customers_alone(write_csv: Callable[..., Path], customers: Rows):
    """Without routes there is no area, and the remedy names the option."""
    with pytest.raises(AreaError, match="give --routes"):
        import_tables(write_csv(customers))


def test_folder_without_known_files(tmp_path: Path):
    """A folder in which the mapping finds nothing says what it looked for."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(AreaError, match="IN_DemandPoints"):
        import_tables(tmp_path / "folder", mapping="comsof")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[customers", "not TOML"),
        ("[customer]\n", "did you mean|extra inputs"),
        ("[customers]\nfile = 3\n", "customers.file"),
    ],
)
def test_broken_mapping(text: str, says: str, write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """A mapping with a mistake names the field."""
    with pytest.raises(AreaError, match=says):
        import_tables(write_csv(customers), routes=routes, mapping=write_csv(text, "mapping.toml"))


def test_missing_mapping(write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """A mapping that is not there says which ones are shipped."""
    with pytest.raises(AreaError, match="ofds"):
        import_tables(write_csv(customers), routes=routes, mapping="none.toml")


def test_all_faults_of_all_files_together(write_csv: Callable[..., Path]):
    """Two customers, one route and one site at fault are four complaints in one run."""
    customers = "id,lon,lat\na,x,47.1\nb,9.5,y\n"
    routes = 'id,surface,wkt\nr,lava,"LINESTRING (9.5 47.1, 9.51 47.1)"\n'
    sites = "id,kind,lon,lat\ns,tower,9.5,47.1\n"
    with pytest.raises(AreaError) as caught:
        import_tables(
            write_csv(customers), routes=write_csv(routes, "routes.csv"), sites=write_csv(sites, "sites.csv")
        )
    found = {(fault.file, fault.row, fault.field) for fault in caught.value.faults}
    assert {
        ("customers.csv", 2, "lon"),
        ("customers.csv", 3, "lat"),
        ("routes.csv", 2, "surface"),
        ("sites.csv", 2, "kind"),
    } <= found


@pytest.mark.parametrize(
    ("bandwidth", "service"),
    [
        ("2048k", "ethernet-2m"),
        ("2.048 Mbit/s", "ethernet-2m"),
        ("1 Gbps sym", "ethernet-1000m"),
        ("100兆对称", "ethernet-100m"),
    ],
)
def test_rates_as_they_are_written(bandwidth: str, service: str, write_csv: Callable[..., Path], routes: Path):
    """An E1's exact rate is sold as 2M, and "symmetric" says that both ways are the same."""
    rows = [("id", "class", "lon", "lat", "bandwidth"), ("a", "bank", 9.502, 47.1001, bandwidth)]
    assert import_tables(write_csv(rows), routes=routes)[0].customers[0].services == ((service, 1),)


def test_a_range_is_no_rate(write_csv: Callable[..., Path], routes: Path):
    """From 10 to 20 Mbit/s is not 10 down and 20 up."""
    rows = [("id", "lon", "lat", "bandwidth"), ("a", 9.502, 47.1001, "10Mbps-20Mbps")]
    with pytest.raises(AreaError, match="no range") as caught:
        import_tables(write_csv(rows), routes=routes)
    assert [(f.row, f.field) for f in caught.value.faults] == [(2, "bandwidth")]


def test_shifted_degrees_outside_china(write_csv: Callable[..., Path], routes: Path):
    """Web maps of China shift nothing in Europe: to undo it would move everybody by more than a kilometre."""
    rows = [("id", "lon", "lat"), ("a", 9.502, 47.1001)]
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(rows), routes=routes, crs="gcj02")
    assert [(f.file, f.row) for f in caught.value.faults] == [("customers.csv", 2), ("routes.csv", 2)]
    assert all("maps of China" in f.problem for f in caught.value.faults)


def test_all_faults_of_circuits_together(write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """Ends that are no customers are told beside services and counts that are none."""
    rows = [
        ("id", "a", "z", "service", "count"),
        ("1", "c1", "c1", "2M", 1),
        ("2", "c1", "c2", "teleport", 1),
        ("3", "c1", "c2", "2M", 0),
        ("4", "c1", "gone", "2M", 1),
    ]
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(customers), routes=routes, circuits=write_csv(rows, "circuits.csv"))
    told = {(str(f.row), f.field) for f in caught.value.faults}
    assert told == {("3", "service"), ("4", "count"), ("1", "z_end"), ("4", "z_end")}


def test_header_in_the_middle(write_csv: Callable[..., Path], routes: Path):
    """Tables put one below the other with their headers are one table, and it is told where a header stood."""
    rows = [("id", "lon", "lat"), ("a", 9.502, 47.1001), ("id", "lon", "lat"), ("b", 9.503, 47.1001)]
    area, reports = import_tables(write_csv(rows), routes=routes)
    assert [customer.id for customer in area.customers] == ["a", "b"]
    assert "the header stands again and was passed over: 3" in reports[0].notes


def test_a_class_of_two_names(write_csv: Callable[..., Path], routes: Path):
    """A cell that names two classes is taken for the first, and that is told."""
    rows = [("id", "class", "lon", "lat"), ("a", "Bank/School", 9.502, 47.1001)]
    area, reports = import_tables(write_csv(rows), routes=routes)
    assert area.customers[0].customer_class == "finance"
    assert "'Bank/School' names finance and public: taken for finance" in reports[0].notes


def test_placemarks_of_both_kinds_in_one_folder(tmp_path: Path):
    """A KML folder that mixes points and lines gives its points as customers and its lines as routes."""
    path = tmp_path / "all.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<Placemark><name>a</name><Point><coordinates>9.502,47.1001</coordinates></Point></Placemark>"
        "<Placemark><name>s</name><LineString><coordinates>9.5,47.1 9.51,47.1</coordinates></LineString></Placemark>"
        "</Document></kml>",
        encoding="utf-8",
    )
    area, reports = import_tables(path, routes=path)
    assert ([c.name for c in area.customers], [r.name for r in area.routes]) == (["a"], ["s"])
    assert all("1 placemarks of other geometry were left out" in report.notes for report in reports)


def test_letters_of_two_bytes_without_a_mark(write_csv: Callable[..., Path], customers: Rows, routes: Path):
    """UTF-16 without its mark is read, and minus signs as typographers set them are minus signs."""
    rows = [("id", "lon", "lat"), ("a", 9.502, 47.1001), ("b", "\u22129.502", 47.1001)]
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(rows, encoding="utf-16-le"), routes=routes)
    assert [(f.row, "km from the routes" in f.problem) for f in caught.value.faults] == [(3, True)]


def test_files_under_wrong_names(write_csv: Callable[..., Path], write_xlsx: Callable[..., Path], routes: Path):
    """A workbook named .csv, and an old or protected one named .xlsx, are told for what they are."""
    wrong = write_xlsx({"S": [("id", "lon", "lat"), ("a", 9.502, 47.1)]}).rename(routes.with_name("book.csv"))
    with pytest.raises(AreaError) as caught:
        import_tables(wrong, routes=routes)
    assert "workbook" in caught.value.faults[0].remedy
    old = routes.with_name("old.xlsx")
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2048))
    with pytest.raises(AreaError) as caught:
        import_tables(old, routes=routes)
    assert "password" in caught.value.faults[0].remedy
