"""Fibres from splitter to splitter: in cables of their own, or on the fibre that feeds a tap and is cut there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.cascade import THROUGH, last_stop, threads
from ponplan.design.fans import add_feeder_fan, num_root_cables
from ponplan.design.stringing import string_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.decisions import Decisions, Strand
    from ponplan.design.draft import Draft
    from ponplan.design.stringing import Strung
    from ponplan.design.tree import RootedTree


def fans_of_feeders(
    decisions: Decisions, tree: RootedTree, root: int, links: Sequence[int], targets: Sequence[int]
) -> list[Strung]:
    """Give the cables that bring splitters their light from one junction."""
    return string_links(
        decisions.problem,
        tree,
        root,
        links,
        targets,
        decisions.cables,
        decisions.ground_on(tree),
        ends_in_box=False,
        root_costs=np.zeros(1),
    )


def fans_onward(decisions: Decisions, group: Sequence[int]) -> tuple[list[Strung], int]:
    """Give the cables from a host to splitters elsewhere that its own feed, and how many cables it holds for that.

    The through leg of a tap goes on in the cable that feeds it, which then leaves the host again.
    """
    places, here = decisions.splitters, decisions.junction_of(group[0])
    below = [link for index in group for link in decisions.fed.get(index, ())]
    own = [link for link in below if not is_cut(decisions, link)]
    targets = [decisions.junction_of(link) for link in own]
    away = [link for link, target in zip(own, targets, strict=True) if target != here]
    fans = fans_of_feeders(decisions, decisions.trunk.tree, here, away, [t for t in targets if t != here])
    passing = any(is_cut(decisions, link) and places[link].place != places[group[0]].place for link in below)
    passing |= any(_ends_at_customer(decisions, index) for index in group)
    return fans, num_root_cables(fans) + passing


def _ends_at_customer(decisions: Decisions, index: int) -> bool:
    return last_stop(decisions.splitters, [index], decisions.fed) is not None


def add_onward(
    draft: Draft, decisions: Decisions, fans: Sequence[tuple[str, Strung]], hosts: Sequence[str]
) -> dict[int, list[Strand]]:
    """Add the cables from hosts to splitters elsewhere; give the strands that lead to each of these."""
    ways: dict[int, list[Strand]] = {}
    for host, fan in fans:
        ends = {link: (decisions.junction_of(link), hosts[link]) for link in fan.ways}
        ways |= add_feeder_fan(draft, fan, decisions.cables, host, ends, role="distribution")
    return ways


def is_cut(decisions: Decisions, index: int) -> bool:
    """Say whether a splitter is fed by the through leg of a tap, and so over the fibre that feeds the tap."""
    above = decisions.splitters[index].above
    return (
        above is not None
        and decisions.splitters[above].splitter.kind == "tap"
        and decisions.splitters[index].leg == THROUGH
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """Splitters that one fibre runs through, the junction where it ends, and the customer there if there is one."""

    splitters: tuple[int, ...]
    end: int
    customer: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the fibre is cut on its way."""
        return len(self.splitters) > 1 or self.customer is not None


def chains_of(decisions: Decisions) -> Mapping[int, Chain]:
    """Give the chains of a plan, by the splitter that their fibre comes to first."""
    found = {}
    for first, chain in threads(decisions.splitters).items():
        customer = last_stop(decisions.splitters, chain, decisions.fed)
        end = decisions.junction_of(chain[-1])
        if customer is not None and int(decisions.problem.access[customer]) != end:
            found[first] = Chain(tuple(chain), int(decisions.problem.access[customer]), customer)
        else:
            found[first] = Chain(tuple(chain), end)
    return found


def cut_at_taps(
    decisions: Decisions, fan: Strung, ways: Mapping[int, list[Strand]], chains: Mapping[int, Chain]
) -> tuple[dict[int, list[Strand]], dict[int, list[Strand]]]:
    """Cut the way of each chain of taps where they stand.

    Gives the strands that lead to each of its splitters, and those to the closures of customers at chains' ends. A
    chain runs away from the top of the tree, so that its order is the tree's.
    """
    position = decisions.trunk.tree.position
    cut: dict[int, list[Strand]] = {}
    ends: dict[int, list[Strand]] = {}
    for link, strands in ways.items():
        chain = chains[link]
        begins = [int(position[fan.cables[index].junctions[0]]) for index, _ in fan.ways[link]]
        spans = list(pairwise([*begins, int(position[chain.end])]))
        stops = [begins[0], *(int(position[decisions.junction_of(index)]) for index in chain.splitters)]
        pieces = [
            [strand for strand, span in zip(strands, spans, strict=True) if span[0] < stop and span[1] > start]
            for start, stop in pairwise([*stops, int(position[chain.end])])
        ]
        cut |= dict(zip(chain.splitters, pieces, strict=False))
        if chain.customer is not None:
            ends[chain.customer] = pieces[-1]
    return cut, ends
