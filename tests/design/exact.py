"""The least cost of a small area by one mixed-integer program, written from the rules of the bill.

Nothing here imports `ponplan.design`. What the program leaves out only makes it cheaper, so that its optimum lies
between every valid lower bound and every permitted plan: light, how far splitters in a row divide it, cable ports of
enclosures, several bores and how many are free, cables of feeder and distribution kept apart, frames of splitters in
an office kept apart from those of its ports, closures where a cabinet stands; and, unless asked for, joints where a
cable grows thinner, which make it many times as large.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from ponplan.area import build_route_graph
from ponplan.topology.ducts import bores_needed
from ponplan.topology.load import horizon_factor, load_bps, usable_rates_bps
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import BearerElement, OltChassis, Splitter
    from ponplan.topology.network import Network, NetworkCustomer, Route


ROUNDING = 1.0 + 1e-7  # of the solver's arithmetic

_Terms = dict[int, list[tuple[int, float]]]  # by junction
_Ends = tuple[_Terms, _Terms]


@dataclass(frozen=True, slots=True)
class Exact:
    """The optimum, and what the solver proved of it from below."""

    cost: float
    dual_bound: float


class _Program:
    """Variables and rows as they come."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def var(self, cost: float = 0.0, *, upper: float = math.inf, whole: bool = True) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.costs) - 1

    def row(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        summed: dict[int, float] = defaultdict(float)
        for index, factor in terms:
            summed[index] += factor
        self.rows.append((summed, low, high))

    def solve(self, fixed_cost: float) -> Exact:
        entries = [(r, c, v) for r, (terms, _, _) in enumerate(self.rows) for c, v in terms.items()]
        rows, columns, values = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(len(self.rows), len(self.costs))).tocsr()
        costs = np.array(self.costs)
        scale = max(float(costs.max()), 1e-9) / 1000.0
        found = milp(
            costs / scale,
            integrality=np.array(self.whole),
            bounds=Bounds(0.0, np.array(self.upper)),
            constraints=LinearConstraint(matrix, [low for _, low, _ in self.rows], [h for _, _, h in self.rows]),
            options={"mip_rel_gap": 0.0, "time_limit": 300.0},
        )
        assert found.status == 0, found.message
        return Exact(float(found.fun) * scale + fixed_cost, float(found.mip_dual_bound) * scale + fixed_cost)


class _Kept:
    """What kept plant leaves free, counted from its records; spare shares and room for splices are not asked for."""

    def __init__(self, network: Network, graph: RouteGraph, thinnest_mm: float) -> None:
        survey, catalogue = Survey(network), network.catalogue
        number = {name: j for j, name in enumerate(graph.junction_ids)}
        edge = {name: e for e, name in enumerate(graph.segment_ids)}
        self.lit_hosts: set[int] = set()
        self.legs: Counter[tuple[int, str, str]] = Counter()  # junction, technology, bearer
        bearer_of = {card.id: survey.index.olts[card.olt].bearer for card in network.cards}
        arrivals = survey.arrivals
        for device, port in zip(arrivals.devices, arrivals.ports.tolist(), strict=True):
            splitter = survey.index.splitters.get(device)
            if splitter is not None:
                used = {network.links[row].from_port for row in survey.index.links_from.get(device, ())}
                free = catalogue.splitters[splitter.type].outputs - len(used.union(splitter.taken))
                place = number[survey.index.nodes[splitter.node].junction]
                self.legs[place, splitter.technology, bearer_of[network.ports[port].card]] += free
        self.lit_hosts = {place for (place, _, _), count in self.legs.items() if count}
        self.dark = self._dark(network, survey, edge)
        self.free = set(self.dark)
        for route in network.routes:
            if route.id in edge and self._has_room(network, survey, route, thinnest_mm):
                self.free.add(edge[route.id])
        inside = Counter(splitter.node for splitter in network.splitters)
        kinds = catalogue.enclosures
        self.hosts = [
            (
                node.kind,
                number[node.junction],
                kinds[node.enclosure].fibres - survey.node_fibres[node.id],
                kinds[node.enclosure].splitter_slots - inside[node.id],
            )
            for node in network.nodes
            if node.kind in ("cabinet", "room") and node.enclosure and kinds[node.enclosure].kind != "odf"
        ]
        self.enclosed = {
            number[node.junction] for node in network.nodes if node.enclosure and node.junction in number
        }
        offices = {node.id: number[node.junction] for node in network.nodes if node.kind == "office"}
        self.has_frame = any(node.enclosure and kinds[node.enclosure].kind == "odf" for node in network.nodes)
        # dark fibres that begin at an office itself are feeders without a frame
        lit = {strand for link in network.links for strand in link.strands}
        self.dark_feeders = Counter(
            offices[cable.from_node]
            for cable in network.cables
            for fibre in range(1, catalogue.cable_types[cable.type].fibres + 1)
            if cable.from_node in offices
            and fibre not in (*cable.faulty, *cable.taken)
            and (cable.id, fibre) not in lit
        )
        self.bearers = {record.bearer for record in (*network.olts, *network.bearer_elements)}
        self.dark_ports: Counter[tuple[str, str]] = Counter()
        self.spots: Counter[tuple[str, str]] = Counter()
        self.slots: Counter[tuple[str, str]] = Counter()  # bearer, and whether for PONs or direct fibres
        chassis_of = {olt.id: (olt.bearer, catalogue.olt_chassis[olt.type].takes) for olt in network.olts}
        for port in network.ports:
            is_dark = not survey.index.links_from.get(port.id) and not port.taken_onus
            self.dark_ports[port.technology, bearer_of[port.card]] += is_dark
        for card in network.cards:
            kind = catalogue.olt_cards[card.type]
            self.spots[kind.technology, bearer_of[card.id]] += kind.ports - sum(
                p.card == card.id for p in network.ports
            )
            self.slots[chassis_of[card.olt]] -= 1
        for olt in network.olts:
            self.slots[chassis_of[olt.id]] += catalogue.olt_chassis[olt.type].card_slots

    def _dark(self, network: Network, survey: Survey, edge: dict[str, int]) -> Counter[int]:
        """Count the sound fibres that are dark on each segment."""
        lit: Counter[tuple[int, str]] = Counter()
        for run in survey.runs:
            for piece in run.pieces:
                if piece.fibre not in network.cables[piece.cable].taken:
                    lit.update((piece.cable, name) for name in survey.routes_of(piece))
        found: Counter[int] = Counter()
        for row, cable in enumerate(network.cables):
            if cable.role != "drop" and set(cable.routes) <= edge.keys():
                sound = network.catalogue.cable_types[cable.type].fibres - len({*cable.faulty, *cable.taken})
                for name in cable.routes:
                    found[edge[name]] += max(0, sound - lit[row, name])
        return +found

    def _has_room(self, network: Network, survey: Survey, route: Route, thinnest_mm: float) -> bool:
        duct = network.catalogue.duct_types.get(route.duct)
        if duct is None:
            return True
        types = network.catalogue.cable_types
        there = [types[network.cables[row].type].diameter_mm for row in survey.route_cables.get(route.id, ())]
        needed = bores_needed([*there, thinnest_mm], duct)
        if network.catalogue.surfaces[route.surface].method == "existing-duct":
            return needed is not None and (route.free_bores is None or needed <= route.free_bores)
        return needed is not None and (route.state == "new" or needed <= route.bores)


class _Model:
    """One area's program; each method adds one part of the bill."""

    def __init__(
        self,
        area: Area,
        catalogue: Catalogue,
        customers: list[tuple[int, NetworkCustomer]],
        graph: RouteGraph | None,
        kept: Network | None,
        *,
        joints: str = "",
    ) -> None:
        self.area, self.catalogue, self.joints = area, catalogue, joints
        self.graph: RouteGraph = graph or build_route_graph(area)
        thinnest_mm = min(
            row.diameter_mm for row in catalogue.cable_types.values() if row.role == "trunk" and row.allowed_in_design
        )
        self.kept = _Kept(kept, self.graph, thinnest_mm) if kept else None
        self.customers = customers
        self.program = _Program()
        self.slack = 1.0 + area.rules.cable_slack
        graph = self.graph
        self.trunk = [e for e, kind in enumerate(graph.kinds.tolist()) if kind in ("route", "lead-in")]
        self.stub = {}
        for e, kind in enumerate(graph.kinds.tolist()):
            if kind in ("drop", "indoor"):
                self.stub[int(graph.tails[e])] = self.stub[int(graph.heads[e])] = e
        premises = [int(graph.customer_junctions[row]) for row, _ in customers]
        self.drop = [self._stub_of(p) for p in premises]
        self.access = [int(graph.tails[e] + graph.heads[e]) - p for e, p in zip(self.drop, premises, strict=True)]
        self.offices = {
            int(graph.office_junctions[i])
            for i, office in enumerate(area.offices)
            if office.allowed and graph.office_junctions[i] >= 0
        }
        self.rooms = {
            int(graph.site_junctions[i])
            for i, site in enumerate(area.sites)
            if site.kind == "room" and graph.site_junctions[i] >= 0
        }
        technologies = catalogue.technologies
        self.direct = [c for c, (_, x) in enumerate(customers) if technologies[x.technology].family == "direct"]
        self.split = [c for c in range(len(customers)) if c not in self.direct]
        self.planes = sorted({self._plane(customers[c][1]) for c in self.split})
        self.lines: dict[tuple[str, str], list[int]] = defaultdict(list)  # direct fibres, by technology and bearer
        for c in self.direct:
            self.lines[self._plane(customers[c][1])[:2]].append(c)
        self.levels = 1 + len(customers) if area.rules.taps else area.rules.stages

    def _stub_of(self, premises: int) -> int:
        graph = self.graph
        touching = [
            e
            for e, kind in enumerate(graph.kinds.tolist())
            if kind in ("drop", "indoor") and premises in (int(graph.tails[e]), int(graph.heads[e]))
        ]
        assert len(touching) == 1
        return touching[0]

    def _plane(self, customer: NetworkCustomer) -> tuple[str, str, str, int, bool]:
        """Give what customers on one port have in common: technology, bearer, class kept apart, split, port alone."""
        rule = self.area.rules.of_class(customer.customer_class)
        bearer = self.catalogue.customer_classes[customer.customer_class].bearer
        apart = customer.customer_class if rule.apart else ""
        return customer.technology, bearer, apart, rule.max_split or 0, rule.own_port

    def cost_of(self, item: str) -> float:
        price = self.catalogue.price(item)
        return price.material_cost + price.labour_cost

    def enclosures(self, kind: str) -> list[tuple[int, int, float]]:
        """Give (fibres, slots, installed cost) of what may be bought of a kind."""
        work = self.cost_of(f"{kind}-installation")
        rows = [row for row in self.catalogue.enclosures.values() if row.kind == kind and row.allowed_in_design]
        return [(row.fibres, row.splitter_slots, self.cost_of(row.id) + work) for row in rows]

    def constant(self) -> float:
        """Price drops, terminals, connections and the splices at both ends of every leg."""
        graph, catalogue = self.graph, self.catalogue
        drop_per_m = self.slack * min(
            self.cost_of(row.id)
            for row in catalogue.cable_types.values()
            if row.role == "drop" and row.allowed_in_design
        )
        work = self.cost_of("drop-connection") + self.cost_of("onu-commissioning")
        ends = catalogue.terminations["splitter-output"].splices + catalogue.terminations["onu"].splices
        total = sum(float(graph.lengths_m[e]) * (self.cost_of(graph.surfaces[e]) + drop_per_m) for e in self.drop)
        total += len(self.customers) * work + len(self.split) * ends * self.cost_of("splice")
        total += sum(self._terminal(customer) for _, customer in self.customers)
        total += sum(self._own_fibre(c) for c in self.direct)
        return total + (self._shared_multiplexers() if self.shares_multiplexers else 0.0)

    def _own_fibre(self, c: int) -> float:
        """Price what a direct fibre has at its ends, and for the first of them the shelf's two links to the metro."""
        ends = self.catalogue.terminations["olt"].splices + self.catalogue.terminations["onu"].splices
        splices = ends + (self.access[c] not in self.offices)
        work = self.cost_of("pon-port-commissioning") + self.cost_of("odf-port") + splices * self.cost_of("splice")
        straight = [one for (_, bearer), some in self.lines.items() if bearer == "ip" for one in some]
        uplinks = 0.0
        if straight and c == straight[0] and not (self.kept and "ip" in self.kept.bearers):
            optics = {row.line_bps: self.cost_of(row.id) for row in self.catalogue.bearer_optics.values()}
            ethernet = {rate: cost for rate, cost in optics.items() if rate % 1_000_000_000 == 0}
            uplinks = _cheapest_bundle(ethernet, float(np.max(np.sum(self._loads(straight), axis=0))))
        return work + self._optics(self.customers[c][1].technology) + uplinks

    def _optics(self, technology: str) -> float:
        """Give the cheapest transceiver that is allowed."""
        classes, wanted = self.catalogue.optical_classes, self.area.rules.technology_optics.get(technology)
        return min(
            self.cost_of(o.id)
            for o in self.catalogue.olt_optics.values()
            if o.allowed_in_design
            and technology in classes[o.optical_class].technologies
            and classes[o.optical_class].allowed_in_design
            and wanted in (None, o.optical_class)
        )

    @property
    def shares_multiplexers(self) -> bool:
        """Whether shelves of direct fibres lead to multiplexers too."""
        return any(bearer == "mstp" for _, bearer in self.lines)

    def _shared_multiplexers(self) -> float:
        """Price from below what stands behind chassis and shelves: uplinks, multiplexers, a ring's two sides."""
        if self.kept and "mstp" in self.kept.bearers:
            return 0.0  # kept chassis have their uplinks, and room in them
        rows = [row for row in self.catalogue.bearer_elements.values() if row.role == "multiplexer"]
        work, members = self.cost_of("bearer-commissioning"), self._members_of("mstp")
        best = [0.0]
        for amount in range(1, max(1, self._vc12(members)) + 1):
            best.append(min(best[max(0, amount - row.vc12)] + self.cost_of(row.id) + work for row in rows))
        load = float(np.max(np.sum(self._loads(members), axis=0)))
        return 2.0 * _cheapest_bundle(self._ethernet(), load) + best[-1] + self._ring_ends(rows)

    def hand_on(self, bearer: str, offices: list[list[tuple[int, OltChassis]]]) -> None:
        """Buy uplinks of the chassis of each office, switches or multiplexers there, and their ways onwards.

        Links are bought as patterns, so many of each rate; a chassis has one, a switch has one.
        """
        if (self.kept and bearer in self.kept.bearers) or (bearer == "mstp" and self.shares_multiplexers):
            return
        program, ethernet, members = self.program, self._ethernet(), self._members_of(bearer)
        load = float(np.max(np.sum(self._loads(members), axis=0)))
        role = "aggregation-switch" if bearer == "ip" else "multiplexer"
        rows = [row for row in self.catalogue.bearer_elements.values() if row.role == role and row.allowed_in_design]
        work = self.cost_of("bearer-commissioning") + (self._ring_ends(rows) if bearer == "mstp" else 0.0)
        carried: list[tuple[int, float]] = []
        onward: list[tuple[int, float]] = []
        circuits: list[tuple[int, float]] = []
        for chassis in offices:
            ports: dict[int, list[tuple[int, float]]] = {rate: [] for rate in ethernet}
            for bought, kind in chassis:
                mine = []
                for pattern in _patterns(ethernet, kind.uplink_ports, kind.uplink_bps, load):
                    index = program.var(2.0 * pattern.cost)
                    mine.append((index, 1.0))
                    carried.append((index, pattern.spared / 1e9))
                    for rate, taken in ports.items():
                        taken.append((index, -float(sum(one >= rate for one in pattern.rates))))
                program.row([*mine, (bought, -1.0)], 0, 0)
            for row in rows:
                ways = _patterns(ethernet, row.trunk_ports, row.trunk_bps, load) if bearer == "ip" else [_NO_LINKS]
                for pattern in ways:
                    index = program.var(self.cost_of(row.id) + work + pattern.cost)
                    onward.append((index, pattern.spared / 1e9))
                    circuits.append((index, float(row.vc12)))
                    for rate, taken in ports.items():
                        taken += [(index, float(row.access_ports))] if row.access_bps >= rate else []
            for taken in ports.values():
                program.row(taken, 0, math.inf)
        program.row(carried, load / 1e9 - 1e-8, math.inf)
        if bearer == "ip":
            program.row(onward, load / 1e9 - 1e-8, math.inf)
        else:
            program.row(circuits, max(1, self._vc12(members)), math.inf)

    def _members_of(self, bearer: str) -> list[int]:
        """Give the customers of a bearer, but for direct fibres of IP: theirs pass no switch."""
        own = [c for c, (_, customer) in enumerate(self.customers) if self._plane(customer)[1] == bearer]
        return [c for c in own if bearer != "ip" or c not in self.direct]

    def _ethernet(self) -> dict[int, float]:
        optics = {row.line_bps: self.cost_of(row.id) for row in self.catalogue.bearer_optics.values()}
        return {rate: cost for rate, cost in optics.items() if rate % 1_000_000_000 == 0}

    def _ring_ends(self, rows: list[BearerElement]) -> float:
        optics = {row.line_bps: self.cost_of(row.id) for row in self.catalogue.bearer_optics.values()}
        return 2.0 * min(optics[row.trunk_bps] for row in rows)

    def _vc12(self, members: list[int]) -> int:
        """Give one for each E1 at the horizon, and the rest by payload."""
        e1 = headers = 0.0
        for _, customer in (self.customers[c] for c in members):
            for name, count in customer.services:
                grown = self.catalogue.services[name].e1_circuits * count * self._growth(customer)
                e1 += grown
                # circuit emulation's 46 bytes of headers to 256 load the PON and end at the multiplexer
                if self.catalogue.technologies[customer.technology].carries_tdm == "emulated":
                    headers += grown * 46 / 256
        load = float(np.max(np.sum(self._loads(members), axis=0)))
        return math.ceil(e1 - 1e-6) + math.ceil(max(0.0, load - (e1 + headers) * 2_048_000) / 2_176_000 - 1e-6)

    def _growth(self, customer: NetworkCustomer) -> float:
        rules = self.area.rules
        own = rules.of_class(customer.customer_class).growth_per_year
        return horizon_factor(rules.growth_per_year if own is None else own, rules.horizon_years)

    def _terminal(self, customer: NetworkCustomer) -> float:
        catalogue = self.catalogue
        services = [(catalogue.services[name], count) for name, count in customer.services]
        num_e1 = sum(service.e1_circuits * count for service, count in services)
        rates = [max(s.peak_down_bps, s.peak_up_bps) for s, _ in services if not s.e1_circuits]
        return min(
            self.cost_of(row.id)
            for row in catalogue.onus.values()
            if row.technology == customer.technology
            and row.allowed_in_design
            and row.e1_ports >= num_e1
            and (not rates or (row.ethernet_ports >= 1 and row.ethernet_bps >= max(rates)))
        )

    def build(self) -> None:
        """Lay out the whole program."""
        self._add_places()
        self._add_equipment()
        self._add_enclosures()
        self.spliced_at: dict[int, int] = {}  # junction -> splices between trunk cables
        if self.joints:
            self._add_jointed_ground()
        else:
            self._add_ground()
        self._add_closures()

    def _add_places(self) -> None:
        """Decide who is served from where; places are (kind, junction, site)."""
        area, graph, program = self.area, self.graph, self.program
        self.places: list[tuple[str, int, object]] = []
        if area.rules.splitters_in_office:
            self.places += [("office", junction, None) for junction in sorted(self.offices)]
        for i, site in enumerate(area.sites):
            if graph.site_junctions[i] >= 0 and not site.forbidden:
                self.places.append((site.kind, int(graph.site_junctions[i]), site))
        if not any(site.kind == "cabinet" for site in area.sites):
            on_route = graph.kinds == "route"
            crossings = np.union1d(graph.tails[on_route], graph.heads[on_route]).tolist()
            self.places += [("cabinet", junction, None) for junction in crossings]
        if area.rules.taps:
            on_route = graph.kinds == "route"
            corners = {*graph.tails[on_route].tolist(), *graph.heads[on_route].tolist(), *self.access}
            self.places += [("closure", junction, None) for junction in sorted(corners)]
        if self.kept:
            at_hand = {
                junction for kind, junction, _, _ in self.kept.hosts if kind == "cabinet"
            } | self.kept.lit_hosts
            self.places += [("kept", junction, None) for junction in sorted(at_hand)]
        self.served: dict[tuple[int, int], int] = {}
        splice = self.cost_of("splice")
        for c, access in enumerate(self.access):
            if c in self.direct:
                continue
            for p, (kind, junction, _) in enumerate(self.places):
                if kind == "room" and (graph.kinds[self.drop[c]] != "indoor" or junction != access):
                    continue
                self.served[c, p] = program.var(0.0 if junction == access else splice, upper=1)
            program.row([(self.served[c, p], 1.0) for p in range(len(self.places)) if (c, p) in self.served], 1, 1)
        for p, (_, _, site) in enumerate(self.places):
            if site is not None and site.locked:
                program.row([(index, 1.0) for (_, place), index in self.served.items() if place == p], 1, math.inf)

    def _add_equipment(self) -> None:
        """Buy splitters, ports, cards, chassis and frames."""
        program, catalogue, rules = self.program, self.catalogue, self.area.rules
        ends = catalogue.terminations["olt"].splices + catalogue.terminations["splitter-input"].splices
        per_port = self.cost_of("pon-port-commissioning") + self.cost_of("odf-port") + ends * self.cost_of("splice")
        self.most_legs = 0
        self.roots_at: dict[int, list[int]] = defaultdict(list)  # on ports
        self.feeding_at: dict[int, list[int]] = defaultdict(list)  # legs that lead to further splitters
        self.onward: list[tuple[dict[int, list[int]], dict[int, list[int]]]] = []  # from legs at places to splitters
        self.splitters_at: dict[int, list[int]] = defaultdict(list)
        self.on_kept_legs: dict[int, list[int]] = defaultdict(list)
        shared: dict[tuple[int, str, str], list[int]] = defaultdict(list)
        self.ports_of: dict[int, list[int]] = defaultdict(list)
        shelves: dict[tuple[str, int], list[int]] = defaultdict(list)
        ports_of_cards: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        optics_of: dict[str, float] = {}
        for plane in self.planes:
            technology, bearer, _, class_split, alone = plane
            row = catalogue.technologies[technology]
            limit = min(row.max_split, rules.max_split or row.max_split, class_split or row.max_split)
            sizes = [
                s
                for s in catalogue.splitters.values()
                if s.kind == "balanced" and s.inputs == 1 and s.allowed_in_design and s.outputs <= limit
            ]
            if rules.taps:
                taps = [s for s in catalogue.splitters.values() if s.kind == "tap" and s.allowed_in_design]
                sizes.append(min(taps, key=lambda tap: self.cost_of(tap.id)))  # light is left out
            optics = optics_of[technology] = self._optics(technology)
            members = [c for c, (_, x) in enumerate(self.customers) if self._plane(x) == plane]
            most = 1 if alone else self._most_on_a_port(technology, members, max(s.outputs for s in sizes))
            self.most_legs = max(self.most_legs, most)
            mine = []
            of_size: dict[int, list[int]] = defaultdict(list)
            for p in range(len(self.places)) if self.levels == 1 else ():
                legs = [(self.served[c, p], -1.0) for c in members if (c, p) in self.served]
                if not legs:
                    continue
                for size in sizes:
                    cost = self.cost_of(size.id) + self.cost_of("splitter-installation")
                    index = program.var(cost, upper=len(members))
                    legs.append((index, float(min(size.outputs, most))))
                    self.splitters_at[p].append(index)
                    mine.append(index)
                    of_size[size.outputs].append(index)
                junction = self.places[p][1]
                if self.kept and self.places[p][0] == "kept" and self.kept.legs[junction, technology, bearer]:
                    used = program.var(upper=len(members))
                    legs.append((used, 1.0))
                    self.on_kept_legs[p].append(used)
                    shared[junction, technology, bearer].append(used)
                program.row(legs, 0, math.inf)
            if self.levels > 1:
                mine = of_size[max(size.outputs for size in sizes)] = self._add_cascade(members, sizes, most)
            ports = {office: program.var(optics + per_port, upper=len(members)) for office in sorted(self.offices)}
            program.row([(i, 1.0) for i in ports.values()] + [(i, -1.0) for i in mine], 0, 0)
            if not self.kept or not any(self.kept.legs.values()):
                program.row([(i, 1.0) for i in ports.values()], self._load_in_ports(technology, members), math.inf)
                self._share_ports(technology, members, 1 if alone else most, of_size)
            for office, index in ports.items():
                self.ports_of[office].append(index)
                ports_of_cards[technology, bearer, office].append(index)
        if self.kept:
            for (junction, technology, bearer), used in shared.items():
                program.row([(i, 1.0) for i in used], 0, self.kept.legs[junction, technology, bearer])
        free_ports, free_slots = self._kept_shelves(ports_of_cards, optics_of)
        for (technology, bearer, office), ports_on_cards in ports_of_cards.items():
            cover = [(index, -1.0) for index in ports_on_cards]
            for card in catalogue.olt_cards.values():
                if card.technology == technology and card.allowed_in_design:
                    bought = program.var(self.cost_of(card.id), upper=len(self.customers))
                    cover.append((bought, float(card.ports)))
                    shelves[bearer, office].append(bought)
            cover += [(index, 1.0) for index in free_ports[technology, bearer, office]]
            program.row(cover, 0, math.inf)
        chassis_at: dict[str, list[list[tuple[int, OltChassis]]]] = defaultdict(list)
        for (bearer, office), cards in shelves.items():
            slots = [(i, -1.0) for i in cards]
            shelves_on_sale = [r for r in catalogue.olt_chassis.values() if r.allowed_in_design and r.takes == "pon"]
            bought = [(program.var(self.cost_of(row.id)), row) for row in shelves_on_sale]
            chassis_at[bearer].append(bought)
            slots += [(index, float(row.card_slots)) for index, row in bought]
            slots += [(index, 1.0) for index in free_slots[bearer, office]]
            program.row(slots, 0, math.inf)
        for bearer, offices in chassis_at.items():
            self.hand_on(bearer, offices)
        self._add_line_cards()

    def _add_line_cards(self) -> None:
        """Buy line cards and shelves for direct fibres, in whichever office each begins."""
        program, catalogue = self.program, self.catalogue
        self.lines_at: dict[int, list[int]] = defaultdict(list)
        self.line_ports: dict[tuple[str, str], dict[int, int]] = {}
        cards_at: dict[tuple[str, int], list[int]] = defaultdict(list)
        spots: dict[tuple[str, str], list[int]] = defaultdict(list)  # of kept cards, and slots of kept shelves
        kept_slots: dict[str, list[int]] = defaultdict(list)
        for (technology, bearer), members in self.lines.items():
            ports = {office: program.var(upper=len(members)) for office in sorted(self.offices)}
            program.row([(index, 1.0) for index in ports.values()], len(members), len(members))
            self.line_ports[technology, bearer] = ports
            for office, index in ports.items():
                self.lines_at[office].append(index)
                cover = [(index, -1.0)]
                if self.kept:
                    spots[technology, bearer].append(program.var(upper=len(members)))
                    cover.append((spots[technology, bearer][-1], 1.0))
                for card in catalogue.olt_cards.values():
                    if card.technology == technology and card.allowed_in_design:
                        bought = program.var(self.cost_of(card.id), upper=len(members))
                        cover.append((bought, float(card.ports)))
                        cards_at[bearer, office].append(bought)
                program.row(cover, 0, math.inf)
        for (bearer, _), cards in cards_at.items():
            slots = [(index, -1.0) for index in cards]
            if self.kept:
                kept_slots[bearer].append(program.var())
                slots.append((kept_slots[bearer][-1], 1.0))
            rows = [row for row in catalogue.olt_chassis.values() if row.allowed_in_design and row.takes == "direct"]
            slots += [(program.var(self.cost_of(row.id)), float(row.card_slots)) for row in rows]
            program.row(slots, 0, math.inf)
        if self.kept:
            for line, taken in spots.items():
                left = self.kept.spots[line] + self.kept.dark_ports[line]
                program.row([(index, 1.0) for index in taken], 0, left)
            for bearer, taken in kept_slots.items():
                program.row([(index, 1.0) for index in taken], 0, self.kept.slots[bearer, "direct"])

    def _add_cascade(self, members: list[int], sizes: list[Splitter], most: int) -> list[int]:
        """Let splitters feed others, level by level; give those of the first level, each of which needs a port."""
        program, ends = self.program, self.catalogue.terminations
        work, splice = self.cost_of("splitter-installation"), self.cost_of("splice")
        joined = (ends["splitter-output"].splices + ends["splitter-input"].splices) * splice
        shares: dict[int, list[int]] = defaultdict(list)
        roots: list[int] = []
        above: dict[int, list[int]] = {}
        for level in range(1, self.levels + 1):
            fed: dict[int, list[int]] = defaultdict(list)
            feeding: dict[int, list[int]] = defaultdict(list)
            for p in range(len(self.places)):
                if not any((c, p) in self.served for c in members):
                    continue
                served = program.var(upper=len(members), whole=False)
                legs = [(served, -1.0)]
                shares[p].append(served)
                if level < self.levels:
                    feeding[p].append(program.var(upper=len(members)))
                    legs.append((feeding[p][0], -1.0))
                    self.feeding_at[p] += feeding[p]
                for size in sizes:
                    cost = self.cost_of(size.id) + work + (joined if level > 1 else 0.0)
                    index = program.var(cost, upper=len(members))
                    legs.append((index, float(min(size.outputs, most))))
                    fed[p].append(index)
                    self.splitters_at[p].append(index)
                program.row(legs, 0, math.inf)
            if level == 1:
                roots = [index for some in fed.values() for index in some]
                for p, some in fed.items():
                    self.roots_at[p] += some
            else:
                self.onward.append((above, fed))
            above = feeding
        for p, parts in shares.items():
            here = [(self.served[c, p], 1.0) for c in members if (c, p) in self.served]
            program.row(here + [(i, -1.0) for i in parts], 0, 0)
        return roots

    def _kept_shelves(
        self, groups: dict[tuple[str, str, int], list[int]], optics_of: dict[str, float]
    ) -> tuple[dict[tuple[str, str, int], list[int]], dict[tuple[str, int], list[int]]]:
        """Let ports use kept ports that are dark and kept cards and slots with room, in whichever office."""
        program = self.program
        ports: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        slots: dict[tuple[str, int], list[int]] = defaultdict(list)
        if not self.kept:
            return ports, slots
        of_kind: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for technology, bearer, office in groups:
            saved = -(optics_of[technology] + self.cost_of("pon-port-commissioning"))
            dark, spot = program.var(saved, upper=len(self.customers)), program.var(upper=len(self.customers))
            mine = [(index, 1.0) for index in groups[technology, bearer, office]]
            program.row([*mine, (dark, -1.0)], 0, math.inf)
            ports[technology, bearer, office] += [dark, spot]
            of_kind[technology, bearer].append((dark, spot))
            if not slots[bearer, office]:
                slots[bearer, office].append(program.var(upper=len(self.customers)))
        for kind, pairs in of_kind.items():
            program.row([(dark, 1.0) for dark, _ in pairs], 0, self.kept.dark_ports[kind])
            program.row([(spot, 1.0) for _, spot in pairs], 0, self.kept.spots[kind])
        for bearer in {bearer for bearer, _ in slots}:
            mine = [(index, 1.0) for (other, _), indexes in slots.items() if other == bearer for index in indexes]
            program.row(mine, 0, self.kept.slots[bearer, "pon"])
        return ports, slots

    def _loads(self, members: list[int]) -> list[np.ndarray]:
        rules = self.area.rules
        customers = [self.customers[c][1] for c in members]
        own = [rules.of_class(one.customer_class).growth_per_year for one in customers]
        growth = [rules.growth_per_year if one is None else one for one in own]
        return [
            np.array(load_bps(one, self.catalogue, rules.oversubscription)) * horizon_factor(g, rules.horizon_years)
            for one, g in zip(customers, growth, strict=True)
        ]

    def _rates(self, technology: str, count: int) -> list[np.ndarray]:
        catalogue = self.catalogue
        classes = {
            catalogue.optical_classes[o.optical_class]
            for o in catalogue.olt_optics.values()
            if technology in catalogue.optical_classes[o.optical_class].technologies and o.allowed_in_design
        }
        row = catalogue.technologies[technology]
        return [np.array(usable_rates_bps(catalogue, row, group, num_onus=count)) for group in classes]

    def _load_in_ports(self, technology: str, members: list[int]) -> float:
        """Give the whole load in ports, each with the rate of a single terminal."""
        best = np.max(self._rates(technology, 1), axis=0)
        return float(np.max(np.sum(self._loads(members), axis=0) / best)) - 1e-6

    def _share_ports(self, technology: str, members: list[int], most: int, of_size: dict[int, list[int]]) -> None:
        """Share customers out over ports that carry their loads, each with a splitter of legs enough."""
        program, loads = self.program, self._loads(members)
        rates = {count: self._rates(technology, count) for count in range(1, most + 1)}
        sets: dict[tuple[int, ...], int] = {}
        for count in range(1, min(most, len(members)) + 1):
            for some in combinations(range(len(members)), count):
                total = np.sum([loads[c] for c in some], axis=0)
                if count == 1 or any((total <= rate).all() for rate in rates[count]):
                    sets[some] = program.var(upper=1)
        for c in range(len(members)):
            program.row([(index, 1.0) for some, index in sets.items() if c in some], 1, 1)
        smaller = 0
        for outputs in sorted(of_size):
            large = [(i, 1.0) for size, bought in of_size.items() if size >= outputs for i in bought]
            program.row(large + [(i, -1.0) for some, i in sets.items() if len(some) > smaller], 0, math.inf)
            smaller = outputs

    def _most_on_a_port(self, technology: str, members: list[int], legs: int) -> int:
        """Count by trial how many of these customers one port may carry at the horizon, with any transceiver."""
        loads = self._loads(members)
        for count in range(min(len(members), legs), 1, -1):
            sums = [np.sum(some, axis=0) for some in combinations(loads, count)]
            if any((total <= rate).all() for total in sums for rate in self._rates(technology, count)):
                return count
        return 1

    def _add_enclosures(self) -> None:
        """Buy cabinets and boxes for splitters and legs, and frames for ports and splitters in an office."""
        program = self.program
        self.housed_at: dict[int, list[int]] = defaultdict(list)  # junction -> enclosures that may hold splices too
        frames: dict[int, list[tuple[int, int, int]]] = {
            office: [(program.var(cost), fibres, slots) for fibres, slots, cost in self.enclosures("odf")]
            for office in self.offices
        }
        in_office: dict[int, int] = {}
        for p, (kind, junction, site) in enumerate(self.places):
            if kind == "office":
                in_office[junction] = p
            else:
                self._house(p, kind, junction, site)
        for office, bought in frames.items() if not (self.kept and self.kept.has_frame) else ():
            need = [(i, -1.0) for i in self.lines_at[office]]
            need += [(i, -1.0) for i in self.ports_of[office]]  # but for feeders that end at the office itself
            need += [(i, 1.0) for p, (_, j, _) in enumerate(self.places) if j == office for i in self.splitters_at[p]]
            slots = [(i, float(s)) for i, _, s in bought]
            if office in in_office:
                p = in_office[office]
                splitters = [(i, -1.0) for i in self.splitters_at[p]]
                need += splitters + [(self.served[c, p], -1.0) for c in self.split]
                program.row(slots + splitters, 0, math.inf)
            unframed = self.kept.dark_feeders[office] if self.kept else 0
            program.row(need + [(i, float(f)) for i, f, _ in bought], -unframed, math.inf)

    def _house(self, p: int, kind: str, junction: int, site: object) -> None:
        program = self.program
        legs = [(index, -1.0) for (_, place), index in self.served.items() if place == p]
        legs += [(index, 1.0) for index in self.on_kept_legs[p]]
        legs += [(index, -1.0) for index in self.feeding_at[p]]
        splitters = [(index, -1.0) for index in self.splitters_at[p]]
        if not legs:
            return
        holds = {"room": "room-box", "closure": "closure"}.get(kind, "cabinet")
        rows = [(f, s, cost, math.inf) for f, s, cost in self.enclosures(holds)]
        if self.kept and kind in ("kept", "room"):
            rows = rows if kind == "room" else []
            wanted = "room" if kind == "room" else "cabinet"
            rows += [(f, s, 0.0, 1.0) for k, j, f, s in self.kept.hosts if j == junction and k == wanted]
        given = self.catalogue.enclosures[site.enclosure] if site is not None and site.enclosure else None
        if site is not None and site.existing:
            size = (given.fibres, given.splitter_slots) if given else (10**6, 10**6)
            rows.append((*size, 0.0, 1.0))
        elif given is not None:
            work = self.cost_of(f"{given.kind}-installation")
            rows.append((given.fibres, given.splitter_slots, self.cost_of(given.id) + work, 1.0))
        for fibres, slots, cost, most in rows:
            room = self._customers_in(fibres, slots)
            if not room:
                continue
            bought = program.var(cost, upper=min(most, len(self.customers)))
            most_legs = self.levels * len(self.customers)
            inside, units = program.var(upper=most_legs), program.var(upper=most_legs)
            legs.append((inside, 1.0))
            splitters.append((units, 1.0))
            self.housed_at[junction].append(bought)
            program.row([(inside, 1.0), (bought, -float(room))], -math.inf, 0)
            program.row([(units, 1.0), (bought, -float(min(slots, 100)))], -math.inf, 0)
            program.row([(inside, 1.0), (units, 1.0), (bought, -float(min(fibres, 200)))], -math.inf, 0)
            program.row([(inside, 1.0), (units, -float(self.most_legs))], -math.inf, 0)
        program.row(legs, 0, 0)
        program.row(splitters, 0, 0)

    def _customers_in(self, fibres: int, slots: int) -> int:
        """Count by trial: a fibre for every leg, one more and a slot for every splitter."""
        held = 0
        for count in range(1, self.levels * len(self.customers) + 1):
            units = -(-count // self.most_legs)
            if units <= slots and count + units <= fibres:
                held = count
        return held

    def _add_closures(self) -> None:
        """Buy closures for drops not served from where they begin, unless something else there may hold them."""
        program = self.program
        drops = Counter(self.access)
        for junction in sorted({*drops, *self.spliced_at}):
            count = drops[junction]
            if junction in self.offices or (self.kept and junction in self.kept.enclosed):
                continue
            if junction in self.spliced_at and junction not in self._held_for_nothing():
                self._hold_splices(junction, count)
                continue
            if not count:
                continue
            at_hand = [p for p, (_, j, _) in enumerate(self.places) if j == junction]
            here = [c for c, access in enumerate(self.access) if access == junction]
            held = [(self.served[c, p], 1.0) for c in here for p in at_hand if (c, p) in self.served]
            held += [(index, float(count)) for index in self.housed_at[junction]]
            for fibres, _, cost in self.enclosures("room-box" if junction in self.rooms else "closure"):
                held.append((program.var(cost), float(min(fibres, count))))
            program.row(held, count, math.inf)

    def _held_for_nothing(self) -> set[int]:
        """Give the junctions where boxes may be there already, or hold what serves a building."""
        graph = self.graph
        return {int(j) for j, site in zip(graph.site_junctions, self.area.sites, strict=True) if site.existing} | (
            self.rooms
        )

    def _hold_splices(self, junction: int, drops: int) -> None:
        """Buy closures for drops and splices between cables together, unless a cabinet is set there."""
        program = self.program
        at_hand = [p for p, (_, j, _) in enumerate(self.places) if j == junction]
        here = [c for c, access in enumerate(self.access) if access == junction]
        held = [(self.served[c, p], 1.0) for c in here for p in at_hand if (c, p) in self.served]
        most = drops + (1 + self.levels) * len(self.customers)
        held += [(index, float(most)) for index in self.housed_at[junction]]
        for fibres, _, cost in self.enclosures("closure"):
            held.append((program.var(cost), float(fibres)))
        for index in (
            {cost: program.var(cost) for _, _, cost in self.enclosures("cabinet")}.values() if at_hand else ()
        ):
            held.append((index, float(most)))
        program.row([*held, (self.spliced_at[junction], -1.0)], drops, math.inf)

    def _add_jointed_ground(self) -> None:
        """Open segments and lay cables that pass junctions uncut or end there, their fibres spliced one by one.

        No customer's fibre comes to a junction twice, as `check` wants.
        """
        program, graph = self.program, self.graph
        assert self.kept is None
        is_apart = self.joints == "apart"
        cables = self._cables() * (2 if is_apart or self.joints == "feeders apart" else 1)
        opened = {e: program.var(self._opening_cost(e), upper=1) for e in self.trunk}
        num_all = (1 + self.levels) * len(self.customers)
        laid = {
            (e, t): program.var(per_m * float(graph.lengths_m[e]), upper=1 if is_apart else num_all)
            for e in self.trunk
            for t, (_, per_m) in enumerate(cables)
        }
        for (e, _), index in laid.items():
            program.row([(index, 1.0), (opened[e], -float(num_all))], -math.inf, 0)
        around: dict[int, list[int]] = defaultdict(list)
        for e in self.trunk:
            around[int(graph.tails[e])].append(e)
            around[int(graph.heads[e])].append(e)
        uncut = self._uncut_cables(around, laid, cables)
        in_cables: dict[tuple[int, int], list[int]] = defaultdict(list)
        passing: dict[tuple[int, int, int, int], list[int]] = defaultdict(list)
        spliced: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, ends in enumerate(self._commodities()):
            is_one = number < len(self.customers)  # which comes to no junction twice
            entering = self._run_fibres(around, cables, ends, in_cables, passing, is_one=is_one)
            for junction, terms in entering.items():
                own = program.var(self.cost_of("splice"), whole=False)
                starts = ends[0].get(junction, [])
                program.row([(own, 1.0), *((i, -f) for i, f in terms), *starts], 0, math.inf)
                spliced[junction].append((own, 1.0))
        for (e, t), fibres in in_cables.items():
            program.row([(i, 1.0) for i in fibres] + [(laid[e, t], -float(cables[t][0]))], -math.inf, 0)
        for key, fibres in passing.items():
            program.row([(i, 1.0) for i in fibres] + [(uncut[key], -float(cables[key[3]][0]))], -math.inf, 0)
        for junction, owns in spliced.items():
            together = self.spliced_at[junction] = program.var(whole=False)
            program.row([(together, 1.0), *((i, -f) for i, f in owns)], 0, 0)
        self._reach_everybody(opened)

    def _uncut_cables(
        self, around: dict[int, list[int]], laid: dict[tuple[int, int], int], cables: list[tuple[int, float]]
    ) -> dict[tuple[int, int, int, int], int]:
        """Give by junction, pair of segments and type how many cables pass the junction uncut."""
        program = self.program
        uncut: dict[tuple[int, int, int, int], int] = {}
        for junction, edges in around.items():
            for t in range(len(cables)):
                ends: dict[int, list[tuple[int, float]]] = defaultdict(list)
                for e, f in combinations(edges, 2):
                    index = uncut[junction, e, f, t] = program.var(upper=(1 + self.levels) * len(self.customers))
                    ends[e].append((index, 1.0))
                    ends[f].append((index, 1.0))
                for e, terms in ends.items():
                    program.row([*terms, (laid[e, t], -1.0)], -math.inf, 0)
        return uncut

    def _commodities(self) -> list[_Ends]:
        """Give by junction what sets out and what arrives: a fibre to each customer, and those from ports."""
        found = []
        begins = self._begins_of_lines()
        for c, access in enumerate(self.access):
            supply: _Terms = defaultdict(list)
            for (customer, place), index in self.served.items():
                if customer == c:
                    supply[self.places[place][1]].append((index, 1.0))
            for office, index in begins.get(c, {}).items():
                supply[office].append((index, 1.0))
            found.append((supply, {access: [(index, 1.0) for terms in supply.values() for index, _ in terms]}))
        supply, demand = defaultdict(list), defaultdict(list)
        for office in self.offices:
            supply[office] += [(i, 1.0) for i in self.ports_of[office]]
        on_ports = self.splitters_at if self.levels == 1 else self.roots_at
        for p in {p for _, p in self.served}:
            demand[self.places[p][1]] += [(i, 1.0) for i in on_ports[p]]
        return [*found, (supply, demand), *(tuple(map(self._at_junctions, pair)) for pair in self.onward)]

    def _begins_of_lines(self) -> dict[int, dict[int, int]]:
        """Say of every direct fibre at whose line card it begins."""
        program = self.program
        begins = {}
        for line, members in self.lines.items():
            ports = self.line_ports[line]
            for c in members:
                begins[c] = {office: program.var(upper=1) for office in ports}
                program.row([(index, 1.0) for index in begins[c].values()], 1, 1)
            for office, port in ports.items():
                program.row([(port, 1.0), *((begins[c][office], -1.0) for c in members)], 0, 0)
        return begins

    def _at_junctions(self, at_places: dict[int, list[int]]) -> _Terms:
        terms: _Terms = defaultdict(list)
        for p, some in at_places.items():
            terms[self.places[p][1]] += [(i, 1.0) for i in some]
        return terms

    def _run_fibres(
        self,
        around: dict[int, list[int]],
        cables: list[tuple[int, float]],
        ends: _Ends,
        in_cables: dict[tuple[int, int], list[int]],
        passing: dict[tuple[int, int, int, int], list[int]],
        *,
        is_one: bool,
    ) -> dict[int, list[tuple[int, float]]]:
        """Run one fibre, or many that nobody tells apart, over cables; give by junction what enters a cable there."""
        program, graph = self.program, self.graph
        types = self._types(len(cables), is_one=is_one)
        along: dict[tuple[int, int, int], int] = {}  # towards a junction, in a segment, in cables of a type
        for e in self.trunk:
            for t in types:
                for end in (int(graph.tails[e]), int(graph.heads[e])):
                    along[end, e, t] = program.var(whole=is_one)
                    in_cables[e, t].append(along[end, e, t])
        entering: dict[int, list[tuple[int, float]]] = {}
        for junction, edges in around.items():
            hub = [(i, f) for i, f in ends[0].get(junction, [])] + [(i, -f) for i, f in ends[1].get(junction, [])]
            entering[junction] = []
            if is_one:
                arrivals = [(along[junction, e, t], 1.0) for e in edges for t in types]
                program.row([*arrivals, *ends[0].get(junction, [])], 0, 1)
            for t in types:
                arrives = {e: [(along[junction, e, t], 1.0)] for e in edges}
                leaves = {e: [(along[self._other(e, junction), e, t], 1.0)] for e in edges}
                for e, f in combinations(edges, 2):
                    for one, other in ((e, f), (f, e)):
                        index = program.var(whole=False)
                        arrives[one].append((index, -1.0))
                        leaves[other].append((index, -1.0))
                        passing[junction, e, f, t].append(index)
                for e in edges:
                    out, into = program.var(whole=False), program.var(whole=False)
                    program.row([*arrives[e], (out, -1.0)], 0, 0)
                    program.row([*leaves[e], (into, -1.0)], 0, 0)
                    hub += [(out, 1.0), (into, -1.0)]
                    entering[junction].append((into, 1.0))
            program.row(hub, 0, 0)
        return entering

    def _types(self, count: int, *, is_one: bool) -> range:
        """Give the cables that fibres may run over: those of feeders come after the others where they are apart."""
        if self.joints != "feeders apart":
            return range(count)
        return range(count // 2) if is_one else range(count // 2, count)

    def _other(self, e: int, junction: int) -> int:
        return int(self.graph.tails[e]) + int(self.graph.heads[e]) - junction

    def _opening_cost(self, e: int) -> float:
        """Price opening a segment at best."""
        graph, area = self.graph, self.area
        surface = self.catalogue.surfaces[graph.surfaces[e]]
        per_m = self.cost_of(surface.id) + (self.cost_of(area.rules.duct) if surface.method == "trench" else 0.0)
        if graph.routes[e] >= 0 and area.routes[int(graph.routes[e])].free_bores:
            rows = [
                r for r in self.catalogue.surfaces.values() if r.method == "existing-duct" and r.allowed_in_design
            ]
            per_m = min(per_m, *(self.cost_of(row.id) for row in rows))
        return 0.0 if self.kept and e in self.kept.free else per_m * float(graph.lengths_m[e])

    def _add_ground(self) -> None:
        """Open segments and lay cables for the fibres of every place and of the feeders."""
        program, graph = self.program, self.graph
        cables = self._cables()
        num_all = (1.0 + self.levels) * len(self.customers)
        flows: dict[int, list[int]] = {e: [] for e in self.trunk}
        opened = {e: program.var(self._opening_cost(e), upper=1) for e in self.trunk}
        places = {p for _, p in self.served}
        for p in sorted(places):
            clients = {c: index for (c, place), index in self.served.items() if place == p}
            arcs = self._arcs(flows, upper=len(clients), opened=opened)
            balance = self._balance(arcs)
            for c, index in clients.items():
                balance[self.places[p][1]].append((index, -1.0))
                balance[self.access[c]].append((index, 1.0))
            for terms in balance.values():
                program.row(terms, 0, 0)
        balance = self._balance(self._arcs(flows, upper=len(self.customers), opened=opened))
        for office in self.offices:
            balance[office] += [(i, -1.0) for i in self.ports_of[office]]
        for p in places:
            on_ports = self.splitters_at[p] if self.levels == 1 else self.roots_at[p]
            balance[self.places[p][1]] += [(i, 1.0) for i in on_ports]
        for terms in balance.values():
            program.row(terms, 0, 0)
        for kind, ports in self.line_ports.items():
            balance = self._balance(self._arcs(flows, upper=len(self.lines[kind]), opened=opened))
            for office, index in ports.items():
                balance[office].append((index, -1.0))
            fixed = Counter(self.access[c] for c in self.lines[kind])
            for junction, terms in balance.items():
                program.row(terms, -fixed[junction], -fixed[junction])
        for feeding, fed in self.onward:
            balance = self._balance(self._arcs(flows, upper=2.0 * len(self.customers), opened=opened))
            for at_places, sign in ((feeding, -1.0), (fed, 1.0)):
                for p, some in at_places.items():
                    balance[self.places[p][1]] += [(i, sign) for i in some]
            for terms in balance.values():
                program.row(terms, 0, 0)
        for e in self.trunk:
            room = [(index, -1.0) for index in flows[e]]
            for usable, per_m in cables:
                laid = program.var(per_m * float(graph.lengths_m[e]), upper=math.ceil(num_all / usable))
                room.append((laid, float(min(usable, num_all))))
            if self.kept and self.kept.dark[e]:
                room.append((program.var(upper=self.kept.dark[e], whole=False), 1.0))
            program.row(room, 0, math.inf)
        self._reach_everybody(opened)

    def _cables(self) -> list[tuple[int, float]]:
        rules, best = self.area.rules, {}
        for row in self.catalogue.cable_types.values():
            usable = max(n for n in range(row.fibres + 1) if n * (1.0 + rules.spare_fibres) <= row.fibres + 1e-9)
            usable = min(usable, (1 + self.levels) * len(self.customers))
            if row.role == "trunk" and row.allowed_in_design and usable:
                best[usable] = min(best.get(usable, math.inf), self.cost_of(row.id) * self.slack)
        return [(u, c) for u, c in best.items() if not any(v > u and d <= c for v, d in best.items())]

    def _arcs(
        self, flows: dict[int, list[int]], *, upper: float, opened: dict[int, int]
    ) -> dict[int, tuple[int, int]]:
        """Add fibres in both directions of every segment, none where it is not opened."""
        arcs = {}
        for e in self.trunk:
            forth, back = self.program.var(upper=upper, whole=False), self.program.var(upper=upper, whole=False)
            self.program.row([(forth, 1.0), (back, 1.0), (opened[e], -float(upper))], -math.inf, 0)
            flows[e] += [forth, back]
            arcs[e] = (forth, back)
        return arcs

    def _balance(self, arcs: dict[int, tuple[int, int]]) -> dict[int, list[tuple[int, float]]]:
        """Give what leaves less what enters each junction."""
        balance: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for e, (forth, back) in arcs.items():
            balance[int(self.graph.tails[e])] += [(forth, 1.0), (back, -1.0)]
            balance[int(self.graph.heads[e])] += [(forth, -1.0), (back, 1.0)]
        return balance

    def _reach_everybody(self, opened: dict[int, int]) -> None:
        """Ask for an opened way from an office to every drop: implied, but it helps the solver."""
        program = self.program
        lit = self.offices | (self.kept.lit_hosts if self.kept else set())
        for access in sorted(set(self.access) - lit):
            arcs = {e: (program.var(upper=1, whole=False), program.var(upper=1, whole=False)) for e in self.trunk}
            for e, (forth, back) in arcs.items():
                program.row([(forth, 1.0), (back, 1.0), (opened[e], -1.0)], -math.inf, 0)
            for junction, terms in self._balance(arcs).items():
                if junction not in lit:
                    program.row(terms, *((-1, -1) if junction == access else (0, 0)))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Rates of some links, their cost at one end, and what they carry without the fastest."""

    rates: tuple[int, ...]
    cost: float
    spared: float


_NO_LINKS = _Pattern((), 0.0, 0.0)


def _patterns(costs: dict[int, float], ports: int, fastest: int, load: float) -> list[_Pattern]:
    """Give the links that a chassis or switch may have, but for those that others better in every way."""
    most = {rate: min(ports, max(1, math.ceil(load / rate)) + 1) for rate in costs if rate <= fastest}
    found = []
    for counts in product(*(range(count + 1) for count in most.values())):
        rates = tuple(rate for rate, count in zip(most, counts, strict=True) for _ in range(count))
        if 2 <= len(rates) <= ports:
            spared = min(load, float(sum(rates) - max(rates)))
            found.append(_Pattern(rates, sum(costs[rate] for rate in rates), spared))
    found.sort(key=lambda one: (one.cost, len(one.rates), max(one.rates), -one.spared))
    kept: list[_Pattern] = []
    for one in found:
        if not any(
            len(other.rates) <= len(one.rates) and max(other.rates) <= max(one.rates) and other.spared >= one.spared
            for other in kept
        ):
            kept.append(one)
    return kept


def _cheapest_bundle(costs: dict[int, float], load: float) -> float:
    """Give the cheapest links, at least two, that carry a load without the fastest of them, by trial."""
    most = {rate: max(1, math.ceil(load / rate)) + 1 for rate in costs}
    best = math.inf
    for counts in product(*(range(most[rate] + 1) for rate in costs)):
        used = [rate for rate, count in zip(costs, counts, strict=True) if count]
        total = sum(rate * count for rate, count in zip(costs, counts, strict=True))
        if sum(counts) >= 2 and total - max(used) >= load - 1.0:
            best = min(best, sum(cost * count for cost, count in zip(costs.values(), counts, strict=True)))
    return best


def solve_exactly(
    area: Area,
    catalogue: Catalogue,
    customers: tuple[NetworkCustomer, ...],
    *,
    graph: RouteGraph | None = None,
    kept: Network | None = None,
    joints: str = "",
) -> Exact:
    """Give the least cost of serving the customers that are not marked as unserved.

    Parameters
    ----------
    joints
        Whether splices between cables, and the closures that hold them, are paid too; not with kept plant. "merged":
        cables of one type in one segment are not told apart, so that it is cheaper than what can be built; "apart":
        they are, and at most two lie side by side. "feeders apart": merged, but feeders lie in cables of their own.
    graph, kept
        Plant that stands already and may be used for nothing, and the graph in whose names it is told.
    """
    served = [(row, customer) for row, customer in enumerate(customers) if not customer.unserved]
    model = _Model(area, catalogue, served, graph, kept, joints=joints)
    constant = model.constant()
    model.build()
    return model.program.solve(constant)


def is_bound(
    claimed: float, optimum: Exact, area: Area, catalogue: Catalogue, customers: tuple[NetworkCustomer, ...]
) -> bool:
    """Say whether a claim is below the optimum found without joints of cables, or else below one with them."""
    found = [optimum.dual_bound]
    for joints in ("merged", "apart"):
        if claimed > found[-1] * ROUNDING + 1e-6:
            found.append(solve_exactly(area, catalogue, customers, joints=joints).dual_bound)
    return claimed <= found[-1] * ROUNDING + 1e-6
