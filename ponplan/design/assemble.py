"""Put the network together: nodes, cables, splitters, ports, terminals and links from the decisions taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import Draft, pick_enclosure
from ponplan.design.olts import install_olts
from ponplan.design.onus import pick_onus
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.prices import cheapest_drop
from ponplan.design.stringing import Strung, string_links
from ponplan.topology.network import Link, Onu, Relaxed, Splitter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.splits import PlannedSplitter
    from ponplan.design.trench import Trunk

Strand = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What the optimiser has decided: where fibre may run, where splitters stand and whom each serves."""

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    trunk: Trunk
    splitters: Sequence[PlannedSplitter]
    cables: CablePrices
    joint_cost: float


def assemble(decisions: Decisions) -> Draft:
    """Give all records of the network that the decisions stand for."""
    draft = Draft(problem=decisions.problem)
    _add_offices(draft)
    hosts = _add_hosts(draft, decisions)
    feeder_ways = _string_feeders(draft, decisions, hosts)
    leg_ways = _string_distribution(draft, decisions, hosts)
    port_of = install_olts(draft, decisions.planes, decisions.splitters)
    _add_devices(draft, decisions, hosts, port_of, feeder_ways, leg_ways)
    return draft


def _add_offices(draft: Draft) -> None:
    problem = draft.problem
    for row, junction in zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True):
        office = problem.area.offices[row]
        draft.add_node(office.id, "office", junction, name=office.name)


def _add_hosts(draft: Draft, decisions: Decisions) -> list[str]:
    """Add the cabinet, box or frame of every splitter; give each splitter's node."""
    hosts = [""] * len(decisions.splitters)
    at_place: dict[int, list[int]] = defaultdict(list)
    for index, splitter in enumerate(decisions.splitters):
        at_place[splitter.place].append(index)
    for place, members in sorted(at_place.items()):
        for number, group in enumerate(_enclosure_groups(draft, decisions, place, members), start=1):
            identity = _host_id(decisions.places[place], number)
            for index in group:
                hosts[index] = identity
    return hosts


def _host_id(place: Place, number: int) -> str:
    base = f"{place.id}-ODF" if place.kind == "office" else place.id
    return f"{base}{number}" if place.kind == "office" else base if number == 1 else f"{base}/{number}"


def _enclosure_groups(draft: Draft, decisions: Decisions, place: int, members: list[int]) -> list[list[int]]:
    """Share the splitters of one place out over as few enclosures as hold them, and add those nodes."""
    where = decisions.places[place]
    kind = ENCLOSURE_OF[where.kind]
    groups: list[list[int]] = []
    left = members
    while left:
        count = next(
            (n for n in range(len(left), 0, -1) if _holds(draft, decisions, kind, left[:n])),
            1,
        )
        groups.append(left[:count])
        left = left[count:]
    for number, group in enumerate(groups, start=1):
        given = draft.problem.catalogue.enclosures[where.enclosure] if where.enclosure and number == 1 else None
        fibres, cables = _contents(draft, decisions, group)
        chosen, fits = pick_enclosure(draft.problem, kind, fibres=fibres, splitters=len(group), cables=cables)
        draft.add_node(
            _host_id(where, number),
            where.kind if where.kind != "office" else "cabinet",
            where.junction,
            enclosure=given or chosen,
            name=where.name,
            site=where.id,
            state="existing" if where.existing and number == 1 else "new",
        )
        if not fits:
            draft.relaxed.append(_overfull(_host_id(where, number), cables, chosen.cables))
    return groups


def _overfull(node: str, value: int, limit: int) -> Relaxed:
    return Relaxed(rule="enclosure-capacity", subject=node, value=float(value), limit=float(limit))


def _holds(draft: Draft, decisions: Decisions, kind: str, group: Sequence[int]) -> bool:
    fibres, cables = _contents(draft, decisions, group)
    return pick_enclosure(draft.problem, kind, fibres=fibres, splitters=len(group), cables=cables)[1]


def _contents(draft: Draft, decisions: Decisions, group: Sequence[int]) -> tuple[int, int]:
    """Give the fibres that end in an enclosure with these splitters, and the cables that enter it at most."""
    problem = draft.problem
    splitters = [decisions.splitters[index] for index in group]
    junction = decisions.places[splitters[0].place].junction
    members = [member for splitter in splitters for member in splitter.members]
    drops = sum(int(problem.access[member]) == junction for member in members)
    trunks = min(len(members) - drops, 2 + (len(members) - drops) // int(decisions.cables.usable[-1]))
    return len(members) + len(splitters), drops + trunks + 1


def _string_feeders(draft: Draft, decisions: Decisions, hosts: Sequence[str]) -> dict[int, list[Strand]]:
    """Lay the feeder cables of every office; give the strands of each splitter's feeder."""
    problem = draft.problem
    ways: dict[int, list[Strand]] = {index: [] for index in range(len(decisions.splitters))}
    for office, root in enumerate(problem.offices.tolist()):
        fed = [index for index, splitter in enumerate(decisions.splitters) if splitter.office == office]
        targets = [decisions.places[decisions.splitters[index].place].junction for index in fed]
        strung = string_links(
            problem, decisions.trunk.tree, root, fed, targets, decisions.cables, joint_cost=decisions.joint_cost
        )
        frames = _add_frames(draft, office, len(fed))
        for group in strung:
            ends = {index: hosts[index] for index in group.ways}
            _add_strung(draft, decisions, group, "feeder", frames[0], ends, ways)
    return ways


def _add_frames(draft: Draft, office: int, num_feeders: int) -> list[str]:
    """Add the frames on which an office's feeder fibres end, and give their ids."""
    problem = draft.problem
    if not num_feeders:
        return []
    identity = problem.area.offices[int(problem.office_rows[office])].id
    frames: list[str] = []
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == "odf" and row.allowed_in_design]
    largest = max(row.fibres for row in rows)
    while num_feeders > 0:
        row, _ = pick_enclosure(problem, "odf", fibres=min(num_feeders, largest), splitters=0, cables=1)
        name = f"{identity}-FRAME{len(frames) + 1}"
        frames.append(draft.add_node(name, "cabinet", int(problem.offices[office]), enclosure=row, site=identity))
        num_feeders -= row.fibres
    return frames


def _string_distribution(draft: Draft, decisions: Decisions, hosts: Sequence[str]) -> dict[int, list[Strand]]:
    """Lay distribution cables from every cabinet and a drop to every customer; give each customer's strands."""
    problem = draft.problem
    ways: dict[int, list[Strand]] = {}
    served_by: dict[str, list[int]] = defaultdict(list)
    root_of: dict[str, int] = {}
    for index, splitter in enumerate(decisions.splitters):
        served_by[hosts[index]] += splitter.members
        root_of[hosts[index]] = decisions.places[splitter.place].junction
    for host, members in served_by.items():
        ways |= {member: [] for member in members}
        targets = problem.access[members].tolist()
        root = root_of[host]
        strung = string_links(
            problem, decisions.trunk.tree, root, members, targets, decisions.cables, joint_cost=decisions.joint_cost
        )
        near = [member for member, target in zip(members, targets, strict=True) if target == root]
        _add_drops(draft, near, dict.fromkeys(near, host), ways)
        for group in strung:
            closures = _add_strung(draft, decisions, group, "distribution", host, {}, ways)
            ends = {member: closures[int(problem.access[member])] for member in group.ways}
            _add_drops(draft, list(group.ways), ends, ways)
    return ways


def _add_strung(
    draft: Draft,
    decisions: Decisions,
    strung: Strung,
    role: str,
    root_node: str,
    ends: dict[int, str],
    ways: dict[int, list[Strand]],
) -> dict[int, str]:
    """Add a fan of cables with the closures where they are joined; give the closure at each junction.

    `ends` names the nodes where links end (splitters' cabinets); where it is silent, a link goes on into a drop at a
    closure. `ways` receives every link's strands.
    """
    closures = _add_closures(draft, strung, drops=() if ends else tuple(strung.ways))
    end_at = {decisions.places[decisions.splitters[link].place].junction: node for link, node in ends.items()}
    names = []
    for cable in strung.cables:
        first, last = cable.junctions[0], cable.junctions[-1]
        begin = root_node if first == strung.cables[0].junctions[0] else closures[first]
        end = end_at.get(last) or closures[last]
        identity = draft.next_id("F" if role == "feeder" else "D")
        cable_type = decisions.cables.types[cable.type_index].id
        names.append(draft.add_cable(role, cable_type, begin, end, cable.edges, identity))
    for link, way in strung.ways.items():
        ways[link] += [(names[index], fibre) for index, fibre in way]
    return closures


def _add_closures(draft: Draft, strung: Strung, *, drops: Sequence[int]) -> dict[int, str]:
    """Add a closure at every junction where this fan's fibres are spliced."""
    problem = draft.problem
    root = strung.cables[0].junctions[0]
    splices: dict[int, int] = defaultdict(int)
    touching: dict[int, int] = defaultdict(int)
    for cable in strung.cables:
        if cable.junctions[0] != root:
            splices[cable.junctions[0]] += len(cable.links)
        for junction in cable.junctions[1:-1]:
            touching[junction] += 1
        touching[cable.junctions[0]] += 1
        touching[cable.junctions[-1]] += 1
    for member in drops:
        junction = int(problem.access[member])
        splices[junction] += 1
        touching[junction] += 1
    return {
        junction: _add_closure(draft, junction, splices[junction], touching[junction]) for junction in sorted(splices)
    }


def _add_closure(draft: Draft, junction: int, splices: int, cables: int) -> str:
    problem = draft.problem
    is_room = junction in draft.rooms
    kind = "room-box" if is_room else "closure"
    chosen, fits = pick_enclosure(problem, kind, fibres=splices, splitters=0, cables=cables)
    identity = draft.next_id("K")
    if not fits:
        draft.relaxed.append(_overfull(identity, max(splices, cables), chosen.cables))
    return draft.add_node(identity, "room" if is_room else "closure", junction, enclosure=chosen)


def _add_drops(draft: Draft, members: Sequence[int], ends: dict[int, str], ways: dict[int, list[Strand]]) -> None:
    """Add each customer's drop cable from the node where it begins to the premises."""
    problem = draft.problem
    cable_type = cheapest_drop(problem.catalogue).id
    for member in members:
        customer = problem.customers[int(problem.served[member])]
        premises = draft.add_node(f"P-{customer.id}", "premises", int(problem.premises[member]), name=customer.name)
        identity = f"W-{customer.id}"
        draft.add_cable("drop", cable_type, ends[member], premises, [int(problem.drop_edges[member])], identity)
        ways[member].append((identity, 1))


def _add_devices(
    draft: Draft,
    decisions: Decisions,
    hosts: Sequence[str],
    port_of: Sequence[str],
    feeder_ways: dict[int, list[Strand]],
    leg_ways: dict[int, list[Strand]],
) -> None:
    """Add splitters, terminals and the links between ports, splitters and terminals."""
    problem = draft.problem
    onu_types = pick_onus(problem)
    for index, planned in enumerate(decisions.splitters):
        technology = decisions.planes[planned.plane].technology.id
        splitter = f"S{index + 1:05d}"
        draft.splitters.append(
            Splitter(id=splitter, node=hosts[index], type=planned.splitter.id, stage=1, technology=technology)
        )
        draft.links.append(_link(draft, port_of[index], 1, splitter, feeder_ways[index]))
        for leg, member in enumerate(planned.members, start=1):
            customer = problem.customers[int(problem.served[member])]
            onu = f"ONU-{customer.id}"
            draft.onus.append(
                Onu(
                    id=onu,
                    customer=customer.id,
                    node=f"P-{customer.id}",
                    type=onu_types[member],
                    technology=technology,
                )
            )
            draft.links.append(_link(draft, splitter, leg, onu, leg_ways[member]))


def _link(draft: Draft, source: str, port: int, target: str, strands: Sequence[Strand]) -> Link:
    return Link(
        id=f"L{len(draft.links) + 1:06d}",
        role="working",
        from_device=source,
        from_port=port,
        to_device=target,
        to_port=1,
        strands=tuple(strands),
    )


def joints_per_customer(decisions: Decisions, draft: Draft) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give how many cable-to-cable splices each customer's light meets from OLT port to terminal."""
    joints = np.zeros(len(decisions.problem.served), np.int64)
    link = iter(draft.links)
    for planned in decisions.splitters:
        feeder = max(len(next(link).strands) - 1, 0)
        for member in planned.members:
            joints[member] = feeder + max(len(next(link).strands) - 1, 0)
    return joints
