"""Circuits between customers, or from a customer to the networks outside: read, written, and held to the area."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.cells import count_of, text_of
from ponplan.area.model import Circuit
from ponplan.area.table import Table
from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.model import Area, Customer

OUTSIDE = ("internet", "bearer")  # what a Z end may be beside a customer
CIRCUIT_COLUMNS = ("id", "a_end", "z_end", "service", "count")


def circuits_from(table: Table, faults: list[Fault]) -> tuple[Circuit, ...]:
    """Read circuits; every fault is added to `faults`, and then there are none."""
    before = len(faults)
    texts = {name: [text_of(value) for value in table.column(name)] for name in CIRCUIT_COLUMNS}
    for name in CIRCUIT_COLUMNS[:4]:
        faults.extend(
            table.fault(index, "nothing stands here", field=name, remedy=_REMEDIES[name])
            for index, text in enumerate(texts[name])
            if not text
        )
    first: dict[str, int] = {}
    for index, name in enumerate(texts["id"]):
        if name and first.setdefault(name, index) != index:
            problem = f"the id stands in row {table.rows[first[name]]} already"
            faults.append(table.fault(index, problem, field="id", value=name, remedy=_REMEDIES["id"]))
    counts = [_count(table, index, faults) for index in range(len(table))]
    extra = [name for name in table.columns if name not in CIRCUIT_COLUMNS]
    if len(faults) > before:
        return ()
    return tuple(
        Circuit(
            id=texts["id"][index],
            a=texts["a_end"][index],
            z=texts["z_end"][index],
            service=texts["service"][index],
            count=counts[index],
            attributes={name: table.columns[name][index] for name in extra if table.columns[name][index] is not None},
        )
        for index in range(len(table))
    )


def circuits_table(circuits: Sequence[Circuit]) -> Table:
    """Write circuits as `circuits_from` reads them: a table without geometry."""
    columns: dict[str, list[object]] = {
        "id": [circuit.id for circuit in circuits],
        "a_end": [circuit.a for circuit in circuits],
        "z_end": [circuit.z for circuit in circuits],
        "service": [circuit.service for circuit in circuits],
        "count": [circuit.count for circuit in circuits],
    }
    for key in dict.fromkeys(key for circuit in circuits for key in circuit.attributes):
        columns[key] = [circuit.attributes.get(key) for circuit in circuits]
    return Table(file="circuits", rows=range(1, len(circuits) + 1), columns=columns)


def with_customer_ids(circuits: Sequence[Circuit], customers: Sequence[Customer]) -> tuple[Circuit, ...]:
    """Give circuits whose ends are named by customer id; an end told by a name that one customer has gets that id."""
    known = {customer.id for customer in customers} | set(OUTSIDE)
    names = Counter(customer.name.casefold() for customer in customers)
    by_name = {c.name.casefold(): c.id for c in customers if c.name and names[c.name.casefold()] == 1}

    def end(text: str) -> str:
        return text if text in known else by_name.get(text.casefold(), text)

    return tuple(replace(circuit, a=end(circuit.a), z=end(circuit.z)) for circuit in circuits)


def lost_ends(area: Area, *, file: str = "circuits") -> list[Fault]:
    """Find circuits that do not begin at a customer, or end neither at another nor outside."""
    customers = {customer.id for customer in area.customers}
    faults = []
    for circuit in area.circuits:
        if circuit.a not in customers:
            problem = "the A end is no customer of the area"
            faults.append(_lost(file, circuit, "a_end", circuit.a, problem, "a customer's id or unique name"))
        if circuit.z not in customers and circuit.z not in OUTSIDE:
            problem = "the Z end is no customer of the area"
            limit = f"a customer's id or unique name, {' or '.join(OUTSIDE)}"
            faults.append(_lost(file, circuit, "z_end", circuit.z, problem, limit))
        if circuit.a == circuit.z:
            problem = "a circuit ends where it begins"
            faults.append(_lost(file, circuit, "z_end", circuit.z, problem, "another customer"))
    return faults


_REMEDIES = {
    "id": "give every row an id of its own",
    "a_end": "name the customer at the A end",
    "z_end": f"name the customer at the Z end, {' or '.join(OUTSIDE)}",
    "service": "name a service of the catalogue, e.g. e1",
}


def _lost(file: str, circuit: Circuit, field: str, value: str, problem: str, limit: str) -> Fault:
    return Fault(
        file=file, row=circuit.id, field=field, value=value, problem=problem, limit=limit, remedy=_REMEDIES[field]
    )


def _count(table: Table, index: int, faults: list[Fault]) -> int:
    value = table.column("count")[index]
    try:
        count = count_of(value)
    except ValueError:
        count = 0
    if count is not None and count < 1:
        faults.append(
            table.fault(index, "this is no count", field="count", value=value, limit="a whole number from 1")
        )
    return 1 if count is None else count
