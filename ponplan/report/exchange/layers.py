"""The layers that have a place, with the category that decides how each feature is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.report.exchange.result import Loss
from ponplan.topology.file.stored import stored_tables
from ponplan.topology.file.styles import layer_styles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ponplan.topology.file.schema import FileTable
    from ponplan.topology.file.stored import Columns
    from ponplan.topology.file.styles import Look
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer: shapes and columns by row, and how each row is drawn."""

    table: FileTable
    columns: Columns
    shapes: NDArray[np.object_]
    categories: tuple[str, ...]  # of each row; one of `looks`, or something else
    looks: tuple[Look, ...]

    def rows_of(self, category: str) -> list[int]:
        """Give the rows of a category."""
        return [row for row, value in enumerate(self.categories) if value == category]


def map_layers(network: Network) -> Iterator[MapLayer]:
    """Give the layers of a design that can be drawn."""
    styles = {style.layer: style for style in layer_styles(customer.technology for customer in network.customers)}
    for table, columns in stored_tables(network):
        style = styles.get(table.name)
        if style is not None and table.geometry:
            yield MapLayer(
                table=table,
                columns={name: values for name, values in columns.items() if name != "geom"},
                shapes=np.asarray(columns["geom"], dtype=object),
                categories=tuple(style.values(columns)),
                looks=style.looks,
            )


def plain_tables_lost(network: Network) -> Loss:
    """Give the loss of a format that holds only what has a place."""
    names = [table.name for table, columns in stored_tables(network) if not table.geometry and any(columns.values())]
    return Loss(what=f"tables {', '.join(names)}", reason="the format holds only what has a place")
