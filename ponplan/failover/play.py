"""Play faults on a plant: one run of the state machines for each replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import ScenarioError
from ponplan.failover.line import Line
from ponplan.framing import BurstLayout, EthernetUp, up_layout
from ponplan.framing.items import ItemTable
from ponplan.simulate.discovery import discovery_times
from ponplan.simulate.ranging import ranging_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.failover.durations import Durations
    from ponplan.failover.plant import Break, Plant
    from ponplan.failover.records import Journal
    from ponplan.failover.rules import SwitchRules
    from ponplan.simulate.discovery import DiscoveryTimes
    from ponplan.simulate.ranging import RangingTimes

GPON = "gpon"
PATIENCE_NS = 60_000_000_000  # after the last fault or repair: who is not back by then counts as lost


def activation_times(catalogue: Catalogue, technology: str) -> RangingTimes | DiscoveryTimes | None:
    """Look up the times of a technology's activation; APON's are taken to be those of GPON, which has its states.

    A direct fibre has none: its link comes up by itself.

    Raises
    ------
    ScenarioError
        Its activation is not simulated.
    """
    if catalogue.technologies[technology].is_direct:
        return None
    alike = GPON if catalogue.technologies[technology].family == "apon" else technology
    items = ItemTable(alike, catalogue.frame_items)
    layout = up_layout(catalogue.technologies[alike], catalogue.frame_items)
    if isinstance(layout, EthernetUp):
        return discovery_times(items, layout)
    if isinstance(layout, BurstLayout):
        return ranging_times(items, layout)
    raise ScenarioError(f"technology {technology}: activation with cells is not simulated")


def play_faults(
    plant: Plant,
    breaks: Sequence[Break],
    durations: Durations,
    rules: SwitchRules,
    times: RangingTimes | DiscoveryTimes | None,
    rng: np.random.Generator,
) -> Journal:
    """Play one run and give what it wrote down."""
    line = Line(plant, durations, rules, rng, times)
    last_ns = max((one.until_ns or one.at_ns for one in breaks), default=0)
    fading = any(one.db_per_s is not None for one in breaks)
    patience_ns = PATIENCE_NS + (durations.nominal_ns("wait-to-restore") if rules.revertive else 0)
    return line.play(breaks, until_ns=last_ns + patience_ns * (60 if fading else 1))


def generator_of(seed: int, replication: int) -> np.random.Generator:
    """Give the generator of one replication, independent of all others and of how work is divided."""
    return np.random.default_rng([seed, 3, replication])
