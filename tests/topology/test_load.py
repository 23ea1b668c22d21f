"""Busy-hour load worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponplan.framing import IPACT_TRIMODAL, usable_rate_bps
from ponplan.topology.load import horizon_factor, load_bps, loads_by_year_bps, usable_rates_bps, year_full
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.topology import Network


def test_load_of_a_customer(tiny: Network) -> None:
    """Internet 100/50 with 10/5 committed at 1:20 loads 10 + 90/20 = 14.5 down and 5 + 45/20 = 7.25 Mbit/s up."""
    assert load_bps(tiny.customers[0], tiny.catalogue, 20.0) == (14.5e6, 7.25e6)


def test_circuits_are_never_oversubscribed(tiny: Network) -> None:
    """Two E1 load 4.096 Mbit/s each way at any oversubscription, and 46 bytes of headers to 256 where emulated."""
    customer = replace(tiny.customers[0], services=(("e1", 2),))
    native = replace(customer, technology="gpon")
    assert load_bps(native, tiny.catalogue, 50.0) == (4.096e6, 4.096e6)
    emulated = replace(customer, technology="epon")
    assert load_bps(emulated, tiny.catalogue, 50.0) == pytest.approx((4.096e6 * 302 / 256,) * 2)


def test_load_of_a_port_is_the_sum_of_its_customers(tiny: Network) -> None:
    """Four such customers load the port with 58 and 29 Mbit/s, and nothing is lost or counted twice."""
    survey = Survey(tiny)
    assert survey.port_loads_bps.tolist() == [[58e6, 29e6]]
    assert survey.port_onus.tolist() == [4]


def test_protecting_port_carries_nothing_now(trunk: Network) -> None:
    """Load counts on the working port only."""
    assert Survey(trunk).port_loads_bps.tolist() == [[29e6, 14.5e6], [0.0, 0.0]]


def test_customer_with_two_terminals_counts_once(tiny: Network) -> None:
    """Two terminals of one customer share the customer's load."""
    twin = replace(tiny.onus[1], customer="c1")
    network = replace(tiny, onus=(tiny.onus[0], twin, *tiny.onus[2:]))
    assert Survey(network).onu_loads_bps[:2].tolist() == [[7.25e6, 3.625e6]] * 2


def test_usable_rate_is_that_of_one_burst_per_terminal(tiny: Network) -> None:
    """A port's rate is framing's, with one burst per terminal and frame, and falls with more terminals."""
    epon, group = tiny.catalogue.technologies["epon"], tiny.catalogue.optical_classes["epon-px20"]
    items = tiny.catalogue.frame_items
    rates = usable_rates_bps(tiny.catalogue, epon, group, num_onus=8)
    up = usable_rate_bps(epon, items, direction="up", bursts_per_frame=8, frame_bytes=IPACT_TRIMODAL)
    assert rates[1] == up
    assert usable_rates_bps(tiny.catalogue, epon, group, num_onus=32)[1] < up


def test_class_that_needs_error_correction_costs_rate(tiny: Network) -> None:
    """C+ holds only with FEC, so its port carries less than one of B+."""
    rows, gpon = tiny.catalogue.optical_classes, tiny.catalogue.technologies["gpon"]
    plain = usable_rates_bps(tiny.catalogue, gpon, rows["gpon-b+"], num_onus=8)
    coded = usable_rates_bps(tiny.catalogue, gpon, rows["gpon-c+"], num_onus=8)
    assert coded[0] < plain[0]
    assert coded[1] < plain[1]


def test_growth_by_year() -> None:
    """Ten per cent a year makes 100 into 110 and 121."""
    assert loads_by_year_bps(100.0, growth_per_year=0.1, years=2) == pytest.approx([100.0, 110.0, 121.0])
    assert horizon_factor(0.05, 10) == pytest.approx(1.628894627)


@given(
    load=st.floats(1e3, 1e10),
    rate=st.floats(1e3, 1e10),
    growth=st.floats(0.001, 1.0),
)
def test_year_full_is_the_first_that_does_not_fit(load: float, rate: float, growth: float) -> None:
    """In the year given the load is above the rate, in the year before it is not."""
    year = year_full(load, rate, growth_per_year=growth)
    assert year is not None
    assert load * horizon_factor(growth, year) > rate
    assert year == 0 or load * horizon_factor(growth, year - 1) <= rate


def test_port_without_growth_never_fills() -> None:
    """Without growth a load that fits now fits for ever."""
    assert year_full(1.0, 2.0, growth_per_year=0.0) is None
    assert year_full(3.0, 2.0, growth_per_year=0.0) == 0
