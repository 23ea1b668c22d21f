"""Technologies side by side on one fibre tree: apart by wavelength, or sharing EPON's upstream in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ponplan.errors import Fault, ScenarioError
from ponplan.scenario import SourceSettings, TcontSettings
from ponplan.simulate.bare import one_way_delays_ns
from ponplan.topology.cures import bands_overlap
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.scenario import Scenario
    from ponplan.simulate.result import TrafficResult

Table = TypeVar("Table", SourceSettings, TcontSettings)


def play_side_by_side(
    scenario: Scenario, catalogue: Catalogue, play: Callable[[Scenario], TrafficResult]
) -> TrafficResult:
    """Play every technology of a scenario; the first one's result holds the others'.

    Where the wavelengths lie apart each technology is a PON of its own. 10G- and 1G-EPON terminals share the upstream
    in time, each at its own rate; that upstream is the first result's. Downstreams are then played
    without GATEs.

    Raises
    ------
    ScenarioError
        If two technologies cannot share a fibre, or share a wavelength in a way that is not played.
    """
    parts = _parts(scenario, catalogue)
    shared = _check(parts, catalogue)
    if not shared:
        first, *others = [play(_part(scenario, name, onus, ("up", "down"))) for name, onus in parts]
        return replace(first, coexisting=tuple(others))
    up = play(scenario.model_copy(update={"source": [one for one in scenario.source if one.direction == "up"]}))
    if not any(source.direction == "down" for source in scenario.source):
        return up
    first, *others = [play(_part(scenario, name, onus, ("down",))) for name, onus in parts]
    return replace(up, downstream=first.downstream, coexisting=tuple(others))


def _parts(scenario: Scenario, catalogue: Catalogue) -> list[tuple[str, list[int]]]:
    """Give each technology with its ONUs, the scenario's own first."""
    faults = [
        Fault(file="scenario", field="coexist", problem="no such technology in the catalogue", value=one.technology)
        for one in scenario.coexist
        if one.technology not in catalogue.technologies
    ]
    if faults:
        raise ScenarioError(faults)
    taken = {onu for one in scenario.coexist for onu in one.onus}
    rest = [onu for onu in range(scenario.onus) if onu not in taken]
    return [(scenario.technology, rest), *((one.technology, sorted(one.onus)) for one in scenario.coexist)]


def _check(parts: Sequence[tuple[str, list[int]]], catalogue: Catalogue) -> bool:
    """Say whether the technologies share an upstream in time; refuse what cannot stand side by side."""
    rows = [catalogue.technologies[name] for name, _ in parts]
    shared, faults = False, []
    for place, one in enumerate(rows):
        for other in rows[place + 1 :]:
            if other.id not in one.coexists_with and one.id not in other.coexists_with:
                problem = f"cannot share a fibre tree with {one.id}"
                faults.append(Fault(file="scenario", field="coexist", problem=problem, value=other.id))
            elif one.encapsulation == other.encapsulation == "ethernet" and bands_overlap(one, other, "up"):
                shared = True
            elif bands_overlap(one, other, "up") or bands_overlap(one, other, "down"):
                problem = f"shares a wavelength with {one.id} in time, which is played for EPON's upstream only"
                faults.append(Fault(file="scenario", field="coexist", problem=problem, value=other.id))
    if faults:
        raise ScenarioError(faults)
    return shared


def _part(scenario: Scenario, technology: str, onus: Sequence[int], ways: Sequence[str]) -> Scenario:
    """Give one technology's part of a scenario, its ONUs numbered anew."""
    anew = {onu: place for place, onu in enumerate(onus)}
    delays_ns = one_way_delays_ns(scenario)
    weights, slots = scenario.downstream.weights, scenario.dba.slots
    return scenario.model_copy(
        update={
            "technology": technology,
            "onus": len(onus),
            "distance_km": None,
            "distances_km": [float(delays_ns[onu]) / FIBRE_NS_PER_M / 1e3 for onu in onus],
            "coexist": [],
            "source": [
                own
                for source in scenario.source
                if source.direction in ways and (own := _renumbered(source, anew)) is not None
            ],
            "tcont": [_renumbered(tcont, anew) or tcont.model_copy(update={"onus": []}) for tcont in scenario.tcont],
            "downstream": scenario.downstream.model_copy(
                update={"weights": None if weights is None else [weights[onu] for onu in onus]}
            ),
            "dba": scenario.dba.model_copy(update={"slots": None if slots is None else [slots[onu] for onu in onus]}),
        }
    )


def _renumbered(table: Table, anew: dict[int, int]) -> Table | None:
    """Give a source or T-CONT with the ONUs of this part; None if it has none of them."""
    if table.onus is None:
        return table
    own = [anew[onu] for onu in table.onus if onu in anew]
    return table.model_copy(update={"onus": own}) if own else None
