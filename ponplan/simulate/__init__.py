"""Packets on the fibre: time division down, time division multiple access up, activation.

Names are looked up when first used, because the compiled kernels take a second to load.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.simulate.directions import Logs
    from ponplan.simulate.live import LivePon, start_pon
    from ponplan.simulate.network import NetworkResult, simulate_network
    from ponplan.simulate.onucounts import OnuCounts
    from ponplan.simulate.policies import POLICY_SIGNATURE, policy
    from ponplan.simulate.result import DirectionResult, TrafficResult
    from ponplan.simulate.run import record_traffic, simulate_traffic
    from ponplan.simulate.sweep import sweep_traffic

__all__ = [
    "POLICY_SIGNATURE",
    "DirectionResult",
    "LivePon",
    "Logs",
    "NetworkResult",
    "OnuCounts",
    "TrafficResult",
    "policy",
    "record_traffic",
    "simulate_network",
    "simulate_traffic",
    "start_pon",
    "sweep_traffic",
]

_HOMES = {
    "POLICY_SIGNATURE": "policies",
    "DirectionResult": "result",
    "LivePon": "live",
    "Logs": "directions",
    "NetworkResult": "network",
    "OnuCounts": "onucounts",
    "TrafficResult": "result",
    "policy": "policies",
    "record_traffic": "run",
    "simulate_network": "network",
    "simulate_traffic": "run",
    "start_pon": "live",
    "sweep_traffic": "sweep",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"ponplan.simulate.{_HOMES[name]}"), name)
