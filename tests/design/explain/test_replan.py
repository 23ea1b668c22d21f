"""A design taken up again is the design, and every alternative is a whole network with a bill of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design import design_network, redesign_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.explain.replan import take_up
from ponplan.errors import DesignFileError
from ponplan.topology import check_network
from ponplan.topology.measures import network_measures

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.design.explain.replan import Replanning
    from ponplan.topology.network import Network


def test_file_alone_tells_the_whole_plan(again: Replanning, town: Network):
    """Laid out again from its file, a design has its own bill to the cent."""
    assert again.is_exact
    assert again.laid(again.placed.assignment).bill == town.bill


def test_area_tells_the_same(again: Replanning, town: Network, town_area: Area):
    """The area poses the same problem as the file does."""
    assert take_up(town, area=town_area, tell=lambda _: None).cost == again.cost


def test_protected_design_is_taken_up_with_its_area(bank: Network, bank_area: Area):
    """With protected customers the area is asked for, and the bill is the same again."""
    with pytest.raises(DesignFileError, match="protected customers"):
        take_up(bank, tell=lambda _: None)
    assert take_up(bank, area=bank_area, tell=lambda _: None).is_exact


def test_ways_near_the_reach_stay(again: Replanning, town: Network):
    """A design with fibres nearly as long as the technology reaches is laid out again as it was dug."""
    tree, places = again.ground.trunk.tree, again.placed.places
    junctions = np.array([places[place].junction for place in again.placed.assignment])
    problem = again.ground.problem
    ways_m = tree.distances_m(problem.access, junctions) + again.placed.feeder_m[again.placed.assignment]
    longest_m = float((ways_m + problem.graph.lengths_m[problem.drop_edges]).max())
    rows = {name: replace(row, max_reach_m=1.001 * longest_m) for name, row in town.catalogue.technologies.items()}
    near = replace(town, catalogue=replace(town.catalogue, technologies=rows))
    assert take_up(near, tell=lambda _: None).is_exact


@pytest.mark.parametrize("seed", range(2100, 2112))
def test_random_designs_are_taken_up(seed: int, cases: ModuleType):
    """Random areas with several offices, rooms, ducts and price books give their own bill again, area at hand."""
    area, catalogue = cases.random_area(seed), cases.random_catalogue(seed)
    network = design_network(area, catalogue=catalogue, seed=seed, effort="quick").network
    assert take_up(network, area=area, tell=lambda _: None).is_exact


def test_alternatives_are_whole_networks(again: Replanning, town: Network):
    """A network with other sharing-out keeps every rule, and its bill is counted from its own records."""
    places = np.unique(again.placed.assignment)
    members = again.members(int(places[0]))
    other = next(p for p in places[::-1].tolist() if again.may_serve(p, members))
    assignment = again.placed.assignment.copy()
    assignment[members] = other
    network = again.laid(assignment)
    told = {**town.facts, **network_measures(network), "cost_total": cost_total(network.bill), "cost_bound": None}
    network = replace(network, facts=told)
    assert check_network(network) == ()
    assert again.price([assignment])[0].cost == cost_total(bill_of(network)) != again.cost


def test_price_without_somebody_is_that_of_a_smaller_plan(again: Replanning, town: Network):
    """Without a customer at least the terminal and its connection are saved."""
    catalogue = town.catalogue
    onu = next(onu for onu in town.onus if onu.customer == "C021")
    least = sum(
        catalogue.price(item).material_cost + catalogue.price(item).labour_cost
        for item in (onu.type, "drop-connection", "onu-commissioning")
    )
    alone = again.price_without(np.array([again.customers["C021"]]))
    assert alone.cost is not None
    assert again.cost - alone.cost >= least


def test_design_from_an_earlier_one_is_refused(town: Network, town_area: Area):
    """What stands there cannot be moved, so nothing is made up."""
    grown = redesign_network(town_area, town, effort="quick").design.network
    with pytest.raises(DesignFileError, match="earlier design"):
        take_up(grown, area=town_area, tell=lambda _: None)


def test_other_area_is_refused(town: Network, town_area: Area):
    """An area that lacks the design's customers is named as what it is."""
    with pytest.raises(DesignFileError, match="does not have"):
        take_up(town, area=replace(town_area, customers=town_area.customers[:50]), tell=lambda _: None)
