"""Put the network together: nodes, cables, splitters, ports, terminals and links from the decisions taken."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import Draft
from ponplan.design.fans import add_distribution_fan, add_drops, add_feeder_fan, num_root_cables
from ponplan.design.hosts import add_frames, add_host, host_groups
from ponplan.design.olts import install_olts
from ponplan.design.onus import pick_onus
from ponplan.design.standing.feeders import dark_feeders
from ponplan.design.stringing import string_links
from ponplan.topology.network import Link, Onu, Splitter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions, Strand
    from ponplan.design.stringing import Strung


def assemble(decisions: Decisions) -> Draft:
    """Give all records of the network that the decisions stand for."""
    draft = Draft(problem=decisions.problem)
    _add_offices(draft)
    hosts, leg_ways = _string_distribution(draft, decisions)
    feeder_ways = _string_feeders(draft, decisions, hosts)
    port_of = install_olts(draft, decisions.planes, decisions.splitters)
    _add_devices(draft, decisions, hosts, port_of, feeder_ways, leg_ways)
    return draft


def _add_offices(draft: Draft) -> None:
    problem = draft.problem
    for row, junction in zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True):
        office = problem.area.offices[row]
        draft.add_node(office.id, "office", junction, name=office.name)


def _string_distribution(draft: Draft, decisions: Decisions) -> tuple[list[str], dict[int, list[Strand]]]:
    """Add cabinets, distribution cables from each and a drop to every customer.

    Gives each splitter's node and each customer's strands.
    """
    hosts = [""] * len(decisions.splitters)
    ways: dict[int, list[Strand]] = {}
    at_place: dict[int, list[int]] = defaultdict(list)
    for index, splitter in enumerate(decisions.splitters):
        at_place[splitter.place].append(index)
    for place, splitters in sorted(at_place.items()):
        for number, group in enumerate(host_groups(decisions, place, splitters), start=1):
            if not group:
                continue
            members = [member for index in group for member in decisions.splitters[index].members]
            fans = _fans_to_customers(decisions, decisions.places[place].junction, members)
            host = add_host(draft, decisions, place, number, group, num_root_cables(fans) + 1)
            for index in group:
                hosts[index] = host
            for fan in fans:
                ways |= add_distribution_fan(draft, fan, decisions.cables, host)
            here = [member for member in members if member not in ways]
            add_drops(draft, here, dict.fromkeys(here, host), ways)
    return hosts, ways


def _fans_to_customers(decisions: Decisions, root: int, members: Sequence[int]) -> list[Strung]:
    targets = decisions.problem.access[list(members)].tolist()
    return _fans(decisions, root, members, targets)


def _fans(decisions: Decisions, root: int, links: Sequence[int], targets: Sequence[int]) -> list[Strung]:
    tree = decisions.trunk.tree
    return string_links(
        decisions.problem, tree, root, links, targets, decisions.cables, joint_cost=decisions.joint_cost
    )


def _string_feeders(draft: Draft, decisions: Decisions, hosts: Sequence[str]) -> dict[int, list[Strand]]:
    """Add the feeder cables of every office; give the strands of each splitter's feeder."""
    ways: dict[int, list[Strand]] = {index: [] for index in range(len(decisions.splitters))}
    ways |= dark_feeders(decisions, [decisions.junction_of(index) for index in ways])
    for office, root in enumerate(draft.problem.offices.tolist()):
        fed = [
            index
            for index, splitter in enumerate(decisions.splitters)
            if splitter.office == office and not ways[index]
        ]
        fans = _fans(decisions, root, fed, [decisions.junction_of(index) for index in fed])
        frames = add_frames(draft, office, [len(fan.ways) for fan in fans])
        for fan, frame in zip(fans, frames, strict=True):
            ends = {index: (decisions.junction_of(index), hosts[index]) for index in fan.ways}
            ways |= add_feeder_fan(draft, fan, decisions.cables, frame, ends)
    return ways


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
        splitter = draft.next_id("S")
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
        id=draft.next_id("L", digits=6),
        role="working",
        from_device=source,
        from_port=port,
        to_device=target,
        to_port=1,
        strands=tuple(strands),
    )


def joints_per_customer(decisions: Decisions, draft: Draft) -> NDArray[np.int64]:
    """Give how many cable-to-cable splices each customer's light meets from OLT port to terminal."""
    joints = np.zeros(len(decisions.problem.served), np.int64)
    link = iter(draft.links)
    for planned in decisions.splitters:
        feeder = max(len(next(link).strands) - 1, 0)
        for member in planned.members:
            joints[member] = feeder + max(len(next(link).strands) - 1, 0)
    return joints
