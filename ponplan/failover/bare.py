"""A bare PON made into a plant: one feeder, splitters in two stages and drops, once or twice as its scheme says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.failover.plant import OnuPlan, Plant, PortPlan, Way
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Technology
    from ponplan.scenario import Scenario

SIDES = ("a", "b")  # working, protecting


def bare_plant(scenario: Scenario, catalogue: Catalogue) -> Plant:
    """Give the plant of a bare PON, with elements such as `feeder-a`, `distribution-0-a`, `drop-0-a` and `port-b`.

    Raises
    ------
    ScenarioError
        The technology is unknown, or the PON is too short for its feeders' difference.
    """
    technology = bare_technology(scenario, catalogue)
    settings = scenario.protection
    doubled = settings.scheme != "none"
    lengths_m = _lengths_m(scenario)
    shortest_m = min(lengths_m) + 1000.0 * settings.feeder_difference_km
    if shortest_m < 0:
        problem = "the protecting path would have no length"
        fault = Fault(
            file="scenario",
            field="protection.feeder_difference_km",
            problem=problem,
            value=settings.feeder_difference_km,
            limit=f"from {-min(lengths_m) / 1000.0:g}",
        )
        raise ScenarioError([fault])
    ports = [PortPlan(id="port-a", equipment=_equipment("a", "a"), olt="chassis-a")]
    if doubled:
        olt = "b" if settings.dual_parented else "a"
        ports.append(
            PortPlan(
                id="port-b",
                role=settings.scheme,
                standby=settings.standby,
                partner=0,
                equipment=_equipment("b", olt),
                olt=f"chassis-{olt}",
            )
        )
    reach = settings.onu if settings.scheme == "full" else "single"
    return Plant(
        technology=technology.id,
        family=technology.family,
        scheme=settings.scheme,
        ports=tuple(ports),
        onus=tuple(OnuPlan(id=f"onu-{onu}", customer=f"onu-{onu}", reach=reach) for onu in range(scenario.onus)),
        ways=tuple(
            _way(scenario, ports, side, onu, lengths_m[onu])
            for side in range(len(ports))
            for onu in range(scenario.onus)
        ),
    )


def bare_technology(scenario: Scenario, catalogue: Catalogue) -> Technology:
    """Look the technology up.

    Raises
    ------
    ScenarioError
        There is no such technology.
    """
    if scenario.technology not in catalogue.technologies:
        fault = Fault(
            file="scenario",
            field="technology",
            problem="no such technology in the catalogue",
            value=scenario.technology,
            limit=", ".join(sorted(catalogue.technologies)),
        )
        raise ScenarioError([fault])
    return catalogue.technologies[scenario.technology]


def _equipment(side: str, olt: str) -> frozenset[str]:
    return frozenset((f"card-{side}", f"chassis-{olt}", f"office-{olt}"))


def _way(scenario: Scenario, ports: list[PortPlan], side: int, onu: int, length_m: float) -> Way:
    settings, name = scenario.protection, SIDES[side]
    plant = name if settings.scheme == "full" else "a"  # a trunk's splitters and drops are there once
    group = onu // settings.onus_per_distribution
    elements = {
        ports[side].id, f"feeder-{name}", f"splitter-{plant}", f"distribution-{group}-{plant}",
        f"splitter-{group}-{plant}", f"drop-{onu}-{plant}", f"onu-{onu}",
    }  # fmt: skip
    metres = length_m + (1000.0 * settings.feeder_difference_km if side else 0.0)
    return Way(
        port=side,
        onu=onu,
        interface=side if settings.scheme == "full" else 0,
        one_way_ns=round(metres * FIBRE_NS_PER_M),
        elements=frozenset(elements) | ports[side].equipment,
        reserve_db=_reserve_db(scenario, onu) if side == 0 else None,
    )


def _reserve_db(scenario: Scenario, onu: int) -> float | None:
    """Give the light that an ONU has to spare: drawn once from the seed where a fault names a range."""
    for fault in scenario.fault:
        if isinstance(fault.reserve_db, tuple):
            rng = np.random.default_rng([scenario.run.seed, 2])
            return float(rng.uniform(*fault.reserve_db, scenario.onus)[onu])
        if fault.db_per_s is not None:
            return 3.0 if fault.reserve_db is None else fault.reserve_db
    return None


def _lengths_m(scenario: Scenario) -> NDArray[np.float64]:
    """Give metres from OLT to ONU as `simulate` places them: a range is drawn once from the seed."""
    if scenario.distances_km is not None:
        return np.array(scenario.distances_km) * 1000.0
    if isinstance(scenario.distance_km, tuple):
        rng = np.random.default_rng([scenario.run.seed, 1])
        return rng.uniform(*scenario.distance_km, scenario.onus) * 1000.0
    return np.full(scenario.onus, scenario.distance_km or 0.0) * 1000.0
