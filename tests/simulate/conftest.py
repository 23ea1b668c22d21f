"""Play a scenario given as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.catalogue import read_catalogue
from ponplan.scenario import scenario_from_table
from ponplan.simulate import simulate_traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue
    from ponplan.design import Design
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
def bank(planned: Callable[[str], Design]) -> Network:
    """Give the design of the bundled bank district."""
    return planned("bank-district").network
