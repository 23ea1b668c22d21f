"""Check a pair of paths against the network alone and name every rule it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.optimise.disjoint.problem import DisjointPair, LinkNetwork


def judge_pair(
    network: LinkNetwork, pair: DisjointPair, source: int, target: int, *, node_disjoint: bool
) -> tuple[float, list[str]]:
    """Give the pair's true cost and the rules it breaks."""
    faults: list[str] = []
    insides: list[set[int]] = []
    for name, path in (("first", pair.first), ("second", pair.second)):
        node, inside = source, []
        for link in path.tolist():
            ends = {int(network.tails[link]), int(network.heads[link])}
            if node not in ends:
                faults.append(f"the {name} path jumps to link {link}")
                break
            node = (ends - {node}).pop() if len(ends) == 2 else node
            inside.append(node)
        if node != target:
            faults.append(f"the {name} path ends at node {node}")
        insides.append(set(inside) - {target})
    one, other = set(pair.first.tolist()), set(pair.second.tolist())
    faults += [f"both paths use link {link}" for link in sorted(one & other)]
    if node_disjoint:
        faults += [f"both paths pass node {node}" for node in sorted(insides[0] & insides[1])]
    of_links: dict[int, set[int]] = {}
    for link, group in zip(network.risk_links.tolist(), network.risk_groups.tolist(), strict=True):
        of_links.setdefault(link, set()).add(group)
    groups = [set().union(*(of_links.get(link, set()) for link in path)) for path in (one, other)]
    faults += [f"both paths run the risk of group {group}" for group in sorted(groups[0] & groups[1])]
    cost = sum(float(network.costs[link]) for path in (pair.first, pair.second) for link in path.tolist())
    return cost, faults
