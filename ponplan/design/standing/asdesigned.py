"""What a design was like when it was made, kept in its facts, so that later edits of the file can be told."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.topology.network import Network

FACT = "as_designed"
# of each table, the fields that a planner may edit; drops, premises and unused routes are left out
FIELDS = {
    "nodes": ("enclosure",),
    "cables": ("type", "from_node", "to_node", "routes"),
    "splitters": ("node", "type"),
    "routes": ("state",),
}
SUMMED = ("customers", "onus", "ports")  # tables of which only is kept whether they changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A difference between a design file and what it was made as.

    Parameters
    ----------
    row
        Id of the record; empty where only the whole table is known to have changed.
    field
        Empty where the record was added or deleted.
    value, before
        As it is now and as it was; None where there is no such record.
    """

    table: str
    row: str
    field: str
    value: str | None
    before: str | None

    def __str__(self) -> str:
        """Give the edit as one line."""
        if not self.row:
            return f"the table {self.table}"
        if not self.field:
            return f"{self.table} {self.row} was {'deleted' if self.value is None else 'added'}"
        return f"{self.table} {self.row}: {self.field} is {self.value}, was {self.before}"


def as_designed(network: Network) -> dict[str, object]:
    """Give what `edits_of` compares a design with later: plain values, field by field, long ones as a check sum."""
    told: dict[str, object] = {table: dict(_rows(network, table)) for table in FIELDS}
    return {**told, **{table: _sum(network, table) for table in SUMMED}}


def edits_of(network: Network) -> list[Edit]:
    """Give what was edited since the design was made; nothing for a file that does not say how it was made."""
    before: Any = network.facts.get(FACT)
    if not isinstance(before, dict):
        return []
    found = [edit for table in FIELDS for edit in _edited(network, table, before.get(table, {}))]
    changed = [table for table in SUMMED if before.get(table) not in (None, _sum(network, table))]
    return [*found, *(Edit(table=table, row="", field="", value=None, before=None) for table in changed)]


def _edited(network: Network, table: str, before: Mapping[str, list[Any]]) -> Iterator[Edit]:
    now = dict(_rows(network, table))
    records = {one.id: one for one in getattr(network, table)}
    for name in sorted(before.keys() | now.keys()):
        if name not in now or name not in before:
            here, there = (str(rows[name][0]) if name in rows else None for rows in (now, before))
            if table == "routes" and name in records:
                here, there = here or "unused", there or "unused"
                yield Edit(table=table, row=name, field="state", value=here, before=there)
            elif name:
                yield Edit(table=table, row=name, field="", value=here, before=there)
            continue
        for field, value, was in zip(FIELDS[table], now[name], before[name], strict=False):
            if value != was:
                shown = _shown(records[name], field)
                yield Edit(table=table, row=name, field=field, value=shown, before=_was(field, was))


def _was(field: str, value: object) -> str:
    return "others" if field == "routes" else str(value)


def _shown(record: object, field: str) -> str:
    value = getattr(record, field)
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _rows(network: Network, table: str) -> Iterator[tuple[str, list[Any]]]:
    for record in getattr(network, table):
        if table == "nodes" and record.kind == "premises":
            continue
        if table == "cables" and record.role == "drop":
            continue
        if table == "routes" and (record.state == "unused" or record.kind not in ("route", "lead-in")):
            continue
        values = (getattr(record, field) for field in FIELDS[table])
        yield record.id, [zlib.crc32(" ".join(v).encode()) if isinstance(v, tuple) else v for v in values]


def _sum(network: Network, table: str) -> int:
    total = 0
    for record in getattr(network, table):
        total = zlib.crc32(repr(fingerprint(table, record)).encode(), total)
    return total


def fingerprint(table: str, record: Any) -> tuple[object, ...]:  # noqa: ANN401 - of a customer, terminal or port
    """Give what a design is made for, or with, in one record."""
    if table == "customers":
        place = (round(record.x_m, 2), round(record.y_m, 2))
        return (
            record.id, *place, record.customer_class, record.services, record.technology, record.protection,
        )  # fmt: skip
    if table == "onus":
        return record.id, record.customer, record.type
    return record.id, record.optics, record.technology, record.partner
