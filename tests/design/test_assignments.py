"""Customers bound to sites are served from them, however far; the bound holds, and `check` finds who is elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area, write_area
from ponplan.design import Design, design_network
from ponplan.design.differences import connections
from ponplan.errors import AreaError
from ponplan.topology import check_network, read_network, write_network

if TYPE_CHECKING:
    from ponplan.area.model import Area

TOPOLOGIES = Path(__file__).parents[2] / "topologies"


@pytest.fixture(scope="module")
def area() -> Area:
    """Give a small area with cabinets to choose from."""
    return read_area(TOPOLOGIES / "mixed-town")


@pytest.fixture(scope="module")
def free(area: Area) -> Design:
    """Give its plan when everybody is free."""
    return design_network(area, effort="quick")


def _bound(area: Area, **assignments: dict[str, tuple[str, ...]]) -> Area:
    return replace(area, rules=replace(area.rules, **assignments))  # type: ignore[arg-type]


@pytest.mark.parametrize("effort", ["quick", "normal"])
def test_bound_customers_are_served_from_their_sites(area: Area, free: Design, effort: str):
    """A customer goes where it is bound to, even far away, and not where it may not; all rules are kept."""
    here = connections(free.network)
    one, other = "C001", "C021"
    ruled = _bound(area, served_from={one: ("CAB003",)}, not_served_from={other: (here[other].splitter_at,)})
    design = design_network(ruled, effort=effort)
    there = connections(design.network)
    assert there[one].splitter_at == "CAB003" != here[one].splitter_at
    assert there[other].splitter_at != here[other].splitter_at
    assert check_network(design.network) == ()
    assert design.proof.cost >= free.proof.bound
    assert design.proof.bound <= design.proof.cost


def test_check_finds_who_is_elsewhere(area: Area, free: Design):
    """A design whose rules bind a customer to another site than its own is found out."""
    facts = dict(free.network.facts)
    here = connections(free.network)["C001"].splitter_at
    for name in ("served_from", "not_served_from"):
        sites = {"served_from": ["CAB003"], "not_served_from": [here]}[name]
        rules = {**dict(facts["rules"]), name: {"C001": sites}}  # type: ignore[call-overload]
        found = check_network(replace(free.network, facts={**facts, "rules": rules}))
        assert [(one.rule, one.subject) for one in found] == [("served-from", "C001")]


def test_unknown_names_are_refused_at_once(area: Area):
    """Customers and sites that nobody knows are all named."""
    ruled = _bound(area, served_from={"nobody": ("CAB003",), "C001": ("nowhere",)})
    with pytest.raises(AreaError) as caught:
        design_network(ruled)
    assert {fault.value for fault in caught.value.faults} == {"nobody", "nowhere"}


def test_nobody_out_of_reach_is_dropped_silently(area: Area):
    """A customer bound to a site that may not be used is not served, with the reason."""
    sites = tuple(replace(site, forbidden=site.id == "CAB003") for site in area.sites)
    design = design_network(_bound(replace(area, sites=sites), served_from={"C001": ("CAB003",)}), effort="quick")
    unserved = {customer.id: customer.unserved for customer in design.network.customers if customer.unserved}
    assert list(unserved) == ["C001"]
    assert "none of the sites that may serve it" in unserved["C001"]


def test_assignments_travel_through_both_files(area: Area, tmp_path: Path):
    """An area's folder and a design's file keep them."""
    ruled = _bound(area, served_from={"C001": ("CAB003", "CAB004")}, not_served_from={"C002": ("CAB011",)})
    write_area(ruled, tmp_path / "area")
    again = read_area(tmp_path / "area").rules
    assert again.served_from == ruled.rules.served_from
    assert again.not_served_from == ruled.rules.not_served_from
    write_network(design_network(ruled, effort="quick").network, tmp_path / "plan.gpkg")
    facts = read_network(tmp_path / "plan.gpkg").facts
    assert facts["rules"]["served_from"] == {"C001": ["CAB003", "CAB004"]}  # type: ignore[index]
