"""Who asks for a quote: the wish checked against the design, with every fault named at once."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.area.records import ACCOUNT_TIERS, PROTECTIONS
from ponplan.design.demand import promised_protection, protected_direct
from ponplan.design.standing.known import known_rules, usual
from ponplan.errors import AreaError, Fault
from ponplan.topology.network import NetworkCustomer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.topology.network import Network

FILE = "quote"
MAX_SERVICES = 10_000  # of one kind at one place: beyond that somebody has mistyped


def customer_wanted(
    network: Network,
    *,
    at: str | tuple[float, float],
    services: Sequence[str],
    customer_class: str | None = None,
    protection: str | None = None,
    technology: str | None = None,
    account_tier: str = "",
    identity: str | None = None,
    max_drop_m: float,
) -> NetworkCustomer:
    """Give the customer who asks, with class, services, technology and protection written out.

    Parameters
    ----------
    at
        Longitude and latitude in degrees, as numbers or as the text `LON,LAT`.
    services
        Ids of services, each once per piece or as `id:count`; none means those of the class.
    customer_class
        None takes the one that most customers of the design have.
    technology
        None takes the one that the design's rules give to the account tier or the class, else that which most
        customers of the class have in this design, else the class's own.
    max_drop_m
        How far from the routes the area is taken to reach.

    Raises
    ------
    AreaError
        Names everything that is wrong with the wish.
    """
    faults: list[Fault] = []
    place = _place(network, at, max_drop_m, faults)
    group = customer_class if customer_class is not None else usual(c.customer_class for c in network.customers)
    group = group or next(iter(network.catalogue.customer_classes))
    wanted = _services(network, services, faults)
    _known("--class", group, network.catalogue.customer_classes, faults)
    _known("--protection", protection, dict.fromkeys(PROTECTIONS), faults)
    allowed = {row.id: row for row in network.catalogue.technologies.values() if row.allowed_in_design}
    rules = known_rules(network)
    ruled = rules.tier_technology.get(account_tier) or rules.class_technology.get(group)
    chosen = technology or ruled or _technology_of(network, group)
    _known("--technology", chosen, allowed, faults)
    _known("--tier", account_tier or None, dict.fromkeys(ACCOUNT_TIERS), faults)
    name = identity or _free_id(network)
    if any(customer.id == name for customer in network.customers):
        faults.append(Fault(file=FILE, field="--id", value=name, problem="this customer is in the design already"))
    if faults or place is None:
        raise AreaError(faults)
    row = network.catalogue.customer_classes[group]
    wanted = wanted or tuple(Counter(row.services).items())
    customer = NetworkCustomer(
        id=name,
        name="",
        x_m=round(place[0], 3),
        y_m=round(place[1], 3),
        customer_class=group,
        services=wanted,
        technology=chosen or row.technology,
        protection=protection or promised_protection(group, wanted, rules, network.catalogue),
        account_tier=account_tier,
    )
    if customer.protection != "none" and allowed[customer.technology].is_direct:
        raise AreaError([replace(protected_direct(customer), file=FILE, row=None, field="--protection")])
    return customer


def _place(
    network: Network, at: str | tuple[float, float], max_drop_m: float, faults: list[Fault]
) -> tuple[float, float] | None:
    """Give the place in the design's coordinates; None if there is none, with the reason among the faults."""
    field, remedy = "--at", "give longitude,latitude in degrees, such as 11.58,48.14"
    try:
        lon, lat = (float(part) for part in (at.split(",") if isinstance(at, str) else at))
    except ValueError:
        faults.append(Fault(file=FILE, field=field, value=at, problem="is no pair of numbers", remedy=remedy))
        return None
    limits = (("longitude", lon, 180.0), ("latitude", lat, 90.0))
    bad = [(word, value, most) for word, value, most in limits if not abs(value) <= most]
    for word, value, most in bad:
        text = f"the {word} is out of range" if math.isfinite(value) else f"the {word} is not a finite number"
        faults.append(
            Fault(file=FILE, field=field, value=value, problem=text, limit=f"-{most:g} to {most:g}", remedy=remedy)
        )
    if bad:
        return None
    x_m, y_m = transform_xy(np.array([[lon, lat]]), WGS84, network.crs)[0].tolist()
    west, south, east, north = shapely.total_bounds(network.route_lines).tolist()
    inside = west - max_drop_m <= x_m <= east + max_drop_m and south - max_drop_m <= y_m <= north + max_drop_m
    if not inside:
        corners = transform_xy(np.array([[west, south], [east, north]]), network.crs, WGS84).ravel().tolist()
        limit = f"{corners[0]:.5f} to {corners[2]:.5f}, {corners[1]:.5f} to {corners[3]:.5f}"
        faults.append(
            Fault(
                file=FILE,
                field=field,
                value=f"{lon:g},{lat:g}",
                problem="lies outside the area of the design",
                limit=limit,
                remedy="is longitude before latitude?",
            )
        )
        return None
    return x_m, y_m


def _services(network: Network, texts: Sequence[str], faults: list[Fault]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for text in texts:
        name, colon, number = text.rpartition(":")
        name = name if colon else text
        if name not in network.catalogue.services:
            _known("--service", name, network.catalogue.services, faults)
            continue
        count = int(number) if number.isascii() and number.isdecimal() else 0
        if colon and not 1 <= count <= MAX_SERVICES:
            problem = "the count behind the colon is no whole number that makes sense"
            faults.append(
                Fault(file=FILE, field="--service", value=text, problem=problem, limit=f"1 to {MAX_SERVICES}")
            )
            continue
        counts[name] += count if colon else 1
    return tuple(counts.items())


def _known(field: str, value: str | None, table: Mapping[str, object], faults: list[Fault]) -> None:
    if value is not None and value not in table:
        problem = "not known, or not allowed in design" if field == "--technology" else "not known"
        faults.append(Fault(file=FILE, field=field, value=value, problem=problem, limit=", ".join(table)))


def _technology_of(network: Network, group: str) -> str | None:
    """Give the PON technology that most customers of a class have, else the class's own."""
    direct = {row.id for row in network.catalogue.technologies.values() if row.is_direct}
    own = (c.technology for c in network.customers if c.customer_class == group and not c.unserved)
    most = usual(technology for technology in own if technology not in direct)
    row = network.catalogue.customer_classes.get(group)
    return most or (row.technology if row else None)


def _free_id(network: Network) -> str:
    taken = {customer.id for customer in network.customers}
    number = 1
    while f"Q{number:04d}" in taken:
        number += 1
    return f"Q{number:04d}"
