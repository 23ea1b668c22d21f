"""Plan, check and simulate passive optical access networks.

The public functions are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.area import read_area
    from ponplan.catalogue import read_catalogue
    from ponplan.design import design_network
    from ponplan.topology import check_network, read_network, trace_customer, write_network

__version__ = "0.1.0"

_HOME = {
    "read_catalogue": "ponplan.catalogue",
    "read_area": "ponplan.area",
    "read_network": "ponplan.topology",
    "write_network": "ponplan.topology",
    "check_network": "ponplan.topology",
    "trace_customer": "ponplan.topology",
    "design_network": "ponplan.design",
}

__all__ = [
    "__version__",
    "check_network",
    "design_network",
    "read_area",
    "read_catalogue",
    "read_network",
    "trace_customer",
    "write_network",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    msg = f"module 'ponplan' has no attribute {name!r}"
    raise AttributeError(msg)
