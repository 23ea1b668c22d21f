"""What it costs to pass a customer, and to connect one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.breakdown import CONNECTED, SPARE

if TYPE_CHECKING:
    from ponplan.design.breakdown import Breakdown
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class PerCustomer:
    """What passing and connecting customers costs."""

    customers: int  # all that the area names
    passed: int  # with service within reach: all that the design serves
    connected: int  # with a terminal
    passing_cost: float
    connecting_cost: float

    @property
    def cost_per_passed(self) -> float:
        """Network cost for each customer passed."""
        return self.passing_cost / self.passed if self.passed else 0.0

    @property
    def cost_per_connected(self) -> float:
        """Further cost of connecting one of them."""
        return self.connecting_cost / self.connected if self.connected else 0.0


def per_customer(network: Network, breakdown: Breakdown) -> PerCustomer:
    """Give how many customers are passed and connected, and what each of both costs, spare parts left out."""
    connecting = math.fsum(
        part.total_cost for part in breakdown.parts if part.per == CONNECTED and part.part != SPARE
    )
    served = [customer.id for customer in network.customers if not customer.unserved]
    with_terminal = {onu.customer for onu in network.onus}
    return PerCustomer(
        customers=len(network.customers),
        passed=len(served),
        connected=sum(name in with_terminal for name in served),
        passing_cost=round(breakdown.design_cost - connecting, 2),
        connecting_cost=round(connecting, 2),
    )
