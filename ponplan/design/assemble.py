"""Put the network together: nodes, cables, splitters, ports, terminals and links from the decisions taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.build import add_bearer
from ponplan.design.bearer.needs import need_of
from ponplan.design.cascade import customer_legs, ports_customers, row_of
from ponplan.design.directlinks import add_direct, direct_ends
from ponplan.design.draft import Draft
from ponplan.design.fans import add_closures, add_distribution_fan, add_drops, add_mixed_fan, num_root_cables
from ponplan.design.hosts import add_frames, add_host, host_costs, host_groups
from ponplan.design.olts import install_olts
from ponplan.design.onus import pick_onus
from ponplan.design.onward import add_onward, chains_of, cut_at_taps, fans_of_feeders, fans_onward
from ponplan.design.standing.feeders import dark_feeders
from ponplan.design.stringing import string_links
from ponplan.topology.network import Link, Onu, Splitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.decisions import Decisions, Strand, TwinDecisions
    from ponplan.design.onward import Chain
    from ponplan.design.stringing import Strung

    FloatArray = NDArray[np.float64]
    DirectWays = tuple[dict[int, list[Strand]], dict[int, str]]  # strands, and nodes where drops begin


def assemble(decisions: Decisions, twins: TwinDecisions | None = None) -> Draft:
    """Give all records of the network that the decisions stand for."""
    draft = Draft(problem=decisions.problem)
    _add_offices(draft)
    plants = [(draft, decisions)]
    for side, mark in zip(twins.sides if twins else (), ("", "/2"), strict=False):
        plants.append((replace(draft, problem=side.problem, suffix=mark), side))
    strung = [_string_distribution(*plant) for plant in plants]
    feeder_ways, second_ways, last_ways, direct_ways = _string_feeders(plants, [hosts for hosts, _, _ in strung])
    port_of, second_port_of = _install(draft, decisions, twins, second_ways)
    for plant, (hosts, leg_ways, onward), ways, ports in zip(
        plants, strung, feeder_ways, _ports_by_plant(decisions, twins, port_of, second_port_of), strict=True
    ):
        legs = leg_ways | last_ways if plant[1] is decisions else leg_ways
        _add_devices(*plant, hosts, ports, ways | onward, legs, _roles(plant[1], twins))
    for index in second_ways:
        link = _link(draft, second_port_of[index], 1, draft.splitters[index].id, second_ways[index])
        draft.links.append(replace(link, role="protecting", to_port=2))
    if decisions.direct is not None:
        add_direct(draft, decisions.direct, *direct_ways)
        draft = replace(draft, problem=decisions.direct.ground.whole)
    if twins:
        draft = replace(draft, problem=twins.whole)
    add_bearer(draft)
    return draft


def _install(
    draft: Draft, decisions: Decisions, twins: TwinDecisions | None, second_ways: Mapping[int, Sequence[Strand]]
) -> tuple[list[str], dict[int, str]]:
    """Install the ports of all plants: those of twin splitters, by pairs, are numbered on from the first plant's."""
    planes, planned = list(decisions.planes), list(decisions.splitters)
    behind = [
        _need(decisions, s.plane, members) for s, members in zip(planned, ports_customers(planned), strict=True)
    ]
    pairs = {index: decisions.feeders_of(index) for index in second_ways}
    offices = {index: pair.protecting.office for index, pair in pairs.items() if pair is not None}
    for pair, working in enumerate(twins.working if twins else ()):
        assert twins is not None  # noqa: S101 - there is a pair
        one, other = (twins.sides[side].splitters[pair] for side in (working, 1 - working))
        offices[len(planned)] = other.office
        behind.append(_need(twins.sides[working], one.plane, one.members))
        planned.append(replace(one, plane=one.plane + len(decisions.planes)))
    planes += twins.sides[0].planes if twins else ()
    return install_olts(draft, planes, planned, offices, behind)


def _need(decisions: Decisions, plane: int, members: Sequence[int]) -> OltNeed:
    return need_of(decisions.problem, members, decisions.planes[plane].bearer)


def _ports_by_plant(
    decisions: Decisions, twins: TwinDecisions | None, port_of: Sequence[str], second_port_of: Mapping[int, str]
) -> list[list[str]]:
    """Give the port of each splitter of each plant."""
    count = len(decisions.splitters)
    ports = [list(port_of[:count])]
    for side in (0, 1) if twins else ():
        assert twins is not None  # noqa: S101 - there are sides
        ports.append(
            [
                port_of[count + pair] if working == side else second_port_of[count + pair]
                for pair, working in enumerate(twins.working)
            ]
        )
    return ports


def _roles(decisions: Decisions, twins: TwinDecisions | None) -> list[str]:
    """Give the role of each splitter of a plant."""
    for side, own in enumerate(twins.sides if twins else ()):
        if twins is not None and own is decisions:
            return ["working" if working == side else "protecting" for working in twins.working]
    return ["working"] * len(decisions.splitters)


def _add_offices(draft: Draft) -> None:
    problem = draft.problem
    for row, junction in zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True):
        office = problem.area.offices[row]
        draft.add_node(office.id, "office", junction, name=office.name)


def _string_distribution(
    draft: Draft, decisions: Decisions
) -> tuple[list[str], dict[int, list[Strand]], dict[int, list[Strand]]]:
    """Add cabinets, distribution cables from each, to other splitters too, and a drop to every customer.

    Gives each splitter's node, each customer's strands and those to splitters that others feed.
    """
    hosts = [""] * len(decisions.splitters)
    ways: dict[int, list[Strand]] = {}
    onward: list[tuple[str, Strung]] = []
    ends = {chain.customer for chain in chains_of(decisions).values()}
    at_place: dict[int, list[int]] = defaultdict(list)
    for index, splitter in enumerate(decisions.splitters):
        at_place[splitter.place].append(index)
    for place, splitters in sorted(at_place.items()):
        for number, group in enumerate(host_groups(draft, decisions, place, splitters), start=1):
            if not group:
                continue
            members = [member for index in group for member in decisions.splitters[index].members]
            members = [member for member in members if member not in ends]
            fans_below, num_below = fans_onward(decisions, group)
            feeders = len(set().union(*(_sources(decisions, index) for index in group))) + num_below
            costs = host_costs(draft, decisions, place, number, group, num_feeders=feeders)
            fans = _fans_to_customers(decisions, decisions.places[place].junction, members, costs)
            host = add_host(draft, decisions, place, number, group, num_root_cables(fans) + feeders)
            for index in group:
                hosts[index] = host
            onward += [(host, fan) for fan in fans_below]
            for fan in fans:
                ways |= add_distribution_fan(draft, fan, decisions.cables, host)
            here = [member for member in members if member not in ways]
            add_drops(draft, here, dict.fromkeys(here, host), ways)
    return hosts, ways, add_onward(draft, decisions, onward, hosts)


def _sources(decisions: Decisions, index: int) -> set[tuple[str, int]]:
    """Name the cables that bring a splitter its light: by the tree they follow and the junction where they begin."""
    planned, pair = decisions.splitters[index], decisions.feeders_of(index)
    if pair is not None:
        return {(f"ring {feeder.tree}", feeder.start) for feeder in (pair.working, pair.protecting)}
    if planned.above is None:
        office = int(decisions.problem.offices[planned.office])
        return {("tree", decisions.starts.get(index, office))}
    above = decisions.junction_of(planned.above)
    return set() if above == decisions.junction_of(index) else {("splitters", above)}


def _fans_to_customers(
    decisions: Decisions, root: int, members: Sequence[int], host_costs: FloatArray
) -> list[Strung]:
    problem, tree = decisions.problem, decisions.trunk.tree
    targets = problem.access[list(members)].tolist()
    return string_links(
        problem,
        tree,
        root,
        members,
        targets,
        decisions.cables,
        decisions.ground,
        ends_in_box=True,
        root_costs=host_costs,
    )


def _string_feeders(
    plants: Sequence[tuple[Draft, Decisions]], hosts: Sequence[Sequence[str]]
) -> tuple[list[dict[int, list[Strand]]], dict[int, list[Strand]], dict[int, list[Strand]], DirectWays]:
    """Add the feeder cables of every office.

    Gives the strands of each splitter's feeder, plant by plant, of the protecting ones of the first plant, those to
    customers at the end of a chain of taps, drop included, and those of direct fibres with the nodes at which their
    drops begin.
    """
    draft, first = plants[0]
    found: list[dict[int, list[Strand]]] = [{} for _ in plants]
    count = len(first.splitters)
    dark = dark_feeders(first, [first.junction_of(index) for index in range(count)])
    chains = chains_of(first)
    closures = _add_last_stops(draft, first, chains)
    last_ways: dict[int, list[Strand]] = {}
    found[0] |= {index: way for index, way in dark.items() if _is_fed_alone(first, chains, index)}
    direct: DirectWays = {}, {}
    for office, junction in enumerate(draft.problem.offices.tolist()):
        to_drops = direct_ends(first, office)
        inside = [link for link, end in to_drops.items() if end == junction]
        fans = [
            (number, fan)
            for number, (_, decisions) in enumerate(plants)
            for stems in _stems(decisions, office, found[number])
            for fan in stems
        ]
        frames = add_frames(draft, office, [*(len(fan.ways) for _, fan in fans), *(1 for _ in inside)])
        direct[1].update({link - 2 * count: frame for link, frame in zip(inside, frames[len(fans) :], strict=True)})
        for (number, fan), frame in zip(fans, frames, strict=False):
            own, decisions = plants[number]
            size = len(decisions.splitters)
            alone = {link: to_drops[link] for link in fan.ways if number == 0 and link in to_drops}
            ends = {
                link: (decisions.junction_of(link % size), hosts[number][link % size])
                for link in fan.ways
                if link not in alone
            }
            cut = {link: chain for link, chain in chains.items() if number == 0 and link in ends and chain.is_cut}
            ends |= {
                link: (c.end, hosts[0][c.splitters[-1]] if c.customer is None else closures[c.customer])
                for link, c in cut.items()
            }
            ways, begins = add_mixed_fan(own, fan, decisions.cables, frame, ends, alone)
            direct[0].update({link - 2 * count: ways.pop(link) for link in alone})
            direct[1].update({link - 2 * count: node for link, node in begins.items()})
            tapped, to_customers = cut_at_taps(decisions, fan, {link: ways.pop(link) for link in cut}, cut)
            found[number] |= ways | tapped
            last_ways |= to_customers
    second = {index: found[0].get(index + count, []) for index in range(count) if first.feeders_of(index)}
    by_plant = [
        {index: found[number].get(index, []) for index in range(len(decisions.splitters))}
        for number, (_, decisions) in enumerate(plants)
    ]
    add_drops(draft, list(closures), closures, last_ways)
    return by_plant, second, last_ways, direct


def _add_last_stops(draft: Draft, decisions: Decisions, chains: Mapping[int, Chain]) -> dict[int, str]:
    """Add the closures of the customers at whom chains of taps end, where the fibre meets the drop."""
    problem = decisions.problem
    return {
        chain.customer: add_closures(draft, int(problem.access[chain.customer]), 0, cables=1, drops=1)[0]
        for chain in chains.values()
        if chain.customer is not None
    }


def _is_fed_alone(decisions: Decisions, chains: Mapping[int, Chain], index: int) -> bool:
    """Say whether a single fibre from a port leads to a splitter and no farther."""
    is_on_port = decisions.splitters[index].above is None
    return is_on_port and not chains[index].is_cut and decisions.feeders_of(index) is None


def _stems(decisions: Decisions, office: int, found: Mapping[int, list[Strand]]) -> Iterator[list[Strung]]:
    """Give the feeders that leave an office: along the tree of all, then along both trees of protected ones.

    Feeders that are `found` already need no cable.

    Protecting feeders are numbered on from the number of splitters. Both ways of a splitter run over different trees,
    and so in different cables.
    """
    count = len(decisions.splitters)
    chains = chains_of(decisions)
    junctions = [chains[i].end if i in chains else decisions.junction_of(i) for i in range(count)]
    pairs = [decisions.feeders_of(index) for index in range(count)]
    alone = [
        index
        for index in range(count)
        if pairs[index] is None
        and not found.get(index)
        and decisions.splitters[index].above is None
        and decisions.splitters[index].office == office
    ]
    here = int(decisions.problem.offices[office])
    ends = {index: junctions[index] for index in alone}
    cabinets, direct = set(ends.values()), direct_ends(decisions, office)
    ends |= {link: end for link, end in direct.items() if end not in cabinets}
    for start in sorted({decisions.starts.get(index, here) for index in ends}):
        links = [index for index in ends if decisions.starts.get(index, here) == start]
        yield fans_of_feeders(decisions, decisions.trunk.tree, start, links, [ends[index] for index in links])
    # a cable ends in a cabinet or in a closure: beside cabinets direct fibres have cables of their own
    beside = {link: end for link, end in direct.items() if end in cabinets}
    yield fans_of_feeders(decisions, decisions.trunk.tree, here, list(beside), list(beside.values()))
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
        yield fans_of_feeders(decisions, decisions.rings.trees[tree], start, links, targets)


def _add_devices(
    draft: Draft,
    decisions: Decisions,
    hosts: Sequence[str],
    port_of: Sequence[str],
    feeder_ways: Mapping[int, Sequence[Strand]],
    leg_ways: Mapping[int, Sequence[Strand]],
    roles: Sequence[str],
) -> None:
    """Add splitters, terminals and the links between ports, splitters and terminals.

    The terminal of a fully protected customer is added with its first drop; what protects comes in at interface 2.
    """
    problem = draft.problem
    onu_types = pick_onus(problem)
    names = [planned.identity or draft.next_id("S") for planned in decisions.splitters]
    for index, planned in enumerate(decisions.splitters):
        technology = decisions.planes[planned.plane].technology.id
        splitter = names[index]
        draft.splitters.append(
            Splitter(
                id=splitter,
                node=hosts[index],
                type=planned.splitter.id,
                stage=len(row_of(decisions.splitters, index)),
                technology=technology,
                locked=bool(planned.identity),
            )
        )
        start = port_of[index] if planned.above is None else names[planned.above]
        feeder = _link(draft, start, planned.leg, splitter, feeder_ways[index])
        draft.links.append(replace(feeder, role=roles[index]))
        legs = customer_legs(decisions.splitters, index, decisions.fed)
        for leg, member in zip(legs, planned.members, strict=True):
            customer = problem.customers[int(problem.served[member])]
            onu = f"ONU-{customer.id}"
            if not draft.suffix:
                draft.onus.append(
                    Onu(
                        id=onu,
                        customer=customer.id,
                        node=f"P-{customer.id}",
                        type=onu_types[member],
                        technology=technology,
                    )
                )
            link = _link(draft, splitter, leg, onu, leg_ways[member])
            draft.links.append(replace(link, role=roles[index], to_port=1 if roles[index] == "working" else 2))


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


def joints_per_customer(decisions: Decisions, draft: Draft, *, first: int = 0) -> NDArray[np.int64]:
    """Give how many cable-to-cable splices each customer's light meets at most from OLT port to terminal.

    Parameters
    ----------
    first
        How many splitters the draft has before those of these decisions.
    """
    joints = np.zeros(len(decisions.problem.served), np.int64)
    met: dict[tuple[str, str], int] = {}
    feeders: dict[str, int] = {}
    splitters = {splitter.id for splitter in draft.splitters}
    for link in draft.links:
        count = max(len(link.strands) - 1, 0)
        if link.to_device in splitters:
            feeders[link.to_device] = max(count, feeders.get(link.to_device, 0))
        else:
            met[link.from_device, link.to_device] = count
    names = [splitter.id for splitter in draft.splitters[first:]]
    for index, planned in enumerate(decisions.splitters):
        before = sum(feeders[names[passed]] for passed in row_of(decisions.splitters, index))
        for member in planned.members:
            customer = decisions.problem.customers[int(decisions.problem.served[member])]
            joints[member] = before + met[names[index], f"ONU-{customer.id}"]
    return joints
