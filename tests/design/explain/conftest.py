"""Two designs that the explanations are tried on, each made once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area
from ponplan.design import design_network
from ponplan.design.explain.replan import take_up
from ponplan.topology import read_network, write_network

if TYPE_CHECKING:
    from ponplan.area.model import Area
    from ponplan.design.explain.replan import Replanning
    from ponplan.topology.network import Network

TOPOLOGIES = Path(__file__).parents[3] / "topologies"


@pytest.fixture(scope="session")
def town_area() -> Area:
    """Give the area of the mixed town."""
    return read_area(TOPOLOGIES / "mixed-town")


@pytest.fixture(scope="session")
def town_file(town_area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a design file of the mixed town."""
    file = tmp_path_factory.mktemp("explain") / "town.gpkg"
    write_network(design_network(town_area, effort="quick").network, file)
    return file


@pytest.fixture(scope="session")
def town(town_file: Path) -> Network:
    """Give the mixed town's design as its file holds it."""
    return read_network(town_file)


@pytest.fixture(scope="session")
def again(town: Network) -> Replanning:
    """Give the mixed town's decisions, taken up from its file alone."""
    return take_up(town, tell=lambda _: None)


@pytest.fixture(scope="session")
def bank_area() -> Area:
    """Give an area in which every third customer's trunk is protected, and some customers' whole way."""
    area = read_area(TOPOLOGIES / "bank-district")
    kinds = ("trunk", "none", "none", "full", "none", "none")
    customers = tuple(replace(row, protection=kinds[i % 6]) for i, row in enumerate(area.customers[:30]))
    return replace(area, customers=customers)


@pytest.fixture(scope="session")
def bank(bank_area: Area) -> Network:
    """Give its design."""
    return design_network(bank_area, effort="quick").network


@pytest.fixture(scope="session")
def bus() -> Network:
    """Give the design of a road whose houses hang on taps."""
    return design_network(read_area(TOPOLOGIES / "road-bus"), effort="quick").network
