"""What chassis hand to the network behind them at the horizon, and what reaches each of its elements."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing.circuits import circuit_load_factor
from ponplan.topology.growth import growth_of
from ponplan.topology.load import VC12_PAYLOAD_BPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]


@dataclass(slots=True)
class Handed:
    """Load at the horizon, down and up: all of it, E1 alone, by service edge; and counts."""

    load_bps: FloatArray = field(default_factory=lambda: np.zeros(2))
    e1_bps: FloatArray = field(default_factory=lambda: np.zeros(2))
    e1: float = 0.0
    edges_bps: dict[str, FloatArray] = field(default_factory=lambda: defaultdict(lambda: np.zeros(2)))
    sessions: int = 0

    @property
    def vc12(self) -> int:
        """VC-12 that carry it: one for each E1, the rest by payload."""
        rest = float(np.maximum(self.load_bps - self.e1_bps, 0.0).max())
        return math.ceil(self.e1 - 1e-6) + math.ceil(rest / VC12_PAYLOAD_BPS - 1e-6)


def handed_by_olts(survey: Survey) -> Mapping[str, Handed]:
    """Give what each chassis hands on, over working paths; nothing where loads grow beyond all numbers."""
    network, catalogue = survey.network, survey.catalogue
    customers = {customer.id: customer for customer in network.customers}
    growth, years = growth_of(network), network.rules.horizon_years
    loads_bps = survey.onu_loads_after_bps(years)
    found: dict[str, Handed] = defaultdict(Handed)
    paths = survey.onu_paths
    seen: set[tuple[str, str]] = set()
    for onu, port in zip(paths.onus[paths.working].tolist(), paths.ports[paths.working].tolist(), strict=True):
        card = survey.index.cards.get(network.ports[port].card)
        customer = customers.get(network.onus[onu].customer)
        if card is None or customer is None or customer.customer_class not in catalogue.customer_classes:
            continue
        load_bps = loads_bps[onu]
        if not np.isfinite(load_bps).all():
            continue
        handed, edge = found[card.olt], catalogue.customer_classes[customer.customer_class].service_edge
        handed.load_bps = handed.load_bps + load_bps
        handed.edges_bps[edge] = handed.edges_bps[edge] + load_bps
        if (card.olt, customer.id) in seen:
            continue
        seen.add((card.olt, customer.id))
        handed.sessions += edge == "bras"
        for name, count in customer.services:
            row = catalogue.services.get(name)
            if row is not None and row.e1_circuits:
                grown = count * growth.factor(customer.customer_class, name, years)
                handed.e1 += grown * row.e1_circuits
                technology = catalogue.technologies.get(customer.technology)
                carried = grown if technology is None else grown * circuit_load_factor(technology)
                handed.e1_bps += carried * np.array([row.committed_down_bps, row.committed_up_bps])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """What reaches one element from chassis, directly or over others."""

    load_bps: float
    edges_bps: Mapping[str, float]
    sessions: float
    vc12: int


def reaching_elements(survey: Survey) -> Mapping[str, Reaching]:
    """Give what reaches the elements that uplinks lead to; a chassis shares its load over them by rate."""
    network = survey.network
    rates: Counter[str] = Counter()
    toward: Counter[tuple[str, str]] = Counter()
    for uplink in network.uplinks:
        rates[uplink.olt] += uplink.rate_bps
        toward[uplink.olt, uplink.to] += uplink.rate_bps
    handed = handed_by_olts(survey)
    parts: dict[str, list[tuple[Handed, float]]] = defaultdict(list)
    for (olt, element), rate in toward.items():
        if olt in handed and rates[olt]:
            parts[element].append((handed[olt], rate / rates[olt]))
    return {element: _together(own) for element, own in parts.items()}


def _together(parts: list[tuple[Handed, float]]) -> Reaching:
    edges: dict[str, float] = defaultdict(float)
    for handed, share in parts:
        for edge, load_bps in handed.edges_bps.items():
            edges[edge] += share * float(load_bps.max())
    return Reaching(
        load_bps=math.fsum(share * float(handed.load_bps.max()) for handed, share in parts),
        edges_bps=edges,
        sessions=math.fsum(share * handed.sessions for handed, share in parts),
        vc12=sum(math.ceil(share * handed.vc12 - 1e-6) for handed, share in parts),
    )
