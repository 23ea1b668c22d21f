"""One cell of text turned into a value of its column's type, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ponplan.catalogue.columns import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.catalogue.columns import Column

Value = str | int | float | bool | tuple[str, ...] | None

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_ID = re.compile(r"[^\s;,\"'\x00-\x1f]{1,64}")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_LONGEST = 30  # characters of a number; longer ones are broken files
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class CellError(ValueError):
    """A cell's text is no value of its column; `limit` says what is allowed."""

    def __init__(self, problem: str, limit: str) -> None:
        super().__init__(problem)
        self.limit = limit


def parse_cell(text: str, column: Column) -> Value:
    """Give the value of one cell.

    Raises
    ------
    CellError
        The cell is empty without a default, of the wrong type, out of bounds, or not one of the choices.
    """
    text = text or column.default
    if text == NOTHING and column.default == NOTHING:
        return () if column.type == "names" else None
    if not text:
        raise CellError("value is missing", _allowed(column))
    value = _PARSERS[column.type](text)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check_bounds(value, column)
    if column.choices and not set(value if isinstance(value, tuple) else (value,)) <= set(column.choices):
        raise CellError("value is not one of the choices", _allowed(column))
    return value


def format_cell(value: Value) -> str:
    """Give the one canonical text of a value: integers without point, lists with spaces, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def point_from_comma(text: str) -> str:
    """Give a number of a file with decimal commas with a decimal point.

    Raises
    ------
    CellError
        The text may mean two numbers: `3.500` where commas are decimal may be 3.5 or 3500.
    """
    if _THOUSANDS.fullmatch(text) or ("," in text and "." in text) or text.count(",") > 1:
        raise CellError(
            "number can be read in two ways in a file with decimal commas",
            "3500 or 3,5 without marks between thousands",
        )
    return text.replace(",", ".")


def _parse_id(text: str) -> str:
    if not _ID.fullmatch(text):
        limit = "up to 64 characters without spaces, quotes, commas and semicolons"
        raise CellError("not a usable id", limit)
    return text


def _parse_names(text: str) -> tuple[str, ...]:
    return tuple(text.replace(";", " ").split())


def _parse_integer(text: str) -> int:
    if len(text) > _LONGEST or not _INTEGER.fullmatch(text):
        raise CellError("not a whole number", "digits only, without marks between thousands, unit or exponent")
    return int(text)


def _parse_number(text: str) -> float:
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise CellError("not a number", "digits and one decimal point, without unit or exponent")
    return float(text) + 0.0  # no minus zero


def _parse_boolean(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise CellError("not a yes or no", "true, false, yes, no, 1, 0")
    return _TRUTH[text.lower()]


_PARSERS: Mapping[str, Callable[[str], Value]] = {
    "id": _parse_id,
    "name": _parse_id,
    "text": str,
    "names": _parse_names,
    "integer": _parse_integer,
    "number": _parse_number,
    "boolean": _parse_boolean,
}


def _check_bounds(value: float, column: Column) -> None:
    too_low = column.lowest is not None and value < column.lowest
    too_high = column.highest is not None and value > column.highest
    if too_low or too_high:
        raise CellError("number is out of bounds", _allowed(column))


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    if column.type not in ("integer", "number"):
        return "a text" if column.type == "text" else f"a {column.type}"
    kind = "a whole number" if column.type == "integer" else "a plain decimal number"
    if column.lowest is not None:
        kind += f" from {format_cell(column.lowest)}"
    if column.highest is not None:
        kind += f" up to {format_cell(column.highest)}"
    return f"{kind} ({column.unit})" if column.unit not in ("", "1") else kind
