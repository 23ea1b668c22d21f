"""Design, play, design again: the loop ends clean or says what remains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan import check_network, design_network, read_area
from ponplan.simulate.verify import design_verified
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.design import Design


NUM_CUSTOMERS = 60


@pytest.fixture(scope="module")
def plan() -> Callable:
    """Plan a part of the bundled bank district quickly, with headroom."""
    area = read_area(Path(__file__).parents[2] / "topologies" / "bank-district")
    part = replace(area, customers=area.customers[:NUM_CUSTOMERS])
    return lambda headroom: design_network(part, effort="quick", headroom=headroom)


def test_a_design_that_keeps_its_promises_is_planned_once(planned: Callable[[str], Design]):
    """The bank district is clean now, in one round."""
    verified = design_verified(lambda _: planned("bank-district"), year=0, seconds=0.1)
    assert verified.is_clean
    assert [(one.broken, one.headroom) for one in verified.rounds] == [(0, 0)]


def test_ports_that_fail_are_shared_by_fewer(plan: Callable):
    """Far beyond the horizon ports fail; only their customers get headroom, until nothing is broken."""
    verified = design_verified(plan, year=15, seconds=0.1)
    first, last = verified.rounds[0], verified.rounds[-1]
    assert first.broken > 0
    assert len(first.ports) < 7
    assert 0 < verified.rounds[1].headroom < NUM_CUSTOMERS
    assert last.broken == 0
    assert [one.headroom for one in verified.rounds] == sorted(one.headroom for one in verified.rounds)
    assert verified.is_clean
    assert verified.design.proof.cost < 1.1 * first.cost
    assert all(violation.relaxed for violation in check_network(verified.design.network))


def test_headroom_parts_the_customers_of_a_port(plan: Callable):
    """Customers that count for more than their port holds are on more ports; the others' load is what it was."""
    first = plan({}).network
    port = Survey(first).onu_paths.ports[0]
    paths = Survey(first).onu_paths
    here = {first.onus[onu].customer for onu in paths.onus[paths.ports == port].tolist()}
    room = float((Survey(first).port_rates_bps[port] / Survey(first).port_loads_after_bps(10)[port]).min())
    second = plan(dict.fromkeys(here, 1.1 * room)).network
    paths = Survey(second).onu_paths
    assert (
        len({int(at) for onu, at in zip(paths.onus, paths.ports, strict=True) if second.onus[onu].customer in here})
        > 1
    )
