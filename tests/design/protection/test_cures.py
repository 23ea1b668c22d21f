"""Cures: the new route that an exposure names, drawn into the area, ends it at the price told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely import LineString

from ponplan import check_network
from ponplan.area.generate.generator import generate_area
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.design import design_network
from ponplan.design.answer import design_answer

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.topology.network import Exposure, Network

PLACE = re.compile(r"\(([-\d.]+), ([-\d.]+)\)")


def _with_cure(area: Area, row: Exposure) -> Area:
    """Draw the route that an exposure names, built as its price supposes."""
    line = LineString([(float(x), float(y)) for x, y in PLACE.findall(row.cure)])
    assert line.length == pytest.approx(row.cure_m, abs=0.1)
    return replace(area, routes=(*area.routes, Route(id="cure", surface=area.rules.lead_in_surface, line=line)))


def _behind(network: Network, subject: str) -> set[str]:
    """Name the protected customers of a splitter, or the customer itself."""
    onus = {onu.id: onu.customer for onu in network.onus}
    found = {onus[link.to_device] for link in network.links if link.from_device == subject and link.to_device in onus}
    return found or {subject}


def _exposed(network: Network) -> set[str]:
    return {name for row in network.exposures for name in _behind(network, row.subject)}


def _holds(area: Area) -> int:
    """Say how many cures were tried: each ends what it is told for, and no metre of it costs more than told."""
    before = design_network(area, seed=0).network
    told = {row.cure: row for row in before.exposures if row.cure}
    for row in list(told.values())[:2]:
        network = design_network(_with_cure(area, row), seed=0).network
        assert all(violation.relaxed for violation in check_network(network))
        assert not _behind(before, row.subject) & _exposed(network)
        prices = {line.item: line.material_cost + line.labour_cost for line in network.bill}
        per_m = prices[area.rules.lead_in_surface] + prices[area.rules.duct]
        assert row.cure_cost == pytest.approx(row.cure_m * per_m, abs=0.01)
        dug_m = sum(route.length_m for route in network.routes if route.parent == "cure" and route.state == "new")
        assert 0.0 < dug_m <= row.cure_m + 0.1
    return len(told)


@pytest.mark.parametrize("seed", [1, 3, 4, 6])
def test_cures_of_random_areas_are_true(cases: ModuleType, seed: int) -> None:
    """Dead ends, long lead-ins of rooms and cabinets: with the route told, nobody behind shares anything."""
    area, rng = cases.random_area(seed), np.random.default_rng(seed)
    people = tuple(replace(c, protection="full" if rng.random() < 0.5 else "trunk") for c in area.customers)
    assert _holds(replace(area, customers=people)) > 0


def test_cures_along_a_single_road_are_true() -> None:
    """Where drop, road and office's way in are all shared, the route goes beside it, past the office."""
    area = generate_area("road-bus", customers=20, seed=3)
    people = tuple(replace(c, protection="full" if row == 10 else "none") for row, c in enumerate(area.customers))
    assert _holds(replace(area, customers=people)) == 1


def test_relaxed_full_protection_names_its_reason() -> None:
    """Along a single road full protection cannot be had: the answer names the road, and what would cure it."""
    area = generate_area("road-bus", customers=6, seed=3)
    people = tuple(replace(c, protection="full" if row == 3 else "none") for row, c in enumerate(area.customers))
    answer: Any = design_answer(design_network(replace(area, customers=people), effort="quick"), seconds=0.0)
    reasons = [row["reason"] for row in answer["relaxed"] if row["rule"] == "protection"]
    assert len(reasons) == 1
    assert reasons[0].startswith("every way from the offices passes route ")
    assert "would cure it" in reasons[0]


def test_cure_of_a_shared_risk_is_true() -> None:
    """Both ways over bridges of one group: a route past them is told, and taken when it is there."""
    lines = {"north": [(0, 0), (0, 200), (400, 200), (400, 0)], "south": [(0, 0), (200, -50), (400, 0)]}
    area = Area(
        name="river",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=(Customer(id="c", name="", x_m=405.0, y_m=5.0, customer_class="ordinary", protection="trunk"),),
        sites=(Site(id="s", name="", kind="cabinet", x_m=400.0, y_m=0.0),),
        routes=tuple(
            Route(id=name, surface="asphalt", line=LineString(line), risk_groups=("bridges",))
            for name, line in lines.items()
        ),
        rules=Rules(),
    )
    network = design_network(area, seed=0).network
    assert ("risk", "bridges") in {(row.kind, row.thing) for row in network.exposures}
    assert _holds(area) == 1
