"""A client's own workbook filled with the bill."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from ponplan.errors import TemplateError
from ponplan.report.bom import BillOptions, write_bom
from ponplan.report.bom.references import copied, moved
from ponplan.topology import read_network
from ponplan.topology.network import Network

HEAD = 4  # rows above the heading


@pytest.fixture(scope="module")
def network(town: Path) -> Network:
    """Give the town."""
    return read_network(town)


def _template(path: Path, titles: list[str], *, formulas: bool, rows: int = 1, footer: bool = True) -> None:
    """Write a client's form: a cover with a sum of the bill, a form with a heading, a styled row, a footer."""
    with xlsxwriter.Workbook(path) as book:
        cover, form = book.add_worksheet("Cover"), book.add_worksheet("Price 'A' list")
        money, bold = book.add_format({"num_format": "0.00", "italic": True}), book.add_format({"bold": True})
        total_row = HEAD + 2 + rows
        cover.write("A1", "Sum of the form")
        cover.write_formula("B1", f"='Price ''A'' list'!G{total_row}", money, 0)
        cover.write("A2", "text with G7 in it")
        form.write("A1", "ACME Networks, form 17", bold)
        form.write_row(HEAD, 0, titles, bold)
        for row in range(HEAD + 1, HEAD + 1 + rows):
            for column in range(7):
                form.write_blank(row, column, None, money)
            if formulas:
                form.write_formula(row, 6, f"=ROUND(D{row + 1}*(E{row + 1}+F{row + 1}),2)", money, 0)
        if footer:
            form.write(total_row - 1, 0, "Total", bold)
            form.write_formula(total_row - 1, 6, f"=SUM(G{HEAD + 2}:G{HEAD + 1 + rows})", bold, 0)
            form.merge_range(total_row + 1, 0, total_row + 1, 3, "Signed:")
            book.define_name("Whole", f"='Price ''A'' list'!$G${total_row}")
            cover.write_formula("B3", "=Whole", money, 0)


TITLES = ["Pos.", "Article", "Item description", "Qty.", "Material price", "Labour price", "Total price"]


@pytest.mark.parametrize(("formulas", "rows"), [(True, 1), (False, 1), (True, 40), (False, 2000)])
def test_a_form_is_filled_and_its_sums_hold(
    network: Network,
    tmp_path: Path,
    recalculated: Callable[[Path], Path],
    formulas: bool,  # noqa: FBT001 - a parameter of the test
    rows: int,
):
    """Found by its titles; the client's sums, on this sheet and others and by name, come to our cost to the cent."""
    form, target = tmp_path / "form.xlsx", tmp_path / "bill.xlsx"
    _template(form, TITLES, formulas=formulas, rows=rows)
    breakdown = write_bom(network, target, options=BillOptions(template=form))
    book = CalamineWorkbook.from_path(recalculated(target))
    cover = book.get_sheet_by_name("Cover").to_python()
    assert cover[0][1] == pytest.approx(network.facts["cost_total"], abs=1e-6)
    assert cover[2][1] == pytest.approx(network.facts["cost_total"], abs=1e-6)
    assert cover[1][0] == "text with G7 in it"
    sheet = book.get_sheet_by_name("Price 'A' list").to_python()
    assert sheet[0][0] == "ACME Networks, form 17"
    filled = sheet[HEAD + 1 : HEAD + 1 + len(breakdown.parts)]
    assert [row[1] for row in filled] == [part.item for part in breakdown.parts]
    assert [row[6] for row in filled] == pytest.approx([part.total_cost for part in breakdown.parts], abs=1e-9)
    below = [row[0] for row in sheet[HEAD + 1 + len(breakdown.parts) :] if row[0]]
    assert below == ["Total", "Signed:"]


def test_styles_and_other_sheets_stay(network: Network, tmp_path: Path):
    """Filled rows have the style of the first; styles and the cover are the client's, byte for byte."""
    form, target = tmp_path / "form.xlsx", tmp_path / "bill.xlsx"
    _template(form, TITLES, formulas=False, footer=False)
    write_bom(network, target, options=BillOptions(template=form))
    with zipfile.ZipFile(form) as before, zipfile.ZipFile(target) as after:
        assert before.read("xl/styles.xml") == after.read("xl/styles.xml")
        assert before.namelist() == after.namelist()
        sheet = after.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count('r="D') > 200
    assert '<c r="D100" s="1"><v>' in sheet


def test_chinese_titles_and_a_formula_as_a_name(network: Network, tmp_path: Path):
    """Our titles in any language are found; text that looks like a formula stays text."""
    form, target = tmp_path / "form.xlsx", tmp_path / "bill.xlsx"
    _template(form, ["序号", "项目编码", "说明", "数量", "材料单价", "人工单价", "合计（元）"], formulas=False)
    lines = tuple(network.bill)
    prices = dict(network.catalogue.prices)
    item = lines[0].item
    prices[item] = replace(prices[item], description="=1+1")
    changed = replace(network, catalogue=replace(network.catalogue, prices=prices))
    write_bom(changed, target, options=BillOptions(template=form, language="zh"))
    rows = CalamineWorkbook.from_path(target).get_sheet_by_name("Price 'A' list").to_python()
    assert rows[HEAD + 1][2] == "=1+1"
    with zipfile.ZipFile(target) as book:
        assert "<f>1+1" not in book.read("xl/worksheets/sheet2.xml").decode()


def test_a_form_that_names_nothing_is_refused(network: Network, tmp_path: Path):
    """No heading, no workbook: said with the titles that are known, and nothing is written."""
    form, target = tmp_path / "form.xlsx", tmp_path / "bill.xlsx"
    _template(form, ["a", "b", "c", "d", "e", "f", "g"], formulas=False)
    with pytest.raises(TemplateError, match=r"no row names the quantity.*Item code"):
        write_bom(network, target, options=BillOptions(template=form))
    form.write_text("not a workbook", encoding="utf-8")
    with pytest.raises(TemplateError, match="no XLSX workbook"):
        write_bom(network, target, options=BillOptions(template=form))
    assert not target.exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A5+$B$12*SUM(C5:C10)", "A5+$B$22*SUM(C5:C14)"),
        ("SUM(C5:C12)", "SUM(C5:C22)"),
        ("Other!A12+Form!A12", "Other!A12+Form!A22"),
        ('"A12"&LOG10(A12)&A12B', '"A12"&LOG10(A22)&A12B'),
        ("SUM(Form!$A$1:$A$3)", "SUM(Form!$A$1:$A$3)"),
    ],
)
def test_references_move_with_their_rows(before: str, after: str):
    """Ten rows more from row 11 on; ranges over the filled rows 5 to 14 take them all in."""

    def row(number: int) -> int:
        return number + 10 if number >= 11 else number

    def grown(begin: int, end: int) -> int:
        return 14 if begin <= 5 <= end < 11 else row(end)

    assert moved(before, own_sheet="Form", sheet="Form", row=row, grown=grown) == after


def test_a_formula_copied_down():
    """Rows go along unless they are fixed."""
    assert copied('D5*$E$2+F$3+"D5"', 3) == 'D8*$E$2+F$3+"D5"'
