"""Why a splitter stands where it does: what the place costs, and what it would cost elsewhere or not to have it.

Every alternative is laid out to the end and billed as a whole: cables, closures, feeders, ports and cards of all that
it touches are in its price. Which alternatives are worth that is told by an estimate, place by place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from ponplan.design.breakdown import break_down
from ponplan.design.effort import Halt
from ponplan.design.regroup import Regrouping
from ponplan.errors import DesignFileError, Fault
from ponplan.topology.areas import owners_of
from ponplan.topology.index import NetworkIndex
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.explain.replan import Priced, Replanning
    from ponplan.topology.network import Network, Node

    IntArray = NDArray[np.int64]

LOOKED_AT = 32  # places near by air that are estimated
PRICED = 6  # of these, priced to the end
SHOWN = 3
TAKERS = 6  # open places near by that customers are shared out over
ELSEWHERE, WITHOUT, ASKED = "elsewhere", "without", "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another place for the customers of one, and what the whole plan costs then.

    Parameters
    ----------
    kind
        elsewhere: one place that is not in use takes all; without: places in use take them; asked: as asked for.
    takers
        Places and how many customers each takes over.
    away_m
        By air, to the nearest taker.
    cost, more_cost
        Of the whole plan, and how much more that is than the design's; None where it cannot be built.
    """

    kind: str
    takers: Mapping[str, int]
    away_m: float
    cost: float | None
    more_cost: float | None
    refused: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWhy:
    """A place with splitters: what it serves and costs, and the best alternatives to it.

    `unpriced` says why no alternative is priced, where the design cannot be laid out again; `fed_from` names
    the places whose splitters or taps feed this one, with which its cost is counted.
    """

    site: str
    name: str
    kind: str
    nodes: tuple[str, ...]
    locked: bool
    existing: bool
    splitters: int
    legs: int
    customers: int
    feeder_m: float  # the longest
    behind_m: float  # the longest, from the splitter to the terminal
    cost: float
    cost_by_section: Mapping[str, float]
    alternatives: tuple[Alternative, ...]
    unpriced: str = ""
    fed_from: tuple[str, ...] = ()


def hosts_of(network: Network) -> dict[str, list[Node]]:
    """Give the nodes with splitters by the place they stand at."""
    nodes = {node.id: node for node in network.nodes}
    found: dict[str, list[Node]] = {}
    for node in dict.fromkeys(nodes[splitter.node] for splitter in network.splitters):
        found.setdefault(node.site or node.junction, []).append(node)
    return found


def heads_of(network: Network) -> dict[str, tuple[str, ...]]:
    """Give, for each place with splitters, where the first splitters on the light's way to them stand."""
    place_of = {node.id: place for place, nodes in hosts_of(network).items() for node in nodes}
    first = owners_of(NetworkIndex(network)).areas["splitters"]
    heads: dict[str, dict[str, None]] = {}
    for splitter in network.splitters:
        heads.setdefault(place_of[splitter.node], {})[place_of[first[splitter.id]]] = None
    return {place: tuple(found) for place, found in heads.items()}


def find_site(network: Network, wanted: str) -> str:
    """Give the place that a person names by the id of its site, node or splitter, or by its name.

    Raises
    ------
    DesignFileError
        No splitter stands at any such place.
    """
    hosts = hosts_of(network)
    at = {node.id: place for place, nodes in hosts.items() for node in nodes}
    names = {place: place for place in hosts} | at
    names |= {splitter.id: at[splitter.node] for splitter in network.splitters}
    names |= {node.name: at[node.id] for nodes in hosts.values() for node in nodes if node.name not in ("", *names)}
    if wanted not in names:
        some = ", ".join(sorted(hosts)[:5])
        raise DesignFileError(
            [Fault(file=network.name, field="site", value=wanted, problem="no splitter stands there", limit=some)]
        )
    return names[wanted]


def costs_by_site(network: Network) -> dict[str, dict[str, float]]:
    """Give what each place with splitters costs by section of the bill: its cabinet and all that lies behind it.

    What several places share goes as `break_down` shares it out; offices, feeders shared and cards are not in it.
    """
    place_of = {node.id: place for place, nodes in hosts_of(network).items() for node in nodes}
    found: dict[str, dict[str, float]] = {place: {} for place in place_of.values()}
    for part in break_down(network).parts:
        if part.area in place_of:
            costs = found[place_of[part.area]]
            costs[part.section] = round(costs.get(part.section, 0.0) + part.total_cost, 2)
    return found


def explain_site(replanning: Replanning, site: str, *, to: str | None = None, jobs: int = 1) -> SiteWhy:
    """Tell what a place costs and what the best alternatives to it would.

    Parameters
    ----------
    to
        A place that is asked for: its id, or that of a splitter's node there.

    Raises
    ------
    DesignFileError
        No splitter stands at the place, or there is no such place to go to.
    """
    network, placed = replanning.network, replanning.placed
    place = next(index for index, one in enumerate(placed.places) if one.id == site)
    members = replanning.members(place)
    trials = [(ASKED, moved(replanning, members, _find_place(replanning, to)))] if to else []
    trials += [(WITHOUT, trial) for trial in _without(replanning, place, members)]
    trials += [(ELSEWHERE, moved(replanning, members, other)) for other in _elsewhere(replanning, place, members)]
    priced = replanning.price([assignment for _, assignment in trials], jobs=jobs)
    found = [
        alternative(replanning, kind, place, assignment, price)
        for (kind, assignment), price in zip(trials, priced, strict=True)
    ]
    where = placed.places[place]
    return replace(
        describe_site(network, site), locked=where.locked, existing=where.existing, alternatives=tuple(_best(found))
    )


def describe_site(network: Network, site: str, *, unpriced: str = "") -> SiteWhy:
    """Tell what a place serves and costs, from the design alone."""
    nodes = hosts_of(network)[site]
    here = {node.id for node in nodes}
    splitters = [splitter for splitter in network.splitters if splitter.node in here]
    names = {splitter.id for splitter in splitters}
    onus = {onu.id: onu.customer for onu in network.onus}
    runs = Survey(network).runs
    into = [run.length_m for link, run in zip(network.links, runs, strict=True) if link.to_device in names]
    legs = [(link, run) for link, run in zip(network.links, runs, strict=True) if link.from_device in names]
    costs = costs_by_site(network)[site]
    heads = tuple(place for place in heads_of(network)[site] if place != site)
    return SiteWhy(
        site=site,
        name=nodes[0].name,
        kind=nodes[0].kind,
        nodes=tuple(node.id for node in nodes),
        locked=any(node.locked for node in nodes),
        existing=all(node.state == "existing" for node in nodes),
        splitters=len(splitters),
        legs=sum(network.catalogue.splitters[splitter.type].outputs for splitter in splitters),
        customers=len({onus[link.to_device] for link, _ in legs if link.to_device in onus}),
        feeder_m=round(max(into, default=0.0), 1),
        behind_m=round(max((run.length_m for _, run in legs), default=0.0), 1),
        cost=round(sum(costs.values()), 2),
        cost_by_section=costs,
        alternatives=(),
        unpriced=unpriced,
        fed_from=heads,
    )


def _best(found: Sequence[Alternative]) -> list[Alternative]:
    """Give what was asked for, the best way to do without, and the best places elsewhere."""
    ranked = sorted(found, key=lambda one: (one.cost is None, bool(one.broken), one.cost or 0.0))
    without = [one for one in ranked if one.kind == WITHOUT][:1]
    asked = [one for one in ranked if one.kind == ASKED]
    elsewhere = [one for one in ranked if one.kind == ELSEWHERE and one.cost is not None]
    told = [one.takers for one in asked]
    return [*asked, *without, *[one for one in elsewhere if one.takers not in told][:SHOWN]]


def alternative(replanning: Replanning, kind: str, place: int, assignment: IntArray, priced: Priced) -> Alternative:
    """Tell what was priced instead of a place."""
    places, was = replanning.placed.places, replanning.placed.assignment
    taken, counts = np.unique(assignment[assignment != was], return_counts=True)
    away_m = [_away_m(replanning, places[place].junction, places[taker].junction) for taker in taken.tolist()]
    return Alternative(
        kind=kind,
        takers={places[taker].id: count for taker, count in zip(taken.tolist(), counts.tolist(), strict=True)},
        away_m=round(min(away_m, default=0.0), 1),
        cost=priced.cost,
        more_cost=None if priced.cost is None else round(priced.cost - replanning.cost, 2),
        refused=priced.refused,
        broken=priced.broken,
    )


def _away_m(replanning: Replanning, here: int, there: int) -> float:
    graph = replanning.ground.problem.graph
    x_m, y_m = graph.junction_x_m, graph.junction_y_m
    return float(np.hypot(x_m[here] - x_m[there], y_m[here] - y_m[there]))


def moved(replanning: Replanning, members: IntArray, other: int) -> IntArray:
    """Give the assignment with these customers at another place."""
    assignment = replanning.placed.assignment.copy()
    assignment[members] = other
    return assignment


def _find_place(replanning: Replanning, wanted: str) -> int:
    places = replanning.placed.places
    ids = {node.id: node.site for node in replanning.network.nodes if node.site}
    for name in (wanted, ids.get(wanted)):
        for index, place in enumerate(places):
            if name in (place.id, place.name or place.id):
                return index
    reason = "no splitter may stand there, or no opened route comes near it"
    raise DesignFileError([Fault(file=replanning.network.name, field="to", value=wanted, problem=reason)])


def _elsewhere(replanning: Replanning, place: int, members: IntArray) -> list[int]:
    """Give the places near by, none in use, that look cheapest for all the customers of a place."""
    used = set(np.unique(replanning.placed.assignment).tolist())
    near = [o for o in _near(replanning, place) if o not in used and replanning.may_serve(o, members)]
    return sorted(near, key=lambda other: (_estimate(replanning, place, other, members), other))[:PRICED]


def _near(replanning: Replanning, place: int) -> list[int]:
    """Give the places nearest by air, without rooms of other buildings."""
    places, graph = replanning.placed.places, replanning.ground.problem.graph
    at = np.array([one.junction for one in places], np.int64)
    around = cKDTree(np.stack([graph.junction_x_m[at], graph.junction_y_m[at]], axis=1))
    _, found = around.query(around.data[place], k=min(LOOKED_AT + 1, len(places)))
    return [other for other in np.atleast_1d(found).tolist() if other != place]


def _estimate(replanning: Replanning, place: int, other: int, members: IntArray) -> float:
    """Estimate what another place, that serves nobody, would cost more for customers."""
    costs = replanning.estimates
    more = costs.place_cost(other, members) - costs.place_cost(place, members)
    per_m = float(costs.layout.ground.cost_per_m[0])
    feeder_m = replanning.placed.feeder_m
    return more + per_m * costs.num_splitters(place, members) * float(feeder_m[other] - feeder_m[place])


def _without(replanning: Replanning, place: int, members: IntArray) -> list[IntArray]:
    """Share a place's customers out over the places in use: one takes all, or each the nearest, then improved."""
    placed, ground = replanning.placed, replanning.ground
    takers = [other for other in places_in_use(replanning, place) if placed.places[other].kind != "room"][:TAKERS]
    together = [moved(replanning, members, taker) for taker in takers if replanning.may_serve(taker, members)]
    junctions = np.array([placed.places[taker].junction for taker in takers], np.int64)
    metres = ground.trunk.tree.distances_m(ground.problem.access[members][:, None], junctions[None, :])
    order = np.argsort(metres, axis=1) if takers else np.zeros((len(members), 0), np.int64)
    shared = placed.assignment.copy()
    for member, ranks in zip(members.tolist(), order.tolist(), strict=True):
        within = (takers[rank] for rank in ranks if replanning.may_serve(takers[rank], np.array([member])))
        shared[member] = next(within, place)
    if np.any(shared[members] == place):
        return together
    search = Regrouping(replanning.estimates, shared, halt=Halt())
    search.improve_around(np.unique(shared[members]))
    return [*together, shared, search.assignment]


def places_in_use(replanning: Replanning, place: int, *, near: int | None = None) -> list[int]:
    """Give the other places that serve somebody, the nearest by air first: to this one, or to a customer."""
    placed, problem = replanning.placed, replanning.ground.problem
    here = placed.places[place].junction if near is None else int(problem.access[near])
    used = [other for other in np.unique(placed.assignment).tolist() if other != place]
    return sorted(used, key=lambda other: (_away_m(replanning, here, placed.places[other].junction), other))
