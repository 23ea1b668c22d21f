"""What was done by hand to an earlier design, taken over as wishes: cabinets and splitters moved, cabinets drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.model import Site
from ponplan.errors import DesignFileError, Fault
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from ponplan.area.model import Area
    from ponplan.topology.network import Cable, Network, Node, Splitter

MOVED_M = 1.0  # a node farther than this from its junction has been moved
PLACES = ("cabinet", "room")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """An area and an earlier design with the edits taken over, and what they are in words."""

    area: Area
    earlier: Network
    words: tuple[str, ...]
    sites: frozenset[str] = frozenset()  # ids of those that nodes were made to


def adopt_edits(area: Area, earlier: Network, *, built: bool) -> Adopted:
    """Turn moved and drawn cabinets into sites that must be used, and refuse what cannot be followed.

    A locked splitter in a cabinet that was moved is wished for at its new place, and one that names a site of the
    area in which the earlier design has nothing is wished for there.

    Raises
    ------
    DesignFileError
        Names every record that is kept and yet cannot stay: a built node that was moved, a kept cable whose routes
        do not join, features drawn in layers that do not take any.
    """
    earlier, chosen = _at_sites(area, _put_back(earlier), built=built)
    moved = list(moved_nodes(earlier, (*PLACES, "closure")))
    faults = [
        *_stuck(earlier, moved, built=built),
        *_undrawable(earlier),
        *_torn(earlier, chosen.values(), built=built),
    ]
    if faults:
        raise DesignFileError(faults)
    drawn = [node for node in earlier.nodes if not node.id]
    sites = [_site(node, node.site or node.id) for node, _ in moved]
    sites += [_site(node, f"drawn-{number}") for number, node in enumerate(drawn, start=1)]
    sites += [replace(site, locked=True) for site in area.sites if site.id in chosen.values()]
    faults = list(_on_forbidden(area, sites))
    if faults:
        raise DesignFileError(faults)
    words = [f"{node.id} was moved by {metres:.1f} m and is used there" for node, metres in moved]
    words += [
        f"a cabinet drawn at {node.x_m:.1f}, {node.y_m:.1f} is used as {site.id}"
        for node, site in zip(drawn, sites[len(moved) :], strict=False)
    ]
    words += [
        f"a route drawn by hand may be used as drawn-{number}"
        for number, _ in enumerate((route for route in earlier.routes if not route.id), start=1)
    ]
    words += [f"splitter {splitter} was moved to site {site} and is used there" for splitter, site in chosen.items()]
    by_id = {site.id: site for site in sites}
    told = tuple(replace(by_id.pop(s.id), attributes=s.attributes) if s.id in by_id else s for s in area.sites)
    gone = {node.id for node, _ in moved} | {""}
    at = {node.id: node.site or node.id for node, _ in moved}
    return Adopted(
        area=replace(area, sites=(*told, *by_id.values())),
        earlier=replace(
            earlier,
            nodes=tuple(node for node in earlier.nodes if node.id not in gone),
            splitters=tuple(replace(s, node=at.get(s.node, s.node)) for s in earlier.splitters),
        ),
        words=tuple(words),
        sites=frozenset(at.values()) | {f"drawn-{number}" for number in range(1, len(drawn) + 1)},
    )


def _put_back(network: Network) -> Network:
    """Give the network with premises and offices at their junctions: where they stand the area says."""
    away = {node.id for node, _ in moved_nodes(network, ("premises", "office"))}
    if not away:
        return network
    places = _junction_places(network)
    at = {node.id: places[node.junction] for node in network.nodes if node.id in away}
    nodes = (replace(n, x_m=at[n.id][0], y_m=at[n.id][1]) if n.id in away else n for n in network.nodes)
    return replace(network, nodes=tuple(nodes))


def _at_sites(area: Area, network: Network, *, built: bool) -> tuple[Network, Mapping[str, str]]:
    """Give the network with splitters that name a site at that site's node, and the site of those without one.

    The light of a splitter at a site without a node ends: no link can lead there.
    """
    nodes = {node.id for node in network.nodes}
    at = {node.site: node.id for node in network.nodes if node.site}
    splitters = tuple(s if s.node in nodes else replace(s, node=at.get(s.node, s.node)) for s in network.splitters)
    free = {site.id for site in area.sites if site.kind in PLACES} - nodes
    wanted = [s for s in splitters if s.locked and s.state == "new" and s.node in free and not built]
    chosen = {splitter.id: splitter.node for splitter in wanted}
    links = tuple(link for link in network.links if not {link.from_device, link.to_device} & chosen.keys())
    return replace(network, splitters=splitters, links=links), chosen


def moved_nodes(network: Network, kinds: Container[str]) -> Iterator[tuple[Node, float]]:
    """Give the nodes of some kinds that no longer stand at their junction, and how far away they are."""
    places = _junction_places(network)
    for node in network.nodes:
        if node.id and node.kind in kinds and node.junction in places:
            x_m, y_m = places[node.junction]
            away_m = float(np.hypot(node.x_m - x_m, node.y_m - y_m))
            if away_m > MOVED_M:
                yield node, away_m


def _junction_places(network: Network) -> Mapping[str, tuple[float, float]]:
    """Give where most of the routes that meet at a junction put it."""
    ends: dict[str, list[tuple[float, float]]] = {}
    for route, line in zip(network.routes, network.route_lines.tolist(), strict=True):
        for junction, place in ((route.from_junction, line.coords[0]), (route.to_junction, line.coords[-1])):
            ends.setdefault(junction, []).append((round(place[0], 1), round(place[1], 1)))
    return {junction: max(sorted(set(places)), key=places.count) for junction, places in ends.items()}


def _stuck(network: Network, moved: Sequence[tuple[Node, float]], *, built: bool) -> Iterator[Fault]:
    """Complain about moved nodes that cannot move."""
    for node, metres in moved:
        fixed = [
            cable.id
            for cable in network.cables
            if (cable.locked or cable.state == "existing") and node.id in (cable.from_node, cable.to_node)
        ]
        if built or node.state == "existing":
            problem = f"the {node.kind} is built and was moved by {metres:.1f} m on the map"
            remedy = "move it back; to build another one draw a new point"
        elif node.kind == "closure":
            problem = f"the closure was moved by {metres:.1f} m, but closures follow the cables that they join"
            remedy = "move it back, or move and lock the cabinet"
        elif fixed:
            problem = f"the {node.kind} was moved by {metres:.1f} m, and cables that are locked end in it"
            remedy = f"unlock {', '.join(fixed)} or move it back"
        else:
            continue
        yield Fault(file="nodes", row=node.id, field="geom", problem=problem, remedy=remedy)


def _undrawable(network: Network) -> Iterator[Fault]:
    """Complain about features drawn where nothing can be made of them."""
    advice = {
        "cables": "draw the route in the layer routes; cables are laid by the design",
        "customers": "draw new customers in the area",
    }
    for table, remedy in advice.items():
        for row, record in enumerate(getattr(network, table), start=1):
            if not record.id:
                yield Fault(file=table, row=row, field="id", problem="drawn by hand, without an id", remedy=remedy)


def _torn(network: Network, chosen: Iterable[str], *, built: bool) -> Iterator[Fault]:
    """Complain about kept records whose node or way is gone; a splitter may stand on a chosen site."""
    nodes = {node.id for node in network.nodes}
    hosts = nodes | set(chosen)
    tracks = Survey(network).tracks
    for cable, track in zip(network.cables, tracks, strict=True):
        if not (built or cable.locked or cable.state == "existing") or not cable.id:
            continue
        why = _why_kept(cable, built=built)
        missing = sorted({cable.from_node, cable.to_node} - nodes)
        for field in ("from_node", "to_node") if missing else ():
            name = getattr(cable, field)
            if name in missing:
                problem = f"the cable is kept ({why}), but its node is not in the design"
                remedy = f"draw the node {name} again, or name another one"
                yield _fault("cables", cable.id, field, name, problem, _or_let_go(remedy, cable))
        if track.gap and not missing:
            problem = f"the cable is kept ({why}), but {track.gap}"
            remedy = "name its routes in order, or draw its line along routes from node to node"
            yield _fault("cables", cable.id, "routes", " ".join(cable.routes), problem, _or_let_go(remedy, cable))
    kinds, on_buses = {node.id: node.kind for node in network.nodes}, _on_buses(network)
    for splitter in network.splitters:
        if not (built or splitter.locked or splitter.state == "existing"):
            continue
        why, remedy = _why_kept(splitter, built=built), "name a cabinet, building room or site of the area"
        if splitter.node not in hosts:
            problem = f"the splitter is kept ({why}), but its node {splitter.node} does not exist"
        elif kinds.get(splitter.node) in ("premises", "closure") and splitter.id not in on_buses:
            problem = f"the splitter is kept ({why}), but a {kinds[splitter.node]} takes no splitter"
        else:
            continue
        yield _fault("splitters", splitter.id, "node", splitter.node, problem, _or_let_go(remedy, splitter))


def _why_kept(record: Cable | Splitter, *, built: bool) -> str:
    return "locked" if record.locked else "existing" if record.state == "existing" or not built else "--built"


def _or_let_go(remedy: str, record: Cable | Splitter) -> str:
    """Add the other way out, where there is one: only a lock may be taken off."""
    return f"{remedy}, or unlock it" if record.locked and record.state != "existing" else remedy


def _fault(table: str, row: str, field: str, value: str, problem: str, remedy: str) -> Fault:
    return Fault(file=table, row=row, field=field, value=value, problem=problem, remedy=remedy)


def _on_buses(network: Network) -> set[str]:
    """Give the taps and what they feed, such as the splitter at the end of a bus: they stand in closures."""
    kinds = network.catalogue.splitters
    taps = {one.id for one in network.splitters if one.type in kinds and kinds[one.type].kind == "tap"}
    return taps | {link.to_device for link in network.links if link.from_device in taps}


def _site(node: Node, identity: str) -> Site:
    return Site(
        id=identity,
        name=node.name,
        kind=node.kind if node.kind in PLACES else "cabinet",
        x_m=node.x_m,
        y_m=node.y_m,
        enclosure=node.enclosure or None,
        locked=True,
    )


def _on_forbidden(area: Area, sites: Sequence[Site]) -> Iterator[Fault]:
    """Complain about cabinets moved or drawn onto a forbidden site."""
    for site in sites:
        for other in area.sites:
            away_m = float(np.hypot(site.x_m - other.x_m, site.y_m - other.y_m))
            if other.forbidden and (away_m <= MOVED_M or other.id == site.id):
                problem = f"the cabinet stands on site {other.id}, which is forbidden"
                yield Fault(file="nodes", row=site.id, field="geom", problem=problem, remedy="move it elsewhere")
