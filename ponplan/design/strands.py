"""Which fibre of a cable each link gets: what leaves a cable together lies in one tube, and opens no other.

Fibres that leave at a closure are taken out of their tubes there; tubes that hold none of them pass unopened. So the
links of each exit are bundled by tubes, as few as can be, whatever goes on into the same cable side by side and in
that cable's order, and bundles of several exits share a tube only when there are fewer tubes than bundles. The dark
fibres that the rules want stay at the end of each tube, where whoever leaves next to them can use them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.cabling import LaidCable


@dataclass(frozen=True, slots=True)
class Bundle:
    """Links that leave a cable at one place in one tube."""

    exit: int  # place along the cable
    links: tuple[int, ...]


def number_fibres(
    cables: Sequence[LaidCable], ends: Mapping[int, int], sizes: Sequence[tuple[int, int]]
) -> list[dict[int, int]]:
    """Give, for each cable, the fibre (from 1) of each of its links.

    Parameters
    ----------
    cables
        In an order in which no cable stands before the one it is spliced to.
    ends
        The junction where each link ends.
    sizes
        Of each cable: its fibres, and how many of them are in a tube.
    """
    numbers: list[dict[int, int]] = [{} for _ in cables]
    following: dict[int, int] = {}  # the next cable of each link
    for index in range(len(cables) - 1, -1, -1):
        cable = cables[index]
        place = {junction: position for position, junction in enumerate(cable.junctions)}
        exits: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for link in cable.links:
            onward = following.get(link, -1)
            leaves_at = cables[onward].junctions[0] if onward >= 0 else ends[link]
            exits[place[leaves_at]][onward].append(link)
        bundles = []
        for position, groups in sorted(exits.items()):
            ordered = [
                sorted(links, key=numbers[onward].__getitem__) if onward >= 0 else links
                for onward, links in sorted(groups.items())
            ]
            bundles += [Bundle(position, links) for links in bundle_links(ordered, sizes[index][1])]
        numbers[index] = place_bundles(bundles, *sizes[index])
        following.update(dict.fromkeys(cable.links, index))
    return numbers


def bundle_links(groups: Sequence[Sequence[int]], per_tube: int) -> list[tuple[int, ...]]:
    """Give the links of one exit in as few bundles of at most one tube as can be, groups whole where possible."""
    fewest = -(-sum(map(len, groups)) // per_tube)
    pieces: list[Sequence[int]] = []
    for links in groups:
        pieces += [links[start : start + per_tube] for start in range(0, len(links), per_tube)]
    order = sorted(range(len(pieces)), key=lambda number: (-len(pieces[number]), number))
    bins: list[list[int]] = []
    for number in order:  # the fullest bundle that still has room, biggest pieces first
        room = [held for held in bins if sum(len(pieces[i]) for i in held) + len(pieces[number]) <= per_tube]
        if room:
            max(room, key=lambda held: sum(len(pieces[i]) for i in held)).append(number)
        else:
            bins.append([number])
    if len(bins) <= fewest:
        return [tuple(link for i in sorted(held) for link in pieces[i]) for held in sorted(map(sorted, bins))]
    flat = [link for links in groups for link in links]
    return [tuple(flat[start : start + per_tube]) for start in range(0, len(flat), per_tube)]


def place_bundles(bundles: Sequence[Bundle], fibres: int, per_tube: int) -> dict[int, int]:
    """Give the fibre of every link: each bundle in a tube of its own, then shared, and split only where all is full.

    Raises
    ------
    ValueError
        There are more links than fibres.
    """
    if sum(len(bundle.links) for bundle in bundles) > fibres:
        raise ValueError(f"more links than the {fibres} fibres")
    tubes = [min(per_tube, fibres - start) for start in range(0, fibres, per_tube)]
    for emptiest in (True, False):
        held = _packed([len(bundle.links) for bundle in bundles], tubes, emptiest=emptiest)
        if held is not None:
            break
    else:
        links = [link for bundle in bundles for link in bundle.links]
        return {link: fibre for fibre, link in enumerate(links, start=1)}
    numbers: dict[int, int] = {}
    # the tube of what leaves first is the first one of its size; all tubes but the last have one size
    full = sorted(
        (tube for tube in held if tubes[tube] == per_tube), key=lambda tube: min(held[tube], default=len(bundles))
    )
    order = full + [tube for tube in held if tubes[tube] != per_tube]
    for place, tube in enumerate(order):
        fibre = place * per_tube
        for number in sorted(held[tube]):
            for link in bundles[number].links:
                fibre += 1
                numbers[link] = fibre
    return numbers


def _packed(sizes: Sequence[int], tubes: Sequence[int], *, emptiest: bool) -> dict[int, list[int]] | None:
    """Give the bundles of each tube: big ones first, into the emptiest tube or into the fullest that has room."""
    left = list(tubes)
    held: dict[int, list[int]] = {tube: [] for tube in range(len(tubes))}
    for number in sorted(range(len(sizes)), key=lambda number: (-sizes[number], number)):
        room = [tube for tube in range(len(tubes)) if left[tube] >= sizes[number]]
        if not room:
            return None
        chosen = min(room, key=lambda tube: (-left[tube] if emptiest else left[tube], tube))
        left[chosen] -= sizes[number]
        held[chosen].append(number)
    return held
