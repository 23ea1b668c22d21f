"""A small designed network with Chinese names, and one whose texts are as hostile as texts can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan import design_network, read_area, write_network

if TYPE_CHECKING:
    from ponplan.topology.network import Network

HOSTILE = "</script><b>\"'&\u202eabc\U0001f600 \u8def;=1+1\x0b" + "x" * 200 + "\u8def" * 30


@pytest.fixture(scope="session")
def network() -> Network:
    """Give the bank district's design: Chinese names, EPSG:4547."""
    return design_network(read_area(Path("topologies/bank-district")), seed=1).network


@pytest.fixture(scope="session")
def design(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its design file."""
    path = tmp_path_factory.mktemp("design") / "bank.gpkg"
    write_network(network, path)
    return path


@pytest.fixture(scope="session")
def hostile(network: Network) -> Network:
    """Give the same network with names that try to break out of every format."""
    customers = [replace(c, name=f"{HOSTILE}{n}", attributes={HOSTILE: n}) for n, c in enumerate(network.customers)]
    nodes = [replace(node, name=HOSTILE) for node in network.nodes]
    return replace(network, name=HOSTILE, customers=tuple(customers), nodes=tuple(nodes))
