"""A planner's table of circuits, with ends by id or name and services by word or rate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.cells import text_of
from ponplan.area.circuits import circuits_from, with_customer_ids
from ponplan.area.model import Circuit
from ponplan.area.tables.headers import normalised
from ponplan.area.tables.understand import Understanding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.model import Customer
    from ponplan.area.table import Table
    from ponplan.area.tables.demand import DemandReader
    from ponplan.area.tables.mapping import LayerMapping
    from ponplan.area.tables.sources import Source
    from ponplan.errors import Fault


def understand_circuits(
    source: Source,
    mapping: LayerMapping,
    customers: Sequence[Customer],
    demand: DemandReader,
    faults: list[Fault],
) -> tuple[tuple[Circuit, ...], Understanding]:
    """Rename columns, find the customers at the ends, read services; faults are added to `faults`."""
    table = source.table
    columns: dict[str, Sequence[object]] = {name: table.column(column) for name, column in source.fields.items()}
    notes = list(source.notes)
    if "id" not in columns:
        columns["id"] = [f"circuit-{row}" for row in table.rows]
        notes.append("there is no column of ids: rows were numbered")
    outside = {
        normalised(word): name for name, words in mapping.values.get("z_end", {}).items() for word in (name, *words)
    }
    columns["z_end"] = [
        outside.get(normalised(text_of(cell)), cell) for cell in columns.get("z_end") or [None] * len(table)
    ]
    kept = [name for name in table.columns if name not in source.fields.values()]
    renamed = replace(table, columns={**columns, **{name: table.column(name) for name in kept}}, geometry=None)
    services = _services(renamed, customers, demand, faults)
    circuits = circuits_from(replace(renamed, columns={**renamed.columns, "service": services}), faults)
    report = Understanding(
        kind="circuits",
        file=table.file,
        rows=len(table),
        crs=None,
        columns=tuple(source.fields.items()),
        kept=tuple(kept),
        notes=tuple(notes),
    )
    # where rows are at fault, the ends of all are still held to the customers, so that everything is told at once
    return with_customer_ids(circuits or _ends(renamed), customers), report


def _ends(table: Table) -> tuple[Circuit, ...]:
    """Give circuits of nothing but both ends, of the rows that name them."""
    rows = zip(*(map(text_of, table.column(name)) for name in ("id", "a_end", "z_end")), strict=True)
    return tuple(Circuit(id=name, a=a, z=z, service="") for name, a, z in rows if a and z)


def _services(table: Table, customers: Sequence[Customer], demand: DemandReader, faults: list[Fault]) -> list[object]:
    """Read the one service of each circuit; a bare rate is read as for the class of the customer at the A end."""
    class_of = {key: one.customer_class for one in customers for key in (one.name.casefold(), one.id)}
    answers: list[object] = []
    for index, cell in enumerate(table.column("service")):
        if not text_of(cell):
            answers.append(None)
            continue
        end = text_of(table.column("a_end")[index])
        customer_class = class_of.get(end, class_of.get(end.casefold(), ""))
        try:
            services = demand.services_of(cell, customer_class)
            if [count for _, count in services] != [1]:
                raise ValueError("one service; how many stands in the column count")
            answers.append(services[0][0])
        except ValueError as error:
            problem = "the service cannot be understood"
            faults.append(table.fault(index, problem, field="service", value=cell, limit=str(error)))
            answers.append(cell)
    return answers
