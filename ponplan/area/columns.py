"""Columns of a table read as ids, words and numbers, with a complaint for every cell that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ponplan.area.cells import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.area.table import Table
    from ponplan.errors import Fault

Value = TypeVar("Value")


def texts_in(table: Table, name: str) -> list[str]:
    """Give a column as trimmed texts, empty where nothing stands."""
    if name not in table.columns:
        return [""] * len(table)
    return [
        # most cells need no call: a large table has millions
        "" if value is None else value if isinstance(value, str) and value.isalnum() else text_of(value)
        for value in table.columns[name]
    ]


def ids_in(table: Table, faults: list[Fault]) -> list[str]:
    """Give the ids; each row must have one, and no two the same."""
    ids = texts_in(table, "id")
    demand_all(table, "id", ids, faults, remedy="give every row an id of its own")
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        if name and first.setdefault(name, index) != index:
            faults.append(
                table.fault(
                    index,
                    f"the id stands in row {table.rows[first[name]]} already",
                    field="id",
                    value=name,
                    remedy="give every row an id of its own",
                )
            )
    return ids


def demand_all(table: Table, name: str, values: list[str], faults: list[Fault], *, remedy: str) -> None:
    """Complain about every row in which nothing stands."""
    faults.extend(
        table.fault(index, "nothing stands here", field=name, remedy=remedy)
        for index, value in enumerate(values)
        if not value
    )


def choices_in(table: Table, name: str, allowed: tuple[str, ...], faults: list[Fault]) -> list[str]:
    """Give a column of words in lower case, and complain about those that are not allowed."""
    values = [value.casefold() for value in texts_in(table, name)]
    faults.extend(
        table.fault(index, "unknown word", field=name, value=value, limit=", ".join(allowed))
        for index, value in enumerate(values)
        if value and value not in allowed
    )
    return values


def parsed_in(
    table: Table, name: str, parse: Callable[[object], Value], *, missing: Value, faults: list[Fault]
) -> list[Value]:
    """Give what `parse` makes of each cell; what it refuses is a fault, and `missing` instead."""
    values = []
    for index, raw in enumerate(table.column(name)):
        try:
            values.append(parse(raw))
        except ValueError as error:
            faults.append(
                table.fault(index, "the value cannot be understood", field=name, value=raw, limit=str(error))
            )
            values.append(missing)
    return values


def parsed_or_none(
    table: Table, name: str, parse: Callable[[object], Value | None], faults: list[Fault]
) -> list[Value | None]:
    """Give what `parse` makes of each cell, None for empty ones and for faults."""
    return parsed_in(table, name, lambda cell: parse(cell) if text_of(cell) else None, missing=None, faults=faults)


def extras_in(table: Table, known: tuple[str, ...]) -> list[Mapping[str, object]]:
    """Give each row's columns that are not known, where something stands in them."""
    names = [name for name in table.columns if name not in known]
    if not names:
        return [{} for _ in table.rows]
    rows = zip(*(table.columns[name] for name in names), strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
