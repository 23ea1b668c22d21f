"""The construction pack: light followed through its sheets alone, drums, ducts, ports and budgets."""

import csv
import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ponplan.area.generate import generate_area
from ponplan.design import design_network
from ponplan.design.answer import exposed_summary
from ponplan.topology import read_network, write_network
from ponplan.topology.trace import trace_customer

Run = Callable[..., subprocess.CompletedProcess[str]]
End = tuple[str, str, str]


@pytest.fixture(scope="session", params=("mixed-town", "bank-district"))
def built(
    request: pytest.FixtureRequest,
    ponplan: Run,
    planned_file: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
):
    """Give a design and its pack: the town by DIN, an area in Chinese by GB."""
    folder = tmp_path_factory.mktemp(request.param)
    design, options = planned_file(request.param), ["--colours", "din"]
    if request.param == "bank-district":
        options = ["--lang", "zh", "--colours", "gb"]
    done = ponplan("pack", design, "-o", folder / "pack", *options)
    assert done.returncode == 0, done.stderr
    return design, folder / "pack"


def _sheet(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ends(row: dict[str, str]) -> tuple[End, End]:
    return tuple((row[f"{side}_kind"], row[f"{side}_id"], row[f"{side}_number"]) for side in "ab")


def test_light_follows_the_splice_sheet_to_its_port(built: tuple[Path, Path]):
    """From each terminal from splice to splice, with the splice sheet alone, to the port the design file names."""
    design, folder = built
    met: dict[End, list[End]] = defaultdict(list)
    inputs: dict[str, list[End]] = defaultdict(list)
    for row in _sheet(folder, "splice_plan"):
        if row["kind"] in ("fusion", "termination", "patch"):
            first, second = _ends(row)
            met[first].append(second)
            met[second].append(first)
            inputs[second[1]] += [second] if second[0] == "splitter-input" else []
    assert all(len(others) <= (2 if end[0] == "fibre" else 1) for end, others in met.items())

    def ports(before: End, here: End) -> set[str]:
        """Give every port that light may come from."""
        while here[0] != "port":
            if here[0] == "splitter-leg":
                return set().union(*(ports(end, met[end][0]) for end in inputs[here[1]]))
            (onward,) = [other for other in met[here] if other != before]
            before, here = here, onward
        return {here[1]}

    found: dict[str, set[str]] = defaultdict(set)
    for end in list(met):
        if end[0] == "onu":
            found[end[1]] |= ports(end, met[end][0])
    with sqlite3.connect(design) as database:
        rows = database.execute(
            "SELECT o.id, c.olt_port, c.protecting_port FROM onus o JOIN customers c ON c.id = o.customer"
        ).fetchall()
    assert found == {onu: {port for port in both if port} for onu, *both in rows}


def test_no_fibre_is_told_twice_and_none_is_forgotten(built: tuple[Path, Path]):
    """At each node every fibre of an opened cable is spliced once, or passes uncut, or is stored."""
    design, folder = built
    told: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for row in _sheet(folder, "splice_plan"):
        ends = {end for end in _ends(row) if end[0] == "fibre"}
        if row["kind"] == "express":
            assert len(ends) == 1
        for _, cable, number in ends:
            first, _, last = number.partition("..")
            told[row["node"], cable].update(range(int(first), int(last or first) + 1))
    with sqlite3.connect(design) as database:
        fibres = dict(database.execute("SELECT id, fibres FROM cables").fetchall())
    for (node, cable), counts in told.items():
        assert counts == Counter(range(1, fibres[cable] + 1)), (node, cable)


def test_splices_and_trays_are_those_of_the_bill(built: tuple[Path, Path]):
    """As many splices as the bill has; on a tray no place twice, and none beyond the twelfth."""
    design, folder = built
    rows = _sheet(folder, "splice_plan")
    with sqlite3.connect(design) as database:
        (billed,) = database.execute("SELECT quantity FROM bill WHERE item = 'splice'").fetchone()
    assert sum(int(row["splices"]) for row in rows) == billed
    places = Counter((row["node"], row["tray"], row["position"]) for row in rows if row["tray"])
    assert max(places.values()) == 1
    assert max(int(row["position"]) for row in rows if row["tray"]) <= 12


def test_drums_hold_what_is_cut_from_them(built: tuple[Path, Path]):
    """No drum is longer than its reel, cuts do not overlap, and all new cables are cut somewhere."""
    design, folder = built
    cuts: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in _sheet(folder, "cable_schedule"):
        assert row["drum"], row
        start, end = float(row["drum_from_m"]), float(row["drum_to_m"])
        assert end - start == pytest.approx(float(row["route_m"]) + float(row["slack_m"]), abs=0.002)
        cuts[row["drum"]].append((start, end))
    drums = {row["drum"]: row for row in _sheet(folder, "drums")}
    assert drums.keys() == cuts.keys()
    for name, pieces in cuts.items():
        pieces.sort()
        assert all(a[1] <= b[0] + 1e-6 for a, b in pairwise(pieces))
        assert pieces[-1][1] <= float(drums[name]["reel_m"]) + 1e-6
    total = sum(float(row["cut_m"]) for row in drums.values())
    with sqlite3.connect(design) as database:
        (bought,) = database.execute("SELECT sum(quantity) FROM bill WHERE section = 'cable'").fetchone()
    assert total == pytest.approx(bought, abs=0.01)


def test_ducts_are_no_fuller_than_they_may_be(built: tuple[Path, Path]):
    """Fill by the cables' diameters, recomputed; as many ducts per route as the design file lays or occupies."""
    design, folder = built
    with sqlite3.connect(design) as database:
        tables = dict(database.execute("SELECT name, csv FROM catalogue"))
        bores = dict(database.execute("SELECT id, bores FROM routes WHERE bores > 0"))
        types = dict(database.execute("SELECT id, type FROM cables"))
    sizes = {row["id"]: float(row["diameter_mm"]) for row in csv.DictReader(tables["cable_types"].splitlines())}
    used: Counter[str] = Counter()
    for row in _sheet(folder, "duct_fill"):
        used[row["route"]] += 1
        section = sum(sizes[types[cable]] ** 2 for cable in row["cables"].split())
        assert float(row["fill_percent"]) == pytest.approx(100 * section / float(row["inner_mm"]) ** 2, abs=0.006)
        assert float(row["fill_percent"]) <= float(row["max_fill_percent"]) + 0.01
    assert used == {route: count for route, count in bores.items() if route in used}


def test_matrix_and_frame_have_every_port_once(built: tuple[Path, Path]):
    """Each leg and input of each splitter, each PON port, each frame position: once."""
    design, folder = built
    matrix = _sheet(folder, "splitter_matrix")
    assert max(Counter((row["splitter"], row["side"], row["number"]) for row in matrix).values()) == 1
    with sqlite3.connect(design) as database:
        (legs,) = database.execute("SELECT sum(legs) FROM splitters").fetchone()
        (ports,) = database.execute("SELECT count(*) FROM ports").fetchone()
    assert sum(row["side"] == "leg" for row in matrix) == legs
    frame = _sheet(folder, "olt_odf")
    assert len(frame) == ports
    assert max(Counter((row["frame"], row["frame_position"]) for row in frame).values()) == 1


def test_budgets_and_measurements_are_those_of_trace(built: tuple[Path, Path]):
    """For some customers: total loss as trace adds it up, and path lengths as the sum of the measured ones."""
    design, folder = built
    network = read_network(design)
    rows = [row for row in _sheet(folder, "optical_budget") if row["path"] == "working"]
    budgets = {(row["onu"], row["direction"]): row for row in rows}
    assert len(budgets) == 2 * len(network.onus)
    lengths = {row["link"]: float(row["length_m"]) for row in _sheet(folder, "otdr_plan")}
    into = {link.to_device: link for link in network.links if link.role == "working"}
    for onu in network.onus[::17]:
        path = trace_customer(network, onu.customer).paths[0]
        for direction in ("down", "up"):
            row = budgets[onu.id, direction]
            parts = ("fibre_db", "splice_db", "connector_db", "splitter_db", "switch_db")
            assert float(row["total_db"]) == pytest.approx(path.light[direction].max_loss_db, abs=0.002)
            assert sum(float(row[part]) for part in parts) == pytest.approx(float(row["total_db"]), abs=0.003)
            assert row["verdict"] == "ok"
        leg = into[onu.id]
        feeder = into[leg.from_device]
        measured = sum(lengths.get(link.id, 0.0) for link in (leg, feeder))
        assert measured == pytest.approx(path.length_m, abs=0.01)


def test_measured_limits_leave_room(built: tuple[Path, Path]):
    """Expected is below the limit, longer waves lose less fibre loss than 1310 nm, and metres of splices ascend."""
    for row in _sheet(built[1], "otdr_plan"):
        assert 0 < float(row["expected_db"]) < float(row["limit_db"])
        metres = [float(part.split()[0]) for part in row["splice_at_m"].split("; ")]
        assert metres == sorted(metres)
        assert metres[-1] <= float(row["length_m"]) + 0.05


def test_what_both_paths_share_is_told_with_its_cure(ponplan: Run, tmp_path: Path):
    """Sheet and page name everybody in the file's table of exposures, with metres, customers and the new route."""
    area = generate_area("road-bus", customers=20, seed=3)
    people = tuple(replace(one, protection="full" if row == 10 else "none") for row, one in enumerate(area.customers))
    design = design_network(replace(area, customers=people), effort="quick")
    told, network = exposed_summary(design.network), design.network
    assert network.exposures
    assert told["customers"] == 1
    assert told["trench_m"] == pytest.approx(sum({r.thing: r.length_m for r in network.exposures}.values()), abs=0.1)
    write_network(network, tmp_path / "plan.gpkg")
    assert ponplan("pack", tmp_path / "plan.gpkg", "-o", tmp_path / "pack").returncode == 0
    rows = [
        (r["subject"], r["thing"], float(r["length_m"]), int(r["customers"]), r["cure"])
        for r in _sheet(tmp_path / "pack", "exposures")
    ]
    assert rows == [(r.subject, r.thing, r.length_m, r.customers, r.cure) for r in network.exposures]
    assert ponplan("report", tmp_path / "plan.gpkg", "-o", tmp_path / "plan.html").returncode == 0
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert all(row.thing in page and row.cure in page for row in network.exposures)


def test_the_workbook_has_the_sheets_in_its_language(built: tuple[Path, Path]):
    """Every CSV is a sheet with as many rows, and Chinese changes titles and words but no id."""
    _, folder = built
    book = CalamineWorkbook.from_path(folder / "pack.xlsx")
    names = book.sheet_names[1:]
    files = ["cable_schedule", "drums", "duct_fill", "splice_plan", "splitter_matrix", "olt_odf"]
    files += ["optical_budget", "protection", "exposures", "otdr_plan"]
    assert len(names) == len(files)
    for name, file in zip(names, files, strict=True):
        assert len(book.get_sheet_by_name(name).to_python()) == max(len(_sheet(folder, file)) + 1, 1)
    chinese = "bank" in str(folder)
    assert ("熔接表" in names) is chinese
    assert ("Splice plan" in names) is not chinese
    colours = {row["a_fibre_colour"] for row in _sheet(folder, "splice_plan")}
    assert ("蓝" in colours) is chinese


def test_refuses_a_folder_with_a_pack(ponplan: Run, built: tuple[Path, Path]):
    """Without --force nothing is replaced, and an unknown order of colours is named with those that there are."""
    design, folder = built
    before = (folder / "drums.csv").read_bytes()
    assert ponplan("pack", design, "-o", folder).returncode == 3
    assert (folder / "drums.csv").read_bytes() == before
    done = ponplan("pack", design, "-o", folder, "--force", "--colours", "iso")
    assert done.returncode == 3
    assert "din, gb, tia-598" in done.stderr
