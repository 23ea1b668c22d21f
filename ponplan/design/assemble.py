"""Put the network together: nodes, cables, splitters, ports, terminals and links from the decisions taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.build import add_bearer
from ponplan.design.draft import Draft
from ponplan.design.fans import add_distribution_fan, add_drops, add_feeder_fan, num_root_cables
from ponplan.design.hosts import add_frames, add_host, host_costs, host_groups
from ponplan.design.olts import install_olts
from ponplan.design.onus import pick_onus
from ponplan.design.standing.feeders import dark_feeders
from ponplan.design.stringing import string_links
from ponplan.topology.network import Link, Onu, Splitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions, Strand
    from ponplan.design.stringing import Strung
    from ponplan.design.tree import RootedTree

    FloatArray = NDArray[np.float64]


def assemble(decisions: Decisions) -> Draft:
    """Give all records of the network that the decisions stand for."""
    draft = Draft(problem=decisions.problem)
    _add_offices(draft)
    hosts, leg_ways = _string_distribution(draft, decisions)
    feeder_ways, second_ways = _string_feeders(draft, decisions, hosts)
    pairs = {index: decisions.feeders_of(index) for index in second_ways}
    offices = {index: pair.protecting.office for index, pair in pairs.items() if pair is not None}
    port_of, second_port_of = install_olts(draft, decisions.planes, decisions.splitters, offices)
    _add_devices(draft, decisions, hosts, port_of, feeder_ways, leg_ways)
    for index, port in second_port_of.items():
        link = _link(draft, port, 1, f"S{index + 1:05d}", second_ways[index])
        draft.links.append(replace(link, role="protecting", to_port=2))
    add_bearer(draft)
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
            feeders = 2 if any(decisions.feeders_of(index) for index in group) else 1
            costs = host_costs(draft, decisions, place, number, group, num_feeders=feeders)
            fans = _fans_to_customers(decisions, decisions.places[place].junction, members, costs)
            host = add_host(draft, decisions, place, number, group, num_root_cables(fans) + feeders)
            for index in group:
                hosts[index] = host
            for fan in fans:
                ways |= add_distribution_fan(draft, fan, decisions.cables, host)
            here = [member for member in members if member not in ways]
            add_drops(draft, here, dict.fromkeys(here, host), ways)
    return hosts, ways


def _fans_to_customers(
    decisions: Decisions, root: int, members: Sequence[int], host_costs: FloatArray
) -> list[Strung]:
    problem, tree = decisions.problem, decisions.trunk.tree
    targets = problem.access[list(members)].tolist()
    return string_links(
        problem, tree, root, members, targets, decisions.joints, ends_in_box=True, root_costs=host_costs
    )


def _fans_of_feeders(
    decisions: Decisions, tree: RootedTree, root: int, links: Sequence[int], targets: Sequence[int]
) -> list[Strung]:
    return string_links(
        decisions.problem, tree, root, links, targets, decisions.joints, ends_in_box=False, root_costs=np.zeros(1)
    )


def _string_feeders(
    draft: Draft, decisions: Decisions, hosts: Sequence[str]
) -> tuple[dict[int, list[Strand]], dict[int, list[Strand]]]:
    """Add the feeder cables of every office; give the strands of each splitter's feeder and of its protecting one."""
    count = len(decisions.splitters)
    ways: dict[int, list[Strand]] = {index: [] for index in range(2 * count)}
    dark = dark_feeders(decisions, [decisions.junction_of(index) for index in range(count)])
    ways |= {index: way for index, way in dark.items() if decisions.feeders_of(index) is None}
    for office in range(len(draft.problem.offices)):
        fans = [fan for stems in _stems(decisions, office, ways) for fan in stems]
        frames = add_frames(draft, office, [len(fan.ways) for fan in fans])
        for fan, frame in zip(fans, frames, strict=True):
            ends = {link: (decisions.junction_of(link % count), hosts[link % count]) for link in fan.ways}
            ways |= add_feeder_fan(draft, fan, decisions.cables, frame, ends)
    second = {index: ways[index + count] for index in range(count) if decisions.feeders_of(index)}
    return {index: ways[index] for index in range(count)}, second


def _stems(decisions: Decisions, office: int, found: Mapping[int, list[Strand]]) -> Iterator[list[Strung]]:
    """Give the feeders that leave an office: along the tree of all, then along both trees of protected ones.

    Feeders that are `found` already need no cable.

    Protecting feeders are numbered on from the number of splitters. Both ways of a splitter run over different trees,
    and so in different cables.
    """
    count = len(decisions.splitters)
    junctions = [decisions.junction_of(index) for index in range(count)]
    pairs = [decisions.feeders_of(index) for index in range(count)]
    alone = [
        index
        for index in range(count)
        if pairs[index] is None and not found[index] and decisions.splitters[index].office == office
    ]
    root = int(decisions.problem.offices[office])
    yield _fans_of_feeders(decisions, decisions.trunk.tree, root, alone, [junctions[index] for index in alone])
    feeders = [
        (feeder, link)
        for index, pair in enumerate(pairs)
        if pair is not None
        for feeder, link in ((pair.working, index), (pair.protecting, index + count))
        if feeder.office == office
    ]
    for tree, start in sorted({(feeder.tree, feeder.start) for feeder, _ in feeders}):
        links = [link for feeder, link in feeders if (feeder.tree, feeder.start) == (tree, start)]
        assert decisions.rings is not None  # noqa: S101 - there are feeders
        targets = [junctions[link % count] for link in links]
        yield _fans_of_feeders(decisions, decisions.rings.trees[tree], start, links, targets)


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
        splitter = planned.identity or draft.next_id("S")
        draft.splitters.append(
            Splitter(
                id=splitter,
                node=hosts[index],
                type=planned.splitter.id,
                stage=1,
                technology=technology,
                locked=bool(planned.identity),
            )
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
    """Give how many cable-to-cable splices each customer's light meets at most from OLT port to terminal."""
    joints = np.zeros(len(decisions.problem.served), np.int64)
    feeders = np.zeros(len(decisions.splitters), np.int64)
    legs: dict[str, int] = {}
    number = {f"S{index + 1:05d}": index for index in range(len(decisions.splitters))}
    for link in draft.links:
        met = max(len(link.strands) - 1, 0)
        if link.to_device in number:
            feeders[number[link.to_device]] = max(met, feeders[number[link.to_device]])
        else:
            legs[link.to_device] = met
    for index, planned in enumerate(decisions.splitters):
        for member in planned.members:
            customer = decisions.problem.customers[int(decisions.problem.served[member])]
            joints[member] = feeders[index] + legs[f"ONU-{customer.id}"]
    return joints
