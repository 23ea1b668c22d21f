"""Stages: bills by phase add up, nothing is dug twice, and the years follow by hand from prices and shares."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from ponplan.area.generate.generator import generate_area
from ponplan.cli.app import app
from ponplan.design import design_network
from ponplan.design.bill import cost_total
from ponplan.design.stages.assign import later_than, with_phases, yearly_revenue
from ponplan.design.stages.plan import stage
from ponplan.errors import AreaError
from ponplan.topology import write_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.topology import Network


@pytest.fixture(scope="module")
def town() -> Network:
    """Give a designed town of all classes."""
    return design_network(generate_area("mixed-town", customers=60, seed=5)).network


@pytest.fixture(scope="module")
def phased(town: Network) -> Network:
    """Give the town with customers in three phases by turns, some without."""
    names = ("2", "", "1")
    people = (replace(one, phase=names[place % 3]) for place, one in enumerate(town.customers))
    return with_phases(replace(town, customers=tuple(people)), "column")


def test_phases_add_up_to_the_bill(phased: Network):
    """Every cent of the bill is in one phase; who has none is in the last."""
    found = stage(phased)
    assert [phase.phase for phase in found.phases] == ["1", "2", "3"]
    assert sum(phase.cost for phase in found.phases) == pytest.approx(cost_total(phased.bill), abs=0.01)
    assert sum(phase.customers for phase in found.phases) == len(phased.customers)


def test_a_trench_is_dug_in_the_earliest_phase_that_needs_it(phased: Network):
    """Metres dug in a phase are those of the routes under its light that no earlier phase's light lies in."""
    survey = Survey(phased)
    phase_of = {customer.id: int(customer.phase) for customer in phased.customers}
    first: dict[str, int] = {}
    cables = {cable.id: cable for cable in phased.cables}
    for onu in phased.onus:
        for link in _upward(survey, onu.id):
            for cable, _ in link.strands:
                for route in cables[cable].routes:
                    first[route] = min(first.get(route, 99), phase_of[onu.customer])
    surfaces = phased.catalogue.surfaces
    dug = dict.fromkeys((1, 2, 3), 0.0)
    for route in phased.routes:
        if route.state == "new" and surfaces[route.surface].method == "trench":
            dug[first[route.id]] += route.length_m
    found = {int(phase.phase): phase.trench_m for phase in stage(phased).phases}
    assert found == pytest.approx(dug, abs=0.01)


def _upward(survey: Survey, device: str) -> list:
    links = [survey.network.links[row] for row in survey.index.links_into.get(device, ())]
    return links + [above for link in links for above in _upward(survey, link.from_device)]


def test_years_by_hand(phased: Network):
    """One phase, everybody connected at once, no discount: capital once, the rest by prices and shares."""
    network = replace(phased, customers=tuple(replace(one, phase="1") for one in phased.customers))
    found = stage(network, years=9, take_up=(1.0, 1.0), discount_rate=0.0)
    first, last = found.years[0], found.years[-1]
    assert first.capital_cost + first.connection_cost == pytest.approx(cost_total(network.bill), abs=0.02)
    paid = sum(yearly_revenue(network, one) for one in network.customers)
    assert first.revenue == pytest.approx(paid, abs=0.01)
    sections: dict[str, float] = {}
    for part in found.phases[0].parts:
        sections[part.section] = sections.get(part.section, 0.0) + part.total_cost
    upkeep = network.catalogue.upkeep
    replaced = sum(cost for name, cost in sections.items() if name in upkeep and upkeep[name].lifetime_years == 8)
    assert last.replacement_cost == pytest.approx(replaced, abs=0.02)
    watts = sum(network.catalogue.olt_chassis[olt.type].power_w for olt in network.olts)
    watts += sum(network.catalogue.olt_cards[card.type].power_w for card in network.cards)
    watts += sum(network.catalogue.bearer_elements[row.type].power_w for row in network.bearer_elements)
    figures = network.catalogue.economics
    energy = watts / 1000 * 8760 * figures["energy-cost"].value * figures["cooling-factor"].value
    maintained = sum(cost * upkeep[name].maintenance_share for name, cost in sections.items() if name in upkeep)
    assert first.running_cost == pytest.approx(energy + maintained, abs=0.05)
    assert last.cumulative == pytest.approx(sum(year.cash for year in found.years), abs=0.05)
    assert last.cumulative == last.cumulative_discounted


def test_take_up_delays_connections_and_payback(phased: Network):
    """With fewer customers at first less is spent on connecting and earned, and payback comes no earlier."""
    whole, slow = stage(phased, years=20), stage(phased, years=20, take_up=(0.1, 0.5))
    assert slow.years[0].connection_cost < whole.years[0].connection_cost
    assert slow.years[0].capital_cost == whole.years[0].capital_cost
    assert slow.years[-1].connected == pytest.approx(0.5 * whole.years[-1].connected)
    assert whole.payback_year is not None
    assert slow.payback_year is None or slow.payback_year >= whole.payback_year


@pytest.mark.parametrize("rule", ["density", "value"])
def test_best_areas_come_first(town: Network, rule: str):
    """Phases by density and value serve everybody, and the first has the best ratio to its cost per customer."""
    found = stage(with_phases(town, rule, phases=3))
    assert sum(phase.customers for phase in found.phases) == len(town.customers)
    if rule == "density":
        each = [phase.passing_cost / phase.customers for phase in found.phases[1:]]
        assert each == sorted(each) or len(each) < 2


def test_polygons_give_phases(town: Network, tmp_path: Path):
    """A layer of polygons in another coordinate system decides; the earlier of two that overlap wins."""
    x = np.array([one.x_m for one in town.customers])
    y = np.array([one.y_m for one in town.customers])
    middle = float(np.median(x))
    west = shapely.box(x.min() - 1, y.min() - 1, middle, y.max() + 1)
    path = tmp_path / "phases.gpkg"
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([west], object)), [np.array(["1"], object)], ["phase"], crs=town.crs,
        geometry_type="Polygon", driver="GPKG", layer="phases",
    )  # fmt: skip
    write_network(town, tmp_path / "plan.gpkg")
    words = ["stages", str(tmp_path / "plan.gpkg"), "--by", "area", "--areas", str(path), "--json"]
    answer = json.loads(CliRunner().invoke(app, words).stdout)
    assert answer["schema"] == "ponplan.stages/1"
    assert [row["customers"] for row in answer["phases"]] == [int((x <= middle).sum()), int((x > middle).sum())]


def test_workbook_holds_phases_years_and_bill(phased: Network, tmp_path: Path):
    """The written workbook has three sheets whose bill adds up to the design's cost."""
    write_network(phased, tmp_path / "plan.gpkg")
    target = tmp_path / "stages.xlsx"
    done = CliRunner().invoke(app, ["stages", str(tmp_path / "plan.gpkg"), "-o", str(target)])
    assert done.exit_code == 0
    sheets = CalamineWorkbook.from_path(str(target))
    assert len(sheets.sheet_names) == 3
    rows = sheets.get_sheet_by_index(2).to_python()
    total = rows[0].index("Total")
    assert sum(row[total] for row in rows[1:]) == pytest.approx(cost_total(phased.bill), abs=0.02)


def test_nobody_with_a_phase_is_a_fault(town: Network):
    """By column, somebody must have a phase."""
    with pytest.raises(AreaError, match="nobody has a phase"):
        with_phases(town, "column")


@pytest.mark.parametrize(("phases", "last"), [(["1", "2"], "3"), (["north", "1"], "north +"), ([], "1")])
def test_who_has_no_phase_comes_last(phases: list[str], last: str):
    """The phase of the others sorts behind all."""
    assert later_than(phases) == last


def test_phases_by_rank_are_numbered_without_gaps(town: Network):
    """More phases than serving areas make as many phases as there are areas, from 1 on."""
    phased = with_phases(town, "density", phases=50)
    found = [phase.phase for phase in stage(phased).phases]
    assert found == [str(number) for number in range(1, len(found) + 1)]
