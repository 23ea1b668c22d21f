"""Limits of ports agree with budgets, loads and rules that are measured elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.design.explain.ports import port_limits
from ponplan.topology.load import usable_rates_bps
from ponplan.topology.loadreport import load_by_year
from ponplan.topology.network import ClassRule
from ponplan.topology.survey import Survey
from ponplan.topology.works.budgets import optical_budgets

if TYPE_CHECKING:
    from ponplan.design.explain.limit import Limit
    from ponplan.design.explain.ports import PortLimits
    from ponplan.topology.network import Network


@pytest.fixture(scope="module")
def ports(town: Network) -> tuple[PortLimits, ...]:
    """Give the limits of all ports."""
    return port_limits(town)


def _limit(port: PortLimits, name: str, direction: str = "") -> Limit:
    return next(limit for limit in port.limits if (limit.name, limit.direction) == (name, direction))


def test_light_left_is_the_least_reserve_of_the_budgets(town: Network, ports: tuple[PortLimits, ...]):
    """The worst terminal of a port is the one with the least reserve in the table of budgets."""
    reserves: dict[tuple[str, str], float] = {}
    for row in optical_budgets(Survey(town)):
        assert row.reserve_db is not None
        key = (row.port, row.direction)
        reserves[key] = min(row.reserve_db, reserves.get(key, row.reserve_db))
    for port in ports:
        for direction in ("down", "up"):
            assert _limit(port, "light", direction).room == pytest.approx(reserves[port.port, direction], abs=2e-3)


def test_load_agrees_with_the_load_report(town: Network, ports: tuple[PortLimits, ...]):
    """Load at the horizon and the year a port is full are those of `ponplan load`."""
    told = {port.port: port for port in load_by_year(town, years=50)}
    horizon = town.rules.horizon_years
    for port in ports:
        for carried in port.carried:
            report = told[port.port]
            assert 100.0 * carried.horizon_bps / carried.rate_bps == pytest.approx(
                report.percent[carried.direction][horizon], abs=0.01
            )
            assert carried.full_year == report.full[carried.direction]


def test_room_in_load_is_the_last_number_that_fits(town: Network, ports: tuple[PortLimits, ...]):
    """So many customers more fit, and not one beyond, at the rate that so many terminals leave."""
    rows = {port.id: port for port in town.ports}
    for port in ports:
        row, survey = rows[port.port], Survey(town)
        for k, carried in enumerate(port.carried):
            limit = _limit(port, "load", carried.direction)
            assert limit.customers is not None
            each = carried.horizon_bps / port.customers
            for more, fits in ((limit.customers, True), (limit.customers + 1, False)):
                onus = port.customers + more
                rate = usable_rates_bps(
                    town.catalogue,
                    town.catalogue.technologies[row.technology],
                    survey.index.optical_class(row),
                    num_onus=onus,
                )[k]
                assert (onus * each <= rate) is fits
            if limit.customers == 0:
                break


def test_the_binding_limit_leaves_the_least_room(ports: tuple[PortLimits, ...]):
    """No other limit that counts customers stops earlier than the binding one."""
    for port in ports:
        counted = [limit.customers for limit in port.limits if limit.customers is not None]
        assert port.customers_more == min(counted)
        assert _limit(port, port.binding, port.direction).customers == port.customers_more


def test_rules_of_classes_are_limits(town: Network):
    """A class that wants its ports for itself, or a smaller split, leaves no room for more."""
    classes = {customer.customer_class for customer in town.customers}
    rules = tuple(ClassRule(customer_class=name, own_port=True, max_split=4) for name in classes)
    for port in port_limits(replace(town, class_rules=rules)):
        assert _limit(port, "own-port").customers == 0
        assert _limit(port, "own-port").limit == 1
        assert min(limit.limit for limit in port.limits if limit.name == "split") == 4
        assert port.customers_more == 0


def test_protecting_ports_have_light_but_no_load(bank: Network):
    """A port that stands by is judged by its light alone."""
    standing_by = [port for port in port_limits(bank) if port.role == "protecting"]
    assert standing_by
    assert all(not port.carried for port in standing_by)
    assert all(any(limit.name == "light" for limit in port.limits) for port in standing_by)
