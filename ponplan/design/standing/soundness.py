"""Whether a plan on kept plant keeps the rules, and which of those that were relaxed before it still breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.topology.check import check_network
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.network import Network

NOT_THE_PLANS = ("crs",)  # rules that no plan of an area can mend


def is_sound(network: Network) -> bool:
    """Say whether no rule is broken but those that the plan lists as relaxed."""
    return all(one.relaxed or one.rule in NOT_THE_PLANS for one in check_network(network))


def with_relaxed_again(network: Network, relaxed: Sequence[Relaxed]) -> Network:
    """Give the network with the rules listed as relaxed again that the earlier design relaxed and it breaks too."""
    before = {(entry.rule, entry.subject) for entry in relaxed}
    before -= {(entry.rule, entry.subject) for entry in network.relaxed}
    if not before:
        return network
    again = {
        (one.rule, one.subject): Relaxed(rule=one.rule, subject=one.subject, value=one.value, limit=one.limit)
        for one in check_network(network)
        if (one.rule, one.subject) in before and one.value is not None and one.limit is not None
    }
    return replace(network, relaxed=(*network.relaxed, *again.values()))
