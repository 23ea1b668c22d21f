"""Promises end to end: what the network behind the OLT adds to every service that leaves the design."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.simulate.bearerway import BearerWays
    from ponplan.simulate.portplay import PortResult
    from ponplan.simulate.promises import FlowResult
    from ponplan.topology.network import Network


def olt_of_ports(network: Network) -> dict[str, str]:
    """Give the chassis of every port."""
    olt_of_card = {card.id: card.olt for card in network.cards}
    return {port.id: olt_of_card.get(port.card, "") for port in network.ports}


def with_bearer(network: Network, results: Sequence[PortResult], ways: BearerWays) -> tuple[PortResult, ...]:
    """Add the bearer's delay to services that go to the edge of the design, and judge their delay anew.

    Circuits from customer to customer are judged by themselves, over both their ends.
    """
    olts = olt_of_ports(network)
    customers = {customer.id for customer in network.customers}
    within = {
        (end, circuit.service)
        for circuit in network.circuits
        if circuit.a in customers and circuit.z in customers
        for end in (circuit.a, circuit.z)
    }
    return tuple(
        replace(
            result,
            flows=tuple(
                flow if (flow.customer, flow.service) in within else _with_bearer(flow, olts[flow.port], ways)
                for flow in result.flows
            ),
        )
        for result in results
    )


def _with_bearer(flow: FlowResult, olt: str, ways: BearerWays) -> FlowResult:
    circuit = flow.circuit_delay_ms is not None
    way = ways.outward_ms if flow.direction == "up" else ways.inward_ms
    bearer_ms = way(olt, circuit=circuit)
    if bearer_ms is None or flow.pon_delay_ms is None:
        return flow
    whole_ms = flow.pon_delay_ms + bearer_ms
    if whole_ms <= flow.promised_delay_ms or "delay" in flow.broken:
        return replace(flow, bearer_ms=bearer_ms, end_to_end_ms=whole_ms)
    broken, reason = (*flow.broken, "delay"), flow.reason or "bearer"
    return replace(flow, bearer_ms=bearer_ms, end_to_end_ms=whole_ms, broken=broken, reason=reason)
