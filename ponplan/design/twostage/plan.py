"""From a plan with one stage of splitters to a cheaper one with up to two."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.cascade import in_stead
from ponplan.design.chassis import cards_for, chassis_for
from ponplan.design.covers import cheapest_cover
from ponplan.design.improving import layout_costs, share_out_better
from ponplan.design.planes import shelf_share
from ponplan.design.portfolio import (
    EXPECTED_JOINTS,
    LaidOut,
    lay_out,
    share_out,
)
from ponplan.design.prices import unit_cost
from ponplan.design.refused import Refused
from ponplan.design.twostage.ledger import Ledger
from ponplan.design.twostage.merge import Merging
from ponplan.design.twostage.pons import BuiltPon, Group, Pon, PonBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.design.effort import Effort, Halt
    from ponplan.design.placement import Placed
    from ponplan.design.portfolio import Ground
    from ponplan.design.splits import PlannedSplitter

    IntArray = NDArray[np.int64]

HUBS = 3  # open places, and others, that are tried as hubs of upper splitters
TRIED = 3  # states of merging, those that look cheapest, are laid out and billed


def with_second_stage(
    ground: Ground, plan: LaidOut, effort: Effort, halt: Halt, tell: Callable[[str], None]
) -> LaidOut:
    """Give the plan, or a cheaper one in which some ports feed upper splitters.

    Ports are merged on the sharing-out of the plan itself, and on one that was made as if ports cost nothing: where
    they are shared, it does not matter how full the splitters of each place are. What looks cheapest is laid out and
    billed to the cent, so that the answer is never dearer than the plan.
    """
    best, best_cost = plan, plan.cost()
    for placed in _sharings(ground, plan.placed, effort, halt):
        tell("merging ports behind upper splitters")
        for mergers in _promising(ground, placed, halt):
            try:
                found = LaidOut.of(ground, placed, partial(_rearranged, ground, placed, mergers))
            except Refused:
                continue
            cost = found.cost()
            if cost < best_cost:
                best, best_cost = found, cost
    return best


def _sharings(ground: Ground, placed: Placed, effort: Effort, halt: Halt) -> Iterator[Placed]:
    """Give the plan's sharing-out of customers, and one for ports that cost nothing."""
    yield placed
    if halt.is_over():
        return
    free = tuple(replace(plane, port_cost=0.0, optics_costs=(0.0,) * len(plane.optics)) for plane in ground.planes)
    shared = replace(ground, planes=free)
    other = share_out(shared, effort.portfolio[0])
    if not other.refused:
        yield share_out_better(shared, other, halt) if effort.num_regrouped else other


def _promising(ground: Ground, placed: Placed, halt: Halt) -> list[tuple[Pon, ...]]:
    """Give the ports to merge in the states of merging that look cheapest, cards and chassis counted."""
    try:
        decisions, _ = lay_out(ground, placed)
    except Refused:
        return []
    builder = _builder(ground, placed, np.full(len(ground.problem.served), EXPECTED_JOINTS, np.int64))
    pons = [_on_its_own(ground, splitter) for splitter in decisions.splitters]
    may_merge = [
        ground.planes[splitter.plane].protection == "none" and not splitter.identity
        for splitter in decisions.splitters
    ]
    prices = layout_costs(ground, placed)
    states = [
        state
        for site in (None, *_hub_sites(builder, pons))
        for state in Merging(builder, Ledger(prices, pons, given=site), pons, may_merge, halt).run()
    ]
    costs = [_shelves_cost(ground, state.pons) - state.saved for state in states]
    order = sorted(range(len(states)), key=lambda index: (costs[index], index))
    return [tuple(one.pon for one in states[index].pons if len(one.pon.groups) > 1) for index in order[:TRIED]]


def _hub_sites(builder: PonBuilder, pons: Sequence[BuiltPon]) -> list[int]:
    """Give places on which splitters of many ports might hang: those that would save the most metres of feeder.

    Open ones and others count apart, because a cabinet more must be paid by what it saves.
    """
    open_places = {splitter.place for built in pons for splitter in built.splitters}
    places, tree = builder.places, builder.tree
    ends = np.array([places[built.pon.place].junction for built in pons])
    offices = builder.problem.offices[[built.pon.office for built in pons]]
    feeder_m = tree.distances_m(offices, ends)
    shared = np.array([p for p, place in enumerate(places) if place.kind != "room"], np.int64)
    at = np.array([places[place].junction for place in shared.tolist()], np.int64)
    saved_m = np.maximum(feeder_m - tree.distances_m(at[:, None], ends[None, :]), 0.0).sum(axis=1)
    ranked = shared[np.argsort(-saved_m, kind="stable")].tolist()
    return [
        *[place for place in ranked if place in open_places][:HUBS],
        *[place for place in ranked if place not in open_places][:HUBS],
    ]


def _builder(ground: Ground, placed: Placed, joints: IntArray) -> PonBuilder:
    return PonBuilder(ground.problem, ground.planes, placed.places, ground.trunk.tree, joints)


def _on_its_own(ground: Ground, splitter: PlannedSplitter) -> BuiltPon:
    """Give a port with one splitter."""
    plane = ground.planes[splitter.plane]
    sizes, optics = [row.id for row in plane.splitters], [row.id for row in plane.optics]
    cost = plane.port_cost + plane.optics_costs[optics.index(splitter.optics.id)]
    if splitter.splitter.id in sizes:  # a locked one may be of any kind
        cost += plane.splitter_costs[sizes.index(splitter.splitter.id)]
    groups = (Group(splitter.place, splitter.members),)
    return BuiltPon(Pon(splitter.plane, splitter.office, splitter.place, groups), (splitter,), cost)


def _shelves_cost(ground: Ground, pons: Sequence[BuiltPon]) -> float:
    """Give what whole cards and chassis for these ports cost beside the shares that each port is charged."""
    catalogue = ground.problem.catalogue
    ports: Counter[tuple[int, str, str]] = Counter()
    cost = 0.0
    for built in pons:
        plane = ground.planes[built.pon.plane]
        ports[built.pon.office, plane.bearer, plane.technology.id] += 1
        cost -= shelf_share(ground.problem, plane.technology)
    slots: Counter[tuple[int, str]] = Counter()
    for (office, bearer, technology), count in ports.items():
        rows = cards_for(ground.problem, technology)
        prices = [unit_cost(catalogue, row.id) for row in rows]
        price, chosen = cheapest_cover([row.ports for row in rows], prices, count)
        slots[office, bearer] += len(chosen)
        cost += price
    chassis = chassis_for(ground.problem)
    prices = [unit_cost(catalogue, row.id) for row in chassis]
    return cost + sum(cheapest_cover([row.card_slots for row in chassis], prices, n)[0] for n in slots.values())


def _rearranged(
    ground: Ground, placed: Placed, mergers: Sequence[Pon], splitters: Sequence[PlannedSplitter], joints: IntArray
) -> Sequence[PlannedSplitter]:
    """Give the splitters with these ports merged, as far as their groups are still the same and light allows it."""
    builder = _builder(ground, placed, joints)
    alone = {Group(splitter.place, splitter.members) for splitter in splitters}
    built = [builder.build(pon) for pon in mergers if alone.issuperset(pon.groups)]
    merged = [one for one in built if one is not None]
    taken = {group for one in merged for group in one.pon.groups}
    gone = {index for index, splitter in enumerate(splitters) if Group(splitter.place, splitter.members) in taken}
    return in_stead(splitters, gone, [one.splitters for one in merged])
