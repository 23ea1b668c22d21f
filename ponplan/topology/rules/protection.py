"""Rules of protection: what was promised is there, and working and protecting paths have nothing in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.splicing import splice_node
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.topology.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPair:
    """The links of a working path and of its protecting path, where they are meant to be apart.

    `subject` is the splitter where a doubled trunk comes together, or the customer of a doubled path.
    """

    subject: str
    working: tuple[int, ...]  # rows of links
    protecting: tuple[int, ...]


def promise_broken(survey: Survey) -> Iterator[Finding]:
    """Find customers with promised protection whose terminal has no protecting path of that kind."""
    promised = {customer.id: customer for customer in survey.network.customers if customer.protection != "none"}
    for onu, ways in _ways_by_onu(survey).items():
        customer = promised.get(survey.network.onus[onu].customer)
        if customer is None or customer.unserved:
            continue
        full = customer.protection == "full"
        pairs = [
            (working, other) for working, is_working in ways if is_working for other, _ in ways if other != working
        ]
        if not any(_is_of_kind(working, other, full=full) for working, other in pairs):
            what = "two paths all the way" if full else "a second feeder"
            message = f"customer {customer.id} is promised {customer.protection} protection, but does not have {what}"
            yield Finding(subject=customer.id, message=message)


def shared(survey: Survey, *, what: str) -> Iterator[Finding]:
    """Find pairs of paths that share one kind of thing: a fibre, cable, duct, trench, node or risk."""
    for pair in path_pairs(survey):
        common = _things(survey, pair.working, what) & _things(survey, pair.protecting, what)
        if common:
            names = ", ".join(sorted(common)[:5]) + (", ..." if len(common) > 5 else "")
            message = f"working and protecting path of {pair.subject} share {len(common)} {what}(s): {names}"
            yield Finding(subject=pair.subject, value=len(common), limit=0, message=message)


def path_pairs(survey: Survey) -> list[PathPair]:
    """Give every pair of working and protecting path that must be apart, each once."""
    network = survey.network
    kinds = {customer.id: customer.protection for customer in network.customers}
    pairs: dict[PathPair, None] = {}
    for onu, ways in _ways_by_onu(survey).items():
        customer = network.onus[onu].customer
        for working in (links for links, is_working in ways if is_working):
            for other in (links for links, is_working in ways if not is_working):
                if kinds.get(customer) == "full" and _is_of_kind(working, other, full=True):
                    pairs[PathPair(subject=customer, working=working, protecting=other)] = None
                elif _is_of_kind(working, other, full=False):
                    pairs[_trunk_pair(survey, working, other)] = None
    return list(pairs)


def _trunk_pair(survey: Survey, working: Sequence[int], other: Sequence[int]) -> PathPair:
    """Cut off the links behind the splitter where both paths come together."""
    common, most = 0, min(len(working), len(other)) - 1
    while common < most and working[-1 - common] == other[-1 - common]:
        common += 1
    apart, apart_too = tuple(working[: len(working) - common]), tuple(other[: len(other) - common])
    return PathPair(subject=survey.network.links[apart[-1]].to_device, working=apart, protecting=apart_too)


def _is_of_kind(working: Sequence[int], other: Sequence[int], *, full: bool) -> bool:
    """Say whether two paths differ from the terminal on (full), or only before a splitter they share (trunk)."""
    return working[0] != other[0] and (working[-1] != other[-1] if full else working[-1] == other[-1])


def _ways_by_onu(survey: Survey) -> dict[int, list[tuple[tuple[int, ...], bool]]]:
    """Give the links of every path of each terminal that has more than one path, or is promised protection."""
    paths, arrivals = survey.onu_paths, survey.arrivals
    promised = {customer.id for customer in survey.network.customers if customer.protection != "none"}
    several = np.bincount(paths.onus, minlength=len(survey.network.onus)) > 1
    wanted = several | np.array([onu.customer in promised for onu in survey.network.onus], bool)
    found: dict[int, list[tuple[tuple[int, ...], bool]]] = {}
    for row in np.flatnonzero(wanted[paths.onus]).tolist():
        way = arrivals.way_back(int(paths.arrivals[row]))
        links = tuple(int(arrivals.links[step]) for step in way)
        found.setdefault(int(paths.onus[row]), []).append((links, bool(paths.working[row])))
    return found


def _things(survey: Survey, links: Sequence[int], what: str) -> set[str]:
    """Give the names of all things of one kind on a path; the nodes at both ends do not count."""
    network = survey.network
    if what == "fibre":
        return {f"{cable}:{fibre}" for row in links for cable, fibre in network.links[row].strands}
    if what == "cable":
        return {cable for row in links for cable, _ in network.links[row].strands}
    if what == "node":
        return _nodes(survey, links)
    passed = {route for row in links for piece in survey.runs[row].pieces for route in survey.routes_of(piece)}
    routes = [survey.index.routes[name] for name in passed]
    if what == "risk":
        return {group for route in routes for group in route.risk_groups}
    return {route.id for route in routes if what == "trench" or route.bores == 1}


def _nodes(survey: Survey, links: Sequence[int]) -> set[str]:
    """Give the nodes where a path is spliced or split between its ends."""
    network, places = survey.network, survey.index.device_nodes
    inner = {places.get(network.links[row].to_device, "") for row in links[:-1]}
    for row in links:
        pieces, joints = survey.runs[row].pieces, survey.runs[row].joints
        for junction, before, after in zip(joints, pieces, pieces[1:], strict=False):
            inner.add(splice_node(survey.index, junction, network.cables[before.cable], network.cables[after.cable]))
    ends = {places.get(network.links[links[0]].from_device, ""), places.get(network.links[links[-1]].to_device, "")}
    return inner - ends - {""}


_MEANINGS = {
    "fibre": "Working and protecting path share no fibre",
    "cable": "Working and protecting path share no cable",
    "duct": "Working and protecting path are in no duct together: a route with one duct has not both",
    "trench": "Working and protecting path share no route, so that no digger cuts both",
    "node": "Working and protecting path meet in no node between their ends",
    "risk": "Working and protecting path share no risk group, such as a bridge",
}

RULES = (
    Rule(id="protection", subject="customer", meaning="Promised protection is there", find=promise_broken),
    *(
        Rule(
            id=f"disjoint-{what}",
            subject="splitter (trunk) or customer (full)",
            meaning=meaning,
            find=partial(shared, what=what),
        )
        for what, meaning in _MEANINGS.items()
    ),
)
