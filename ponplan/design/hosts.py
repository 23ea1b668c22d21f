"""Cabinets, boxes and frames: how many a place needs for its splitters, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.design.draft import holds, pick_enclosure
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.prices import installed_cost
from ponplan.optimise.fan import OVERFULL
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import Enclosure
    from ponplan.design.decisions import Decisions
    from ponplan.design.draft import Draft
    from ponplan.design.places import Place
    from ponplan.design.problem import PlanProblem

CABLES_OF_A_HOST = 6  # feeders and distribution cables that a cabinet is expected to have beside its own drops


def host_groups(draft: Draft, decisions: Decisions, place: int, members: Sequence[int]) -> list[list[int]]:
    """Share the splitters of one place out over as few enclosures as hold them.

    The first group goes into the enclosure that the area gives, and is empty when that holds not even one splitter.
    """
    where = decisions.places[place]
    groups: list[list[int]] = []
    left = list(members)
    while left:
        given = given_enclosure(decisions.problem, where) if not groups else None
        sizes = range(1, len(left) + 1)
        count = max(
            (n for n in sizes if _holds(draft, decisions, where, left[:n], given)), default=1 if given is None else 0
        )
        groups.append(left[:count])
        left = left[count:]
    return groups


def given_enclosure(problem: PlanProblem, where: Place) -> Enclosure | None:
    """Give the enclosure that the area names for a place, or what is left in the one that is kept there."""
    if where.node and problem.standing is not None:
        return problem.standing.left_in(where.node)
    return problem.catalogue.enclosures[where.enclosure] if where.enclosure else None


def host_id(place: Place, number: int) -> str:
    """Give the id of a place's first, second, ... enclosure."""
    if place.kind == "office":
        return f"{place.id}-ODF{number}{place.mark}"
    return f"{place.id}{place.mark}" if number == 1 else f"{place.id}/{number}{place.mark}"


def add_host(
    draft: Draft, decisions: Decisions, place: int, number: int, group: Sequence[int], num_cables: int
) -> str:
    """Add the enclosure of a group of splitters, with so many cables beside the drops that begin in it."""
    where = decisions.places[place]
    fibres, drops = _contents(decisions, group)
    chosen, fits = pick_enclosure(
        draft, ENCLOSURE_OF[where.kind], fibres=fibres, splitters=len(group), cables=num_cables + drops
    )
    given = given_enclosure(draft.problem, where) if number == 1 else None
    if given is not None:
        chosen = given
        fits = holds(chosen, fibres=fibres, splitters=len(group), cables=num_cables + drops)
    identity = where.node if where.node and number == 1 else _add_enclosure(draft, where, number, chosen)
    if not fits:
        kept = draft.problem.catalogue.enclosures[chosen.id].cables - chosen.cables
        value, limit = float(num_cables + drops + kept), float(chosen.cables + kept)
        draft.relaxed.append(Relaxed(rule="enclosure-capacity", subject=identity, value=value, limit=limit))
    return identity


def _add_enclosure(draft: Draft, where: Place, number: int, chosen: Enclosure) -> str:
    return draft.add_node(
        draft.fresh(host_id(where, number)),
        "cabinet" if where.kind == "office" else where.kind,
        where.junction,
        enclosure=chosen,
        name=where.name,
        site=where.id,
        state="existing" if where.existing and not where.node and number == 1 else "new",
    )


def host_costs(
    draft: Draft, decisions: Decisions, place: int, number: int, group: Sequence[int], *, num_feeders: int
) -> NDArray[np.float64]:
    """Give what the enclosure of a group of splitters costs when 0, 1, 2, ... distribution cables leave it."""
    where, catalogue = decisions.places[place], draft.problem.catalogue
    fibres, drops = _contents(decisions, group)
    given = given_enclosure(draft.problem, where) if number == 1 else None
    is_free = where.existing and number == 1
    largest = max(row.cables for row in catalogue.enclosures.values())
    costs = np.full(largest + 2, OVERFULL)
    boxes = draft.boxes_of(ENCLOSURE_OF[where.kind]) if given is None else [(given, installed_cost(catalogue, given))]
    filled = 0  # so many cables, and none, cost as much as is known by now
    for row, cost in boxes:
        if holds(row, fibres=fibres, splitters=len(group), cables=num_feeders + drops):
            room = row.cables - num_feeders - drops + 1
            costs[filled:room] = 0.0 if is_free else cost
            filled = max(filled, room)
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
    standing = _standing_frames(problem, int(problem.offices[office]))
    kept: list[str] = []
    for size in sizes:
        room = next((frame for frame in standing if frame[1] >= size and frame[2] >= 1), None)
        if room is not None and not frames:
            room[1], room[2] = room[1] - size, room[2] - 1
            kept.append(str(room[0]))
            continue
        if not frames or sum(frames[-1]) + size > largest:
            frames.append([])
        frames[-1].append(size)
    names = kept
    for number, filled in enumerate(frames, start=1):
        row, _ = pick_enclosure(draft, "odf", fibres=sum(filled), splitters=0, cables=len(filled))
        name = draft.fresh(f"{identity}-FRAME{number}")
        draft.add_node(name, "cabinet", int(problem.offices[office]), enclosure=row, site=identity)
        names += [name] * len(filled)
    return names


def _standing_frames(problem: PlanProblem, office: int) -> list[list[Any]]:
    """Give the kept frames of an office: node, fibres and cables that each has room for."""
    if problem.standing is None:
        return []
    plant, kinds = problem.standing.plant, problem.catalogue.enclosures
    junction = problem.graph.junction_ids[office]
    return [
        [node.id, plant.fibres_left(node.id), plant.cables_left(node.id)]
        for node in plant.index.nodes_at.get(junction, ())
        if node.enclosure in kinds and kinds[node.enclosure].kind == "odf"
    ]


def _holds(draft: Draft, decisions: Decisions, where: Place, group: Sequence[int], given: Enclosure | None) -> bool:
    """Say whether one enclosure, the given one if there is one, holds these splitters."""
    fibres, drops = _contents(decisions, group)
    expected = _least_cables(decisions, where, group) if where.node else CABLES_OF_A_HOST
    size = {"fibres": fibres, "splitters": len(group), "cables": expected + drops}
    if given is not None:
        return holds(given, **size)
    return pick_enclosure(draft, ENCLOSURE_OF[where.kind], **size)[1]


def _least_cables(decisions: Decisions, where: Place, group: Sequence[int]) -> int:
    """Give the cables of these splitters beside drops here: one to each side, feeders, those to further splitters.

    In a cabinet that stands, cables are strung so that no more leave it than it has room for.
    """
    tree, access = decisions.trunk.tree, decisions.problem.access
    sides = set()
    for index in group:
        for member in decisions.splitters[index].members:
            here, above = int(access[member]), -1
            while here != where.junction and here != tree.root:
                here, above = int(tree.parents[here]), here
            if here != where.junction:
                sides.add(tree.root)
            elif above >= 0:
                sides.add(above)
    feeders = 2 if any(decisions.feeders_of(index) for index in group) else 1
    return len(sides) + feeders + sum(len(decisions.fed.get(index, ())) for index in group)


def _contents(decisions: Decisions, group: Sequence[int]) -> tuple[int, int]:
    """Give the fibres that end in an enclosure with these splitters, and the drops that begin in it."""
    problem = decisions.problem
    members = [member for index in group for member in decisions.splitters[index].members]
    junction = decisions.junction_of(group[0])
    feeders = sum(2 if decisions.feeders_of(index) else 1 for index in group)
    feeders += sum(len(decisions.fed.get(index, ())) for index in group)
    return len(members) + feeders, sum(int(problem.access[member]) == junction for member in members)
