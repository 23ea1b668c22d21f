"""The map of what differs between two designs: routes and splitter places of one only, customers who changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.report.map_file import MapLayer, write_map

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ponplan.design.differences import Connection, Differences
    from ponplan.topology.network import Network


def write_difference_map(
    network: Network, against: Network, differences: Differences, path: Path, *, overwrite: bool = False
) -> None:
    """Write the differences as GeoPackage or GeoJSON.

    Raises
    ------
    OutputError
        The ending is neither `.gpkg` nor `.geojson`, or the file cannot be written.
    """
    lines = {
        route.id: line
        for plan in (against, network)
        for route, line in zip(plan.routes, plan.route_lines, strict=True)
    }
    sites = {node.site or node.junction: node for plan in (against, network) for node in plan.nodes}
    customers = {customer.id: customer for plan in (against, network) for customer in plan.customers}
    layers = [
        _layer("routes", differences.routes, {name: lines[name] for name in differences.routes}),
        _layer(
            "sites",
            differences.sites,
            {name: shapely.Point(sites[name].x_m, sites[name].y_m) for name in differences.sites},
        ),
        MapLayer(
            name="customers",
            rows=[_row(name, *pair) for name, pair in differences.changed.items()],
            shapes=np.array(
                [shapely.Point(customers[name].x_m, customers[name].y_m) for name in differences.changed], object
            ),
        ),
    ]
    write_map(layers, network.crs, path, overwrite=overwrite)


def _layer(name: str, which: Mapping[str, str], shapes: Mapping[str, object]) -> MapLayer:
    rows: list[dict[str, object]] = [{"id": one, "only_in": side} for one, side in which.items()]
    return MapLayer(name=name, rows=rows, shapes=np.array([shapes[one] for one in which], object))


def _row(customer: str, here: Connection | None, there: Connection | None) -> dict[str, object]:
    row: dict[str, object] = {"id": customer}
    for side, connection in (("here", here), ("there", there)):
        row[f"site_{side}"] = connection.splitter_at if connection else ""
        row[f"split_{side}"] = connection.splitter if connection else ""
        row[f"tech_{side}"] = connection.technology if connection else ""
        row[f"fibre_m_{side}"] = connection.fibre_m if connection else None
    return row
