"""Chassis and elements chosen together: by hand, never dearer than one by one, and sound with any link lost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area.generate.generator import generate_area
from ponplan.catalogue import read_catalogue
from ponplan.design.bearer.elements import least_groups, price_of
from ponplan.design.bearer.joint import Shelving, joint_bound
from ponplan.design.bearer.needs import OltNeed, together
from ponplan.design.bearer.offices import few_groups
from ponplan.design.chassis import roomy_chassis
from ponplan.design.chassis_sets import choose_chassis
from ponplan.design.prices import unit_cost
from ponplan.design.problem import pose_problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from ponplan.catalogue import Catalogue
    from ponplan.design.bearer.offices import Group
    from ponplan.design.chassis import Shelf
    from ponplan.design.problem import PlanProblem


def _problem(catalogue: Catalogue) -> PlanProblem:
    area = generate_area("bank-district", customers=2, seed=1)
    return pose_problem(replace(area, rules=replace(area.rules, bearer="office", fibre_scarce=False)), catalogue)


def _card(load_bps: float) -> OltNeed:
    return OltNeed(bearer="ip", load_bps=load_bps, edges_bps={"bras": load_bps}, sessions=1)


def _behind(shelves: Sequence[Shelf], cards: Sequence[OltNeed]) -> list[OltNeed]:
    """Give what each chassis hands on."""
    return [
        together([cards[index] for index in own], cards[0].bearer).behind(row, olt=f"OLT{number}")
        for number, (row, own) in enumerate(shelves)
    ]


def _least(problem: PlanProblem, needs: Sequence[OltNeed]) -> list[Group]:
    return least_groups(problem, needs[0].bearer, needs, ring_bps=0, is_lone_office=True)


def _chassis_price(problem: PlanProblem, shelves: Sequence[Shelf]) -> float:
    return sum(unit_cost(problem.catalogue, row.id) for row, _ in shelves)


def test_a_chassis_more_saves_a_large_switch():
    """Six cards with 78 Gbit/s: 7 + 1 slots and three small switches beat one chassis and a switch at 100 Gbit/s."""
    problem = _problem(read_catalogue())
    cost = {name: unit_cost(problem.catalogue, name) for name in problem.catalogue.prices}
    cards = [*[_card(14e9)] * 5, _card(8e9)]
    shelves = choose_chassis(problem, cards)
    assert sorted(row.id for row, _ in shelves) == ["olt-chassis-1", "olt-chassis-7"]
    groups = _least(problem, _behind(shelves, cards))
    assert [group.type.id for group in groups] == ["agg-switch-8"] * 3
    switches = 3 * (cost["agg-switch-8"] + cost["bearer-commissioning"])
    optics = (2 * 11 + 3 * 4) * cost["bearer-optics-10ge"]  # 8 + 3 uplinks, and trunks for 26 Gbit/s each
    assert price_of(problem, groups) == pytest.approx(switches + optics)


def test_two_small_multiplexers_beat_a_large_one():
    """283 VC-12 are more than the 252 of an STM-4: two of them, with two uplinks each, cost less than an STM-16."""
    problem = _problem(read_catalogue())
    need = OltNeed(bearer="mstp", load_bps=0.6e9, vc12=283).behind(problem.catalogue.olt_chassis["olt-chassis-1"])
    groups = _least(problem, [need])
    assert [(group.type.id, sum(one.links for one in group.uplinks if one)) for group in groups] == [
        ("mstp-stm-4", 2),
        ("mstp-stm-4", 2),
    ]


def _loads_bps(groups: Sequence[Group], needs: Sequence[OltNeed], lost: tuple[int, str] | None) -> list[float]:
    """Give what comes to each element when chassis share their load over uplinks, one link of one of them lost."""
    links = [
        {part.olt: bundle.links for part, bundle in zip(group.needs, group.uplinks, strict=True) if bundle}
        for group in groups
    ]
    if lost is not None:
        links[lost[0]][lost[1]] -= 1
    total = {need.olt: sum(own.get(need.olt, 0) for own in links) for need in needs}
    return [math.fsum(need.load_bps * own.get(need.olt, 0) / total[need.olt] for need in needs) for own in links]


def _assert_sound(groups: Sequence[Group], needs: Sequence[OltNeed]) -> None:
    """Recount: uplinks without one carry each chassis; trunks without one, or all with an uplink lost, do too."""
    for need in needs:
        own = [(one.rate_bps, one.links) for g in groups for p, one in zip(g.needs, g.uplinks, strict=True)
               if one and p.olt == need.olt]  # fmt: skip
        assert len({rate for rate, _ in own}) == 1
        links, (rate, _) = sum(count for _, count in own), own[0]
        assert 2 <= links <= need.uplink_ports
        assert need.load_bps <= (links - 1) * rate * (1.0 + 1e-9)
    for group, load_bps in zip(groups, _loads_bps(groups, needs, None), strict=True):
        (trunk,) = group.trunks.values()
        assert trunk.links <= group.type.trunk_ports
        assert sum(one.links for one in group.uplinks if one) <= group.type.access_ports
        assert load_bps <= (trunk.links - 1) * trunk.rate_bps * (1.0 + 1e-9)
    for number, group in enumerate(groups):
        for part in group.needs:
            loads_bps = _loads_bps(groups, needs, (number, part.olt))
            for other, load_bps in zip(groups, loads_bps, strict=True):
                (trunk,) = other.trunks.values()
                assert load_bps <= trunk.links * trunk.rate_bps * (1.0 + 1e-9)


def test_never_dearer_than_one_by_one_nor_below_the_bound(cases: ModuleType):
    """Random cards and price books: sound with any link lost, at most the usual price, at least the joint bound."""
    num_cheaper = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        problem = _problem(cases.random_catalogue(seed) if seed % 2 else read_catalogue())
        cards = [_card(float(load)) for load in rng.uniform(1e9, 16e9, int(rng.integers(1, 12)))]
        usual = roomy_chassis(problem, cards)
        shelves = choose_chassis(problem, cards)
        assert sorted(index for _, own in shelves for index in own) == list(range(len(cards)))
        assert all(len(own) <= row.card_slots for row, own in shelves)
        needs = _behind(shelves, cards)
        groups = _least(problem, needs)
        _assert_sound(groups, needs)
        price = _chassis_price(problem, shelves) + price_of(problem, groups)
        few = few_groups(problem, "ip", _behind(usual, cards), ring_bps=0)
        before = _chassis_price(problem, usual) + price_of(problem, few)
        assert price <= before + 1e-6
        num_cheaper += price < before - 1e-6
        bound = joint_bound(problem, together(cards, "ip"), Shelving(ports={}, cards={}, chassis=1))
        assert bound <= price + 1e-6
    assert num_cheaper >= 6
