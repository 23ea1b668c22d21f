"""Streets as routes: chosen by their tags, split where they meet, joined where nothing happens, connected."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.area.cells import text_of
from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.area.model import Omission, Route
from ponplan.area.osm.chains import Piece, join_chains
from ponplan.area.osm.structures import structure_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ponplan.area.osm.extract import Way
    from ponplan.area.osm.mapping import Streets

EXAMPLES = 5

Drawn = TypeVar("Drawn", "Way", Piece)


class Look(NamedTuple):
    """What a way is like; pieces of the same look may be joined."""

    surface: str
    highway: str
    name: str
    risk_group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetGraph:
    """Connected routes, and what did not become one."""

    routes: tuple[Route, ...]
    omissions: tuple[Omission, ...]


def build_streets(ways: Iterable[Way], mapping: Streets, *, clip: object, crs: str) -> StreetGraph:
    """Turn ways into routes that meet only at their ends and are all connected.

    Pieces with a vertex inside `clip` are taken whole. Junctions at which only two pieces of the same look meet
    are no junctions. Of several unconnected parts the longest is kept; the others are counted and named.
    """
    ways, outside_ways = _inside(sorted(ways, key=lambda way: way.osm_id), clip)
    usable, omissions = _choose(ways, mapping)
    pieces, outside = _inside(_split(usable, structure_groups(usable, mapping, crs), mapping), clip)
    pieces, repeats = _without_repeats(pieces)
    omissions += _omission("streets", outside_ways, "outside the place")
    omissions += _omission("street pieces", outside, "outside the place")
    omissions += _omission("street pieces", repeats, "drawn twice")
    joined, without_length = _in_metres(join_chains(pieces), crs)
    omissions += _omission("street pieces", without_length, "no length")
    kept, dropped = _connected(joined)
    omissions += _dropped_parts(dropped)
    return StreetGraph(routes=tuple(_routes(kept)), omissions=tuple(omissions))


def _choose(ways: Iterable[Way], mapping: Streets) -> tuple[list[Way], list[Omission]]:
    usable: list[Way] = []
    refused: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        reason = _refusal(way.tags, mapping)
        if reason is None:
            usable.append(way)
        else:
            refused[reason].append(way)
    omissions = [_omission("streets", rows, reason)[0] for reason, rows in sorted(refused.items())]
    return usable, omissions


def _refusal(tags: dict[str, str], mapping: Streets) -> str | None:
    for rule in mapping.refuse:
        if rule.fits(tags):
            return rule.reason
    return None if tags["highway"] in mapping.highway else "kind of way not in the mapping"


def _look(way: Way, mapping: Streets, risk_group: str) -> Look:
    tags = way.tags
    surface = mapping.surface.get(tags.get("surface", ""))
    if surface is None:
        kinds = (rule.surface for rule in mapping.kind if rule.fits(tags))
        surface = next(kinds, mapping.highway[tags["highway"]])
    return Look(surface, tags["highway"], text_of(tags.get("name", tags.get("ref", ""))), risk_group)


def _split(ways: list[Way], groups: dict[int, str], mapping: Streets) -> list[Piece]:
    """Cut ways at every node that is used twice."""
    if not ways:
        return []
    _, numbers, counts = np.unique(
        np.concatenate([way.nodes for way in ways]), return_inverse=True, return_counts=True
    )
    is_shared = np.split(counts[numbers] > 1, np.cumsum([len(way.nodes) for way in ways[:-1]]))
    pieces: list[Piece] = []
    for way, shared in zip(ways, is_shared, strict=True):
        look = _look(way, mapping, groups.get(way.osm_id, ""))
        stops = [0, *(np.flatnonzero(shared[1:-1]) + 1).tolist(), len(way.nodes) - 1]
        pieces.extend(
            Piece(look, (way.osm_id,), way.nodes[start : stop + 1], way.lonlat[start : stop + 1])
            for start, stop in pairwise(stops)
        )
    return pieces


def _inside(things: list[Drawn], clip: object) -> tuple[list[Drawn], list[Drawn]]:
    """Set apart what has no vertex inside."""
    if clip is None or not things:
        return things, []
    shapely.prepare(clip)
    lonlat: list[NDArray[np.float64]] = [thing.xy if isinstance(thing, Piece) else thing.lonlat for thing in things]
    starts = np.cumsum([0, *(len(part) for part in lonlat[:-1])])
    is_inside = np.logical_or.reduceat(shapely.contains_xy(clip, np.concatenate(lonlat)), starts).tolist()
    kept = [thing for thing, inside in zip(things, is_inside, strict=True) if inside]
    return kept, [thing for thing, inside in zip(things, is_inside, strict=True) if not inside]


def _without_repeats(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Drop pieces that pass the same nodes as one before, in either direction."""
    seen: set[tuple[int, ...]] = set()
    kept: list[Piece] = []
    repeats: list[Piece] = []
    for piece in pieces:
        nodes = tuple(piece.nodes.tolist())
        key = min(nodes, nodes[::-1])
        (repeats if key in seen else kept).append(piece)
        seen.add(key)
    return kept, repeats


def _in_metres(pieces: list[Piece], crs: str) -> tuple[list[Piece], list[Piece]]:
    """Project all pieces; set apart those without length."""
    if not pieces:
        return [], []
    xy_m = transform_xy(np.concatenate([piece.xy for piece in pieces]), WGS84, crs)
    parts = np.split(xy_m, np.cumsum([len(piece.xy) for piece in pieces[:-1]]))
    moved = [piece._replace(xy=part) for piece, part in zip(pieces, parts, strict=True)]
    return [p for p in moved if _length_m(p) > 0], [p for p in moved if _length_m(p) == 0]


def _connected(pieces: list[Piece]) -> tuple[list[Piece], list[list[Piece]]]:
    """Keep the longest connected part; give the others, longest first."""
    if not pieces:
        return [], []
    ends = np.array([(piece.nodes[0], piece.nodes[-1]) for piece in pieces])
    nodes, numbers = np.unique(ends, return_inverse=True)
    tails, heads = numbers.reshape(-1, 2).T
    graph = coo_array((np.ones(len(pieces), np.int8), (tails, heads)), shape=(len(nodes), len(nodes)))
    labels = connected_components(graph, directed=False)[1][tails]
    parts: dict[int, list[Piece]] = defaultdict(list)
    for label, piece in zip(labels.tolist(), pieces, strict=True):
        parts[label].append(piece)
    ordered = sorted(parts.values(), key=lambda part: -sum(map(_length_m, part)))
    return ordered[0], ordered[1:]


def _routes(pieces: list[Piece]) -> list[Route]:
    """Name each route by its first way; several of one way are numbered."""
    pieces = sorted(pieces, key=lambda piece: (piece.ways[0], piece.ways, piece.nodes.tolist()))
    counts = Counter(piece.ways[0] for piece in pieces)
    seen: Counter[int] = Counter()
    routes = []
    for piece in pieces:
        way, look = piece.ways[0], cast("Look", piece.look)
        seen[way] += 1
        routes.append(
            Route(
                id=f"w{way}" if counts[way] == 1 else f"w{way}-{seen[way]}",
                surface=look.surface,
                line=shapely.LineString(np.round(piece.xy, 3)),
                name=look.name,
                risk_groups=(look.risk_group,) if look.risk_group else (),
                joinable=not look.risk_group,
                attributes={"highway": look.highway},
            )
        )
    return routes


def _dropped_parts(parts: list[list[Piece]]) -> list[Omission]:
    if not parts:
        return []
    length_m = sum(_length_m(piece) for part in parts for piece in part)
    pieces = [piece for part in parts for piece in part]
    reason = f"{len(parts)} parts of {length_m / 1000:.1f} km together are not connected to the rest"
    return _omission("street pieces", pieces, reason)


def _omission(what: str, things: Sequence[Way | Piece], reason: str) -> list[Omission]:
    examples = tuple(dict.fromkeys(_shown(thing) for thing in things))[:EXAMPLES]
    return [Omission(what=what, count=len(things), reason=reason, examples=examples)] if things else []


def _shown(thing: Way | Piece) -> str:
    if isinstance(thing, Piece):
        return f"w{thing.ways[0]} {cast('Look', thing.look).name}".strip()
    return f"w{thing.osm_id} {thing.tags.get('name', '')}".strip()


def _length_m(piece: Piece) -> float:
    return float(np.hypot(*np.diff(piece.xy, axis=0).T).sum())
