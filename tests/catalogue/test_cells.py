"""Cells of text become values of their column, or a complaint; values have one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponplan.catalogue.cells import CellError, format_cell, parse_cell, point_from_comma
from ponplan.catalogue.columns import Column


def column(kind: str, **more: object) -> Column:
    """Give a column of one type."""
    told = {
        "table": "t", "name": "n", "type": kind, "unit": "", "default": "", "lowest": None, "highest": None,
        "choices": (), "refers_to": "", "meaning": "m",
    }  # fmt: skip
    return Column(**{**told, **more})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("id", "gpon-b+", "gpon-b+"),
        ("text", "ITU-T G.984, class B+", "ITU-T G.984, class B+"),
        ("names", "gpon xgs-pon", ("gpon", "xgs-pon")),
        ("names", "gpon;xgs-pon", ("gpon", "xgs-pon")),
        ("integer", "2488320000", 2488320000),
        ("number", "-28", -28.0),
        ("number", "+1.5", 1.5),
        ("number", ".25", 0.25),
        ("boolean", "TRUE", True),
        ("boolean", "no", False),
    ],
)
def test_text_becomes_a_value(kind: str, text: str, value: object) -> None:
    """Each type reads what people and spreadsheets write."""
    assert parse_cell(text, column(kind)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "2.49E+09"),  # what Excel makes of 2488320000
        ("integer", "1.0"),
        ("integer", "1,000"),
        ("integer", "９"),
        ("integer", "9" * 5000),
        ("number", "nan"),
        ("number", "inf"),
        ("number", "1e3"),
        ("number", "12 EUR"),
        ("number", "3,5"),
        ("number", "9" * 400),
        ("boolean", "maybe"),
        ("id", "two words"),
        ("id", "a;b"),
        ("id", "x" * 65),
    ],
)
def test_other_text_is_refused(kind: str, text: str) -> None:
    """What is no plain value of the type is refused, never guessed."""
    with pytest.raises(CellError):
        parse_cell(text, column(kind))


@pytest.mark.parametrize("kind", ["id", "text", "name", "names", "integer", "number", "boolean"])
def test_missing_value_is_refused(kind: str) -> None:
    """An empty cell is a complaint whatever the type."""
    with pytest.raises(CellError, match="missing"):
        parse_cell("", column(kind))


def test_default_stands_in_for_an_empty_cell() -> None:
    """A default of the schema is taken, and `none` gives None or no names."""
    assert parse_cell("", column("number", default="2.5")) == 2.5
    assert parse_cell("", column("number", default="none")) is None
    assert parse_cell("", column("names", default="none")) == ()


def test_bounds_and_choices_are_kept() -> None:
    """Numbers outside their bounds and texts outside their choices are refused with the limit."""
    with pytest.raises(CellError) as low:
        parse_cell("-0.5", column("number", lowest=0.0, highest=10.0, unit="dB"))
    assert low.value.limit == "a plain decimal number from 0 up to 10 (dB)"
    with pytest.raises(CellError) as other:
        parse_cell("balanced", column("text", choices=("tap", "plc")))
    assert other.value.limit == "tap, plc"


def test_minus_zero_is_zero() -> None:
    """There is one zero, so that the same catalogue has the same bytes."""
    assert format_cell(parse_cell("-0", column("number"))) == "0"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_number_survives_its_text(value: float) -> None:
    """Every number that a plain decimal can write is read back as itself."""
    text = format_cell(value + 0.0)
    if "e" not in text:
        assert parse_cell(text, column("number")) == value


@pytest.mark.parametrize(
    ("text", "pointed"), [("3,5", "3.5"), ("0.350", "0.350"), ("12", "12"), ("1.2500", "1.2500")]
)
def test_decimal_comma_becomes_a_point(text: str, pointed: str) -> None:
    """In a file with decimal commas both marks are read where they can mean one thing only."""
    assert point_from_comma(text) == pointed


@pytest.mark.parametrize("text", ["3.500", "1.234.567", "1.234,5", "1,234,567"])
def test_marks_between_thousands_are_refused(text: str) -> None:
    """A number that may mean two things is refused."""
    with pytest.raises(CellError, match="two ways"):
        point_from_comma(text)
