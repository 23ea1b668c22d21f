"""Feeders over dark fibres of kept cables, where they lead from the office to a new splitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.standing.dark import DarkFibres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.decisions import Decisions, Strand


def dark_feeders(decisions: Decisions, junctions: Sequence[int]) -> dict[int, list[Strand]]:
    """Give the dark way to each splitter that has one, from the frames of its office.

    Parameters
    ----------
    junctions
        (splitters,) where each stands.
    """
    problem = decisions.problem
    standing = problem.standing
    if standing is None:
        return {}
    dark, ways = DarkFibres(standing), {}
    plant, names = standing.plant, problem.graph.junction_ids
    offices = {office.id: office for office in plant.offices}
    for index, splitter in enumerate(decisions.splitters):
        row = int(problem.office_rows[splitter.office])
        office = offices.get(problem.area.offices[row].id)
        if office is None or names[junctions[index]] == office.junction:
            continue
        way = dark.way_to(plant.frames_at(office), names[junctions[index]])
        if way is not None:
            ways[index] = way
    return ways
