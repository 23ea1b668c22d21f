"""From an offer to the records of a connection: splitter, port, links and terminal at the ends of its ways."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from ponplan.design.prices import unit_cost
from ponplan.design.quote.build import Building, Unbuildable
from ponplan.design.quote.change import applied
from ponplan.design.quote.excerpt import excerpt
from ponplan.design.standing.ports import port_plan, uplinks_for
from ponplan.topology.growth import growth_of
from ponplan.topology.light import DIRECTIONS, budget, leg_attenuation
from ponplan.topology.load import load_bps
from ponplan.topology.network import Link, Onu, Splitter
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import OltOptics
    from ponplan.catalogue.model import Splitter as SplitterType
    from ponplan.design.quote.build import Strand
    from ponplan.design.quote.change import Change
    from ponplan.design.quote.laying import Laying
    from ponplan.design.quote.offers import Offer
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import NetworkCustomer, Node


Pair = tuple["SplitterType", "OltOptics"]
ROUNDING_DB = 1e-9
ALIKE_TRIED = 2  # splitters of one type and transceiver in one host


class Connecting:
    """Builds the changes that an offer may stand for, one after the other, the cheapest first."""

    def __init__(self, plant: Plant, laying: Laying, customer: NetworkCustomer, onu_type: str) -> None:
        self._plant = plant
        self._laying = laying
        self._customer = customer
        self._onu_type = onu_type
        self._bearer = plant.catalogue.customer_classes[customer.customer_class].bearer

    def changes(self, offer: Offer) -> Iterator[Change]:
        """Give every change that an offer may stand for.

        Raises
        ------
        Unbuildable
            The offer cannot be built for the reason given; changes given before still count.
        """
        if offer.kind == "free-leg":
            yield from self._over_free_legs(offer)
        elif offer.kind == "direct":
            for optics, _ in self._optics():
                yield self._direct(offer, optics)
        else:
            pairs = self._equipment()
            for splitter, optics in self._lit(offer, pairs) or pairs[:1]:
                yield self._over_new_splitter(offer, splitter, optics)

    def _over_free_legs(self, offer: Offer) -> Iterator[Change]:
        """Try the splitters of a host, a protected one first if protection is wanted, then the least loaded."""
        plant, loads = self._plant, self._plant.survey.port_loads_bps
        candidates = []
        for name in plant.node_splitters[str(offer.host[1])]:
            ports = [row for row in plant.splitter_ports.get(name, ()) if plant.bearer_of(row) == self._bearer]
            if (
                plant.index.splitters[name].technology == self._customer.technology
                and plant.free_legs(name)
                and ports
            ):
                is_single = len(plant.splitter_ports[name]) < 2 and self._customer.protection != "none"
                candidates.append((is_single, float(loads[ports[0]].max()), name, ports[0]))
        for _, _, name, port in _few_of_each(plant, sorted(candidates)):
            building, strands = self._homewards(offer)
            leg = plant.free_legs(name)[0]
            self._finish(building, name, leg, strands)
            card = plant.index.cards[plant.network.ports[port].card]
            self._carry(building, card.olt)
            yield building.finish()

    def _over_new_splitter(self, offer: Offer, kind: SplitterType, optics: OltOptics) -> Change:
        building, home = self._homewards(offer)
        feeder = building.string(*offer.feeder, role="feeder")
        port = self._add_port(building, self._plant.office_of(str(offer.feeder[0][0][1])), optics)
        customer = self._customer
        splitter = Splitter(
            id=self._plant.fresh_id(f"S-{customer.id}"),
            node=building.node_of(offer.host),
            type=kind.id,
            stage=1,
            technology=customer.technology,
        )
        building.change.splitters.append(splitter)
        self._link(building, port, 1, splitter.id, feeder)
        self._finish(building, splitter.id, 1, home)
        return building.finish()

    def _lit(self, offer: Offer, pairs: Sequence[Pair]) -> list[Pair]:
        """Give the pairs under which light on the offer's way is neither too weak nor too strong.

        The way is measured once, with the first pair, and the others are told from what splitters and classes differ.
        """
        if not pairs:
            return []
        change = self._over_new_splitter(offer, *pairs[0])
        survey = Survey(applied(excerpt(self._plant, change, whole=False), change))
        paths, catalogue = survey.onu_paths, self._plant.catalogue
        row = next((row for row, onu in enumerate(survey.network.onus) if onu.id == change.onus[0].id), -1)
        path = next((path for path, onu in enumerate(paths.onus.tolist()) if onu == row), None)
        if path is None:
            return []
        own, length_m = leg_attenuation(pairs[0][0], 1), float(paths.lengths_m[path])
        reach_m = catalogue.technologies[self._customer.technology].max_reach_m

        def fits(pair: Pair) -> bool:
            leg, group = leg_attenuation(pair[0], 1), catalogue.optical_classes[pair[1].optical_class]
            for direction in DIRECTIONS:
                allowed, loss = budget(group, direction), paths.loss[direction]
                worst = float(loss.max_db[path] + paths.margins_db[path]) - own.max_db + leg.max_db
                typical = float(loss.typical_db[path]) - own.typical_db + leg.typical_db
                if worst > allowed.max_loss_db + ROUNDING_DB or typical < allowed.min_loss_db - ROUNDING_DB:
                    return False
            return length_m <= min(reach_m, group.max_reach_m)

        return [pair for pair in pairs if fits(pair)]

    def _direct(self, offer: Offer, optics: OltOptics) -> Change:
        building, strands = self._homewards(offer)
        port = self._add_port(building, self._plant.office_of(str(offer.host[1])), optics)
        self._finish(building, port, 1, strands)
        return building.finish()

    def _homewards(self, offer: Offer) -> tuple[Building, list[Strand]]:
        building = Building(self._plant, self._laying, self._customer, offer.access)
        building.place_customer()
        way, routes = offer.home
        return building, building.string(way[::-1], routes[::-1], role="distribution")

    def _finish(self, building: Building, source: str, port: int, strands: list[Strand]) -> None:
        """Add the terminal and the link to it."""
        customer, change = self._customer, building.change
        onu = Onu(
            id=self._plant.fresh_id(f"ONU-{customer.id}"),
            customer=customer.id,
            node=change.nodes[0].id,
            type=self._onu_type,
            technology=customer.technology,
        )
        change.onus.append(onu)
        here = self._plant.index.splitters.get(source)
        change.entered |= {here.node} if here else set()
        self._link(building, source, port, onu.id, strands)

    def _link(self, building: Building, source: str, port: int, target: str, strands: list[Strand]) -> None:
        number = len(building.change.links) + 1
        link = Link(
            id=self._plant.fresh_id(f"L-{self._customer.id}/{number}"),
            role="working",
            from_device=source,
            from_port=port,
            to_device=target,
            to_port=1,
            strands=tuple(strands),
        )
        building.change.links.append(link)

    def _add_port(self, building: Building, office: Node, optics: OltOptics) -> str:
        technology, load_bps = self._customer.technology, self._load_bps
        plan = port_plan(self._plant, office, technology, self._bearer, optics, load_bps=load_bps)
        if plan is None:
            raise Unbuildable(f"no {technology} card or chassis for the {self._bearer} bearer may be set up")
        change = building.change
        change.olts += plan.olts
        change.cards += plan.cards
        change.uplinks += plan.uplinks
        change.ports += [plan.port] if plan.is_new else []
        if not plan.olts:
            self._carry(building, plan.olt)
        return plan.port.id

    def _carry(self, building: Building, olt: str) -> None:
        """Add uplinks to a chassis if the customer's load needs them."""
        uplinks = uplinks_for(self._plant, olt, self._load_bps)
        if uplinks is None:
            raise Unbuildable(f"the uplinks of chassis {olt} cannot carry {self._load_bps / 1e6:.0f} Mbit/s more")
        building.change.uplinks += uplinks

    @cached_property
    def _load_bps(self) -> float:
        """Give the larger of both directions that uplinks get; at the horizon where a bearer is planned."""
        network, oversubscription = self._plant.network, self._plant.rules.oversubscription
        years = network.rules.horizon_years if network.rules.bearer else 0
        growth = growth_of(network)
        return max(load_bps(self._customer, network.catalogue, oversubscription, growth=growth, years=years))

    def _equipment(self) -> list[Pair]:
        """Give splitters with transceivers, the cheapest pair first."""
        catalogue = self._plant.catalogue
        limit = min(
            one
            for one in (catalogue.technologies[self._customer.technology].max_split, self._plant.rules.max_split)
            if one
        )
        splitters = [
            (unit_cost(catalogue, row.id), row)
            for row in catalogue.splitters.values()
            if row.kind == "balanced" and row.inputs == 1 and row.allowed_in_design and row.outputs <= limit
        ]
        pairs = [
            (cost + more, row.outputs, row.id, optics.id, row, optics)
            for cost, row in splitters
            for optics, more in self._optics()
        ]
        return [(row, optics) for *_, row, optics in sorted(pairs, key=lambda pair: pair[:4])]

    def _optics(self) -> list[tuple[OltOptics, float]]:
        """Give the transceivers of the technology that may be used, cheapest first."""
        catalogue, classes = self._plant.catalogue, self._plant.catalogue.optical_classes
        rows = [
            (row, unit_cost(catalogue, row.id))
            for row in catalogue.olt_optics.values()
            if row.allowed_in_design
            and classes[row.optical_class].allowed_in_design
            and self._customer.technology in classes[row.optical_class].technologies
        ]
        return sorted(rows, key=lambda entry: (entry[1], entry[0].id))


def _few_of_each(
    plant: Plant, candidates: Sequence[tuple[bool, float, str, int]]
) -> Iterator[tuple[bool, float, str, int]]:
    """Give the first few splitters of each type and transceiver: the others have the same light and more load."""
    seen: Counter[tuple[bool, str, str]] = Counter()
    for candidate in candidates:
        is_single, _, name, port = candidate
        group = is_single, plant.index.splitters[name].type, plant.network.ports[port].optics
        seen[group] += 1
        if seen[group] <= ALIKE_TRIED:
            yield candidate
