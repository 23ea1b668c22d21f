"""What a fault does to each customer, millisecond by millisecond.

Names are looked up when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.failover.availability.run import network_availability
    from ponplan.failover.networks import simulate_network_faults
    from ponplan.failover.pairs import pair_network
    from ponplan.failover.result import CustomerOutage, OutageResult
    from ponplan.failover.run import simulate_pon_faults
    from ponplan.failover.sweep import sweep_network

__all__ = [
    "CustomerOutage",
    "OutageResult",
    "network_availability",
    "pair_network",
    "simulate_network_faults",
    "simulate_pon_faults",
    "sweep_network",
]

_HOMES = {
    "CustomerOutage": "result",
    "OutageResult": "result",
    "network_availability": "availability.run",
    "pair_network": "pairs",
    "simulate_network_faults": "networks",
    "simulate_pon_faults": "run",
    "sweep_network": "sweep",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"ponplan.failover.{_HOMES[name]}"), name)
