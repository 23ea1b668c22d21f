"""Who wants service, where, how much; where may things stand and run; what is there already.

The functions are loaded when first used: reading maps needs libraries that describing an area does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ponplan.area.model import Area, Circuit, Customer, Office, Omission, Route, Rules, Site

if TYPE_CHECKING:
    from ponplan.area.folder import read_area, write_area
    from ponplan.area.graph import RouteGraph, build_route_graph
    from ponplan.area.osm.importer import import_osm
    from ponplan.area.tables.importer import import_tables

_HOME = {
    "read_area": "ponplan.area.folder",
    "write_area": "ponplan.area.folder",
    "RouteGraph": "ponplan.area.graph",
    "build_route_graph": "ponplan.area.graph",
    "import_osm": "ponplan.area.osm.importer",
    "import_tables": "ponplan.area.tables.importer",
}

__all__ = [
    "Area",
    "Circuit",
    "Customer",
    "Office",
    "Omission",
    "Route",
    "RouteGraph",
    "Rules",
    "Site",
    "build_route_graph",
    "import_osm",
    "import_tables",
    "read_area",
    "write_area",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    msg = f"module 'ponplan.area' has no attribute {name!r}"
    raise AttributeError(msg)
