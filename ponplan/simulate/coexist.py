"""Technologies side by side on one fibre tree: apart by wavelength, or sharing an upstream in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ponplan.errors import Fault, ScenarioError
from ponplan.scenario import SourceSettings, TcontSettings
from ponplan.simulate.bare import make_bare_pon, one_way_delays_ns
from ponplan.topology.cures import bands_overlap
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Technology
    from ponplan.scenario import Scenario
    from ponplan.simulate.result import TrafficResult

BOTH = ("up", "down")
LEAST_PART = 0.1  # of every frame, for whoever shares it
Table = TypeVar("Table", SourceSettings, TcontSettings)


def play_side_by_side(
    scenario: Scenario, catalogue: Catalogue, play: Callable[[Scenario], TrafficResult]
) -> TrafficResult:
    """Play every technology of a scenario; the first one's result holds the others'.

    Where the wavelengths lie apart each technology is a PON of its own. 10G- and 1G-EPON terminals share the upstream
    in time, each at its own rate; that upstream is the first result's. Downstreams are then played without GATEs.
    XG-PON and XGS-PON share both ways: each has a part of every upstream frame for itself, as long as its sources
    need beside the others', and the downstream, alike for both, is the first one's with everybody's traffic.

    Raises
    ------
    ScenarioError
        If two technologies cannot share a fibre, or share a wavelength in a way that is not played.
    """
    parts = _parts(scenario, catalogue)
    if _check(parts, catalogue):
        return _share_rounds(scenario, parts, play)
    framed = _sharing_frames(parts, catalogue)
    begins = _frame_parts(scenario, [parts[place] for place in framed], catalogue)
    results = []
    for place, (name, onus) in enumerate(parts):
        if place not in framed:
            results.append(play(_part(scenario, name, onus, BOTH)))
            continue
        own = _part(scenario, name, onus, ("up",))
        span = begins[framed.index(place)]
        up = play(own.model_copy(update={"dba": own.dba.model_copy(update={"frame_part": span})}))
        down = None
        if place == framed[0] and any(source.direction == "down" for source in scenario.source):
            everybody = sorted(onu for member in framed for onu in parts[member][1])
            down = play(_part(scenario, name, everybody, ("down",))).downstream
        results.append(replace(up, downstream=down))
    return replace(results[0], coexisting=tuple(results[1:]))


def _share_rounds(
    scenario: Scenario, parts: Sequence[tuple[str, list[int]]], play: Callable[[Scenario], TrafficResult]
) -> TrafficResult:
    """Play EPON's rates in one round of polls, and each downstream by itself."""
    up = play(scenario.model_copy(update={"source": [one for one in scenario.source if one.direction == "up"]}))
    if not any(source.direction == "down" for source in scenario.source):
        return up
    first, *others = [play(_part(scenario, name, onus, ("down",))) for name, onus in parts]
    return replace(up, downstream=first.downstream, coexisting=tuple(others))


def _sharing_frames(parts: Sequence[tuple[str, list[int]]], catalogue: Catalogue) -> list[int]:
    """Give the places of technologies that share upstream frames with another one."""
    rows = [catalogue.technologies[name] for name, _ in parts]
    return [
        place
        for place, one in enumerate(rows)
        if any(other is not one and bands_overlap(one, other, "up") for other in rows)
    ]


def _frame_parts(
    scenario: Scenario, parts: Sequence[tuple[str, list[int]]], catalogue: Catalogue
) -> list[tuple[float, float]]:
    """Share the upstream frame out by the time that each technology's sources need, none less than a tenth."""
    needs = []
    for name, onus in parts:
        traffic = make_bare_pon(_part(scenario, name, onus, ("up",)), catalogue).up_traffic
        needs.append(traffic.offered_bps / traffic.mac_bps)
    whole = sum(needs)
    free = 1.0 - LEAST_PART * len(parts)
    shares = [LEAST_PART + free * (need / whole if whole > 0.0 else 1.0 / len(needs)) for need in needs]
    ends = [min(1.0, sum(shares[: place + 1])) for place in range(len(shares))]
    ends[-1:] = [1.0] if ends else []
    return list(zip([0.0, *ends[:-1]], ends, strict=True)) if ends else []


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
            elif _frames_alike(one, other) and bands_overlap(one, other, "up"):
                continue
            elif bands_overlap(one, other, "up") or bands_overlap(one, other, "down"):
                played = "is played for EPON and for XG-PON with XGS-PON only"
                problem = f"shares a wavelength with {one.id} in time, which {played}"
                faults.append(Fault(file="scenario", field="coexist", problem=problem, value=other.id))
    if faults:
        raise ScenarioError(faults)
    return shared


def _frames_alike(one: Technology, other: Technology) -> bool:
    """Say whether two technologies send the same frames down at one rate, so that one OLT port serves both."""
    return (
        one.encapsulation == other.encapsulation == "xgem"
        and one.family == other.family
        and one.down_line_bps == other.down_line_bps
        and bands_overlap(one, other, "down")
    )


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
