"""Room in kept closures and room boxes for the splices and drops of new cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.design.draft import Draft


def kept_box(draft: Draft, junction: int, *, fibres: int, cables: int, inside: int = -1) -> str:
    """Give the kept closure at a junction that takes so much more, and take the room; empty if there is none.

    A room box is taken only where the draft sets up no splitters, which might want the same room.

    Parameters
    ----------
    inside
        Row of a kept cable that is opened there too, and counts as one more where it is not in the box yet.
    """
    standing = draft.problem.standing
    if standing is None:
        return ""
    plant, kinds = standing.plant, ("closure", "room") if draft.is_without_hosts else ("closure",)
    for node in plant.index.nodes_at.get(draft.problem.graph.junction_ids[junction], ()):
        if node.kind not in kinds or not node.enclosure:
            continue
        there = draft.entered.get(node.id, (0, 0))
        opened = int(inside >= 0 and inside not in plant.node_cables.get(node.id, ()))
        more = (there[0] + fibres, there[1] + cables + opened)
        left = standing.left_in(node.id)
        if left.fibres >= more[0] and left.cables >= more[1]:
            draft.entered[node.id] = more
            return node.id
    return ""
