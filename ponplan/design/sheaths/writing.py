"""Merged cables written back into a draft: cables, fibres, closures and the strands of links."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.design.sheaths.plant import FIXED
from ponplan.design.sheaths.prices import NEW
from ponplan.design.strands import Bundle, bundle_links, place_bundles
from ponplan.topology.network import Cable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ponplan.design.draft import Draft
    from ponplan.design.sheaths.plant import Plant, Sheath
    from ponplan.design.sheaths.prices import Prices
    from ponplan.topology.network import Node


def write_back(draft: Draft, plant: Plant, prices: Prices, junctions: Mapping[str, int]) -> Draft:
    """Give the draft with the cables as they are merged.

    Parameters
    ----------
    junctions
        Number of each junction by its name.
    """
    draft = replace(draft, nodes=_nodes_left(draft, prices), last_numbers=Counter(draft.last_numbers))
    nodes = _add_closures(draft, prices, junctions)
    came = {key: plant.sheaths[key] for key in sorted(plant.changed & plant.sheaths.keys())}
    names: dict[int, str] = {}
    cables = []
    for key, cable in enumerate(draft.cables):
        if key in plant.sheaths and key not in came:
            names[key] = cable.id
            cables.append(cable)
    for key, sheath in came.items():
        cables.append(_cable(draft, key, sheath, nodes, prices.cables.types[sheath.size].id))
        names[key] = cables[-1].id
    fibres = _number(draft, plant, prices, came)
    changed = {row for sheath in came.values() for row in sheath.riders}
    links = list(draft.links)
    for row in sorted(changed):
        known = dict(draft.links[row].strands)
        links[row] = replace(
            links[row],
            strands=tuple(
                (names[key], fibres[key][plant.threads[row]] if key in came else known[names[key]])
                for key, _, _ in plant.ways[row]
            ),
        )
    return replace(draft, cables=cables, links=links, diameters_mm=_diameters(draft, cables))


def _cable(draft: Draft, key: int, sheath: Sheath, nodes: Mapping[str, str], kind: str) -> Cable:
    """Give the record of a cable that is not as it was; it keeps its name where it lies as it did in its role."""
    role, length_m = _role(draft, sheath), round(sheath.track.length_m, 3)
    is_known = key < len(draft.cables) and draft.cables[key].role == role
    return Cable(
        id=draft.cables[key].id if is_known else draft.next_id("F" if role == "feeder" else "D"),
        role=role,
        type=kind,
        from_node=nodes.get(sheath.begin, sheath.begin),
        to_node=nodes.get(sheath.end, sheath.end),
        routes=sheath.routes,
        length_m=length_m,
        # rounded up, so that no cable is shorter than the rule wants
        slack_m=math.ceil(length_m * draft.problem.area.rules.cable_slack * 1000.0 - 1e-6) / 1000.0,
    )


def _role(draft: Draft, sheath: Sheath) -> str:
    """Give distribution for a cable with any fibre that leaves a splitter in it, feeder for any other."""
    splitters = {splitter.id for splitter in draft.splitters}
    return "distribution" if any(draft.links[row].from_device in splitters for row in sheath.riders) else "feeder"


def _nodes_left(draft: Draft, prices: Prices) -> list[Node]:
    """Give the nodes with the enclosures that they need now, without those that hold nothing more."""
    left = []
    for node in draft.nodes:
        if node.id not in prices.chosen:
            left.append(node)
        elif (enclosure := prices.chosen[node.id]) is not None:
            left.append(replace(node, enclosure=enclosure.id))
    return left


def _add_closures(draft: Draft, prices: Prices, junctions: Mapping[str, int]) -> dict[str, str]:
    """Set the closures that are new; give the name of each."""
    names = {}
    for name, enclosure in sorted(prices.chosen.items()):
        if name.startswith(NEW) and enclosure is not None:
            junction = junctions[name.removeprefix(NEW)]
            names[name] = draft.add_node(draft.next_id("K"), "closure", junction, enclosure=enclosure)
    return names


def _number(draft: Draft, plant: Plant, prices: Prices, came: Mapping[int, Sheath]) -> dict[int, dict[int, int]]:
    """Give the fibre of each thread of links in each of the cables that came."""
    numbers: dict[int, dict[int, int]] = {}
    known: dict[int, dict[int, int]] = {}
    for key, sheath in came.items():
        kind = prices.cables.types[sheath.size]
        groups: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for thread, rows in _by_thread(plant, sheath.riders).items():
            spans, onward = _spans(plant, key, rows), _onward(plant, key, rows)
            groups[spans][onward].append(thread)
        bundles = []
        for (_, high), by_cable in sorted(groups.items(), key=lambda item: (item[0][1], item[0][0])):
            ordered = []
            for onward, threads in sorted(by_cable.items()):
                order = numbers.get(onward) or _known(draft, plant, known, onward)
                ordered.append(sorted(threads, key=lambda thread: (order.get(thread, 0), thread)))
            bundles += [Bundle(high, threads) for threads in bundle_links(ordered, kind.fibres_per_tube)]
        numbers[key] = place_bundles(bundles, kind.fibres, kind.fibres_per_tube)
    return numbers


def _by_thread(plant: Plant, rows: Iterable[int]) -> dict[int, list[int]]:
    threads: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        threads[plant.threads[row]].append(row)
    return threads


def _spans(plant: Plant, key: int, rows: Sequence[int]) -> tuple[int, int]:
    """Give the places along a cable between which some links light a fibre."""
    at = plant.sheaths[key].track.junctions
    places = [at.index(name) for row in rows for cable, *ends in plant.ways[row] if cable == key for name in ends]
    return min(places), max(places)


def _onward(plant: Plant, key: int, rows: Sequence[int]) -> int:
    """Give the cable that links go on in behind this one; FIXED where they end."""
    way = plant.ways[rows[-1]]
    place = next(place for place, stretch in enumerate(way) if stretch[0] == key)
    return way[place + 1][0] if place + 1 < len(way) else FIXED


def _known(draft: Draft, plant: Plant, known: dict[int, dict[int, int]], key: int) -> dict[int, int]:
    """Give the fibres of links in a cable that stays as it is."""
    if key not in known:
        known[key] = {}
        if 0 <= key < len(draft.cables) and key not in plant.changed:
            name = draft.cables[key].id
            for row in plant.sheaths[key].riders:
                known[key][plant.threads[row]] = dict(draft.links[row].strands).get(name, 0)
    return known[key]


def _diameters(draft: Draft, cables: Iterable[Cable]) -> dict[int, list[float]]:
    """Give the diameters of the cables in each segment."""
    graph, types = draft.problem.graph, draft.problem.catalogue.cable_types
    edges = {name: edge for edge, name in enumerate(graph.segment_ids)}
    found: dict[int, list[float]] = {}
    for cable in cables:
        for route in cable.routes:
            found.setdefault(edges[route], []).append(types[cable.type].diameter_mm)
    return found
