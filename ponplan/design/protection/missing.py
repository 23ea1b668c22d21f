"""Why a customer cannot have two paths all the way: the stretches that no way avoids, or places for splitters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.protection.cures import Cures
from ponplan.design.protection.roads import Roads
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.area.model import Rules
    from ponplan.topology.network import Network

SHOWN = 5  # stretches that are named
EXPLAINED = 20  # customers; each takes a search of the streets


def reasons_of_relaxed(network: Network, rules: Rules) -> dict[str, str]:
    """Give why full protection was relaxed, for the first customers for whom it was."""
    wanted = {one.id for one in network.customers if one.protection == "full" and not one.unserved}
    lacking = [entry.subject for entry in network.relaxed if entry.rule == "protection" and entry.subject in wanted]
    return {name: why_not_twice(network, rules, name) for name in lacking[:EXPLAINED]}


def why_not_twice(network: Network, rules: Rules, customer: str) -> str:
    """Say what stands against full protection of a served customer in the streets, and what would cure it.

    A stretch stands against it if without it, or without all routes of a risk group, no way is left.
    """
    survey = Survey(network)
    (device, *_) = [onu.id for onu in survey.customer_onus[customer]]
    passed = _passed(survey, device)
    needed = [name for name in passed if _cuts_off(survey, device, [name], [])]
    # one way into the building may be shared: it is listed, and stands against nothing
    trenches = [name for name in needed if survey.index.routes[name].kind == "route"]
    groups = sorted({group for name in passed for group in survey.index.routes[name].risk_groups})
    risks = [group for group in groups if _cuts_off(survey, device, [], [group])]
    if not trenches and not risks:
        return (
            "two ways lead there in the streets, but no two places for splitters lie on them within reach of light: "
            "a candidate cabinet on either way would cure it"
        )
    metres = sum(survey.index.routes[name].length_m for name in trenches)
    things = [*(f"route {name}" for name in trenches[:SHOWN]), *(f"risk group {name}" for name in risks[:SHOWN])]
    more = ", ..." if len(trenches) > SHOWN or len(risks) > SHOWN else ""
    reason = f"every way from the offices passes {', '.join(things)}{more} ({metres:,.1f} m)"
    cure = Cures(survey, rules).of(device, needed, risks)
    if not cure.words:
        return f"{reason}; no new route within reach was found that would give two ways apart"
    return (
        f"{reason}; a new route {cure.words} ({cure.length_m:,.1f} m, {cure.cost:,.2f} {network.catalogue.currency}) "
        "with a candidate cabinet on either way would cure it"
    )


def _passed(survey: Survey, device: str) -> list[str]:
    """Give the trenches of a terminal's paths, in alphabetical order: what no way avoids is among them."""
    onu = next(row for row, one in enumerate(survey.network.onus) if one.id == device)
    links = {
        int(survey.arrivals.links[step])
        for row in (survey.onu_paths.onus == onu).nonzero()[0].tolist()
        for step in survey.arrivals.way_back(int(survey.onu_paths.arrivals[row]))
    }
    routes = {name for link in links for piece in survey.runs[link].pieces for name in survey.routes_of(piece)}
    return sorted({survey.trenches[name] for name in routes})


def _cuts_off(survey: Survey, device: str, trenches: list[str], risks: list[str]) -> bool:
    """Say whether no way from an office is left without these."""
    roads = Roads(survey)
    start = roads.room_of(roads.number[survey.index.device_junctions[device]])
    parts = roads.parts(roads.rows_of(trenches, risks))
    return parts[start] not in parts[roads.offices]
