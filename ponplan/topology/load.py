"""Load: what customers ask of a port in the busy hour, now and in years to come, against what the port can carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.framing import IPACT_TRIMODAL, usable_rate_bps
from ponplan.framing.circuits import circuit_load_factor

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OpticalClass, Technology
    from ponplan.topology.growth import Growth
    from ponplan.topology.network import NetworkCustomer

VC12_PER_STM = 63  # VC-12 in one STM-1 (ITU-T G.707 multiplexing)
VC12_PAYLOAD_BPS = 2_176_000  # of one VC-12 container, for Ethernet in VC-12-Xv
STM_BPS = 155_520_000
FRAME_MIX = IPACT_TRIMODAL  # of packets, that usable rates are stated for


def load_bps(
    customer: NetworkCustomer,
    catalogue: Catalogue,
    oversubscription: float,
    *,
    growth: Growth | None = None,
    years: int = 0,
) -> tuple[float, float]:
    """Give what a customer loads a port with, downstream and upstream, when its services have grown for some years.

    Every service counts with its committed rate and the part of its peak above it, divided by `oversubscription`; E1
    with the headers that carry it where it is emulated.
    """
    technology = catalogue.technologies.get(customer.technology)
    circuit = 1.0 if technology is None else circuit_load_factor(technology)
    known = [
        (catalogue.services[name], count * (growth.factor(customer.customer_class, name, years) if growth else 1.0))
        for name, count in customer.services
    ]
    services = [(row, count * circuit if row.e1_circuits else count) for row, count in known]
    down = (count * _busy_bps(row.committed_down_bps, row.peak_down_bps, oversubscription) for row, count in services)
    up = (count * _busy_bps(row.committed_up_bps, row.peak_up_bps, oversubscription) for row, count in services)
    return math.fsum(down), math.fsum(up)


def _busy_bps(committed_bps: float, peak_bps: float, oversubscription: float) -> float:
    return committed_bps + max(0.0, peak_bps - committed_bps) / oversubscription


def horizon_factor(growth_per_year: float, years: int) -> float:
    """Give by how much every load has grown after some years; infinite beyond what a number can hold."""
    try:
        return float((1.0 + growth_per_year) ** years)
    except OverflowError:
        return math.inf


def loads_by_year_bps(load_now_bps: float, *, growth_per_year: float, years: int) -> list[float]:
    """Give a load now and at the end of each year."""
    return [load_now_bps * horizon_factor(growth_per_year, year) for year in range(years + 1)]


def usable_rates_bps(
    catalogue: Catalogue, technology: Technology, optical_class: OpticalClass | None, *, num_onus: int
) -> tuple[float, float]:
    """Give the rates that terminals of one port share, downstream and upstream, each sending once per frame.

    An optical class whose sensitivity holds only with error correction costs the code's share of the rate.

    Raises
    ------
    CatalogueError
        A frame item is missing.
    """
    coded_down = technology.fec_down or (optical_class is not None and optical_class.fec_down)
    coded_up = technology.fec_up or (optical_class is not None and optical_class.fec_up)
    items = catalogue.frame_items
    down = usable_rate_bps(
        technology, items, direction="down", bursts_per_frame=num_onus, frame_bytes=FRAME_MIX, fec=coded_down
    )
    up = usable_rate_bps(
        technology, items, direction="up", bursts_per_frame=max(1, num_onus), frame_bytes=FRAME_MIX, fec=coded_up
    )
    return down, up


def year_full(load_now_bps: float, rate_bps: float, *, growth_per_year: float) -> int | None:
    """Give the first year in which a load no longer fits, 0 for now; None if it never happens."""
    if load_now_bps > rate_bps:
        return 0
    if load_now_bps <= 0 or growth_per_year <= 0:
        return None
    year = max(0, math.floor(math.log(rate_bps / load_now_bps) / math.log1p(growth_per_year)) - 1)
    while load_now_bps * horizon_factor(growth_per_year, year) <= rate_bps:
        year += 1
    return year
