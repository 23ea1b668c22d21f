"""Both ways of light to a terminal: the working one and the ones that protect it, and what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.splicing import splice_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.survey import Survey

KINDS = ("fibre", "cable", "duct", "trench", "node", "risk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One path from a port to a terminal."""

    port: int  # row
    links: tuple[int, ...]  # rows, from the port outwards
    interface: int  # of the terminal
    length_m: float
    is_working: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuWays:
    """All paths of one terminal, in the order of the file.

    Those of a trunk-protected terminal differ up to a splitter and are the same behind it; those of a fully protected
    one arrive at different interfaces.
    """

    onu: int  # row
    working: tuple[Way, ...]
    protecting: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPair:
    """The links of a working path and of its protecting path, where they are meant to be apart.

    `subject` is the splitter where a doubled trunk comes together, or the customer of a doubled path.
    """

    subject: str
    working: tuple[int, ...]  # rows of links
    protecting: tuple[int, ...]


def onu_ways(survey: Survey) -> dict[int, OnuWays]:
    """Give both ways of every terminal (by row) that has more than one, or whose customer is promised protection."""
    network, paths, arrivals = survey.network, survey.onu_paths, survey.arrivals
    promised = {customer.id for customer in network.customers if customer.protection != "none"}
    several = np.bincount(paths.onus, minlength=len(network.onus)) > 1
    wanted = several | np.array([onu.customer in promised for onu in network.onus], bool)
    found: dict[int, list[Way]] = {}
    for row in np.flatnonzero(wanted[paths.onus]).tolist():
        steps = arrivals.way_back(int(paths.arrivals[row]))
        way = Way(
            port=int(paths.ports[row]),
            links=tuple(int(arrivals.links[step]) for step in steps),
            interface=int(paths.interfaces[row]),
            length_m=float(paths.lengths_m[row]),
            is_working=bool(paths.working[row]),
        )
        found.setdefault(int(paths.onus[row]), []).append(way)
    return {
        onu: OnuWays(
            onu=onu,
            working=tuple(way for way in ways if way.is_working),
            protecting=tuple(way for way in ways if not way.is_working),
        )
        for onu, ways in found.items()
    }


def path_pairs(survey: Survey) -> list[PathPair]:
    """Give every pair of working and protecting path that must be apart, each once."""
    network = survey.network
    kinds = {customer.id: customer.protection for customer in network.customers}
    pairs: dict[PathPair, None] = {}
    for onu, ways in survey.onu_ways.items():
        customer = network.onus[onu].customer
        for working in (way.links for way in ways.working):
            for other in (way.links for way in ways.protecting):
                if kinds.get(customer) == "full" and is_of_kind(working, other, full=True):
                    pairs[PathPair(subject=customer, working=working, protecting=other)] = None
                elif is_of_kind(working, other, full=False):
                    pairs[_trunk_pair(survey, working, other)] = None
    return list(pairs)


def is_of_kind(working: Sequence[int], other: Sequence[int], *, full: bool) -> bool:
    """Say whether two paths differ from the terminal on (full), or only before a splitter they share (trunk)."""
    return working[0] != other[0] and (working[-1] != other[-1] if full else working[-1] == other[-1])


def _trunk_pair(survey: Survey, working: Sequence[int], other: Sequence[int]) -> PathPair:
    """Cut off the links behind the splitter where both paths come together."""
    common, most = 0, min(len(working), len(other)) - 1
    while common < most and working[-1 - common] == other[-1 - common]:
        common += 1
    apart, apart_too = tuple(working[: len(working) - common]), tuple(other[: len(other) - common])
    return PathPair(subject=survey.network.links[apart[-1]].to_device, working=apart, protecting=apart_too)


def shared_things(survey: Survey, pair: PathPair, kind: str) -> list[str]:
    """Give the names of all things of one kind that both paths of a pair use, in alphabetical order."""
    return sorted(_things(survey, pair.working, kind) & _things(survey, pair.protecting, kind))


def shared_m(survey: Survey, kind: str, things: Sequence[str]) -> float:
    """Give the metres of shared things: of routes their length, of anything else nothing."""
    if kind not in ("trench", "duct"):
        return 0.0
    return round(sum(survey.index.routes[name].length_m for name in things), 3)


def _things(survey: Survey, links: Sequence[int], kind: str) -> set[str]:
    """Give the names of all things of one kind on a path; the nodes at both ends do not count."""
    network = survey.network
    if kind == "fibre":
        return {f"{cable}:{fibre}" for row in links for cable, fibre in network.links[row].strands}
    if kind == "cable":
        return {cable for row in links for cable, _ in network.links[row].strands}
    if kind == "node":
        return _nodes(survey, links)
    passed = {route for row in links for piece in survey.runs[row].pieces for route in survey.routes_of(piece)}
    routes = [survey.index.routes[name] for name in passed]
    if kind == "risk":
        return {group for route in routes for group in route.risk_groups}
    if kind == "trench":
        return {survey.trenches[route.id] for route in routes}
    return {route.id for route in routes if route.bores == 1}


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
