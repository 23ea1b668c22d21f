"""Edits of an earlier design that the new one does not follow, each with what keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ponplan.design.standing.asdesigned import FIELDS, Edit, edits_of, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely import LineString

    from ponplan.topology.network import Network, NetworkCustomer

LOCK = "lock it (locked = true) and plan on from this file again"
ADVICE = {
    "customers": "the area says who wants what, and where: change it there",
    "onus": "terminals follow from what customers buy: change that in the area",
    "ports": "ports and their optics follow from the splitters: see technology_optics in the area's rules",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKept:
    """An edit that the new design does not follow."""

    table: str
    row: str
    field: str
    value: str | None
    before: str | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Give it as one line."""
        where = f"{self.table} {self.row}".strip() + (f", {self.field}" if self.field else "")
        value = f" (edited to {self.value}; was {self.before})" if self.value and self.before else ""
        return f"{where}: {self.problem}{value}; to keep it: {self.remedy}"

    def as_facts(self) -> dict[str, object]:
        """Give it as plain values."""
        return asdict(self)


def not_kept(
    earlier: Network,
    drawn: Mapping[str, tuple[LineString | None, float]],
    customers: Mapping[str, NetworkCustomer],
    later: Network,
) -> tuple[NotKept, ...]:
    """Give the edits of an earlier design's file that the later design does not follow.

    Parameters
    ----------
    drawn
        Cables that the file draws off their routes.
    customers
        Of the area, by id.
    """
    edits = edits_of(earlier)
    there = {table: {one.id: one for one in getattr(later, table)} for table in FIELDS}
    told = [one for edit in edits if edit.row for one in _outcome(edit, there)]
    told += [one for edit in edits if not edit.row for one in _of_table(edit.table, earlier, customers)]
    told += _redrawn(earlier, drawn, later)
    told += _moved_premises(earlier)
    told += _locked_unused(earlier, later)
    return tuple(told)


def _outcome(edit: Edit, later: Mapping[str, Mapping[str, Any]]) -> Iterator[NotKept]:
    """Say what became of one edit, if it was not followed; records of the later design are told by table and id."""
    now = later[edit.table].get(edit.row)
    if edit.field:
        value = None if now is None else getattr(now, edit.field)
        if (" ".join(value) if isinstance(value, tuple) else value) != edit.value:
            yield _told(edit, "edited, but not locked: it was planned anew", LOCK)
    elif edit.value is not None:
        if now is None:
            yield _told(edit, "added by hand, but neither locked nor needed", LOCK)
    elif now is not None and getattr(now, FIELDS[edit.table][0]) == edit.before:
        advice = {"cables": "mark the routes forbidden in the area that no cable may use"}
        site = "mark its site forbidden in the area, so that nothing stands there"
        yield _told(edit, "deleted, but there again: the plan needs it", advice.get(edit.table, site))


def _told(edit: Edit, problem: str, remedy: str) -> NotKept:
    return NotKept(**asdict(edit), problem=problem, remedy=remedy)


def _of_table(table: str, earlier: Network, customers: Mapping[str, NetworkCustomer]) -> Iterator[NotKept]:
    """Tell of a table that was edited and is not read, row by row where the area says otherwise."""
    problem = f"the table {table} was edited, which the new design does not follow"
    there = {one.id: one for one in earlier.customers} if table == "customers" else {}
    names = [
        name
        for name in sorted(there.keys() | customers.keys() if there else ())
        if name not in there
        or name not in customers
        or fingerprint(table, there[name]) != fingerprint(table, customers[name])
    ]
    for name in names or [""]:
        said = "the area says otherwise of this customer, and counts" if name else problem
        yield NotKept(table=table, row=name, field="", value=None, before=None, problem=said, remedy=ADVICE[table])


def _redrawn(
    earlier: Network, drawn: Mapping[str, tuple[LineString | None, float]], later: Network
) -> Iterator[NotKept]:
    """Tell of the cables that were redrawn and not locked."""
    was = {one.id: one for one in earlier.cables}
    there = {one.id: one for one in later.cables}
    for name, (line, off_m) in drawn.items():
        if line is None or name not in was or was[name].locked or was[name].state == "existing":
            continue
        if name in there and there[name].routes != was[name].routes and there[name].locked:
            continue
        problem = f"the cable was redrawn up to {off_m:.1f} m off its routes, but not locked: it was planned anew"
        yield NotKept(table="cables", row=name, field="geom", value=None, before=None, problem=problem, remedy=LOCK)


def _moved_premises(earlier: Network) -> Iterator[NotKept]:
    """Tell of premises and offices that were dragged: they stand where the area says."""
    from ponplan.design.standing.edits import moved_nodes

    for node, metres in moved_nodes(earlier, ("premises", "office")):
        remedy = "move the customer in the area" if node.kind == "premises" else "move the office in the area"
        problem = f"the {node.kind} was moved by {metres:.1f} m, but stands where the area says"
        yield NotKept(
            table="nodes", row=node.id, field="geom", value=None, before=None, problem=problem, remedy=remedy
        )


def _locked_unused(earlier: Network, later: Network) -> Iterator[NotKept]:
    """Tell of locked routes that nothing opens: a lock keeps what is there."""
    states = {route.id: route.state for route in later.routes}
    for route in earlier.routes:
        if route.locked and route.state == "unused" and states.get(route.id, "unused") == "unused":
            problem = "the route is locked, but not opened by the design, so that there is nothing to keep"
            remedy = "set its state to new as well, and it is dug"
            yield NotKept(
                table="routes", row=route.id, field="locked", value=None, before=None, problem=problem, remedy=remedy
            )
