"""The bill as workbook and CSV: opens in an office program, recalculates to our totals, and stays harmless."""

import csv
import sqlite3
import subprocess
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ponplan.report.bom import BillOptions, write_bom
from ponplan.topology import read_network
from ponplan.topology.network import Network

Run = Callable[..., subprocess.CompletedProcess[str]]
PRICE_COLUMN = "E"


@pytest.fixture(scope="module")
def network(town: Path) -> Network:
    """Give the town with a customer that nobody serves, whose name is a formula, and phases."""
    network = read_network(town)
    first, *others = network.customers
    unserved = replace(first, id="extra", name="=1+1", unserved="@SUM(1)")
    phased = [replace(row, phase=str(1 + place % 2)) for place, row in enumerate([first, *others])]
    return replace(network, customers=(*phased, unserved))


@pytest.fixture(scope="module")
def book(network: Network, town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the workbook of a bill with everything in it."""
    path = tmp_path_factory.mktemp("bom") / "bom.xlsx"
    write_bom(network, path, options=BillOptions(spares=0.05, against=read_network(town)))
    return path


def _cells(path: Path) -> Iterator[tuple[str, int, int, object]]:
    opened = CalamineWorkbook.from_path(path)
    for name in opened.sheet_names:
        for row, values in enumerate(opened.get_sheet_by_name(name).to_python()):
            for column, value in enumerate(values):
                yield name, row, column, value


def _rows(path: Path, sheet: str) -> list[dict[str, object]]:
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cell_recalculates_to_what_we_wrote(book: Path, recalculated: Callable[[Path], Path]):
    """LibreOffice opens it, calculates all formulas anew, and every number and text is ours."""
    ours, theirs = list(_cells(book)), list(_cells(recalculated(book)))
    assert len(ours) == len(theirs) > 1000
    for (*place, value), (*there, other) in zip(ours, theirs, strict=True):
        assert place == there
        assert other == (pytest.approx(value, abs=1e-9) if isinstance(value, float) else value), place


def test_a_changed_price_changes_every_total(book: Path, tmp_path: Path, recalculated: Callable[[Path], Path]):
    """A splice one dearer on the sheet of prices: line, item, section, summary and total all move by its quantity."""
    changed = tmp_path / "changed.xlsx"
    places = {row["Item code"]: place for place, row in enumerate(_rows(book, "Prices"), start=2)}
    cell = f'<c r="{PRICE_COLUMN}{places["splice"]}"'
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "xl/worksheets/sheet3.xml":
                head, tail = text.split(cell)
                _, rest = tail.split("<v>", 1)
                old, rest = rest.split("</v>", 1)
                text = f"{head}{cell}{tail.split('<v>', 1)[0]}<v>{float(old) + 1.0}</v>{rest}"
            target.writestr(name, text)
    after, before = _summary(recalculated(changed)), _summary(book)
    splices = next(row["Quantity"] for row in _rows(book, "Items") if row["Item code"] == "splice")
    assert splices > 500
    for name in ("Cost of the design", "Cost with spare parts", "splicing"):
        assert after[name] - before[name] == pytest.approx(splices, abs=0.01)
    assert after["Cost per customer passed"] > before["Cost per customer passed"]
    assert after["cable"] == before["cable"]


def _summary(path: Path) -> dict[object, float]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Summary").to_python()
    return {name: value for name, value, *_ in rows if isinstance(value, float)}


def test_names_that_look_like_formulas_stay_text(book: Path, recalculated: Callable[[Path], Path]):
    """A customer named =1+1 is that text in the workbook, after recalculation too."""
    texts = [value for _, _, _, value in _cells(recalculated(book))]
    assert "extra =1+1" in texts
    assert "@SUM(1)" in texts


def test_parts_add_up_to_the_stored_bill(network: Network, tmp_path: Path):
    """For each item the new parts but spares are the bill's quantity; all totals make the cost, to the cent."""
    path = tmp_path / "bom.csv"
    write_bom(network, path, options=BillOptions(spares=0.02))
    rows = _csv(path)
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        if row["state"] == "new" and row["part"] not in ("spare", "rounding"):
            sums[row["item"]] += float(row["quantity"])
    assert {item: round(value, 3) for item, value in sums.items()} == {
        line.item: line.quantity for line in network.bill
    }
    cents = sum(round(100 * float(row["total_cost"])) for row in rows if row["part"] != "spare")
    assert cents == round(100 * network.facts["cost_total"])
    for row in rows:
        both = float(row["material_total"]) + float(row["labour_total"])
        assert round(100 * both) == round(100 * float(row["total_cost"]))


def test_slack_waste_phase_and_area_are_told(network: Network, tmp_path: Path):
    """Slack and waste are lines of their own, every line has a phase, and areas are nodes of the design."""
    path = tmp_path / "bom.csv"
    write_bom(network, path, options=BillOptions(waste=0.01))
    rows = [row for row in _csv(path) if row["part"] != "rounding"]
    laid = sum(cable.length_m for cable in network.cables)
    metres = Counter()
    for row in rows:
        if row["section"] == "cable":
            metres[row["part"]] += float(row["quantity"])
    assert metres["net"] == pytest.approx(laid, abs=0.01)
    assert metres["waste"] == pytest.approx(0.01 * laid, abs=0.01 * len(rows))
    assert metres["slack"] == pytest.approx(sum(cable.slack_m for cable in network.cables) - 0.01 * laid, abs=1)
    assert {row["phase"] for row in rows} <= {"1", "2", ""}
    assert sum(float(row["total_cost"]) for row in rows if not row["phase"]) == 0
    hosts = {splitter.node for splitter in network.splitters} | {olt.node for olt in network.olts}
    assert {row["area"] for row in rows} <= hosts


def test_free_items_and_reused_ones_are_kept(network: Network, tmp_path: Path):
    """An item without a price keeps its line; what is there already is listed at no cost."""
    prices = {**network.catalogue.prices}
    prices["splice"] = replace(prices["splice"], material_cost=0.0, labour_cost=0.0)
    bill = tuple(
        replace(line, material_cost=0.0, labour_cost=0.0, total_cost=0.0) if line.item == "splice" else line
        for line in network.bill
    )
    cables = (replace(network.cables[0], state="existing"), *network.cables[1:])
    changed = replace(network, catalogue=replace(network.catalogue, prices=prices), bill=bill, cables=cables)
    path = tmp_path / "bom.csv"
    write_bom(changed, path)
    rows = _csv(path)
    assert any(row["item"] == "splice" and float(row["quantity"]) > 0 for row in rows)
    reused = [row for row in rows if row["state"] == "reused"]
    assert [row["item"] for row in reused] == [cables[0].type]
    assert float(reused[0]["total_cost"]) == 0


def test_the_same_bill_is_the_same_file(network: Network, tmp_path: Path):
    """Byte for byte, in either language; Chinese changes words but no key and no number."""
    for language in ("en", "zh"):
        for ending in ("xlsx", "csv"):
            paths = [tmp_path / f"{number}-{language}.{ending}" for number in (1, 2)]
            for path in paths:
                write_bom(network, path, options=BillOptions(language=language))
            assert paths[0].read_bytes() == paths[1].read_bytes()
    english, chinese = _csv(tmp_path / "1-en.csv"), _csv(tmp_path / "1-zh.csv")
    for row, other in zip(english, chinese, strict=True):
        assert row["item"] == other["item"]
        assert row["total_cost"] == other["total_cost"]
        assert row["description"] != other["description"]


def test_the_difference_of_two_designs(ponplan: Run, town: Path, tmp_path: Path):
    """Every item of either, this less the other; against itself nothing."""
    other = tmp_path / "other.gpkg"
    other.write_bytes(town.read_bytes())
    with sqlite3.connect(other) as database:
        database.execute(
            "UPDATE bill SET quantity = quantity + 2, total_cost = total_cost + 10 WHERE item = 'splice'"
        )
        database.execute("DELETE FROM bill WHERE item = 'odf-port'")
    done = ponplan("bom", town, "-o", tmp_path / "bom.csv", "--against", other)
    assert done.returncode == 0, done.stderr
    more = {row["item"]: row for row in _csv(tmp_path / "bom-difference.csv") if float(row["quantity_more"])}
    assert more.keys() == {"splice", "odf-port"}
    assert float(more["splice"]["quantity_more"]) == -2
    assert float(more["splice"]["cost_more"]) == -10
    assert float(more["odf-port"]["cost_more"]) == float(more["odf-port"]["total_cost"])
