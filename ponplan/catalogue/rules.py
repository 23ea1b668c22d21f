"""What must hold between cells, rows and tables of a catalogue, one function per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.catalogue.columns import catalogue_columns
from ponplan.catalogue.merge import unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.catalogue.merge import Rows
    from ponplan.errors import Fault

Tables = dict[str, dict[str, Any]]  # typed rows by table and id


def broken_rules(tables: Tables, layers: Mapping[str, Rows]) -> list[Fault]:
    """Give the faults of every rule."""
    return [fault for rule in RULES for fault in rule(tables, layers)]


def names_are_known(tables: Tables, layers: Mapping[str, Rows]) -> Iterator[Fault]:
    """A name in one table must be an id of the table it refers to."""
    for column in catalogue_columns():
        if not column.refers_to:
            continue
        known = layers[column.refers_to]
        for key, row in tables[column.table].items():
            value = getattr(row, column.name)
            names = value if isinstance(value, tuple) else () if value is None else (value,)
            for name in names:
                if name not in known:
                    record = layers[column.table][key]
                    yield unknown_name(record, column.name, name, known, what=f"id of {column.refers_to}")


RULES = (names_are_known,)
