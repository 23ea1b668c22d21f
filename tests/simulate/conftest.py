"""Play a scenario given as a table."""

import pytest

from ponplan.catalogue import read_catalogue
from ponplan.scenario import scenario_from_table
from ponplan.simulate import simulate_traffic


@pytest.fixture(scope="session")
def catalogue():
    """The shipped catalogue."""
    return read_catalogue()


@pytest.fixture(scope="session")
def play(catalogue):
    """Simulate a table."""

    def run(**table):
        return simulate_traffic(scenario_from_table(table), catalogue)

    return run
