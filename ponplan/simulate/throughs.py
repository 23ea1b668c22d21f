"""Circuits from one customer to another, over two ports: what both halves together keep of what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.simulate.endtoend import olt_of_ports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.simulate.bearerway import BearerWays
    from ponplan.simulate.portplay import PortResult
    from ponplan.simulate.promises import FlowResult
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """One direction of a circuit between customers: up at one end, down at the other.

    `delay_ms` is what 99.9 % of packets keep in both halves and `bearer_ms` between them, one after the other, or for
    E1 packing and the longest delays; None if nothing joins the two chassis. `wander_share` adds up what both halves
    use of an E1's limit. `broken` names what was not kept: `rate`, `delay`, `loss`, `wander`.
    """

    circuit: str
    service: str
    from_customer: str
    to_customer: str
    from_port: str
    to_port: str
    bearer_ms: float | None
    delay_ms: float | None
    promised_delay_ms: float
    lost_share: float
    wander_share: float | None
    broken: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Say whether all promises are kept."""
        return not self.broken


def throughs(network: Network, results: Sequence[PortResult], ways: BearerWays) -> tuple[Through, ...]:
    """Give both directions of every circuit that ends at two played customers, in the order of the design."""
    flows: dict[tuple[str, str, str], FlowResult] = {}
    for result in results:
        for flow in result.flows:
            flows.setdefault((flow.customer, flow.service, flow.direction), flow)
    olts = olt_of_ports(network)
    found = []
    for circuit in network.circuits:
        for begin, end in ((circuit.a, circuit.z), (circuit.z, circuit.a)):
            up, down = flows.get((begin, circuit.service, "up")), flows.get((end, circuit.service, "down"))
            if up is not None and down is not None:
                found.append(_through(circuit.id, up, down, (olts[up.port], olts[down.port]), ways))
    return tuple(found)


def _through(circuit: str, up: FlowResult, down: FlowResult, olts: tuple[str, str], ways: BearerWays) -> Through:
    is_e1 = up.circuit_delay_ms is not None
    bearer_ms = ways.between_ms(*olts, circuit=is_e1)
    # an E1 is packed once, at its beginning
    parts_ms = (up.pon_delay_ms, bearer_ms, down.delay_max_ms if is_e1 else down.delay_p999_ms)
    delay_ms = None if None in parts_ms else sum(part for part in parts_ms if part is not None)
    lost_share = 1.0 - (1.0 - up.lost_share) * (1.0 - down.lost_share)
    shares = [half.wander_share for half in (up, down) if half.wander_share is not None]
    wander_share = sum(shares) if shares else None
    broken = {
        "rate": "rate" in up.broken or "rate" in down.broken,
        "delay": bearer_ms is None or (delay_ms is not None and delay_ms > up.promised_delay_ms),
        "loss": lost_share > up.promised_loss,
        "wander": wander_share is not None and wander_share > 1.0,
    }
    return Through(
        circuit=circuit,
        service=up.service,
        from_customer=up.customer,
        to_customer=down.customer,
        from_port=up.port,
        to_port=down.port,
        bearer_ms=bearer_ms,
        delay_ms=delay_ms,
        promised_delay_ms=up.promised_delay_ms,
        lost_share=lost_share,
        wander_share=wander_share,
        broken=tuple(name for name, is_broken in broken.items() if is_broken),
    )
