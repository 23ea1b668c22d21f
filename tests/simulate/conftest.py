"""Play a scenario given as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan import design_network, read_area
from ponplan.catalogue import read_catalogue
from ponplan.scenario import scenario_from_table
from ponplan.simulate import simulate_traffic

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.topology import Network


@pytest.fixture(scope="session")
def catalogue():
    """Read the shipped catalogue."""
    return read_catalogue()


@pytest.fixture(scope="session")
def play(catalogue: Catalogue):
    """Simulate a table."""

    def run(**table: object) -> object:
        return simulate_traffic(scenario_from_table(table), catalogue)

    return run


@pytest.fixture(scope="session")
def bank() -> Network:
    """Design the bundled bank district."""
    area = Path(__file__).parents[2] / "topologies" / "bank-district"
    return design_network(read_area(area), seed=1).network
