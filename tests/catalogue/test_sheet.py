"""CSV as people's programs write it is read, or refused with a reason they can act on."""

from __future__ import annotations

import pytest

from ponplan.catalogue.sheet import decode, read_sheet
from ponplan.errors import CatalogueError


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_recognised(delimiter: str) -> None:
    """Comma, semicolon and tab give the same rows; only the comma rules out decimal commas."""
    sheet = read_sheet(delimiter.join("ab") + "\r\n" + delimiter.join("12") + "\r\n", file="t.csv")
    assert sheet.columns == ("a", "b")
    assert [dict(record.cells) for record in sheet.records] == [{"a": "1", "b": "2"}]
    assert sheet.decimal_comma == (delimiter != ",")


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    """Empty rows are left out but counted, a cell of two lines is one row."""
    sheet = read_sheet('a,b\n\n"two\nlines",1\n,\nx,2\n', file="t.csv")
    assert [record.row for record in sheet.records] == [3, 5]


def test_excels_separator_line_is_not_the_header() -> None:
    """A first line `sep=;` names the delimiter."""
    sheet = read_sheet("sep=;\na;b\n1,5;2\n", file="t.csv")
    assert sheet.header_row == 2
    assert sheet.records[0].row == 3
    assert sheet.records[0].cells == {"a": "1,5", "b": "2"}


def test_empty_columns_at_the_end_are_left_out() -> None:
    """Columns without name and content, as spreadsheets leave them, do no harm."""
    sheet = read_sheet("a,b,,\n1,2,,\n", file="t.csv")
    assert sheet.columns == ("a", "b")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no header"),
        ("\n\n", "no header"),
        ("a,b,a\n1,2,3\n", "named twice"),
        ("a,b\n1,2,3\n", "under no column name"),
        ('a,b\n"1,2\n', "not readable as CSV"),
        ('a,b\n"1"x,2\n', "not readable as CSV"),
    ],
)
def test_broken_tables_are_refused(text: str, problem: str) -> None:
    """A table that is no table is refused with what is wrong."""
    with pytest.raises(CatalogueError, match=problem):
        read_sheet(text, file="t.csv")


def test_byte_order_mark_is_accepted() -> None:
    """Excel's `CSV UTF-8` begins with a byte order mark."""
    assert decode("﻿a,b\n".encode(), file="t.csv") == "a,b\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("id,名称\n1,光纤\n".encode("gbk"), "row 1: is not UTF-8 text .it looks like GBK"),
        ("id,name\n1,Glasfaserkabel f\xfcr\n".encode("latin-1"), "row 2: is not UTF-8 text"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 and so on", "workbook"),
    ],
)
def test_other_encodings_are_refused(content: bytes, problem: str) -> None:
    """Another encoding is named, with the row where it shows."""
    with pytest.raises(CatalogueError, match=problem):
        decode(content, file="t.csv")
