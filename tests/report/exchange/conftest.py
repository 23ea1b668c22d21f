"""A small designed network with Chinese names, and one whose texts are as hostile as texts can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.design import Design
    from ponplan.topology.network import Network

HOSTILE = "</script><b>\"'&\u202eabc\U0001f600 \u8def;=1+1\x0b" + "x" * 200 + "\u8def" * 30


@pytest.fixture(scope="session")
def network(planned: Callable[[str], Design]) -> Network:
    """Give the bank district's design: Chinese names, EPSG:4547."""
    return planned("bank-district").network


@pytest.fixture(scope="session")
def design(planned_file: Callable[[str], Path]) -> Path:
    """Give its design file."""
    return planned_file("bank-district")


@pytest.fixture(scope="session")
def hostile(network: Network) -> Network:
    """Give the same network with names that try to break out of every format."""
    customers = [replace(c, name=f"{HOSTILE}{n}", attributes={HOSTILE: n}) for n, c in enumerate(network.customers)]
    nodes = [replace(node, name=HOSTILE) for node in network.nodes]
    return replace(network, name=HOSTILE, customers=tuple(customers), nodes=tuple(nodes))


@pytest.fixture(scope="session")
def moved() -> Callable[[Network, str, float, float], Network]:
    """Give a function that puts a network somewhere else, its first node at the place given."""

    def move(network: Network, crs: str, x_m: float, y_m: float) -> Network:
        shift = np.array((x_m - network.nodes[0].x_m, y_m - network.nodes[0].y_m))
        east, north = shift.tolist()
        nodes = [replace(n, x_m=n.x_m + east, y_m=n.y_m + north) for n in network.nodes]
        customers = [replace(c, x_m=c.x_m + east, y_m=c.y_m + north) for c in network.customers]
        lines = shapely.transform(network.route_lines, lambda xy: xy + shift)
        return replace(network, crs=crs, nodes=tuple(nodes), customers=tuple(customers), route_lines=lines)

    return move
