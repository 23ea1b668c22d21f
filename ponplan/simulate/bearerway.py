"""How long packets take behind the OLTs: to the edge of the design, and from one chassis to another."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from math import hypot
from typing import TYPE_CHECKING

from ponplan.simulate.waiting import LONGEST_FRAME_BYTES
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.simulate.bearer import Section
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """A bundle or a ring's stretch from one place to the next, with what data and circuits spend on it."""

    to: str
    data_ms: float
    circuit_ms: float


@dataclass(frozen=True, kw_only=True)
class BearerWays:
    """Ways through the network behind the OLTs, each the quickest; its delays come from the sections as played.

    A hop is the wait before its links, sending the longest frame, and light in its fibre; each element that is
    entered adds its latency. What lies outside the design takes no time but the straight line between offices.
    """

    network: Network
    sections: Sequence[Section]
    _known: dict[tuple[str, bool], Mapping[str, float]] = field(default_factory=dict)

    @cached_property
    def _hops(self) -> Mapping[str, Sequence[_Hop]]:
        sections = {section.of: section for section in self.sections}
        hops: dict[str, list[_Hop]] = defaultdict(list)
        joined = {(one.olt, one.to, float(one.rate_bps), 0.0, "trunk") for one in self.network.uplinks}
        joined |= {
            (one.from_element, one.to_element, float(one.rate_bps), one.length_m, one.kind)
            for one in self.network.bearer_links
        }
        for here, there, rate_bps, length_m, kind in sorted(joined):
            fixed_ms = LONGEST_FRAME_BYTES * 8e3 / rate_bps + length_m * FIBRE_NS_PER_M / 1e6
            waits = [
                (own.wait_up_ms, own.circuit_wait_up_ms, own.wait_down_ms, own.circuit_wait_down_ms)
                for place in ((here, there) if kind == "ring" else (here,))
                if (own := sections.get(place)) is not None
            ]
            up_ms, circuit_up_ms, down_ms, circuit_down_ms = (
                max((wait[k] for wait in waits), default=0.0) for k in range(4)
            )
            if kind == "ring":  # traffic goes round it either way
                up_ms = down_ms = max(up_ms, down_ms)
                circuit_up_ms = circuit_down_ms = max(circuit_up_ms, circuit_down_ms)
            hops[here].append(self._hop(there, up_ms + fixed_ms, circuit_up_ms + fixed_ms))
            hops[there].append(self._hop(here, down_ms + fixed_ms, circuit_down_ms + fixed_ms))
        return hops

    @cached_property
    def _latency_ms(self) -> Mapping[str, float]:
        rows = self.network.catalogue.bearer_elements
        return {one.id: rows[one.type].latency_us / 1e3 for one in self.network.bearer_elements if one.type in rows}

    def _hop(self, to: str, data_ms: float, circuit_ms: float) -> _Hop:
        latency_ms = self._latency_ms.get(to, 0.0)
        return _Hop(to=to, data_ms=data_ms + latency_ms, circuit_ms=circuit_ms + latency_ms)

    @cached_property
    def _inside(self) -> frozenset[str]:
        return frozenset([*(olt.id for olt in self.network.olts), *(one.id for one in self.network.bearer_elements)])

    @cached_property
    def _places(self) -> Mapping[str, tuple[float, float]]:
        """Give where each chassis and element stands."""
        nodes = {node.id: (node.x_m, node.y_m) for node in self.network.nodes}
        stands = [(olt.id, olt.node) for olt in self.network.olts]
        stands += [(one.id, one.node) for one in self.network.bearer_elements]
        return {place: nodes[node] for place, node in stands if node in nodes}

    def outward_ms(self, olt: str, *, circuit: bool) -> float | None:
        """Give the delay from a chassis to the edge of the design, None if nothing leads there."""
        away_ms = self._from(olt, circuit=circuit)
        return min((delay for place, delay in away_ms.items() if place not in self._inside), default=None)

    def inward_ms(self, olt: str, *, circuit: bool) -> float | None:
        """Give the delay from the edge of the design to a chassis, None if nothing leads there."""
        edges = sorted({place for place in self._hops if place not in self._inside})
        delays_ms = [self._from(edge, circuit=circuit).get(olt) for edge in edges]
        return min((delay for delay in delays_ms if delay is not None), default=None)

    def between_ms(self, olt: str, other: str, *, circuit: bool) -> float | None:
        """Give the delay from one chassis to another, 0 within one; None if nothing joins them."""
        if olt == other:
            return 0.0
        return self._from(olt, circuit=circuit).get(other)

    def _from(self, start: str, *, circuit: bool) -> Mapping[str, float]:
        """Give the shortest delays from a place to all others (Dijkstra's method).

        A way that leaves the design and comes back at another office pays for the straight line between the two.
        """
        key = start, circuit
        if key in self._known:
            return self._known[key]
        done: dict[str, float] = {}
        queue: list[tuple[float, str, str]] = [(0.0, start, "")]
        while queue:
            delay_ms, place, left_from = heapq.heappop(queue)
            if place in done:
                continue
            done[place] = delay_ms
            for hop in self._hops.get(place, ()):
                step_ms = hop.circuit_ms if circuit else hop.data_ms
                if left_from and place not in self._inside:
                    step_ms += self._straight_ms(left_from, hop.to)
                heapq.heappush(queue, (delay_ms + step_ms, hop.to, place))
        self._known[key] = done
        return done

    def _straight_ms(self, here: str, there: str) -> float:
        if here not in self._places or there not in self._places:
            return 0.0
        (x_m, y_m), (other_x_m, other_y_m) = self._places[here], self._places[there]
        return hypot(x_m - other_x_m, y_m - other_y_m) * FIBRE_NS_PER_M / 1e6
