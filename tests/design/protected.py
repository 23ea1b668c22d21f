"""The least cost of a small area with protection by one mixed-integer program, and random areas to solve by it.

Beside what `exact` prices, a fully protected customer has two legs from two places, and two ways from the offices to
its drops that share no street and no risk group but those that the plan lists. Trunk protection doubles ports and
feeders; that these are apart is left out, as are loads, and whose port a protecting one stands by for.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import LineString

from ponplan.area import build_route_graph
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Splitter
    from ponplan.topology.network import Network

ANY = math.inf


def random_mesh(seed: int) -> Area:
    """Give a few blocks with customers along their streets, cabinets at crossings, and offices beside some."""
    rng = np.random.default_rng([seed, 31])
    columns, rows = int(rng.integers(2, 4)), 2
    at = {
        (x, y): (x * 180.0 + rng.uniform(0, 60), y * 150.0 + rng.uniform(0, 50))
        for x in range(columns)
        for y in range(rows)
    }
    pairs = [(a, b) for a in at for b in at if a < b and abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
    pairs = [pair for pair in pairs if rng.random() < 0.93]
    routes = tuple(
        Route(
            id=f"r{i}",
            surface=str(rng.choice(["asphalt", "grass", "aerial"])),
            line=LineString([at[a], at[b]]),
            risk_groups=(f"g{rng.integers(2)}",) if rng.random() < 0.15 else (),
        )
        for i, (a, b) in enumerate(pairs)
    )
    corners = [at[pair[0]] for pair in pairs] + [at[pair[1]] for pair in pairs]
    spots = list(dict.fromkeys(corners))
    chosen = rng.permutation(len(spots))
    sites = tuple(
        Site(id=f"s{i}", name="", kind="cabinet", x_m=spots[spot][0], y_m=spots[spot][1])
        for i, spot in enumerate(chosen[: int(rng.integers(2, 4))].tolist())
    )
    offices = tuple(
        Office(id=f"CO{i}", name="", x_m=spots[spot][0] + 6.0, y_m=spots[spot][1] + 8.0)
        for i, spot in enumerate(chosen[::-1][: int(rng.integers(1, 3))].tolist())
    )
    promised = [("trunk",), ("full",), ("none", "trunk", "full")][seed % 3]
    return Area(
        name=f"mesh {seed}",
        crs="EPSG:32632",
        offices=offices,
        customers=_customers(rng, routes, promised),
        sites=sites,
        routes=routes,
        rules=Rules(
            max_split=int(rng.choice([2, 4, 8])),
            spare_fibres=float(rng.choice([0.2, 1.0, 3.0])),
            protection_ports=str(rng.choice(["card", "cards", "olts"])),
            protected_onu=str(rng.choice(["any", "switch", "dual"])),
        ),
    )


def _customers(
    rng: np.random.Generator, routes: tuple[Route, ...], promised: tuple[str, ...]
) -> tuple[Customer, ...]:
    customers = []
    kind = str(rng.choice(["finance", "ordinary"]))
    for index in range(int(rng.integers(2, 5))):
        line = routes[int(rng.integers(len(routes)))].line
        point = line.interpolate(float(rng.uniform(0.1, 0.9)), normalized=True)
        x, y = point.x + rng.uniform(-15.0, 15.0), point.y + rng.uniform(-15.0, 15.0)
        protection = str(rng.choice(promised))
        customers.append(Customer(id=f"c{index}", name="", x_m=x, y_m=y, customer_class=kind, protection=protection))
    return tuple(customers)


def solve_protected(exact: ModuleType, area: Area, catalogue: Catalogue, network: Network) -> Any:  # noqa: ANN401
    """Give the least cost of serving the plan's customers with the protection that it does not list as relaxed."""
    full = frozenset(c.id for c in network.customers if c.protection == "full")
    twice = None if all(c.protection == "none" for c in network.customers) else full
    served = [(row, c) for row, c in enumerate(network.customers) if not c.unserved]
    model = exact._Model(area, catalogue, served, build_route_graph(area, twice=twice), None)
    return _Protected(model, network).solve()


class _Protected:
    """One area's program; `m` prices what is the same without protection."""

    def __init__(self, model: Any, network: Network) -> None:  # noqa: ANN401
        self.m, self.network, self.program = model, network, model.program
        relaxed = {row.subject for row in network.relaxed if row.rule == "protection"}
        kinds = [c.protection for _, c in model.customers]
        names = [c.id for _, c in model.customers]
        self.kinds = [
            "trunk" if kind == "full" and name in relaxed else kind for kind, name in zip(kinds, names, strict=True)
        ]
        self.full = [c for c, kind in enumerate(self.kinds) if kind == "full"]
        self.shared: dict[str, set[str]] = defaultdict(set)
        self.has_shared_cable: set[str] = set()
        for row in network.exposures:
            if row.kind in ("trench", "risk"):
                self.shared[row.subject].add(row.thing)
            if row.kind == "cable":
                self.has_shared_cable.add(row.subject)
        self.constant = model.constant()
        self.second = [self._second_drop(c) if c in self.full else model.access[c] for c in range(len(names))]
        self.places = [
            int(model.graph.site_junctions[i])
            for i, site in enumerate(model.area.sites)
            if model.graph.site_junctions[i] >= 0
        ]

    def _name(self, c: int) -> str:
        return str(self.m.customers[c][1].id)

    def _second_drop(self, c: int) -> int:
        """Pay for the second drop and for a terminal that takes it; give where it begins."""
        m, graph = self.m, self.m.graph
        first, row = m.drop[c], m.customers[c][0]
        second = int(graph.second_premises[row])
        lengths, access = [float(graph.lengths_m[first])], m.access[c]
        if second >= 0:
            edge = m.stub[second]
            lengths.append(float(graph.lengths_m[edge]))
            if graph.segment_ids[first] not in self.shared[self._name(c)]:
                access = int(graph.tails[edge] + graph.heads[edge]) - second
                self.constant += lengths[1] * m.cost_of(graph.surfaces[edge])
                lengths = lengths[1:]
        rows = [r for r in m.catalogue.cable_types.values() if r.role == "drop" and r.allowed_in_design]
        ends = m.catalogue.terminations["splitter-output"].splices + m.catalogue.terminations["onu"].splices
        self.constant += min(lengths) * m.slack * min(m.cost_of(r.id) for r in rows) + ends * m.cost_of("splice")
        self.constant += self._terminal(c) - m._terminal(m.customers[c][1])
        return access

    def _terminal(self, c: int) -> float:
        """Price the cheapest terminal with an optical switch or two interfaces, as the rule wants."""
        m, customer = self.m, self.m.customers[c][1]
        rule = m.area.rules.protected_onu
        fits = {"switch": lambda r: r.optical_switch, "dual": lambda r: r.pon_interfaces > 1}
        wanted = fits.get(rule, lambda r: r.optical_switch or r.pon_interfaces > 1)
        onus = {key: row for key, row in m.catalogue.onus.items() if wanted(row)}
        services = [(m.catalogue.services[name], count) for name, count in customer.services]
        num_e1 = sum(s.e1_circuits * count for s, count in services)
        rates = [max(s.peak_down_bps, s.peak_up_bps) for s, _ in services if not s.e1_circuits]
        return float(
            min(
                m.cost_of(row.id)
                for row in onus.values()
                if row.technology == customer.technology
                and row.allowed_in_design
                and row.e1_ports >= num_e1
                and (not rates or (row.ethernet_ports >= 1 and row.ethernet_bps >= max(rates)))
            )
        )

    def solve(self) -> Any:  # noqa: ANN401
        """Lay out the program and solve it."""
        self._add_legs()
        self._add_equipment()
        self._add_enclosures()
        self._add_ground()
        return self.program.solve(self.constant)

    def _add_legs(self) -> None:
        """Serve everybody from one place, and the fully protected from another, too."""
        splice, program = self.m.cost_of("splice"), self.program
        self.one: dict[tuple[int, int], int] = {}
        self.two: dict[tuple[int, int], int] = {}
        for c in range(len(self.kinds)):
            for p, junction in enumerate(self.places):
                self.one[c, p] = program.var(0.0 if junction == self.m.access[c] else splice, upper=1)
                if c in self.full:
                    self.two[c, p] = program.var(0.0 if junction == self.second[c] else splice, upper=1)
            program.row([(self.one[c, p], 1.0) for p in range(len(self.places))], 1, 1)
            if c in self.full:
                program.row([(self.two[c, p], 1.0) for p in range(len(self.places))], 1, 1)
                for p in range(len(self.places)):
                    program.row([(self.one[c, p], 1.0), (self.two[c, p], 1.0)], 0, 1)

    def _add_equipment(self) -> None:
        """Buy splitters with one input and with two, ports, cards and chassis."""
        m, program = self.m, self.program
        self.feeders: dict[int, list[tuple[int, float]]] = defaultdict(list)  # place -> splitters, feeders of each
        cards_of: dict[str, list[int]] = defaultdict(list)
        has_pair: set[str] = set()
        is_near = any(row.rule == "standby-place" for row in self.network.relaxed)
        rule = "card" if is_near else m.area.rules.protection_ports
        for plane in m.planes:
            technology, bearer, _, class_split, _ = plane
            row = m.catalogue.technologies[technology]
            limit = min(row.max_split, m.area.rules.max_split or row.max_split, class_split or row.max_split)
            members = [c for c, (_, x) in enumerate(m.customers) if m._plane(x) == plane]
            ports = [
                term for p in range(len(self.places)) for term in self._add_splitters(p, members, limit, technology)
            ]
            cards, room = [], [(index, -count) for index, count in ports]
            for card in m.catalogue.olt_cards.values():
                if card.technology == technology and card.allowed_in_design:
                    cards.append(program.var(m.cost_of(card.id)))
                    room.append((cards[-1], float(card.ports)))
            program.row(room, 0, ANY)
            if rule != "card" and any(self.kinds[c] != "none" for c in members):
                program.row([(i, 1.0) for i in cards], 2, ANY)
                has_pair.add(bearer)
            cards_of[bearer] += cards
        for bearer, cards in cards_of.items():
            rows = [row for row in m.catalogue.olt_chassis.values() if row.allowed_in_design and row.takes == "pon"]
            bought = [(program.var(m.cost_of(row.id)), row) for row in rows]
            slots = [(i, float(row.card_slots)) for i, row in bought]
            program.row([*slots, *((i, -1.0) for i in cards)], 0, ANY)
            m.hand_on(bearer, [bought])
            if rule == "olts" and bearer in has_pair:
                program.row([(i, 1.0) for i, _ in bought], 2, ANY)

    def _add_splitters(self, p: int, members: list[int], limit: int, technology: str) -> list[tuple[int, float]]:
        """Put splitters for the legs that begin at a place; give them with the ports that each needs."""
        m, program, catalogue = self.m, self.program, self.m.catalogue
        optics = min(
            m.cost_of(o.id)
            for o in catalogue.olt_optics.values()
            if o.allowed_in_design
            and technology in catalogue.optical_classes[o.optical_class].technologies
            and catalogue.optical_classes[o.optical_class].allowed_in_design
        )
        ends = catalogue.terminations["olt"].splices + catalogue.terminations["splitter-input"].splices
        port = optics + m.cost_of("pon-port-commissioning") + m.cost_of("odf-port") + ends * m.cost_of("splice")

        def buy(inputs: int) -> list[tuple[int, float]]:
            found: list[Splitter] = [
                s
                for s in catalogue.splitters.values()
                if s.kind == "balanced" and s.inputs == inputs and s.allowed_in_design and s.outputs <= limit
            ]
            work = m.cost_of("splitter-installation") + inputs * port
            bought = [(program.var(m.cost_of(s.id) + work), float(s.outputs)) for s in found]
            self.feeders[p] += [(index, float(inputs)) for index, _ in bought]
            return bought

        plain, double, second = buy(1), buy(2), buy(1)
        legs = {k: [(self.one[c, p], -1.0) for c in members if self.kinds[c] == k] for k in ("none", "trunk", "full")}
        program.row([*double, *legs["trunk"]], 0, ANY)
        program.row([*plain, *legs["full"]], 0, ANY)
        program.row([*plain, *double, *legs["none"], *legs["trunk"], *legs["full"]], 0, ANY)
        program.row([*second, *((self.two[c, p], -1.0) for c in members if c in self.full)], 0, ANY)
        return [*((i, 1.0) for i, _ in (*plain, *second)), *((i, 2.0) for i, _ in double)]

    def _add_enclosures(self) -> None:
        """Buy cabinets, closures at the drops, and frames."""
        m, program = self.m, self.program
        standing: dict[int, list[int]] = defaultdict(list)
        for p, junction in enumerate(self.places):
            bought = [(program.var(cost), float(f), float(s)) for f, s, cost in m.enclosures("cabinet")]
            legs = [(i, -1.0) for (_, place), i in (*self.one.items(), *self.two.items()) if place == p]
            units = [(i, -1.0) for i, _ in self.feeders[p]]
            program.row([*((i, f) for i, f, _ in bought), *legs, *units], 0, ANY)
            program.row([*((i, s) for i, _, s in bought), *units], 0, ANY)
            standing[junction] += [i for i, _, _ in bought]
        drops = Counter([*m.access, *(self.second[c] for c in self.full)])
        for junction, count in drops.items():
            if junction in m.offices:
                continue
            held = [(i, float(count)) for i in standing[junction]]
            held += [(program.var(cost), float(min(f, count))) for f, _, cost in m.enclosures("closure")]
            program.row(held, count, ANY)
        feeders = [(i, -n) for p, j in enumerate(self.places) if j not in m.offices for i, n in self.feeders[p]]
        program.row([*((program.var(cost), float(f)) for f, _, cost in m.enclosures("odf")), *feeders], 0, ANY)

    def _add_ground(self) -> None:
        """Open streets and lay cables for all legs and feeders; ways apart for the fully protected."""
        m, program, graph = self.m, self.program, self.m.graph
        duct = m.cost_of(m.area.rules.duct)
        flows: dict[int, list[int]] = {e: [] for e in m.trunk}
        opened, cables = {}, {}
        most = 4.0 * len(self.kinds)
        for e in m.trunk:
            surface = m.catalogue.surfaces[graph.surfaces[e]]
            per_m = m.cost_of(surface.id) + (duct if surface.method == "trench" else 0.0)
            opened[e] = program.var(per_m * float(graph.lengths_m[e]), upper=1)
        for p, junction in enumerate(self.places):
            balance = m._balance(m._arcs(flows, upper=most, opened=opened))
            for legs, ends in ((self.one, m.access), (self.two, self.second)):
                for (c, place), index in legs.items():
                    if place == p:
                        balance[junction].append((index, -1.0))
                        balance[ends[c]].append((index, 1.0))
            for terms in balance.values():
                program.row(terms, 0, 0)
        roots = self._roots()
        balance = m._balance(m._arcs(flows, upper=most, opened=opened))
        for p, junction in enumerate(self.places):
            balance[junction] += self.feeders[p]
        for junction, terms in balance.items():
            if junction not in roots:
                program.row(terms, 0, 0)
        for e in m.trunk:
            sizes = [(usable, per_m * float(graph.lengths_m[e])) for usable, per_m in m._cables()]
            cables[e] = [(program.var(cost), float(min(usable, most))) for usable, cost in sizes]
            program.row([*cables[e], *((i, -1.0) for i in flows[e])], 0, ANY)
        for c in self.full:
            self._add_ways(c, opened, cables, roots)

    def _roots(self) -> set[int]:
        """Give where ways begin; with two feeders to every splitter one leaves by an office's first entry anyhow."""
        second = self.m.graph.second_offices if self.full else ()
        return self.m.offices | {int(junction) for junction in second if junction >= 0}

    def _add_ways(
        self, c: int, opened: dict[int, int], cables: dict[int, list[tuple[int, float]]], roots: set[int]
    ) -> None:
        """Ask for two ways from the offices to a customer's drops, apart but for what the plan lists."""
        m, program = self.m, self.program
        name = self._name(c)
        ways = []
        for access in (m.access[c], self.second[c]):
            arcs = m._arcs({e: [] for e in m.trunk}, upper=1.0, opened=opened)
            for junction, terms in m._balance(arcs).items():
                if junction not in roots:
                    program.row(terms, *((-1, -1) if junction == access else (0, 0)))
            ways.append(arcs)
        risks: dict[str, list[int]] = {}
        for e in m.trunk:
            both = [(i, 1.0) for arcs in ways for i in arcs[e]]
            if m.graph.segment_ids[e] not in self.shared[name]:
                program.row(both, 0, 1)
            if name not in self.has_shared_cable:
                program.row([*((i, 1.0) for i, _ in cables[e]), *((i, -f) for i, f in both)], 0, ANY)
            row = int(m.graph.routes[e])
            for group in m.area.routes[row].risk_groups if row >= 0 else ():
                if group in self.shared[name]:
                    continue
                if group not in risks:
                    risks[group] = [program.var(upper=1), program.var(upper=1)]
                    program.row([(i, 1.0) for i in risks[group]], 0, 1)
                for index, arcs in zip(risks[group], ways, strict=True):
                    program.row([(index, 1.0), *((i, -1.0) for i in arcs[e])], 0, ANY)
