"""Who wants service, where, how much; where may things stand and run; what is there already."""

from ponplan.area.folder import read_area, write_area
from ponplan.area.graph import RouteGraph, build_route_graph
from ponplan.area.model import Area, Customer, Office, Omission, Route, Rules, Site

__all__ = [
    "Area",
    "Customer",
    "Office",
    "Omission",
    "Route",
    "RouteGraph",
    "Rules",
    "Site",
    "build_route_graph",
    "read_area",
    "write_area",
]
