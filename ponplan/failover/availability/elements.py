"""Everything in a network that fails by itself: its rate, its repair time, and the ways of light it takes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.catalogue.model import Reliability
    from ponplan.failover.groups import Groups
    from ponplan.failover.subjects import Subjects

HOURS_PER_YEAR = 8766.0
NODE_ELEMENTS = {"cabinet": "cabinet", "room": "room", "closure": "closure"}
METHOD_ELEMENTS = {"trench": "trench", "existing-duct": "trench", "aerial": "aerial", "indoor": "indoor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingElement:
    """One thing that fails: two things of the same rate are independent, everything it takes fails together."""

    name: str  # kind and id, such as trench R7
    kind: str
    id: str
    length_m: float
    failures_per_year: float
    repair_h: float
    taken: frozenset[str]  # elements of ways

    @property
    def unavailability(self) -> float:
        """Share of time in repair: mean repair over mean repair and mean time to failure."""
        busy = self.failures_per_year * self.repair_h / HOURS_PER_YEAR
        return busy / (1.0 + busy)

    @property
    def failures_per_year_met(self) -> float:
        """Failures in a year in which it does not fail while it is being repaired."""
        return self.failures_per_year * (1.0 - self.unavailability)


def failing_elements(groups: Groups, subjects: Subjects) -> list[FailingElement]:
    """Give everything that fails and takes light along, in a fixed order.

    A route fails with all its cables (dig-up); each stretch of cable fails by itself as well; shared risks are
    elements of their own.

    Raises
    ------
    CatalogueError
        The catalogue has no row for a kind of element.
    """
    rates = {row.element: row for row in groups.network.catalogue.reliability.values()}
    found = [*_fibre(groups, subjects, rates), *_places(groups, subjects, rates), *_devices(subjects, rates)]
    return [one for one in found if one.taken and one.failures_per_year > 0]


def _rate(rates: dict[str, Reliability], element: str) -> Reliability:
    if element not in rates:
        problem = f"no row for {element}"
        raise CatalogueError([Fault(file="reliability.csv", problem=problem, remedy="add one")])
    return rates[element]


def _element(
    rates: dict[str, Reliability], element: str, name: str, taken: frozenset[str], length_m: float = 0.0
) -> FailingElement:
    rate = _rate(rates, element)
    times = length_m / 1000.0 if rate.unit == "km" else 1.0
    return FailingElement(
        name=f"{element} {name}",
        kind=element,
        id=name,
        length_m=round(length_m, 3),
        failures_per_year=rate.failures_per_year * times,
        repair_h=rate.repair_h,
        taken=taken,
    )


def _fibre(groups: Groups, subjects: Subjects, rates: dict[str, Reliability]) -> Iterator[FailingElement]:
    index, surfaces = groups.survey.index, groups.network.catalogue.surfaces
    risks: dict[str, set[str]] = {}
    for name, taken in subjects.trenches.items():
        route = index.routes[name]
        surface = surfaces.get(route.surface)
        method = METHOD_ELEMENTS[surface.method] if surface is not None else "trench"
        yield _element(rates, method, name, taken, route.length_m)
        for risk in route.risk_groups:
            risks.setdefault(risk, set()).update(taken)
    for name, taken in subjects.spans.items():
        begin_m, end_m = subjects.span_places_m[name]
        yield _element(rates, "cable", name, taken, end_m - begin_m)
    for risk, links in risks.items():
        yield _element(rates, "risk", risk, frozenset(links))


def _places(groups: Groups, subjects: Subjects, rates: dict[str, Reliability]) -> Iterator[FailingElement]:
    enclosures = groups.network.catalogue.enclosures
    for node in groups.network.nodes:
        if node.kind in NODE_ELEMENTS:
            enclosure = enclosures.get(node.enclosure)
            kind = "closure" if enclosure is not None and enclosure.kind == "odf" else NODE_ELEMENTS[node.kind]
            yield _element(rates, kind, node.id, subjects.nodes[node.id])
        elif node.kind == "office":
            yield _element(rates, "office", node.id, subjects.nodes[node.id])


def _devices(subjects: Subjects, rates: dict[str, Reliability]) -> Iterator[FailingElement]:
    for name, taken in subjects.splitters.items():
        yield _element(rates, "splitter", name, taken)
    for kind in ("port", "card", "chassis", "onu"):
        for name, taken in subjects.of(kind).items():
            yield _element(rates, kind, name, taken)
