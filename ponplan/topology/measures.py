"""How much of everything a network holds: fibre, trench, ducts, ports and splitters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.index import NetworkIndex
from ponplan.topology.runs import link_runs
from ponplan.topology.tracks import cable_tracks

if TYPE_CHECKING:
    from ponplan.topology.network import Network


def network_measures(network: Network) -> dict[str, float | int]:
    """Give kilometres of lit fibre, of trench dug and of duct bores used, and the number of ports and splitters."""
    methods = {row.id: row.method for row in network.catalogue.surfaces.values()}
    index = NetworkIndex(network)
    used = [route for route in network.routes if route.state == "new"]
    fibre_m = sum(run.length_m for run in link_runs(index, cable_tracks(index)))
    trench_m = sum(route.length_m for route in used if methods[route.surface] == "trench")
    return {
        "fibre_km": round(fibre_m / 1000.0, 3),
        "trench_km": round(trench_m / 1000.0, 3),
        "duct_km": round(sum(route.length_m * route.bores for route in used) / 1000.0, 3),
        "olt_ports": len(network.ports),
        "splitters": len(network.splitters),
    }
