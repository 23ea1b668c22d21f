"""Today's point-to-point connections, from a planner's own table: who is on which fibres of which cable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.area.cells import text_of
from ponplan.area.plant.ranges import numbers_of
from ponplan.area.tables.mapping import read_table_mapping
from ponplan.area.tables.sources import open_source
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ponplan.area.table import Table
    from ponplan.topology.network import Network

Strand = tuple[str, int]
FIELDS = ("customer", "cable", "fibre")


def read_existing(path: Path, network: Network) -> dict[str, tuple[Strand, ...]]:
    """Read a table of any kind with the columns `customer`, `cable` and `fibre`: a number, or several as 1-2,5.

    A customer on several fibres, or on one that passes several cables, may have several rows.

    Raises
    ------
    AreaError
        Names every unknown customer, repeated fibre, empty or wrong cell, and fibre that a cable of the design lacks.
    """
    mapping = read_table_mapping().existing
    source = open_source(path, mapping, kind="existing")
    table, missing = source.table, [name for name in FIELDS if name not in source.fields]
    if missing:
        problem, limit = f"the header lacks {', '.join(missing)}", ", ".join(source.table.columns)
        remedy = "; ".join(f"{name}: {', '.join(mapping.columns[name][:5])}" for name in missing)
        raise AreaError([Fault(file=table.file, problem=problem, value=limit, remedy=f"name columns so: {remedy}")])
    columns = [table.column(source.fields[name]) for name in FIELDS]
    known = {customer.id for customer in network.customers}
    sizes = {cable.id: network.catalogue.cable_types[cable.type].fibres for cable in network.cables}
    faults: list[Fault] = []
    found: dict[str, list[Strand]] = {}
    owners: dict[Strand, tuple[str, int]] = {}
    for index, (customer, cable, fibre) in enumerate(zip(*columns, strict=True)):
        name, strands = text_of(customer), _strands(table, index, text_of(cable), fibre, sizes, faults)
        if name not in known:
            problem = "no such customer in the design" if name else "no customer is named"
            faults.append(table.fault(index, problem, field="customer", value=name or None))
            continue
        for strand in strands:
            owner, first = owners.setdefault(strand, (name, table.rows[index]))
            if first != table.rows[index]:
                problem = f"fibre {strand[0]}:{strand[1]} is on row {first} already, for customer {owner}"
                faults.append(table.fault(index, problem, field="fibre", value=fibre))
        found.setdefault(name, []).extend(strands)
    if faults:
        raise AreaError(faults)
    return {customer: tuple(strands) for customer, strands in found.items()}


def _strands(
    table: Table, index: int, cable: str, fibre: object, sizes: Mapping[str, int], faults: list[Fault]
) -> list[Strand]:
    """Give the fibres of a row; what is wrong with them is added to the faults."""
    if not cable:
        faults.append(table.fault(index, "no cable is named", field="cable"))
    try:
        numbers = numbers_of(fibre)
    except ValueError:
        numbers = ()
    if not numbers:
        limit = "1, 2, 3, ... or 1-2,5"
        problem = "is no fibre number"
        faults.append(table.fault(index, problem, field="fibre", value=text_of(fibre) or None, limit=limit))
    elif numbers[-1] > sizes.get(cable, numbers[-1]):
        problem = f"cable {cable} has no such fibre"
        faults.append(table.fault(index, problem, field="fibre", value=numbers[-1], limit=f"1 to {sizes[cable]}"))
    return [(cable, number) for number in numbers] if cable else []
