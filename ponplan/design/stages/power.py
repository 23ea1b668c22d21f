"""The power that equipment in the offices draws, by the phase that puts it there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.topology.areas import owners_of
from ponplan.topology.index import NetworkIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.network import Network


def watts_by_phase(network: Network) -> Mapping[str, float]:
    """Give the watts of chassis, cards and bearer elements that each phase adds, without what stands already."""
    owners, catalogue = owners_of(NetworkIndex(network)), network.catalogue
    found: dict[str, float] = defaultdict(float)
    for name, rows in (
        ("olts", catalogue.olt_chassis),
        ("cards", catalogue.olt_cards),
        ("bearer_elements", catalogue.bearer_elements),
    ):
        for record in getattr(network, name):
            row = rows.get(record.type)
            if row is not None and record.state == "new":
                found[owners.phase(name, record.id)] += row.power_w
    return found
