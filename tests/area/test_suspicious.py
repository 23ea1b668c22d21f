"""What looks wrong in an area is found, and nothing is where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.area.suspicious import find_suspicious

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area

    MakeArea = Callable[..., Area]

STREET = [(0, 0), (500, 0)]


def _ids(area: Area) -> set[str]:
    return {suspicion.id for suspicion in find_suspicious(area)}


def test_sound_area_raises_no_suspicion(make_area: MakeArea):
    """A street with a site and two customers is sound."""
    assert _ids(make_area([STREET], customers=[(10, 5), (90, 5)], sites=[(50, 0)])) == set()


@pytest.mark.parametrize(
    ("arguments", "suspicion"),
    [
        ({"routes": [STREET], "customers": [(10, 5), (10, 5)]}, "same-place"),
        ({"routes": [STREET, [(100, 3), (100, 80)]], "customers": [(10, 5)]}, "nearly-meet"),
        ({"routes": [STREET, [(100, -50), (100, 80)], [(100, 80), (0, 0)]], "customers": [(10, 5)]}, "crossing"),
        ({"routes": [[(0, 0), (30000, 0)]], "customers": [(10, 5)]}, "long-route"),
        ({"routes": [STREET], "customers": [(10, 900)]}, "out-of-reach"),
        ({"routes": [STREET], "customers": [(10, 150)]}, "long-drop"),
        ({"routes": [STREET, [(0, 300), (90, 300)]], "customers": [(10, 5)]}, "left-out"),
        ({"routes": [STREET], "customers": []}, "missing"),
        ({"routes": [], "customers": [(10, 5)]}, "missing"),
    ],
)
def test_suspicions(make_area: MakeArea, arguments: dict[str, object], suspicion: str):
    """Each thing that a planner would stumble over is named."""
    assert suspicion in _ids(make_area(**arguments, sites=[(50, 0)]))


def test_customers_of_one_name(make_area: MakeArea):
    """Two of one name side by side are looked at, two far apart are branches."""
    area = make_area([STREET], customers=[(10, 5), (30, 5), (400, 5)], sites=[(50, 0)])
    named = replace(area, customers=tuple(replace(customer, name="Bank") for customer in area.customers))
    (suspicion,) = find_suspicious(named)
    assert (suspicion.id, suspicion.examples) == ("same-name", ("c1", "c2"))


def test_words_that_the_catalogue_does_not_hold(make_area: MakeArea):
    """Unknown class, service, technology, surface and enclosure are each named with what is allowed."""
    area = make_area([STREET], customers=[(10, 5)], sites=[(50, 0)])
    odd = replace(
        area,
        customers=(replace(area.customers[0], customer_class="gold", services=(("e2", 1),), technology="wifi"),),
        sites=(replace(area.sites[0], enclosure="tent"),),
        routes=(replace(area.routes[0], surface="lava"),),
    )
    found = {suspicion.id: suspicion for suspicion in find_suspicious(odd)}
    assert set(found) == {
        "unknown-class",
        "unknown-service",
        "unknown-technology",
        "unknown-surface",
        "unknown-enclosure",
    }
    assert "asphalt" in found["unknown-surface"].advice
