"""Rows that stand for several homes, as demand points do: each home is a customer, and they share a building room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.cells import text_of
from ponplan.area.model import Site
from ponplan.area.tables.numbers import count_in

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ponplan.area.model import Customer
    from ponplan.area.table import Table
    from ponplan.errors import Fault

DIRECT = "direct-1g"  # technology of homes that have a fibre alone


def one_row_a_home(table: Table, source: Table, notes: list[str], faults: list[Fault]) -> Table:
    """Repeat rows of customers by their homes, numbered behind the id; a row without homes is left out.

    Parameters
    ----------
    table
        Customers in ponplan's columns.
    source
        The same rows with the columns `homes` and `direct_homes`: homes on a PON, and those with a fibre alone.
    """
    if not any(text_of(cell) for name in ("homes", "direct_homes") for cell in source.column(name)):
        return table
    counts = [_homes(source, index, faults) for index in range(len(source))]
    rows = [index for index, (homes, direct) in enumerate(counts) for _ in range(homes + direct)]
    numbers = [number for homes, direct in counts for number in range(1, homes + direct + 1)]
    answer = table.take(rows)
    columns = {name: list(cells) for name, cells in answer.columns.items()}
    for name in ("id", "room", "technology"):
        columns[name] = list(answer.column(name))
    for place, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        if number > counts[row][0] and not columns["technology"][place]:
            columns["technology"][place] = DIRECT
        if sum(counts[row]) > 1:
            columns["room"][place] = columns["room"][place] or _room_of(text_of(columns["id"][place]))
            columns["id"][place] = f"{text_of(columns['id'][place])}/{number}"
    notes.extend(_told(counts))
    return replace(answer, columns=columns)


def rooms_of_homes(customers: Sequence[Customer], known: Collection[str]) -> tuple[Site, ...]:
    """Give the rooms that `one_row_a_home` put homes into and that no site is yet."""
    rooms: dict[str, Site] = {}
    for customer in customers:
        row, slash, _ = customer.id.rpartition("/")
        if slash and customer.room == _room_of(row) and customer.room not in known:
            room = Site(id=customer.room, name=customer.name, kind="room", x_m=customer.x_m, y_m=customer.y_m)
            rooms.setdefault(room.id, room)
    return tuple(rooms.values())


def _room_of(row: str) -> str:
    return f"room-{row}"


def _homes(source: Table, index: int, faults: list[Fault]) -> tuple[int, int]:
    """Give the homes on a PON and with a fibre alone; one on a PON where nothing is said."""
    cells = [source.column(name)[index] for name in ("homes", "direct_homes")]
    if not any(map(text_of, cells)):
        return 1, 0
    homes, direct = (
        count_in(source, index, name, cell, faults, least=0, empty=0)
        for name, cell in zip(("homes", "direct_homes"), cells, strict=True)
    )
    return homes, direct


def _told(counts: Sequence[tuple[int, int]]) -> list[str]:
    """Say what became of the rows."""
    several = [sum(pair) for pair in counts if sum(pair) > 1]
    alone, none = sum(direct for _, direct in counts), sum(sum(pair) == 0 for pair in counts)
    notes = []
    if several:
        notes.append(f"{len(several)} rows stand for {sum(several)} homes: a customer each, with a building room")
    if alone:
        notes.append(f"{alone} homes have a fibre alone: {DIRECT}")
    if none:
        notes.append(f"{none} rows without homes were left out")
    return notes
