"""New splitters in kept cabinets that dark fibres lead to and from: customers are reached over what lies there.

A splitter is set up, on a port of a kept chassis and a dark feeder, wherever dark fibres lead on from a cabinet with
room; customers are then put on its legs as on those that were free already, and what nobody came to is taken away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.design.standing.dark import DarkFibres
from ponplan.design.standing.inventory_shelves import reaches
from ponplan.design.standing.legs import choose_legs
from ponplan.design.standing.ports import port_plan
from ponplan.topology.network import Link, Splitter

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.legs import Leg
    from ponplan.design.standing.ports import PortPlan
    from ponplan.design.standing.standing import Standing
    from ponplan.optimise.graph import SparseGraph
    from ponplan.topology.network import Node

MOST_ROUNDS = 6  # of one more splitter wherever the last one is full
WORTH = 1.0  # of a leg: as much as its share of a splitter and port elsewhere


@dataclass(frozen=True, slots=True)
class _Spot:
    """Customers of a plane may be served from a kept cabinet."""

    host: str
    plane: int


def sow(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    graph: SparseGraph,
    *,
    refused: Container[int],
) -> tuple[PlanProblem, list[Leg]]:
    """Give the problem with splitters in kept cabinets, and the legs of theirs and of others that it pays to use.

    Parameters
    ----------
    graph
        As `price_graph` gives it.
    refused
        Customers who must not be put on such a leg.
    """
    standing = problem.standing
    assert standing is not None  # noqa: S101 - nothing calls this without kept plant
    there = standing.taken
    sown: dict[str, _Spot] = {}
    legs: list[Leg] = []
    spots = [_Spot(host, row) for host in sorted(standing.hosts) for row in range(len(planes))]
    for _ in range(MOST_ROUNDS):
        added: dict[str, _Spot] = {}
        for spot in spots:
            more = _with_splitter(problem, planes[spot.plane], spot.host)
            if more is not None:
                problem, splitter = more
                added[splitter] = spot
        if not added:
            break
        sown |= added
        legs = choose_legs(problem, planes, places, graph, worth=WORTH, refused=refused)
        used = Counter(leg.splitter for leg in legs)
        problem = _trimmed(problem, planes, sown, used, there)
        spots = [spot for name, spot in added.items() if used[name] >= _most_legs(planes[spot.plane])]
    return problem, legs


def _most_legs(plane: Plane) -> int:
    return min(plane.most_customers, plane.splitters[-1].outputs)


def _with_splitter(problem: PlanProblem, plane: Plane, host: str) -> tuple[PlanProblem, str] | None:
    """Give the problem with one more splitter in a kept cabinet, and its id; None where no dark fibres allow it."""
    standing = problem.standing
    assert standing is not None  # noqa: S101 - there are no kept cabinets without
    dark, network = DarkFibres(standing), standing.network
    if plane.protection != "none" or not standing.has_room(host) or next(dark.ways_from([host]), None) is None:
        return None
    kind = next(row for row in plane.splitters if row.outputs >= _most_legs(plane))
    for office in standing.plant.offices:
        way = dark.way_to(standing.plant.frames_at(office), standing.hosts[host].junction)
        found = way and _port(standing, plane, office, [name for name, _ in way], kind.max_loss_db)
        if not way or not found:
            continue
        splitter = Splitter(
            id=standing.fresh(f"{host}-S{len(standing.plant.node_splitters.get(host, ())) + 1}"),
            node=host,
            type=kind.id,
            stage=1,
            technology=plane.technology.id,
        )
        link = Link(
            id=standing.fresh(f"L-{splitter.id}"),
            role="working",
            from_device=found.port.id,
            from_port=1,
            to_device=splitter.id,
            to_port=1,
            strands=tuple(way),
        )
        network = replace(
            network,
            cards=(*network.cards, *found.cards),
            ports=(*network.ports, *((found.port,) if found.is_new else ())),
            splitters=(*network.splitters, splitter),
            links=(*network.links, link),
        )
        return replace(problem, standing=replace(standing, network=network)), splitter.id
    return None


def _port(
    standing: Standing, plane: Plane, office: Node, feeder: Sequence[str], splitter_db: float
) -> PortPlan | None:
    """Give the cheapest port in a kept chassis whose light comes to the end of a feeder and through the splitter."""
    cables = standing.plant.index.cables
    length_m = sum(cables[name].length_m for name in feeder)
    for optics in plane.optics:
        if not reaches(standing.network, optics, plane.technology.id, length_m, len(feeder) + 1, splitter_db):
            continue
        found = port_plan(standing.plant, office, plane.technology.id, plane.bearer, optics)
        if found is not None and not found.olts:
            return found
    return None


def _trimmed(
    problem: PlanProblem, planes: Sequence[Plane], sown: dict[str, _Spot], used: Counter[str], there: Container[str]
) -> PlanProblem:
    """Give the problem without the splitters that nobody came to, and the others no larger than they need be."""
    standing = problem.standing
    assert standing is not None  # noqa: S101 - something was sown in it
    network = standing.network
    idle = {name for name in sown if not used[name]}
    unlit = {link.from_device for link in network.links if link.to_device in idle}
    splitters = [
        replace(one, type=_smallest(planes[sown[one.id].plane], used[one.id])) if one.id in sown else one
        for one in network.splitters
        if one.id not in idle
    ]
    ports = tuple(one for one in network.ports if one.id not in unlit or one.id in there)
    on_cards = {one.card for one in ports}
    network = replace(
        network,
        splitters=tuple(splitters),
        links=tuple(link for link in network.links if link.to_device not in idle),
        ports=ports,
        cards=tuple(one for one in network.cards if one.id in there or one.id in on_cards),
    )
    return replace(problem, standing=replace(standing, network=network))


def _smallest(plane: Plane, legs: int) -> str:
    return next(row.id for row in plane.splitters if row.outputs >= legs)
