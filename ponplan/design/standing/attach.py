"""New customers on free legs: closures, cables and drops for them, joined to the kept plant as one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import Draft, pick_enclosure
from ponplan.design.fans import add_distribution_fan, add_drops, num_root_cables
from ponplan.design.onus import pick_onus
from ponplan.design.records import finish
from ponplan.design.standing.boxes import kept_box
from ponplan.design.standing.dark import DarkFibres
from ponplan.design.standing.ports import uplinks_for
from ponplan.design.stringing import string_links
from ponplan.design.tree import RootedTree
from ponplan.optimise.nearest import nearest_tree
from ponplan.topology.check import check_network
from ponplan.topology.network import Link, Onu

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ponplan.design.decisions import Strand
    from ponplan.design.joints import Joints
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.legs import Exit, Leg
    from ponplan.design.standing.standing import Standing
    from ponplan.design.stringing import Strung
    from ponplan.optimise.graph import SparseGraph
    from ponplan.topology.network import Network

    Ways = dict[int, list[Strand]]

# what cannot be said before everybody is connected and the bill is written
UNJUDGED = ("bill-quantity", "bill-price", "bill-total", "customer-served", "customer-present", "relaxed")


def attached(
    problem: PlanProblem, legs: Sequence[Leg], joints: Joints, graph: SparseGraph
) -> tuple[PlanProblem, dict[int, str]]:
    """Give the problem in which these customers are connected and count as kept, and whom the rules refuse.

    New cables go where they cost least in `graph`, as `price_graph` gives it. When the rules refuse somebody the
    problem is the same as before: another choice of legs is to be made.
    """
    standing = problem.standing
    assert standing is not None  # noqa: S101 - there are no legs without kept plant
    draft = Draft(problem=problem, is_without_hosts=True)
    spreading = _Spreading(draft, standing, joints, graph)
    onu_types = pick_onus(problem)
    by_exit: dict[Exit, list[int]] = defaultdict(list)
    for leg in legs:
        by_exit[leg.exit].append(leg.member)
    ways: Ways = {}
    for exit_, members in by_exit.items():
        ways |= spreading.from_exit(exit_, members)
    for leg in legs:
        _connect(draft, leg, onu_types[leg.member], ways[leg.member])
    _add_uplinks(draft, standing, legs)
    grown = finish(draft)
    refused = _refused(problem, standing, legs, grown)
    if refused:
        return problem, refused
    return _with_connected(problem, standing, grown, [leg.member for leg in legs]), {}


class _Spreading:
    """Leads fibre from exits to premises; keeps count of dark fibres."""

    def __init__(self, draft: Draft, standing: Standing, joints: Joints, prices: SparseGraph) -> None:
        self._draft = draft
        self._dark = DarkFibres(standing)
        self._joints = joints
        self._prices = prices

    def from_exit(self, exit_: Exit, members: Sequence[int]) -> Ways:
        """Give each member's strands from the splitter on."""
        draft, fans = self._draft, self._fans(exit_, members)
        away = {member for fan in fans for member in fan.ways}
        drops = [member for member in members if member not in away]
        begin: Ways = {member: [] for member in members}
        node = exit_.host
        if exit_.cables:
            begin = {member: self._dark.take(exit_.cables) for member in members}
            node = self._closure_at(exit_, len(members), num_root_cables(fans) + len(drops))
        ways: Ways = {}
        for fan in fans:
            ways |= add_distribution_fan(draft, fan, self._joints.cables, node)
        add_drops(draft, drops, dict.fromkeys(drops, node), ways)
        return {member: [*begin[member], *ways[member]] for member in members}

    def _fans(self, exit_: Exit, members: Sequence[int]) -> list[Strung]:
        """Give the cables from an exit, along the ways on which they cost least."""
        problem = self._draft.problem
        graph, targets = problem.graph, problem.access[list(members)].tolist()
        _, above = nearest_tree(self._prices, np.array([exit_.junction], np.int64))
        edges: set[int] = set()
        for access in targets:
            here = access
            while above[here] >= 0 and int(above[here]) not in edges:
                edge = int(above[here])
                edges.add(edge)
                here = int(graph.tails[edge] + graph.heads[edge] - here)
        chosen = np.array(sorted(edges), np.int64)
        tree = RootedTree.from_edges(
            len(graph.junction_ids) + 1, exit_.junction, chosen, graph.tails, graph.heads, graph.lengths_m
        )
        return string_links(
            problem,
            tree,
            exit_.junction,
            members,
            targets,
            self._joints.cables,
            self._joints.on(tree),
            ends_in_box=True,
            root_costs=np.zeros(1),
        )

    def _closure_at(self, exit_: Exit, fibres: int, new_cables: int) -> str:
        """Give the node at an exit that holds the splices: a kept closure with room, else a new one."""
        draft = self._draft
        kept = kept_box(draft, exit_.junction, fibres=fibres, cables=new_cables, inside=exit_.cables[-1])
        if kept:
            return kept
        kind = "room-box" if exit_.junction in draft.rooms else "closure"
        chosen, _ = pick_enclosure(draft, kind, fibres=fibres, splitters=0, cables=new_cables + 1)
        return draft.add_node(
            draft.next_id("K"),
            "room" if kind == "room-box" else "closure",
            exit_.junction,
            enclosure=chosen,
            site=draft.rooms.get(exit_.junction, ""),
        )


def _connect(draft: Draft, leg: Leg, onu_type: str, strands: Sequence[Strand]) -> None:
    problem = draft.problem
    customer = problem.customers[int(problem.served[leg.member])]
    onu = f"ONU-{customer.id}"
    draft.onus.append(
        Onu(
            id=onu,
            customer=customer.id,
            node=f"P-{customer.id}",
            type=onu_type,
            technology=customer.technology,
        )
    )
    draft.links.append(
        Link(
            id=draft.next_id("L", digits=6),
            role="working",
            from_device=leg.splitter,
            from_port=leg.number,
            to_device=onu,
            to_port=1,
            strands=tuple(strands),
        )
    )


def _add_uplinks(draft: Draft, standing: Standing, legs: Sequence[Leg]) -> None:
    """Add the uplinks that the chassis need for the load on the legs; what they cannot carry the rules tell."""
    plant, problem = standing.plant, draft.problem
    more_bps: dict[str, float] = defaultdict(float)
    for leg in legs:
        port = standing.network.ports[plant.splitter_ports[leg.splitter][0]]
        load_bps = max(float(problem.down_bps[leg.member]), float(problem.up_bps[leg.member]))
        more_bps[plant.index.cards[port.card].olt] += load_bps
    for olt, load_bps in more_bps.items():
        draft.uplinks += uplinks_for(plant, olt, load_bps) or ()


def _refused(problem: PlanProblem, standing: Standing, legs: Sequence[Leg], grown: Network) -> dict[int, str]:
    """Give the customers without whom the rules are kept that were kept before, as far as one can tell."""
    known = {(one.rule, one.subject) for one in check_network(standing.network)}
    fresh = [one for one in check_network(replace(grown, facts={})) if (one.rule, one.subject) not in known]
    told = [one for one in fresh if one.rule not in UNJUDGED]
    found: dict[int, str] = {}
    for violation in told:
        behind = [leg for leg in legs if violation.subject in _subjects(problem, standing, grown, leg)]
        for leg in (behind or legs)[-1:]:
            found[leg.member] = violation.message
    return found


def _subjects(problem: PlanProblem, standing: Standing, grown: Network, leg: Leg) -> set[str]:
    """Give everything on a customer's way that a rule may name."""
    customer = problem.customers[int(problem.served[leg.member])].id
    link = next(one for one in grown.links if one.to_device == f"ONU-{customer}")
    plant = standing.plant
    names = {customer, link.id, link.to_device, leg.splitter, plant.index.splitters[leg.splitter].node}
    names |= {standing.network.ports[row].id for row in plant.splitter_ports.get(leg.splitter, ())}
    cables = {cable.id: cable for cable in grown.cables}
    for name, fibre in link.strands:
        cable = cables[name]
        names |= {name, f"{name}:{fibre}", cable.from_node, cable.to_node, *cable.routes}
    return names


def _with_connected(problem: PlanProblem, standing: Standing, grown: Network, members: Iterable[int]) -> PlanProblem:
    """Give the problem without the connected customers, on kept plant that includes them."""
    done = set(members)
    ids = {problem.customers[int(problem.served[member])].id for member in done}
    everybody = {customer.id: customer for customer in grown.customers}
    rows = [row for row, route in enumerate(grown.routes) if route.state != "unused"]
    edge_of = {name: edge for edge, name in enumerate(problem.graph.segment_ids)}
    network = replace(
        grown,
        customers=tuple(c for c in grown.customers if c.id in standing.customers or c.id in ids),
        routes=tuple(grown.routes[row] for row in rows),
        route_lines=grown.route_lines[np.array(rows, np.int64)],
        relaxed=(),
        bill=(),
    )
    more = replace(
        standing,
        network=network,
        edges={route.id: edge_of[route.id] for route in network.routes if route.id in edge_of},
        customers={**standing.customers, **{name: everybody[name] for name in ids}},
    )
    keep = np.array([member not in done for member in range(len(problem.served))], bool)
    return replace(problem.only(keep), standing=more)
