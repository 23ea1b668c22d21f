"""The busy-hour load of every terminal and port, and the rate each port has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.growth import growth_of
from ponplan.topology.load import horizon_factor, load_bps, usable_rates_bps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Network
    from ponplan.topology.onupaths import OnuPaths

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def onu_loads(network: Network, years: int = 0) -> FloatArray:
    """Give (onus, 2) the load of each terminal after some years; a customer's terminals share it evenly.

    Unknown services count nothing; without a usable oversubscription every load is nan.
    """
    oversubscription = network.rules.oversubscription
    if not oversubscription > 0:
        return np.full((len(network.onus), 2), np.nan)
    customers = {customer.id: customer for customer in network.customers}
    count: dict[str, int] = {}
    for onu in network.onus:
        count[onu.customer] = count.get(onu.customer, 0) + 1
    growth = growth_of(network)
    known: dict[tuple[str, str, tuple[tuple[str, int], ...]], tuple[float, float]] = {}
    loads = np.zeros((len(network.onus), 2))
    for row, onu in enumerate(network.onus):
        customer = customers.get(onu.customer)
        if customer is None or any(name not in network.catalogue.services for name, _ in customer.services):
            continue
        bought = (customer.technology, customer.customer_class, customer.services)
        if bought not in known:
            known[bought] = load_bps(customer, network.catalogue, oversubscription, growth=growth, years=years)
        loads[row] = known[bought]
        loads[row] /= count[onu.customer]
    return loads


def port_loads(network: Network, paths: OnuPaths, loads: FloatArray) -> FloatArray:
    """Give (ports, 2) what each port carries of these loads, downstream and upstream; only working paths count."""
    total = np.zeros((len(network.ports), 2))
    np.add.at(total, paths.ports[paths.working], loads[paths.onus[paths.working]])
    return total


def taken_loads(network: Network, years: int) -> FloatArray:
    """Give (ports, 2) what terminals that are not in the network load each port with after some years."""
    loads = np.array([(port.taken_down_bps, port.taken_up_bps) for port in network.ports], np.float64).reshape(-1, 2)
    factor = horizon_factor(network.rules.growth_per_year, years)
    return np.multiply(loads, factor, where=loads != 0.0, out=np.zeros_like(loads))  # nothing stays nothing


def port_rates(index: NetworkIndex, num_onus: IntArray) -> FloatArray:
    """Give (ports, 2) the usable rate of each port with its terminals; nan where the catalogue has no row."""
    ports, catalogue = index.network.ports, index.network.catalogue
    rates = np.full((len(ports), 2), np.nan)
    known: dict[tuple[str, str, int], tuple[float, float]] = {}
    for row, port in enumerate(ports):
        technology = catalogue.technologies.get(port.technology)
        if technology is None:
            continue
        key = (port.technology, port.optics, int(num_onus[row]))
        if key not in known:
            known[key] = usable_rates_bps(catalogue, technology, index.optical_class(port), num_onus=key[2])
        rates[row] = known[key]
    return rates
