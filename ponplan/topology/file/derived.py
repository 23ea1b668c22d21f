"""The columns that follow from others: written so that people need not compute them, never read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.topology.file.geometry import cable_lines
from ponplan.topology.file.schema import RECORD_TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.network import Network

Derived = dict[tuple[str, str], "Sequence[Any]"]  # values by table and column


def derived_columns(network: Network) -> Derived:
    """Give every derived column; what cannot be known of a broken network stays empty."""
    derived: Derived = {
        (table.name, column.name): [None] * len(getattr(network, table.name))
        for table in RECORD_TABLES
        for column in table.columns
        if column.derived
    }
    junction = {node.id: node.junction for node in network.nodes}
    starts = [junction.get(cable.from_node) for cable in network.cables]
    derived["cables", "geom"] = list(cable_lines(network.cables, network.routes, network.route_lines, starts))
    return derived
