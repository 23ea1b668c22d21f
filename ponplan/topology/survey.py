"""Everything that check, trace and the columns for people measure on one network, each measured once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.topology.index import NetworkIndex
from ponplan.topology.linklight import LinkLight, measure_links
from ponplan.topology.onupaths import OnuPaths, measure_paths
from ponplan.topology.paths import Arrivals, follow_light
from ponplan.topology.portload import onu_loads, port_loads, port_rates, taken_loads
from ponplan.topology.runs import Piece, Run, link_runs
from ponplan.topology.splicing import Joint, cable_joints, fibres_held
from ponplan.topology.tracks import Track, cable_tracks
from ponplan.topology.ways import OnuWays, PathPair, onu_ways, path_pairs

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network, Onu

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class Survey:
    """A network with its measurements, each taken when first asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.index = NetworkIndex(network)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the network."""
        return self.network.catalogue

    @cached_property
    def tracks(self) -> list[Track]:
        """The track of every cable."""
        return cable_tracks(self.index)

    @cached_property
    def runs(self) -> list[Run]:
        """The run of every link."""
        return link_runs(self.index, self.tracks)

    @cached_property
    def arrivals(self) -> Arrivals:
        """Every arrival of light."""
        return follow_light(self.index)

    @cached_property
    def customer_onus(self) -> Mapping[str, list[Onu]]:
        """Terminals of each customer that has any."""
        found: dict[str, list[Onu]] = {}
        for onu in self.network.onus:
            found.setdefault(onu.customer, []).append(onu)
        return found

    @cached_property
    def route_cables(self) -> Mapping[str, list[int]]:
        """Rows of the cables in each route that has any."""
        found: dict[str, list[int]] = {}
        for row, cable in enumerate(self.network.cables):
            for route in cable.routes:
                found.setdefault(route, []).append(row)
        return found

    @cached_property
    def trenches(self) -> Mapping[str, str]:
        """Name of the trench of every route: the first route on the same line, either way along; indoors none."""
        lines = shapely.to_wkb(shapely.normalize(self.network.route_lines)).tolist()
        first: dict[bytes, str] = {}
        return {
            route.id: first.setdefault(line, route.id) if line and route.kind != "indoor" else route.id
            for route, line in zip(self.network.routes, lines, strict=True)
        }

    def routes_of(self, piece: Piece) -> list[str]:
        """Give the known routes that a lit stretch of cable lies in."""
        low, high = sorted((piece.enter_m, piece.leave_m))
        at_m = self.tracks[piece.cable].at_m
        known = [name for name in self.network.cables[piece.cable].routes if name in self.index.routes]
        return [
            name for name, begin, end in zip(known, at_m[:-1], at_m[1:], strict=True) if begin < high and end > low
        ]

    @cached_property
    def joints(self) -> list[Joint]:
        """Every splice between two cables that has a node to hold it."""
        return cable_joints(self.index, self.runs)

    @cached_property
    def node_fibres(self) -> Counter[str]:
        """Splices between cables and fibre ends at splitters and frames, with those of others, by node."""
        held = fibres_held(self.index, self.joints)
        held.update({node.id: node.taken_fibres for node in self.network.nodes if node.taken_fibres})
        return held

    @cached_property
    def opened_cables(self) -> set[tuple[str, int]]:
        """Nodes and rows of the cables that are opened there for a splice."""
        return {(joint.node, row) for joint in self.joints for row in (joint.before, joint.after)}

    @cached_property
    def link_light(self) -> LinkLight:
        """What light meets in each link."""
        return measure_links(self.index, self.runs)

    @cached_property
    def onu_paths(self) -> OnuPaths:
        """Every path from a port to a terminal."""
        return measure_paths(self.index, self.arrivals, self.link_light)

    @cached_property
    def onu_ways(self) -> Mapping[int, OnuWays]:
        """Both ways of every terminal (by row) that has more than one, or whose customer is promised protection."""
        return onu_ways(self)

    @cached_property
    def path_pairs(self) -> list[PathPair]:
        """Every pair of working and protecting path that must be apart."""
        return path_pairs(self)

    @cached_property
    def onu_loads_bps(self) -> FloatArray:
        """(onus, 2) load of each terminal now, downstream and upstream."""
        return onu_loads(self.network)

    def onu_loads_after_bps(self, years: int) -> FloatArray:
        """Give (onus, 2) the load of each terminal when its services have grown for some years."""
        return self.onu_loads_bps if years == 0 else onu_loads(self.network, years)

    @cached_property
    def port_onus(self) -> IntArray:
        """(ports,) terminals on the working paths of each port, with those of others."""
        paths, ports = self.onu_paths, self.network.ports
        own = np.bincount(paths.ports[paths.working], minlength=len(ports))
        return own + np.array([port.taken_onus for port in ports], np.int64)

    @cached_property
    def port_loads_bps(self) -> FloatArray:
        """(ports, 2) busy-hour load of each port now, working paths only."""
        return port_loads(self.network, self.onu_paths, self.onu_loads_bps) + taken_loads(self.network, 0)

    def port_loads_after_bps(self, years: int, *, take_up: FloatArray | None = None) -> FloatArray:
        """Give (ports, 2) the busy-hour load of each port when every service has grown for some years.

        `take_up` (onus,) is the share of each terminal's load that is there; None stands for all of it.
        """
        loads = self.onu_loads_after_bps(years)
        with np.errstate(invalid="ignore"):  # nothing, grown beyond all numbers
            loads = loads if take_up is None else loads * take_up[:, None]
            return port_loads(self.network, self.onu_paths, loads) + taken_loads(self.network, years)

    @cached_property
    def port_rates_bps(self) -> FloatArray:
        """(ports, 2) usable rate of each port with its terminals; nan where the catalogue has no row."""
        return port_rates(self.index, self.port_onus)
