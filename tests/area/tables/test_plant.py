"""Lists of existing plant in every format, as planners write them, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponplan.area import import_tables, read_area, write_area
from ponplan.area.plant.ranges import numbers_of, ranges_text
from ponplan.errors import AreaError, PonplanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area

CALM = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
OFFICE = (9.5, 47.1)
WAY = shapely.LineString([(9.505, 47.1), (9.51, 47.1)])
CABLES = (
    ("cable", "fibres", "from", "to", "used fibres", "faulty fibres", "wkt"),
    ("F1", 24, "co-1", "K1", "1-4", "7", ""),
    ("D1", 12, "K1", "", "1,3-5", "", WAY.wkt),
)
CABINETS = (("cabinet", "capacity", "free ports", "lon", "lat"), ("K1", 144, 60, 9.505, 47.1))
SPLITTERS = (("splitter", "cabinet", "ratio", "used legs", "olt port"), ("S1", "K1", "1:16", "1-5", "P1"))
PORTS = (
    ("port", "office", "technology", "slot", "number", "onus", "load down", "load up"),
    ("P1", "exchange", "EPON", 1, 1, 5, "12%", "80M"),
    ("P2", "exchange", "EPON", 1, 2, "", "", ""),
)
DUCTS = (("duct", "bores", "used bores", "x1", "y1", "x2", "y2"), ("G1", 6, 4, 9.5, 47.10001, 9.505, 47.10001))
CLOSURES = (("closure", "model", "lon", "lat"), ("J1", "closure-48", 9.508, 47.1))
LISTS = {
    "plant_cables": CABLES,
    "plant_cabinets": CABINETS,
    "plant_splitters": SPLITTERS,
    "plant_ports": PORTS,
    "plant_ducts": DUCTS,
    "plant_closures": CLOSURES,
}

Write = "Callable[..., Path]"


@pytest.fixture
def base(
    write_csv: Callable[..., Path], routes: Path, customers: tuple[tuple[object, ...], ...]
) -> tuple[Path, Path]:
    """Write customers and the street."""
    return write_csv(customers), routes


def _read(base: tuple[Path, Path], **lists: Path) -> Area:
    area, _ = import_tables(base[0], routes=base[1], central_office=OFFICE, plant_lists=lists)
    return area


def test_lists_as_csv(base: tuple[Path, Path], write_csv: Callable[..., Path]):
    """Everything that the six lists say is in the area."""
    area = _read(base, **{kind: write_csv(rows, f"{kind}.csv") for kind, rows in LISTS.items()})
    feeder, branch = area.plant.cables
    assert (feeder.fibres, feeder.from_place, feeder.to_place) == (24, "co-1", "K1")
    assert (feeder.taken, feeder.faulty, branch.taken) == ((1, 2, 3, 4), (7,), (1, 3, 4, 5))
    assert branch.line is not None
    assert branch.line.length == pytest.approx(379.5, abs=1.0)
    cabinet, closure = area.plant.boxes
    assert (cabinet.enclosure, cabinet.free_ports, closure.kind) == ("cabinet-144", 60, "closure")
    (splitter,) = area.plant.splitters
    assert (splitter.place, splitter.port, splitter.taken) == ("K1", "P1", (1, 2, 3, 4, 5))
    loaded, idle = area.plant.ports
    assert (loaded.office, loaded.technology, loaded.onus) == ("co-1", "epon", 5)
    assert (loaded.down_bps, loaded.up_bps, idle.down_bps) == (pytest.approx(0.12 * 1.25e9, rel=0.3), 80e6, 0.0)
    ducted = [route for route in area.routes if route.free_bores]
    assert [route.free_bores for route in ducted] == [2]
    assert ducted[0].line.length == pytest.approx(379.5, abs=2.0)


def test_lists_survive_the_area_folder(base: tuple[Path, Path], write_csv: Callable[..., Path], tmp_path: Path):
    """Plant that is written with an area is read back as it was."""
    area = _read(base, **{kind: write_csv(rows, f"{kind}.csv") for kind, rows in LISTS.items()})
    write_area(area, tmp_path / "area")
    again = read_area(tmp_path / "area")
    assert [cable.id for cable in again.plant.cables] == ["F1", "D1"]
    assert again.plant.boxes == area.plant.boxes
    assert again.plant.splitters == area.plant.splitters
    assert again.plant.ports == area.plant.ports
    assert [cable.taken for cable in again.plant.cables] == [cable.taken for cable in area.plant.cables]


def test_one_workbook_with_a_sheet_for_each(base: tuple[Path, Path], write_xlsx: Callable[..., Path]):
    """`--plant BOOK` finds each list by the name of its sheet."""
    names = {"plant_cables": "Cables 2026", "plant_cabinets": "cabinets", "plant_splitters": "Splitters"}
    book = write_xlsx({names.get(kind, kind): rows for kind, rows in LISTS.items()}, "plant.xlsx")
    area, _ = import_tables(base[0], routes=base[1], central_office=OFFICE, plant=book)
    plant = area.plant
    assert [len(part) for part in (plant.cables, plant.boxes, plant.splitters, plant.ports)] == [2, 2, 1, 2]


def test_a_folder_of_lists(base: tuple[Path, Path], write_csv: Callable[..., Path], tmp_path: Path):
    """`--plant FOLDER` finds each list by the name of its file, Chinese ones too."""
    folder = tmp_path / "lists"
    folder.mkdir()
    for kind, name in (("plant_cabinets", "光交箱"), ("plant_ports", "PON口")):
        write_csv(LISTS[kind], f"{kind}.csv").rename(folder / f"{name}.csv")
    area, _ = import_tables(base[0], routes=base[1], central_office=OFFICE, plant=folder)
    assert [len(area.plant.boxes), len(area.plant.ports)] == [1, 2]


@pytest.mark.parametrize("name", ["c.gpkg", "c.geojson", "c.shp", "c.kml", "c.fgb"])
def test_cables_as_map_layer(base: tuple[Path, Path], write_map: Callable[..., Path], name: str):
    """A layer of lines with columns is a list of cables."""
    driver = {"driver": "KML"} if name.endswith("kml") else {}
    columns = {"cable_id": ["D1"], "fibres": [12], "used": ["1,3-5"], "faulty": ["9"]}
    area = _read(base, plant_cables=write_map(name, [WAY], columns, kind="LineString", **driver))
    (cable,) = area.plant.cables
    assert (cable.id, cable.fibres, cable.taken, cable.faulty) == ("D1", 12, (1, 3, 4, 5), (9,))
    assert cable.line is not None


@pytest.mark.parametrize("name", ["k.gpkg", "k.geojson", "k.shp", "k.kml"])
def test_cabinets_as_map_layer(base: tuple[Path, Path], write_map: Callable[..., Path], name: str):
    """A layer of points is a list of cabinets."""
    driver = {"driver": "KML"} if name.endswith("kml") else {}
    columns = {"cabinet_id": ["K1"], "capacity": [96], "free_ports": [12]}
    points = [shapely.Point(9.505, 47.1)]
    (box,) = _read(base, plant_cabinets=write_map(name, points, columns, kind="Point", **driver)).plant.boxes
    assert (box.id, box.enclosure, box.free_ports) == ("K1", "cabinet-96", 12)


@pytest.mark.parametrize("name", ["d.gpkg", "d.geojson", "d.shp", "d.kml"])
def test_ducts_as_map_layer(base: tuple[Path, Path], write_map: Callable[..., Path], name: str):
    """A layer of lines with free bores opens the street under it."""
    driver = {"driver": "KML"} if name.endswith("kml") else {}
    columns = {"duct_id": ["G1"], "free_bores": [3]}
    area = _read(base, plant_ducts=write_map(name, [WAY], columns, kind="LineString", **driver))
    assert [route.free_bores for route in area.routes] == [None, 3]


def test_chinese_headers_in_gbk(base: tuple[Path, Path], write_csv: Callable[..., Path]):
    """Chinese lists in GBK: the type tells the fibres, 、 and ~ list them."""
    cables = "光缆编号,光缆型号,起点,终点,占用纤芯,故障纤芯\nGL1,GYTA-24B1.3,co-1,GJ01,1~4、8,7\n"
    boxes = "编号,类型,容量,空闲端子,经度,纬度\nGJ01,光交箱,144芯,60,9.505,47.1\n"
    area = _read(
        base,
        plant_cables=write_csv(cables, "光缆.csv", encoding="gbk"),
        plant_cabinets=write_csv(boxes, "光交.csv", encoding="gbk"),
    )
    (cable,) = area.plant.cables
    assert (cable.fibres, cable.taken, cable.faulty) == (24, (1, 2, 3, 4, 8), (7,))
    assert cable.attributes["type_source"] == "GYTA-24B1.3"
    assert area.plant.boxes[0].kind == "cabinet"


USES = [
    (("used fibres",), ("1-4",), (1, 2, 3, 4)),
    (("free fibres",), ("5-8",), (1, 2, 3, 4)),
    (("used fibres",), ("4",), (1, 2, 3, 4)),  # how many, where no cell lists any
    (("number free",), ("3",), (1, 2, 3, 4, 5)),
    (("used fibres", "free fibres"), ("1-2", "5-6"), (1, 2, 3, 4, 7, 8)),  # what nobody calls free is not
    (("faulty fibres",), ("2",), (1, 3, 4, 5, 6, 7, 8)),  # nothing is said to be free
    (("free fibres", "faulty fibres"), ("", "8"), (1, 2, 3, 4, 5, 6, 7)),
    (("used fibres",), ("",), ()),
    (("used fibres",), ("无",), ()),
]


@pytest.mark.parametrize(("header", "cells", "taken"), USES)
def test_what_is_in_use(
    base: tuple[Path, Path],
    write_csv: Callable[..., Path],
    header: tuple[str, ...],
    cells: tuple[str, ...],
    taken: tuple[int, ...],
):
    """Used fibres are told by lists or counts of used or free ones."""
    rows = (("cable", "fibres", "wkt", *header), ("X", 8, WAY.wkt, *cells))
    assert _read(base, plant_cables=write_csv(rows, "x.csv")).plant.cables[0].taken == taken


def test_a_duct_beside_a_street_cuts_it_where_it_ends(base: tuple[Path, Path], write_csv: Callable[..., Path]):
    """Half a street has ducts; another duct across the field is a route of its own that meets the street."""
    rows = (
        ("duct", "free bores", "wkt"),
        ("G1", 2, "LINESTRING (9.5 47.10003, 9.504 47.10003)"),
        ("G2", 4, "LINESTRING (9.504 47.10005, 9.504 47.105, 9.507 47.105)"),
        ("G3", 1, "LINESTRING (9.502 47.09, 9.502 47.11)"),
    )
    area = _read(base, plant_ducts=write_csv(rows, "d.csv"))
    street = [route for route in area.routes if route.id.startswith("r1")]
    assert [route.free_bores for route in street] == [2, None]
    own = {route.id: route for route in area.routes if route.surface == "existing-duct"}
    assert own["G2"].line.distance(shapely.union_all([route.line for route in street])) < 0.01


class Mistake(NamedTuple):
    """One broken cell in a list: the list, the column, what stands there, and what the complaint must say."""

    kind: str
    column: str
    value: object
    says: str


MISTAKES = [
    Mistake("plant_cables", "cable", "", "nothing stands here"),
    Mistake("plant_cables", "cable", "D1", "stands in row"),
    Mistake("plant_cables", "fibres", "many", "a whole number from 1"),
    Mistake("plant_cables", "fibres", "", "neither fibres nor type"),
    Mistake("plant_cables", "fibres", "-12", "a whole number from 1"),
    Mistake("plant_cables", "fibres", 9000, "no such cable in the catalogue"),
    Mistake("plant_cables", "from", "nowhere", "the cable's end is not listed"),
    Mistake("plant_cables", "to", "co-1", "the cable ends where it begins"),
    Mistake("plant_cables", "to", "", "nobody knows where the cable lies"),
    Mistake("plant_cables", "used fibres", "1-x", "numbers and ranges from 1"),
    Mistake("plant_cables", "used fibres", "9-3", "rising ranges"),
    Mistake("plant_cables", "used fibres", "0-3", "rising ranges"),
    Mistake("plant_cables", "used fibres", "20-30", "the cable has no such fibre"),
    Mistake("plant_cables", "faulty fibres", "25", "the cable has no such fibre"),
    Mistake("plant_cables", "faulty fibres", "3", "in use and faulty"),
    Mistake("plant_cables", "faulty fibres", "some", "numbers and ranges from 1"),
    Mistake("plant_cables", "wkt", "LINE (1 2)", "the geometry cannot be read"),
    Mistake("plant_cables", "wkt", "POINT (9.5 47.1)", "a cable must be one line"),
    Mistake("plant_cables", "role", "kitchen", "unknown word"),
    Mistake("plant_cabinets", "cabinet", "co-1", "a central office has the same id"),
    Mistake("plant_cabinets", "capacity", "big", "a whole number from 1"),
    Mistake("plant_cabinets", "capacity", 9999, "no cabinet so large"),
    Mistake("plant_cabinets", "free ports", "few", "a whole number from 0"),
    Mistake("plant_cabinets", "free ports", 500, "fewer places for fibres"),
    Mistake("plant_cabinets", "lon", "", "the coordinate is missing"),
    Mistake("plant_cabinets", "lat", "north", "the coordinate is no number"),
    Mistake("plant_cabinets", "lon", 509, "outside the globe"),
    Mistake("plant_cabinets", "kind", "wardrobe", "unknown word"),
    Mistake("plant_splitters", "cabinet", "K7", "the place is not listed"),
    Mistake("plant_splitters", "cabinet", "", "nothing stands here"),
    Mistake("plant_splitters", "ratio", "1:17", "no such splitter in the catalogue"),
    Mistake("plant_splitters", "ratio", "", "nothing stands here"),
    Mistake("plant_splitters", "used legs", "17-18", "the splitter has no such leg"),
    Mistake("plant_splitters", "used legs", "x-y", "numbers and ranges from 1"),
    Mistake("plant_splitters", "used count", 99, "5 legs are listed and 99 counted"),
    Mistake("plant_splitters", "free legs", "3-9", "among the used and the free legs"),
    Mistake("plant_splitters", "free legs", "40-41", "there is no such sound one"),
    Mistake("plant_splitters", "olt port", "P9", "the port is not listed"),
    Mistake("plant_splitters", "olt port", "", "nothing stands here"),
    Mistake("plant_splitters", "feeder fibre", "F1-3", "cable and fibre"),
    Mistake("plant_splitters", "feeder fibre", "Q1:3", "the feeder's cable is not listed"),
    Mistake("plant_splitters", "feeder fibre", "F1:7", "is faulty"),
    Mistake("plant_ports", "technology", "wifi", "unknown technology"),
    Mistake("plant_ports", "technology", "", "nothing stands here"),
    Mistake("plant_ports", "slot", "top", "a whole number from 0"),
    Mistake("plant_ports", "slot", 77, "no chassis has such a slot"),
    Mistake("plant_ports", "number", 33, "no card has such a port"),
    Mistake("plant_ports", "number", 2, "two ports have this number"),
    Mistake("plant_ports", "onus", "lots", "a whole number from 0"),
    Mistake("plant_ports", "onus", 900, "fewer terminals on a port"),
    Mistake("plant_ports", "load down", "full", "a share such as 35%"),
    Mistake("plant_ports", "load down", "140%", "up to 100 %"),
    Mistake("plant_ports", "load up", "1M/2M", "a share such as 35%"),
    Mistake("plant_ports", "bearer", "pigeon", "unknown word"),
    Mistake("plant_ports", "optics", "optics-gpon-c", "no such transceiver for epon"),
    Mistake("plant_ducts", "used bores", 7, "more ducts are used than are there"),
    Mistake("plant_ducts", "bores", "six", "a whole number from 0"),
    Mistake("plant_ducts", "x1", "west", "the coordinate is no number"),
    Mistake("plant_ducts", "free bores", "-1", "a whole number from 0"),
    Mistake("plant_closures", "closure", "K1", "a cabinet and a closure have the same id"),
    Mistake("plant_closures", "lat", "", "the coordinate is missing"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.kind}-{m.column}-{m.value}")
def test_mistakes(base: tuple[Path, Path], write_csv: Callable[..., Path], mistake: Mistake):
    """Each broken cell is named with its file, row and field, and with what is allowed or to be done."""
    lists = dict(LISTS)
    header, first, *others = lists[mistake.kind]
    width = len(header)
    if mistake.column not in header:
        header, first, others = (*header, mistake.column), (*first, ""), [(*row, "") for row in others]
    place = header.index(mistake.column)
    lists[mistake.kind] = (header, (*first[:place], mistake.value, *first[place + 1 :]), *others)
    assert len(header) in (width, width + 1)
    with pytest.raises(AreaError) as told:
        _read(base, **{kind: write_csv(rows, f"{kind}.csv") for kind, rows in lists.items()})
    hits = [fault for fault in told.value.faults if mistake.says in str(fault)]
    assert hits, told.value
    assert all(
        fault.row is not None and fault.field and (fault.limit or fault.remedy or fault.value) for fault in hits
    )


def test_mistakes_of_all_lists_are_told_at_once(base: tuple[Path, Path], write_csv: Callable[..., Path]):
    """A broken cell in each of three lists gives three complaints."""
    bad = {
        "plant_cables": (CABLES[0], ("F1", "many", "co-1", "K1", "1-4", "7", "")),
        "plant_cabinets": (CABINETS[0], ("K1", "big", 60, 9.505, 47.1)),
        "plant_ports": (PORTS[0], ("P1", "", "wifi", 1, 1, 5, "12%", "")),
    }
    with pytest.raises(AreaError) as told:
        _read(base, **{kind: write_csv(rows, f"{kind}.csv") for kind, rows in bad.items()})
    assert {fault.file for fault in told.value.faults} == {f"{kind}.csv" for kind in bad}


@CALM
@given(st.lists(st.integers(1, 300), max_size=40, unique=True))
def test_ranges_are_read_as_they_are_written(numbers: list[int]):
    """Any set of numbers survives its text."""
    assert numbers_of(ranges_text(sorted(numbers))) == tuple(sorted(numbers))


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1-4,7",
            "24",
            "0",
            "-1",
            "K1",
            "P1",
            "co-1",
            "1:32",
            "epon",
            "35%",
            "120M",
            "F1:3",
            "9.505",
            "47.1",
            "无",
        ]
    ),
    st.text(max_size=8),
)


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_any_cells(kind: str):
    """Any cells in any list give an area or a complaint, and never anything else."""
    header = LISTS[kind][0]

    @CALM
    @given(rows=st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=4))
    def attempt(rows: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        _try(text.getvalue().encode("utf-8", "surrogatepass"), kind, "list.csv")

    attempt()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "geojson", "shp", "kml"])
def test_any_bytes(ending: str):
    """Any bytes under any ending."""

    @settings(max_examples=10, deadline=None, derandomize=True)
    @given(data=st.binary(max_size=200), kind=st.sampled_from(sorted(LISTS)))
    def attempt(data: bytes, kind: str) -> None:
        _try(data, kind, f"list.{ending}")

    attempt()


def _try(data: bytes, kind: str, name: str) -> None:
    """Import one list beside a customer and a street; what is understood is written and read back."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        (path / name).write_bytes(data)
        (path / "c.csv").write_text("id,class,lon,lat\nc1,bank,9.502,47.1001\n", encoding="utf-8")
        (path / "r.csv").write_text('id,wkt\nr,"LINESTRING (9.5 47.1, 9.51 47.1)"\n', encoding="utf-8")
        with suppress(PonplanError):
            area, _ = import_tables(
                path / "c.csv", routes=path / "r.csv", central_office=OFFICE, plant_lists={kind: path / name}
            )
            write_area(area, path / "area")
            assert read_area(path / "area").plant.ports == area.plant.ports
