"""A planner's folder and price book are laid over the catalogue, or refused with every fault in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ponplan.catalogue import Catalogue, read_catalogue
from ponplan.catalogue.columns import DATA
from ponplan.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.errors import Fault

    Reader = Callable[..., Catalogue]
    Complaints = Callable[..., list[str]]

ONU = (
    "id,description,technology,ethernet_ports,ethernet_bps,e1_ports,pon_interfaces,optical_switch,"
    "allowed_in_design\nbank-onu,Bank ONU,gpon,2,1000000000,12,1,no,yes\n"
)
ONU_PRICE = (
    "id,description,section,unit,material_cost,labour_cost,currency\nbank-onu,Bank ONU,customer,piece,300,0,EUR\n"
)


def test_row_of_a_folder_replaces_by_id(overlaid: Reader, shipped: Catalogue) -> None:
    """A row with a known id stands in its old place; columns the file lacks keep the old values."""
    content = overlaid(enclosures="id,fibres,splitter_slots\ncabinet-288,300,14\n")
    row, old = content.enclosures["cabinet-288"], shipped.enclosures["cabinet-288"]
    assert (row.fibres, row.splitter_slots) == (300, 14)
    assert (row.cables, row.description) == (old.cables, old.description)
    assert list(content.enclosures) == list(shipped.enclosures)


def test_changed_row_is_the_planners(overlaid: Reader) -> None:
    """A changed row that names no source of its own is no longer the catalogue's."""
    row = overlaid(losses="id,max_loss_db\nsplice,0.2\n").losses["splice"]
    assert (row.source, row.trust) == ("losses.csv", "given")


def test_unchanged_row_keeps_its_source(overlaid: Reader, shipped: Catalogue) -> None:
    """A row that repeats the catalogue changes nothing."""
    assert overlaid(losses="id,max_loss_db\nsplice,0.1\n") == shipped


def test_new_row_is_added_at_the_end(overlaid: Reader) -> None:
    """A row with a new id is added, with its price in the same folder."""
    content = overlaid(onus=ONU, prices=ONU_PRICE)
    assert list(content.onus)[-1] == "bank-onu"
    assert content.price("bank-onu").material_cost == 300


def test_copied_catalogue_is_the_catalogue(overlaid: Reader, shipped: Catalogue) -> None:
    """Every shipped file, schema included, may stand unchanged in the planner's folder."""
    files = {path.stem: path.read_bytes() for path in DATA.glob("*.csv")}
    assert overlaid(**files) == shipped


def test_folder_may_hold_other_files(overlaid: Reader, shipped: Catalogue, tmp_path: Path) -> None:
    """What is no CSV is none of our business."""
    (tmp_path / "README.md").write_text("notes", encoding="utf-8")
    assert overlaid() == shipped


@pytest.mark.parametrize("key", ["item", "id"])
def test_price_book_changes_only_what_it_says(priced: Reader, shipped: Catalogue, key: str) -> None:
    """Columns and items that the price book lacks keep theirs."""
    content = priced(f"{key},material_cost\nsplitter-1x32,99.5\n")
    price, old = content.price("splitter-1x32"), shipped.price("splitter-1x32")
    assert price.material_cost == 99.5
    assert (price.labour_cost, price.unit, price.section) == (old.labour_cost, old.unit, old.section)
    assert (price.source, price.trust) == ("book.csv", "given")
    others = [item for item in shipped.prices if item != "splitter-1x32"]
    assert all(content.prices[item] == shipped.prices[item] for item in others)


def test_price_book_of_a_european_excel_is_read(priced: Reader) -> None:
    """Byte order mark, semicolons, decimal commas and CRLF are read as they are meant."""
    book = "﻿item;material_cost;labour_cost\r\ngrass;3,25;30,5\r\n"
    price = priced(book.encode()).price("grass")
    assert (price.material_cost, price.labour_cost) == (3.25, 30.5)


def test_whole_price_book_may_change_currency(priced: Reader, shipped: Catalogue) -> None:
    """A price book that gives every item in another currency makes that the catalogue's."""
    lines = [f"{item},{row.material_cost * 8},CNY" for item, row in shipped.prices.items()]
    assert priced("item,material_cost,currency\n" + "\n".join(lines)).currency == "CNY"


def test_book_is_laid_over_the_folder(tmp_path: Path) -> None:
    """A price book can change the price of an item that only the folder has."""
    (tmp_path / "onus.csv").write_text(ONU, encoding="utf-8")
    (tmp_path / "prices.csv").write_text(ONU_PRICE, encoding="utf-8")
    book = tmp_path / "book.txt"
    book.write_text("item,material_cost\nbank-onu,280\n", encoding="utf-8")
    assert read_catalogue(directory=tmp_path, prices=book).price("bank-onu").material_cost == 280


@pytest.mark.parametrize(
    ("book", "told"),
    [
        ("item,material_cost\ngras,3\n", "row 2, field item: unknown item"),
        ("item,material_cost\ngras,3\n", "did you mean grass?"),
        ("item,material_cost\ngrass,3\ngrass,4\n", "row 3, field item: stands in row 2 already (found 'grass')"),
        ("item,material_cost\n,3\n", "row 2, field item: value is missing"),
        ("item,material_cost\ngrass,\n", "row 2, field material_cost: value is missing"),
        ("item,material_cost\ngrass,nan\n", "field material_cost: not a number (found 'nan')"),
        ("item,material_cost\ngrass,inf\n", "field material_cost: not a number (found 'inf')"),
        ("item,material_cost\ngrass,-3\n", "out of bounds (found '-3'); allowed: a plain decimal number from 0"),
        ("item,material_cost\ngrass,3 EUR\n", "not a number (found '3 EUR')"),
        ('item,material_cost\ngrass,"1,234"\n', "not a number (found '1,234')"),
        ("item;material_cost\ngrass;1.234\n", "read in two ways in a file with decimal commas (found '1.234')"),
        ("item,material\ngrass,3\n", "row 1, field material: unknown column of prices"),
        ("item,material\ngrass,3\n", "did you mean material_cost?"),
        ("material_cost\n3\n", "row 1, field item: column is missing"),
        ("item,currency\ngrass,CHF\n", "prices are in more than one currency (found 'CHF'); allowed: EUR"),
        ("item,currency\ngrass,euro\n", "not a currency code"),
        ("item,unit\ngrass,piece\n", "unit is another than that of the row it replaces (found 'piece'); allowed: m"),
        ("item,unit\ngrass,km\n", "value is not one of the choices (found 'km'); allowed: piece, m"),
        ("item,section\ngrass,civil\n", "allowed: trench, duct, cable, splicing, passive, active, customer"),
        ("", "no header"),
    ],
)
def test_fault_of_a_price_book_is_told(priced: Reader, complaints: Complaints, book: str, told: str) -> None:
    """Each mistake is reported with file, row, column, what was found and what is allowed."""
    lines = complaints(priced, book)
    assert any(line.startswith("book.csv") and told in line for line in lines), lines


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        ("cabinets", "id\nx\n", "cabinets.csv: is no table of the catalogue"),
        ("columns", "table,name\nx,y\n", "cannot change"),
        ("losses", "description\nx\n", "losses.csv, row 1, field id: column is missing"),
        ("losses", "id,max_loss_db\nmy-filter,1\n", "row 2, field description: column is missing, and this row is"),
        ("splitters", "id,inputs\nsplitter-1x8,3\n", "row 2, field inputs: number is out of bounds (found '3')"),
        ("splitters", "id,outputs\nsplitter-1x8,8.0\n", "field outputs: not a whole number (found '8.0')"),
        ("technologies", "id,down_line_bps\ngpon,2.49E+09\n", "not a whole number (found '2.49E+09')"),
        ("technologies", "id,fec_up\ngpon,perhaps\n", "not a yes or no (found 'perhaps')"),
        ("losses", "id,trust\nsplice,certain\n", "not one of the choices (found 'certain')"),
        ("losses", "id,source\nsplice,\n", "field source: value is missing"),
        ("olt_cards", "id,technology\ncard-gpon-8,gpom\n", "unknown id of technologies (found 'gpom')"),
        ("onus", ONU, "onus.csv, row 2, field id: item has no price (found 'bank-onu')"),
        ("prices", ONU_PRICE, "unknown item: no table has it (found 'bank-onu')"),
        ("cable_types", "id,fibre\ndrop-1,g655\n", "unknown fibre type of fibres (found 'g655')"),
        ("technologies", "id,down_nm,down_max_nm\nepon,1510,1520\n", "fibre g652d has no attenuation at this"),
        ("optical_classes", "id,allowed_in_design\nepon-px10,no\nepon-px20,no\nepon-px20+,no\n", "no optical class"),
    ],
)
def test_fault_of_a_folder_is_told(
    overlaid: Reader, complaints: Complaints, table: str, text: str, told: str
) -> None:
    """Each mistake in a table is reported with file, row, column, what was found and what is allowed."""
    lines = complaints(overlaid, **{table: text})
    assert any(told in line for line in lines), lines


def test_all_faults_of_all_files_are_told_at_once(overlaid: Reader, complaints: Complaints) -> None:
    """Faults of several files, and of several rows of one, come together and in order."""
    lines = complaints(
        overlaid,
        losses="id,max_loss_db\nsplice,x\nconnector,-1\n",
        margins="id,up_to_m\nmargin-5km,far\n",
        splitters="id,description\nsplitter-1x8,光纤\n".encode("gbk"),
    )
    assert [line.partition(":")[0] for line in lines] == [
        "losses.csv, row 2, field max_loss_db",
        "losses.csv, row 3, field max_loss_db",
        "margins.csv, row 2, field up_to_m",
        "splitters.csv, row 2",
    ]


def test_missing_folder_and_file_are_told(tmp_path: Path) -> None:
    """A folder or file that is not there is the planner's fault, not a traceback."""
    with pytest.raises(CatalogueError) as raised:
        read_catalogue(directory=tmp_path / "none", prices=tmp_path / "none.csv")
    told = str(raised.value)
    assert "none: is no folder" in told
    assert "none.csv: cannot be read: No such file or directory" in told


def faults_of(prices: Path) -> tuple[Fault, ...] | None:
    """Give the faults of a price book, None if it has none; anything but a CatalogueError gets through."""
    try:
        read_catalogue(prices=prices)
    except CatalogueError as error:
        return error.faults
    return None


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(st.sampled_from(["item", "grass", "material_cost", "1", "-1", ",", ";", "\n", '"', " ", "é"])).map(
            lambda parts: "".join(parts).encode()
        ),
    )
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever stands in a price book, the answer is a catalogue or a CatalogueError with faults."""
    path = tmp_path_factory.mktemp("fuzz") / "book.csv"
    path.write_bytes(content)
    assert faults_of(path) != ()
