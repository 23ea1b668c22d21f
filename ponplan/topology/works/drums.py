"""The cable schedule: how long each cable is ordered, how it is laid, and from which drum it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ponplan.topology.network import Cable
    from ponplan.topology.survey import Survey


class ScheduledCable(NamedTuple):
    """One cable to lay; metres on the drum are counted from its free end."""

    cable: str
    role: str
    type: str
    state: str
    from_node: str
    to_node: str
    fibres: int | None
    used_fibres: int
    spare_fibres: int | None
    route_m: float
    slack_m: float
    install_m: float
    methods: str  # how its routes are built
    drum: str  # empty for a cable that is there already
    drum_from_m: float | None
    drum_to_m: float | None
    too_long: bool  # longer than any drum: must be joined on its way


class Drum(NamedTuple):
    """One drum to order, and what stays on it."""

    drum: str
    type: str
    reel_m: float
    cables: int
    cut_m: float
    left_m: float


def cable_schedule(survey: Survey) -> tuple[list[ScheduledCable], list[Drum]]:
    """Give every cable in the order of the file, and the drums, cut longest cable first (first fit decreasing)."""
    network, types = survey.network, survey.catalogue.cable_types
    used: dict[str, set[int]] = {}
    for link in network.links:
        for name, fibre in link.strands:
            used.setdefault(name, set()).add(fibre)
    cuts, drums = _cut(survey)
    rows = []
    for row, cable in enumerate(network.cables):
        kind = types.get(cable.type)
        lit = used.get(cable.id, set())
        drum, from_m, to_m = cuts.get(row, ("", None, None))
        rows.append(
            ScheduledCable(
                cable.id,
                cable.role,
                cable.type,
                cable.state,
                cable.from_node,
                cable.to_node,
                kind.fibres if kind else None,
                len(lit),
                kind.fibres - len({*lit, *cable.faulty, *cable.taken}) if kind else None,
                cable.length_m,
                cable.slack_m,
                round(cable.length_m + cable.slack_m, 3),
                _methods(survey, cable),
                drum,
                from_m,
                to_m,
                kind is not None and cable.length_m + cable.slack_m > kind.reel_m + 1e-6,
            )
        )
    return rows, drums


def _methods(survey: Survey, cable: Cable) -> str:
    surfaces, routes = survey.catalogue.surfaces, survey.index.routes
    found = dict.fromkeys(routes[name].surface for name in cable.routes if name in routes)
    return " ".join(dict.fromkeys(surfaces[name].method if name in surfaces else name for name in found))


def _cut(survey: Survey) -> tuple[dict[int, tuple[str, float, float]], list[Drum]]:
    """Give the drum and the metres on it of each new cable, and all drums, type by type."""
    cables, types = survey.network.cables, survey.catalogue.cable_types
    cuts: dict[int, tuple[str, float, float]] = {}
    drums: list[Drum] = []
    for name in types:
        rows = [row for row, cable in enumerate(cables) if cable.type == name and cable.state == "new"]
        lengths_m = [round(cables[row].length_m + cables[row].slack_m, 3) for row in rows]
        filled = first_fit_decreasing(lengths_m, types[name].reel_m)
        for number, members in enumerate(filled, start=1):
            drum, at_m = f"{name}/{number}", 0.0
            for member in members:
                end_m = round(at_m + lengths_m[member], 3)
                cuts[rows[member]] = (drum, at_m, end_m)
                at_m = end_m
            drums.append(
                Drum(drum, name, types[name].reel_m, len(members), at_m, round(types[name].reel_m - at_m, 3))
            )
    return cuts, drums


def first_fit_decreasing(lengths_m: list[float], reel_m: float) -> list[list[int]]:
    """Give which lengths are cut from each drum; one that is longer than a drum has one to itself.

    At most 11/9 of the fewest drums and one more (Johnson 1973).
    """
    drums: list[list[int]] = []
    left_m: list[float] = []
    first_open = 0  # drums before this one have no room for anything
    shortest_m = min(lengths_m, default=0.0)
    for number in sorted(range(len(lengths_m)), key=lambda number: (-lengths_m[number], number)):
        for drum in range(first_open, len(drums)):
            if left_m[drum] >= lengths_m[number]:
                break
        else:
            drum = len(drums)
            drums.append([])
            left_m.append(reel_m)
        drums[drum].append(number)
        left_m[drum] -= lengths_m[number]
        while first_open < len(drums) and left_m[first_open] < shortest_m:
            first_open += 1
    return drums
