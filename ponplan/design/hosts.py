"""Cabinets, boxes and frames: how many a place needs for its splitters, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import holds, pick_enclosure
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.prices import installed_cost
from ponplan.optimise.fan import OVERFULL
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions
    from ponplan.design.draft import Draft
    from ponplan.design.places import Place

CABLES_OF_A_HOST = 6  # feeders and distribution cables that a cabinet is expected to have beside its own drops


def host_groups(decisions: Decisions, place: int, members: Sequence[int]) -> list[list[int]]:
    """Share the splitters of one place out over as few enclosures as hold them.

    The first group goes into the enclosure that the area gives, and is empty when that holds not even one splitter.
    """
    where = decisions.places[place]
    groups: list[list[int]] = []
    left = list(members)
    while left:
        given = where.enclosure if not groups else None
        sizes = range(1, len(left) + 1)
        count = max((n for n in sizes if _holds(decisions, where, left[:n], given)), default=0 if given else 1)
        groups.append(left[:count])
        left = left[count:]
    return groups


def host_id(place: Place, number: int) -> str:
    """Give the id of a place's first, second, ... enclosure."""
    if place.kind == "office":
        return f"{place.id}-ODF{number}"
    return place.id if number == 1 else f"{place.id}/{number}"


def add_host(
    draft: Draft, decisions: Decisions, place: int, number: int, group: Sequence[int], num_cables: int
) -> str:
    """Add the enclosure of a group of splitters, with so many cables beside the drops that begin in it."""
    where = decisions.places[place]
    fibres, drops = _contents(decisions, group)
    chosen, fits = pick_enclosure(
        draft.problem, ENCLOSURE_OF[where.kind], fibres=fibres, splitters=len(group), cables=num_cables + drops
    )
    if where.enclosure and number == 1:
        chosen = draft.problem.catalogue.enclosures[where.enclosure]
        fits = holds(chosen, fibres=fibres, splitters=len(group), cables=num_cables + drops)
    identity = draft.add_node(
        host_id(where, number),
        "cabinet" if where.kind == "office" else where.kind,
        where.junction,
        enclosure=chosen,
        name=where.name,
        site=where.id,
        state="existing" if where.existing and number == 1 else "new",
    )
    if not fits:
        value, limit = float(num_cables + drops), float(chosen.cables)
        draft.relaxed.append(Relaxed(rule="enclosure-capacity", subject=identity, value=value, limit=limit))
    return identity


def host_costs(
    draft: Draft, decisions: Decisions, place: int, number: int, group: Sequence[int]
) -> NDArray[np.float64]:
    """Give what the enclosure of a group of splitters costs when 0, 1, 2, ... distribution cables leave it."""
    where, catalogue = decisions.places[place], draft.problem.catalogue
    fibres, drops = _contents(decisions, group)
    kind = ENCLOSURE_OF[where.kind]
    largest = max(row.cables for row in catalogue.enclosures.values())
    costs = np.full(largest + 2, OVERFULL)
    for num_cables in range(largest + 1):
        size = {"fibres": fibres, "splitters": len(group), "cables": num_cables + 1 + drops}
        if where.enclosure and number == 1:
            chosen = catalogue.enclosures[where.enclosure]
            fits = holds(chosen, **size)
        else:
            chosen, fits = pick_enclosure(draft.problem, kind, **size)
        if not fits:
            break
        costs[num_cables] = 0.0 if where.existing and number == 1 else installed_cost(catalogue, chosen)
    return costs


def add_frames(draft: Draft, office: int, sizes: Sequence[int]) -> list[str]:
    """Add the frames on which an office's feeder fibres end; give the frame of each group of fibres.

    Groups fill a frame one after the other; a group is not divided.
    """
    problem = draft.problem
    identity = problem.area.offices[int(problem.office_rows[office])].id
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == "odf" and row.allowed_in_design]
    largest = max(row.fibres for row in rows)
    frames: list[list[int]] = []
    for size in sizes:
        if not frames or sum(frames[-1]) + size > largest:
            frames.append([])
        frames[-1].append(size)
    names: list[str] = []
    for number, filled in enumerate(frames, start=1):
        row, _ = pick_enclosure(problem, "odf", fibres=sum(filled), splitters=0, cables=len(filled))
        name = f"{identity}-FRAME{number}"
        draft.add_node(name, "cabinet", int(problem.offices[office]), enclosure=row, site=identity)
        names += [name] * len(filled)
    return names


def _holds(decisions: Decisions, where: Place, group: Sequence[int], given: str | None) -> bool:
    """Say whether one enclosure, the given one if there is one, holds these splitters."""
    fibres, drops = _contents(decisions, group)
    size = {"fibres": fibres, "splitters": len(group), "cables": CABLES_OF_A_HOST + drops}
    if given:
        return holds(decisions.problem.catalogue.enclosures[given], **size)
    return pick_enclosure(decisions.problem, ENCLOSURE_OF[where.kind], **size)[1]


def _contents(decisions: Decisions, group: Sequence[int]) -> tuple[int, int]:
    """Give the fibres that end in an enclosure with these splitters, and the drops that begin in it."""
    problem = decisions.problem
    members = [member for index in group for member in decisions.splitters[index].members]
    junction = decisions.junction_of(group[0])
    return len(members) + len(group), sum(int(problem.access[member]) == junction for member in members)
