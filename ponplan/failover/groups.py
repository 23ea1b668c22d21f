"""A network taken apart into groups of ports that share terminals: what breaks in one leaves the others alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.failover.plant import OnuPlan, Plant, PortPlan, Way
from ponplan.topology.light import budget
from ponplan.topology.survey import Survey
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.topology.network import Network, OltPort


class Groups:
    """The groups of one network.

    Elements of their ways are named `link:ROW`, `port:ID`, `card:ID`, `chassis:ID`, `office:NODE` and `onu:ID`.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.survey = Survey(network)

    @cached_property
    def path_links(self) -> list[tuple[int, ...]]:
        """Rows of the links of each path from a port to a terminal, from the port outwards."""
        arrivals, paths = self.survey.arrivals, self.survey.onu_paths
        return [
            tuple(int(arrivals.links[step]) for step in arrivals.way_back(int(arrival)))
            for arrival in paths.arrivals.tolist()
        ]

    @cached_property
    def _paths_of_element(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        paths, network = self.survey.onu_paths, self.network
        heads = [[f"port:{port.id}", *self._equipment(port)] for port in network.ports]
        for path, links in enumerate(self.path_links):
            names = [f"link:{row}" for row in links]
            names += [*heads[paths.ports[path]], f"onu:{network.onus[paths.onus[path]].id}"]
            for name in names:
                found.setdefault(name, []).append(path)
        return found

    def paths_with(self, element: str) -> Sequence[int]:
        """Give the paths that an element is on."""
        return self._paths_of_element.get(element, ())

    @cached_property
    def port_groups(self) -> NDArray[np.int64]:
        """(ports,) number of each port's group: ports that share a terminal or name each other are together."""
        network, paths = self.network, self.survey.onu_paths
        rows = {port.id: row for row, port in enumerate(network.ports)}
        parents = list(range(len(network.ports)))

        def root(row: int) -> int:
            while parents[row] != row:
                parents[row] = parents[parents[row]]
                row = parents[row]
            return row

        first: dict[int, int] = {}
        for onu, port in zip(paths.onus.tolist(), paths.ports.tolist(), strict=True):
            parents[root(port)] = root(first.setdefault(onu, port))
        for row, one in enumerate(network.ports):
            if one.partner in rows:
                parents[root(row)] = root(rows[one.partner])
        roots = [root(row) for row in range(len(network.ports))]
        order = {top: number for number, top in enumerate(dict.fromkeys(roots))}
        return np.array([order[top] for top in roots], np.int64)

    @cached_property
    def _paths_of_group(self) -> list[list[int]]:
        groups = self.port_groups
        found: list[list[int]] = [[] for _ in range(int(groups.max(initial=-1)) + 1)]
        for path, port in enumerate(self.survey.onu_paths.ports.tolist()):
            found[groups[port]].append(path)
        return found

    @cached_property
    def _ports_of_group(self) -> list[list[int]]:
        groups = self.port_groups
        found: list[list[int]] = [[] for _ in range(int(groups.max(initial=-1)) + 1)]
        for port, group in enumerate(groups.tolist()):
            found[group].append(port)
        return found

    def __len__(self) -> int:
        """Give the number of groups."""
        return len(self._ports_of_group)

    def group_of_path(self, path: int) -> int:
        """Give the group that a path belongs to."""
        return int(self.port_groups[self.survey.onu_paths.ports[path]])

    @cached_property
    def reserves_db(self) -> NDArray[np.float64]:
        """(paths,) light to spare at typical loss, in the worse direction; nan where the catalogue does not say."""
        paths, index = self.survey.onu_paths, self.survey.index
        found = np.full(len(paths.onus), np.inf)
        classes = [index.optical_class(port) for port in self.network.ports]
        for direction, loss in paths.loss.items():
            most = np.array(
                [np.nan if one is None else budget(one, direction).max_loss_db for one in classes], np.float64
            )
            found = np.minimum(found, most[paths.ports] - loss.typical_db) if len(classes) else found
        return found

    def plant(self, group: int) -> Plant:
        """Give the plant of a group."""
        ports, paths = self._ports_of_group[group], self._paths_of_group[group]
        all_paths, network = self.survey.onu_paths, self.network
        own = {port: number for number, port in enumerate(ports)}
        rows = list(dict.fromkeys(all_paths.onus[path] for path in paths))
        onus = {onu: number for number, onu in enumerate(rows)}
        interfaces: dict[int, set[int]] = {}
        second = set()  # ports that arrive at a second interface
        for path in paths:
            onu, interface = int(all_paths.onus[path]), int(all_paths.interfaces[path])
            interfaces.setdefault(onu, set()).add(interface)
            if interface > 1:
                second.add(int(all_paths.ports[path]))
        plans = [self._port_plan(port, own, full=port in second) for port in ports]
        technology = network.ports[ports[0]].technology
        family = network.catalogue.technologies[technology].family
        roles = {plan.role for plan in plans}
        return Plant(
            technology=technology,
            family=family,
            scheme="full" if "full" in roles else "trunk" if "trunk" in roles else "none",
            ports=tuple(plans),
            onus=tuple(self._onu_plan(int(onu), len(interfaces[int(onu)])) for onu in rows),
            ways=tuple(self._way(path, own, onus, plans) for path in paths),
        )

    def _port_plan(self, row: int, own: Mapping[int, int], *, full: bool) -> PortPlan:
        port = self.network.ports[row]
        rows = {self.network.ports[other].id: number for other, number in own.items()}
        partner = rows.get(port.partner)
        protects = port.role == "protecting"
        return PortPlan(
            id=port.id,
            role="working" if not protects else "full" if full else "trunk",
            standby=(port.standby or "cold") if protects else "",
            partner=partner if protects else None,
            equipment=frozenset(self._equipment(port)),
            olt=self._olt(port),
        )

    def _olt(self, port: OltPort) -> str:
        card = self.survey.index.cards.get(port.card)
        return card.olt if card is not None else ""

    def _equipment(self, port: OltPort) -> Sequence[str]:
        olt = self.survey.index.olts.get(self._olt(port))
        found = [f"card:{port.card}", f"chassis:{self._olt(port)}"]
        return found if olt is None else [*found, f"office:{olt.node}"]

    def _onu_plan(self, row: int, num_interfaces: int) -> OnuPlan:
        onu = self.network.onus[row]
        kind = self.network.catalogue.onus.get(onu.type)
        reach = "single"
        if num_interfaces > 1:
            reach = "switch" if kind is None or kind.optical_switch else "two-interfaces"
        return OnuPlan(id=onu.id, customer=onu.customer, reach=reach)

    def _way(self, path: int, own: Mapping[int, int], onus: Mapping[int, int], plans: Sequence[PortPlan]) -> Way:
        paths = self.survey.onu_paths
        port, onu = own[int(paths.ports[path])], int(paths.onus[path])
        spare_db = float(self.reserves_db[path])
        elements = {f"link:{row}" for row in self.path_links[path]}
        elements |= {f"port:{plans[port].id}", f"onu:{self.network.onus[onu].id}"}
        return Way(
            port=port,
            onu=onus[onu],
            interface=int(paths.interfaces[path]) - 1,
            one_way_ns=round(float(paths.lengths_m[path]) * FIBRE_NS_PER_M),
            elements=frozenset(elements) | plans[port].equipment,
            reserve_db=max(spare_db, 0.0) if np.isfinite(spare_db) else None,
        )
