"""Circuits from one customer to another, over two ports: what both halves together keep of what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.simulate.portplay import FlowResult, PortResult
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """One direction of a circuit between customers: up at one end, down at the other.

    `delay_ms` is what 99.9 % of packets keep in both halves together, or for E1 packing and the longest delays; the
    bearer between the OLTs is not in it.
    """

    circuit: str
    service: str
    from_customer: str
    to_customer: str
    from_port: str
    to_port: str
    delay_ms: float | None
    promised_delay_ms: float
    lost_share: float
    kept: bool


def throughs(network: Network, results: Sequence[PortResult]) -> tuple[Through, ...]:
    """Give both directions of every circuit that ends at two played customers, in the order of the design."""
    flows: dict[tuple[str, str, str], FlowResult] = {}
    for result in results:
        for flow in result.flows:
            flows.setdefault((flow.customer, flow.service, flow.direction), flow)
    found = []
    for circuit in network.circuits:
        for begin, end in ((circuit.a, circuit.z), (circuit.z, circuit.a)):
            one = _through(circuit.id, circuit.service, begin, end, flows)
            if one is not None:
                found.append(one)
    return tuple(found)


def _through(
    circuit: str, service: str, begin: str, end: str, flows: Mapping[tuple[str, str, str], FlowResult]
) -> Through | None:
    up, down = flows.get((begin, service, "up")), flows.get((end, service, "down"))
    if up is None or down is None:
        return None
    halves = (up.delay_p999_ms, down.delay_p999_ms)
    if up.circuit_delay_ms is not None:
        halves = (up.circuit_delay_ms, down.delay_max_ms)
    delay_ms = None if None in halves else sum(half for half in halves if half is not None)
    lost_share = 1.0 - (1.0 - up.lost_share) * (1.0 - down.lost_share)
    late = delay_ms is not None and delay_ms > up.promised_delay_ms
    return Through(
        circuit=circuit,
        service=service,
        from_customer=begin,
        to_customer=end,
        from_port=up.port,
        to_port=down.port,
        delay_ms=delay_ms,
        promised_delay_ms=up.promised_delay_ms,
        lost_share=lost_share,
        kept=not late and lost_share <= up.promised_loss,
    )
