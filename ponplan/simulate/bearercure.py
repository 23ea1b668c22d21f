"""What cures promises that the network behind the OLTs breaks: links where bytes wait longest, each one played."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.simulate.bearer import bearer_sections
from ponplan.simulate.bearerway import BearerWays
from ponplan.simulate.endtoend import with_bearer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.simulate.bearer import Section
    from ponplan.simulate.portplay import PortResult
    from ponplan.topology.network import Network

MOST_LINKS = 16
REASON = "bearer"


def cure_bearer(network: Network, results: Sequence[PortResult], sections: Sequence[Section]) -> str | None:
    """Say which links to add so that the bearer breaks no promise, None if so many do not help or none is broken.

    A link like the others is added where waits are longest, and the same bytes are sent over it, again and again.

    Parameters
    ----------
    results
        Ports as played, before the bearer was added.
    """
    added: Counter[str] = Counter()
    changed = network
    while _broken(changed, results, sections):
        if sum(added.values()) == MOST_LINKS or not sections:
            return None
        worst = max(sections, key=lambda section: (max(section.wait_up_ms, section.wait_down_ms), section.of)).of
        added[worst] += 1
        changed = _with_link(changed, worst)
        sections = bearer_sections(changed, results)
    if not added:
        return None
    return ", ".join(f"{count} links more onward from {place}" for place, count in sorted(added.items()))


def _broken(network: Network, results: Sequence[PortResult], sections: Sequence[Section]) -> bool:
    ways = BearerWays(network=network, sections=sections)
    return any(flow.reason == REASON for one in with_bearer(network, results, ways) for flow in one.flows)


def _with_link(network: Network, place: str) -> Network:
    """Give the network with one link more from a chassis or element, like the first it has."""
    uplink = next((one for one in network.uplinks if one.olt == place), None)
    if uplink is not None:
        return replace(network, uplinks=(*network.uplinks, uplink))
    link = next(one for one in network.bearer_links if one.from_element == place)
    return replace(network, bearer_links=(*network.bearer_links, link))
