"""Cables that fan out from a frame or a cabinet, the closures where they are joined, and the drops behind them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.draft import pick_enclosure
from ponplan.design.prices import cheapest_drop
from ponplan.design.standing.boxes import kept_box
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from ponplan.design.cabling import LaidCable
    from ponplan.design.decisions import Strand
    from ponplan.design.draft import Draft
    from ponplan.design.prices import CablePrices
    from ponplan.design.stringing import Strung


def add_feeder_fan(
    draft: Draft,
    strung: Strung,
    cables: CablePrices,
    frame: str,
    hosts: Mapping[int, tuple[int, str]],
    *,
    role: str = "feeder",
) -> dict[int, list[Strand]]:
    """Add cables from a frame, or from a cabinet, to the splitters' cabinets; give the strands of each link.

    Parameters
    ----------
    hosts
        Of each link: the junction where its splitter stands, and the cabinet's node.
    role
        Feeder from a frame, distribution from one splitter to another.
    """
    return add_mixed_fan(draft, strung, cables, frame, hosts, {}, role=role)[0]


def add_mixed_fan(
    draft: Draft,
    strung: Strung,
    cables: CablePrices,
    frame: str,
    hosts: Mapping[int, tuple[int, str]],
    to_drops: Mapping[int, int],
    *,
    role: str = "feeder",
) -> tuple[dict[int, list[Strand]], dict[int, str]]:
    """Add cables to splitters' cabinets and to drops; give the strands of each link, and where each drop begins.

    Parameters
    ----------
    hosts, role
        As `add_feeder_fan` takes them.
    to_drops
        Of each link that goes on over a drop: the junction where that begins.
    """
    drops_at: dict[int, list[int]] = defaultdict(list)
    for link, junction in to_drops.items():
        drops_at[junction].append(link)
    joints, touching = _joints(strung), _touching(strung)
    closures: dict[int, str] = {}
    begins: dict[int, str] = {}
    for junction in sorted(joints.keys() | drops_at.keys()):
        splices, links = joints[junction][0] if junction in joints else 0, drops_at.get(junction, [])
        boxes = add_closures(draft, junction, splices, cables=len(touching[junction]), drops=len(links))
        closures[junction] = boxes[0]
        begins |= {link: boxes[place * len(boxes) // len(links)] for place, link in enumerate(links)}
    return _add_cables(draft, strung, cables, role, frame, closures, dict(hosts.values())), begins


def add_distribution_fan(draft: Draft, strung: Strung, cables: CablePrices, host: str) -> dict[int, list[Strand]]:
    """Add distribution cables from a cabinet, closures along them and a drop to every customer; give all strands."""
    ends = {member: int(draft.problem.access[member]) for member in strung.ways}
    ways, begins = add_mixed_fan(draft, strung, cables, host, {}, ends, role="distribution")
    add_drops(draft, list(strung.ways), begins, ways)
    return ways


def add_drops(
    draft: Draft,
    members: Sequence[int],
    begins: Mapping[int, str],
    ways: MutableMapping[int, list[Strand]],
) -> None:
    """Add each customer's premises and drop cable from the node where it begins; lengthen the links' ways by it."""
    problem = draft.problem
    cable_type = cheapest_drop(problem.catalogue).id
    for member in members:
        customer = problem.customers[int(problem.served[member])]
        premises, identity = f"P-{customer.id}", f"W-{customer.id}{draft.suffix}"
        if not draft.suffix:
            draft.add_node(premises, "premises", int(problem.premises[member]), name=customer.name)
        draft.add_cable("drop", cable_type, begins[member], premises, [int(problem.drop_edges[member])], identity)
        ways.setdefault(member, []).append((identity, 1))


def _add_cables(
    draft: Draft,
    strung: Strung,
    cables: CablePrices,
    role: str,
    root_node: str,
    closures: Mapping[int, str],
    ends: Mapping[int, str],
) -> dict[int, list[Strand]]:
    """Add the cables of a fan; those that end where `ends` names a node end there, else at the closure."""
    root = _root(strung)
    names = []
    for cable in strung.cables:
        first, last = cable.junctions[0], cable.junctions[-1]
        begin = root_node if first == root else closures[first]
        end = ends.get(last) or closures[last]
        identity = draft.next_id("F" if role == "feeder" else "D")
        names.append(draft.add_cable(role, cables.types[cable.type_index].id, begin, end, cable.edges, identity))
    return {link: [(names[index], fibre) for index, fibre in way] for link, way in strung.ways.items()}


def _root(strung: Strung) -> int:
    return strung.cables[0].junctions[0]


def _joints(strung: Strung) -> dict[int, tuple[int, set[int]]]:
    """Give each junction where a cable begins behind another: splices between them, and the cables there."""
    root, touching = _root(strung), _touching(strung)
    splices: dict[int, int] = defaultdict(int)
    for cable in strung.cables:
        if cable.junctions[0] != root:
            splices[cable.junctions[0]] += len(cable.links)
    return {junction: (count, touching[junction]) for junction, count in sorted(splices.items())}


def _touching(strung: Strung) -> dict[int, set[int]]:
    """Give the cables that pass or end at each junction."""
    touching: dict[int, set[int]] = defaultdict(set)
    for index, cable in enumerate(strung.cables):
        for junction in cable.junctions:
            touching[junction].add(index)
    return touching


def num_root_cables(strung: Sequence[Strung]) -> int:
    """Give how many cables leave the root of these fans."""
    return sum(_leaves_root(cable, group) for group in strung for cable in group.cables)


def _leaves_root(cable: LaidCable, strung: Strung) -> bool:
    return cable.junctions[0] == _root(strung)


def add_closures(draft: Draft, junction: int, splices: int, *, cables: int, drops: int) -> list[str]:
    """Give a kept closure with room, or add as many as hold the splices between cables and those of the drops.

    All joints between cables are in the first one; the drops are shared out over all, each of which opens the cables.
    """
    kept = kept_box(draft, junction, fibres=splices + drops, cables=cables + drops)
    if kept:
        return [kept]
    kind = "room-box" if junction in draft.rooms else "closure"
    for count in range(1, max(drops, 1) + 1):
        share = -(-drops // count)
        size = {"fibres": splices + share, "splitters": 0, "cables": cables + share}
        chosen, fits = pick_enclosure(draft, kind, **size)
        if fits:
            break
    node_kind = "room" if kind == "room-box" else "closure"
    site = draft.rooms.get(junction, "")
    nodes = [
        draft.add_node(draft.next_id("K"), node_kind, junction, enclosure=chosen, site=site) for _ in range(count)
    ]
    if not fits:
        value, limit = max(
            (size["fibres"], chosen.fibres), (size["cables"], chosen.cables), key=lambda v: v[0] / v[1]
        )
        draft.relaxed.append(Relaxed(rule="enclosure-capacity", subject=nodes[0], value=value, limit=limit))
    return nodes
