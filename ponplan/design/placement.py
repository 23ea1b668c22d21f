"""Which places hold splitters and which of them serves each customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assignments import assignments_of, bound_customers
from ponplan.design.consolidate import consolidate
from ponplan.design.location_prices import LocationPrices
from ponplan.design.locks import use_locked
from ponplan.design.places import ENCLOSURE_OF, FREE, enclosure_prices
from ponplan.design.prices import unit_cost
from ponplan.design.trench import APART_M
from ponplan.errors import Infeasible
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.problem import UncapacitatedProblem
from ponplan.optimise.location.uncapacitated import solve_uncapacitated
from ponplan.optimise.nearest import nearest_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions
    from ponplan.design.places import Place, PlaceLine
    from ponplan.design.planes import Plane
    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.design.trench import Trunk
    from ponplan.optimise.stop import Stop

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    FindPlaces = Callable[[IntArray, int], tuple[IntArray, FloatArray]]

NEAREST = 24  # cabinets and offices on each customer's candidate list
EXPOSED_ENTRIES = 200_000  # of all lists together where trunks are protected, as far as they exceed the usual length


def opening_lines(
    problem: PlanProblem, planes: Sequence[Plane], places: Sequence[Place], *, near: Mapping[str, float]
) -> list[PlaceLine]:
    """Give each place's line of cost, highest where it serves `near` customers of its kind of place.

    The first enclosure of an existing site costs nothing.
    """
    max_legs = max(plane.most_customers for plane in planes)
    share = sum(float(plane.port_shares.sum()) for plane in planes) / len(problem.served)
    lines: dict[tuple[str, str | None], PlaceLine] = {}
    for kind, given in dict.fromkeys((place.kind, place.enclosure) for place in places if not place.existing):
        prices = enclosure_prices(problem.catalogue, ENCLOSURE_OF[kind], max_legs=max_legs, given=given)
        lines[kind, given] = prices.line(customers=near[kind], splitters=max(1.0, near[kind] * share))
    return [FREE if place.existing else lines[place.kind, place.enclosure] for place in places]


def location_problem(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    graph: SparseGraph,
    prices: LocationPrices,
    *,
    nearest: int = NEAREST,
    limits_m: FloatArray | None = None,
    find: FindPlaces | None = None,
) -> UncapacitatedProblem:
    """Give the location problem over the metres of `graph`, with sparse lists.

    Parameters
    ----------
    nearest
        How many cabinets and offices stand on each customer's list.
    limits_m
        (c,) how far over feeder and distribution a customer may be from the office; None asks no such thing.
    find
        Gives each customer's nearest of some junctions, (c, width) their places among them and the metres, where a
        metre may count more for one customer than for another, though at least once; None goes by `graph` alone.

    Notes
    -----
    A building room serves only the customers inside. The lists are cut short after the nearest places; what is left
    off could not cost less than a place at the first omitted distance, even if it were free to open.
    """
    shared = np.array([p for p, place in enumerate(places) if place.kind != "room"], np.int64)
    junctions = np.array([place.junction for place in places], np.int64)
    width = min(nearest, len(shared))
    if find is None:
        labels, metres = nearest_sources(graph, junctions[shared], width=width + 1)
        labels, metres = labels[problem.access], metres[problem.access]
    else:
        labels, metres = find(junctions[shared], width + 1)
    clients, column = np.nonzero(labels[:, :width] >= 0)
    sites, distances = shared[labels[clients, column]], metres[clients, column]
    inside, rooms = room_entries(problem, places)
    clients = np.concatenate([clients, inside])
    sites = np.concatenate([sites, rooms])
    distances = np.concatenate([distances, np.zeros(len(rooms))])
    if prices.assignments is not None:
        known = set(zip(clients.tolist(), sites.tolist(), strict=True))
        more = prices.assignments.entries(problem, places, graph, known)
        clients, sites, distances = (
            np.concatenate(pair) for pair in zip((clients, sites, distances), more, strict=True)
        )
    shares = port_shares(problem, planes)
    costs = (
        prices.per_fibre_m * distances
        + prices.splice_cost * (problem.access[clients] != junctions[sites])
        + (prices.per_fibre_m * prices.feeder_m[sites] * prices.feeders_of(clients) + prices.per_splitter[sites])
        * shares[clients]
        + prices.per_customer[sites]
        + prices.exposed(clients, sites)
    )
    finite = np.isfinite(costs)
    if limits_m is not None:
        finite &= distances + prices.feeder_m[sites] <= limits_m[clients]
    lists = CandidateLists.from_entries(
        clients[finite],
        sites[finite],
        costs[finite],
        num_clients=len(problem.served),
        num_sites=len(places),
        omitted_costs=_omitted_costs(problem, prices, metres[:, width], shares),
    )
    return UncapacitatedProblem(candidates=lists, fixed_costs=prices.opening)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where each customer's splitter stands.

    Parameters
    ----------
    places
        Those on or beside the opened routes.
    assignment
        (c,) index into `places`.
    offices, feeder_m
        (places,) the office that feeds a place, as an index into the problem's, and the metres to it.
    """

    places: tuple[Place, ...]
    assignment: IntArray
    offices: IntArray
    feeder_m: FloatArray
    refused: dict[int, str]  # customers whom no place reaches


def places_on(
    problem: PlanProblem, places: Sequence[Place], trunk: Trunk
) -> tuple[tuple[Place, ...], IntArray, FloatArray]:
    """Give the places on or beside the opened routes, the office that feeds each and the metres to it."""
    near = tuple(place for place in places if trunk.tree.position[place.junction] >= 0)
    junctions = np.array([place.junction for place in near], np.int64)
    offices = trunk.office_of(junctions, problem.offices)
    return near, offices, trunk.tree.distances_m(junctions, problem.offices[offices])


def placed_of(decisions: Decisions) -> Placed:
    """Give the sharing-out of customers that a plan rests on."""
    problem, places, tree = decisions.problem, tuple(decisions.places), decisions.trunk.tree
    assignment = np.zeros(len(problem.served), np.int64)
    for splitter in decisions.splitters:
        assignment[list(splitter.members)] = splitter.place
    junctions = np.array([place.junction for place in places], np.int64)
    offices = decisions.trunk.office_of(junctions, problem.offices)
    feeder_m = tree.distances_m(junctions, problem.offices[offices])
    return Placed(places=places, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})


def place_customers(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    trunk: Trunk,
    line: Line,
    limits_m: FloatArray,
    *,
    customers_per_place: int,
    stop: Stop,
    rng: np.random.Generator,
    exposure: FloatArray | None = None,
) -> Placed:
    """Choose places and assign customers along the opened routes, then empty splitters that hardly serve anyone.

    Parameters
    ----------
    limits_m
        (c,) how long each customer's light path may be.
    customers_per_place
        Where the stepwise price of enclosures is linearised.
    exposure
        (nodes,) what a customer with a protected trunk is charged for a place there; None where there is none.

    Raises
    ------
    Infeasible
        When some customer has no place to be served from.
    """
    tree = trunk.tree
    near, offices, feeder_m = places_on(problem, places, trunk)
    if not near:
        raise Infeasible("there is no place where a splitter may stand; allow splitters in the office or add sites")
    junctions = np.array([place.junction for place in near], np.int64)
    lines = opening_lines(problem, planes, near, near=dict.fromkeys(ENCLOSURE_OF, customers_per_place))
    locked = np.array([place.locked for place in near], bool)  # paid for in any case
    prices = LocationPrices(
        per_fibre_m=line.slope,
        splice_cost=unit_cost(problem.catalogue, "splice"),
        feeder_m=feeder_m,
        opening=np.where(locked, 0.0, np.array([line.fixed for line in lines]) + trunk.stub_costs[junctions]),
        per_customer=np.array([line.per_customer for line in lines]),
        per_splitter=np.array([line.per_splitter for line in lines]),
        office_m=tree.depth_m[: len(problem.graph.junction_ids)] - APART_M,
        assignments=assignments_of(problem, near),
    )
    prices = _avoiding(prices, planes, junctions, exposure)
    edges = tree.parent_edges[tree.order[1:]]
    edges = edges[edges < len(problem.graph.tails)]
    graph = SparseGraph.from_edges(
        len(problem.graph.junction_ids),
        problem.graph.tails[edges],
        problem.graph.heads[edges],
        problem.graph.lengths_m[edges],
    )
    behind_m = limits_m - problem.graph.lengths_m[problem.drop_edges]
    # rings may be had only far away
    width = NEAREST if prices.exposure is None else max(NEAREST, EXPOSED_ENTRIES // len(problem.served))
    location = location_problem(problem, planes, near, graph, prices, nearest=width, limits_m=behind_m)
    lonely = np.flatnonzero(np.diff(location.candidates.first) == 0)
    if len(lonely):
        bound = set(bound_customers(problem).tolist())
        words = {True: "none of the sites that may serve it is", False: "no splitter place"}
        refused = {int(c): f"{words[int(c) in bound]} within reach of {limits_m[c]:.0f} m" for c in lonely}
        return Placed(places=near, assignment=lonely, offices=offices, feeder_m=feeder_m, refused=refused)
    found = solve_uncapacitated(location, stop=stop, rng=rng).assignment
    assignment = consolidate(problem, planes, near, tree, prices, found, limits_m=behind_m)
    if locked.any():
        assignment = use_locked(near, assignment, lambda at: _costs_at(problem, near, tree, prices, behind_m, at))
    return Placed(places=near, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})


def _costs_at(
    problem: PlanProblem,
    places: Sequence[Place],
    tree: RootedTree,
    prices: LocationPrices,
    limits_m: FloatArray,
    at: IntArray,
) -> FloatArray:
    """Give (c,) what serving each customer from its place in `at` costs, inf where it cannot be."""
    junctions = np.array([place.junction for place in places], np.int64)[at]
    is_room = np.array([place.kind == "room" for place in places], bool)[at]
    metres = tree.distances_m(problem.access, junctions)
    inside = (problem.graph.kinds[problem.drop_edges] == "indoor") & (problem.access == junctions)
    cannot = (is_room & ~inside) | (metres + prices.feeder_m[at] > limits_m)
    costs = prices.per_fibre_m * metres + prices.splice_cost * (problem.access != junctions) + prices.per_customer[at]
    costs += prices.exposed(np.arange(len(at)), at)
    return np.where(cannot, np.inf, costs)


def _avoiding(
    prices: LocationPrices, planes: Sequence[Plane], junctions: IntArray, exposure: FloatArray | None
) -> LocationPrices:
    """Charge customers with a protected trunk for places that no two disjoint feeders reach, or only dear ones."""
    protected = [plane.members for plane in planes if plane.protection == "trunk"]
    if exposure is None or not protected:
        return prices
    return replace(prices, exposure=exposure[junctions], protected=np.concatenate(protected))


def _omitted_costs(
    problem: PlanProblem, prices: LocationPrices, metres: FloatArray, shares: FloatArray
) -> FloatArray:
    """Price the first place left off each list from below; a complete list (inf) leaves off nothing at any price.

    A place at least so far away has at least the rest of the way to the office as its feeder, and is joined to the
    drop by a splice unless it stands right there.
    """
    finite = np.isfinite(metres)
    near_m = metres[finite]
    feeder_m = np.maximum(prices.office_m[problem.access[finite]] - near_m, 0.0)
    costs = np.full(len(metres), np.inf)
    costs[finite] = prices.per_fibre_m * near_m
    feeder_costs = prices.per_fibre_m * feeder_m * prices.feeders_of(np.flatnonzero(finite))
    costs[finite] += (feeder_costs + prices.per_splitter.min()) * shares[finite]
    costs[finite] += prices.splice_cost * (near_m > 0.0) + prices.per_customer.min()
    return costs


def room_entries(problem: PlanProblem, places: Sequence[Place]) -> tuple[IntArray, IntArray]:
    """Give the customers inside buildings whose room may hold a splitter, and that place."""
    room_of = {place.junction: p for p, place in enumerate(places) if place.kind == "room"}
    indoor = np.flatnonzero(problem.graph.kinds[problem.drop_edges] == "indoor")
    pairs = [
        (c, room_of[j]) for c, j in zip(indoor.tolist(), problem.access[indoor].tolist(), strict=True) if j in room_of
    ]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def port_shares(problem: PlanProblem, planes: Sequence[Plane]) -> FloatArray:
    """Give (c,) the share of a port that each customer takes at least."""
    shares = np.zeros(len(problem.served))
    for plane in planes:
        shares[plane.members] = plane.port_shares
    return shares
