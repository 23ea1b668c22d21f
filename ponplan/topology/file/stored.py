"""A network as the design file's tables: columns of stored values, from which every format is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.file.codecs import encoded
from ponplan.topology.file.derived import derived_columns
from ponplan.topology.file.schema import CATALOGUE, COLUMNS, FACTS, PLAN, RECORD_TABLES, RULES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.topology.file.derived import Derived
    from ponplan.topology.file.schema import FileTable
    from ponplan.topology.network import Network

Columns = dict[str, "Sequence[Any]"]  # by name, in the schema's order


def stored_tables(network: Network) -> Iterator[tuple[FileTable, Columns]]:
    """Give every table of the design file with its columns, values as SQLite keeps them, geometries as shapely's.

    Raises
    ------
    DesignFileError
        A record has a value that cannot be kept, such as a number that is not finite.
    """
    derived = derived_columns(network)
    for table in RECORD_TABLES:
        yield table, _encoded(table, _record_columns(table, getattr(network, table.name), network, derived))
    yield RULES, _encoded(RULES, [_column_values(column.name, (network.rules,)) for column in RULES.columns])
    yield PLAN, _encoded(PLAN, [[network.name], [network.crs]])
    facts = sorted(network.facts.items())
    yield FACTS, _encoded(FACTS, [[name for name, _ in facts], [value for _, value in facts]])
    tables = network.catalogue.to_tables()
    yield CATALOGUE, _encoded(CATALOGUE, [list(tables), list(tables.values())])
    yield COLUMNS, _encoded(COLUMNS, _documentation())


def _record_columns(
    table: FileTable, rows: Sequence[Any], network: Network, derived: Derived
) -> list[Sequence[Any] | NDArray[np.object_]]:
    columns: list[Sequence[Any] | NDArray[np.object_]] = []
    for column in table.columns:
        if column.type in ("point", "line"):
            columns.append(_shapes(table, rows, network, derived))
        elif column.derived:
            columns.append(derived[table.name, column.name])
        else:
            columns.append(_column_values(column.name, rows))
    return columns


def _shapes(table: FileTable, rows: Sequence[Any], network: Network, derived: Derived) -> NDArray[np.object_]:
    if table.name == "routes":
        return network.route_lines
    if table.name == "cables":
        return np.asarray(derived[table.name, "geom"], dtype=object)
    places = np.array([(row.x_m, row.y_m) for row in rows], dtype=float).reshape(-1, 2)
    if not np.isfinite(places).all():
        fault = Fault(file="network", row=table.name, field="x_m, y_m", problem="coordinates are not finite numbers")
        raise DesignFileError([fault])
    return np.asarray(shapely.points(places), dtype=object).reshape(len(rows))


def _column_values(name: str, rows: Iterable[Any]) -> list[Any]:
    return [getattr(row, name) for row in rows]


def _encoded(table: FileTable, columns: Sequence[Any]) -> Columns:
    stored: Columns = {}
    for column, values in zip(table.columns, columns, strict=True):
        try:
            stored[column.name] = values if column.type in ("point", "line") else encoded(values, column)
        except (TypeError, ValueError) as error:
            fault = Fault(file="network", row=table.name, field=column.name, problem=str(error))
            raise DesignFileError([fault]) from error
    return stored


def _documentation() -> list[list[Any]]:
    rows = [
        (table.name, column.name, column.type, column.unit, column.derived, column.meaning)
        for table in TABLES
        for column in table.columns
    ]
    return [list(values) for values in zip(*rows, strict=True)]
