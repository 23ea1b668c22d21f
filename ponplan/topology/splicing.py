"""Where fibres are spliced and terminated, and how many each place holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Termination
    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Cable, Link
    from ponplan.topology.runs import Run


@dataclass(frozen=True, slots=True)
class Joint:
    """A splice between two cables at a known node; cables by their rows."""

    node: str
    before: int
    after: int


def link_ends(index: NetworkIndex, link: Link) -> tuple[Termination, Termination]:
    """Give the terminations at both ends of a link."""
    catalogue = index.network.catalogue
    start, end = index.splitters.get(link.from_device), index.splitters.get(link.to_device)
    rows = catalogue.terminations
    return (
        rows["olt"] if start is None else splitter_end(catalogue, start.type, "output"),
        rows["onu"] if end is None else splitter_end(catalogue, end.type, "input"),
    )


def splitter_end(catalogue: Catalogue, splitter_type: str, end: str) -> Termination:
    """Give how a splitter's input or output is joined to a fibre: taps are spliced in where the catalogue says so."""
    rows, kind = catalogue.terminations, catalogue.splitters.get(splitter_type)
    if kind is not None and kind.kind == "tap" and f"tap-{end}" in rows:
        return rows[f"tap-{end}"]
    return rows[f"splitter-{end}"]


def link_splices(index: NetworkIndex, link: Link) -> int:
    """Give the splices of a link: between its strands and at both ends."""
    start, end = link_ends(index, link)
    return max(0, len(link.strands) - 1) + start.splices + end.splices


def cable_joints(index: NetworkIndex, runs: Sequence[Run]) -> list[Joint]:
    """Give every splice between two cables that has a node to hold it."""
    cables = index.network.cables
    found = []
    for run in runs:
        for junction, before, after in zip(run.joints, run.pieces, run.pieces[1:], strict=False):
            node = splice_node(index, junction, cables[before.cable], cables[after.cable])
            if node:
                found.append(Joint(node, before.cable, after.cable))
    return found


def splice_node(index: NetworkIndex, junction: str, before: Cable, after: Cable) -> str:
    """Give the node that holds a splice: one where both cables end, else one where either does, else any."""
    here = [node.id for node in index.nodes_at.get(junction, ())]
    return node_between(here, {before.from_node, before.to_node}, {after.from_node, after.to_node})


def node_between(here: Sequence[str], ends: AbstractSet[str], next_ends: AbstractSet[str]) -> str:
    """Give which of the nodes at a junction holds a splice between cables that end at these nodes."""
    for wanted in (ends & next_ends, next_ends, ends):
        for node in here:
            if node in wanted:
                return node
    return here[0] if here else ""


def fibres_held(index: NetworkIndex, joints: Iterable[Joint]) -> Counter[str]:
    """Give the splices between cables and the fibre ends at splitters and frames, by node."""
    counts = Counter(joint.node for joint in joints)
    splitters, cables = index.splitters, index.cables
    for link in index.network.links:
        start, end = splitters.get(link.from_device), splitters.get(link.to_device)
        if start is not None:
            counts[start.node] += 1
        elif link.strands and link.strands[0][0] in cables:
            counts[frame_node(index, link, cables[link.strands[0][0]])] += 1
        if end is not None:
            counts[end.node] += 1
    return counts


def frame_node(index: NetworkIndex, link: Link, cable: Cable) -> str:
    """Give the node where a port's first cable begins: the frame that its fibre ends on."""
    office = index.device_junctions.get(link.from_device)
    node = index.nodes.get(cable.from_node)
    return cable.from_node if node is not None and node.junction == office else cable.to_node
