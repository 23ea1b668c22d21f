"""The schema itself is held to closed lists, and the dataclasses to the schema."""

from __future__ import annotations

import dataclasses

import pytest

from ponplan.catalogue.catalogue import ROW_TYPES, Catalogue
from ponplan.catalogue.columns import (
    COLUMN_TYPES,
    NOTHING,
    UNITS,
    Column,
    catalogue_columns,
    columns_of,
    table_names,
)

PYTHON_TYPES = {
    "id": "str", "text": "str", "name": "str", "names": "tuple[str, ...]",
    "integer": "int", "number": "float", "boolean": "bool",
}  # fmt: skip
SUFFIX_UNITS = {
    "_db_per_km": "dB/km", "_dbm": "dBm", "_db": "dB", "_bps": "bps", "_nm": "nm", "_mm": "mm", "_ms": "ms",
    "_m": "m", "_w": "W", "_cost": "currency",
}  # fmt: skip


def test_tables_are_those_of_the_catalogue() -> None:
    """Schema, row types and the Catalogue's fields name the same tables in the same order."""
    names = [field.name for field in dataclasses.fields(Catalogue)]
    assert list(table_names()) == list(ROW_TYPES) == names


@pytest.mark.parametrize("table", table_names())
def test_columns_are_the_fields_of_the_row(table: str) -> None:
    """Every column is a field of the row's dataclass, with the type the schema says."""
    fields = {field.name: field.type for field in dataclasses.fields(ROW_TYPES[table])}
    said = {}
    for column in columns_of(table):
        is_optional = column.default == NOTHING and column.type != "names"
        said[column.name] = PYTHON_TYPES[column.type] + (" | None" if is_optional else "")
    assert {name: "str" if kind == "Trust" else kind for name, kind in fields.items()} == said


@pytest.mark.parametrize("column", catalogue_columns(), ids=lambda column: f"{column.table}.{column.name}")
def test_column_is_described_by_closed_lists(column: Column) -> None:
    """Type and unit are from the closed lists, bounds and references make sense, the meaning is said."""
    assert column.type in COLUMN_TYPES
    assert column.unit in UNITS
    assert column.meaning
    assert (column.refers_to in table_names()) == (column.type in ("name", "names"))
    is_number = column.type in ("integer", "number")
    assert is_number == (column.lowest is not None) == (column.highest is not None)
    assert not is_number or column.lowest <= column.highest
    assert is_number == (column.unit != "")


@pytest.mark.parametrize("column", catalogue_columns(), ids=lambda column: f"{column.table}.{column.name}")
def test_unit_is_that_of_the_name(column: Column) -> None:
    """A column whose name ends with a unit has that unit."""
    for suffix, unit in SUFFIX_UNITS.items():
        if column.name.endswith(suffix) and column.type in ("integer", "number"):
            assert column.unit == unit
            break


@pytest.mark.parametrize("table", table_names())
def test_every_table_says_source_and_trust(table: str) -> None:
    """Every table begins with id and description and ends with source and trust, none of them optional."""
    columns = columns_of(table)
    names = [column.name for column in columns]
    assert names[:2] == ["id", "description"]
    assert names[-2:] == ["source", "trust"]
    assert not any(column.default for column in columns if column.name in ("id", "description", "source", "trust"))
