"""Rules of customers: nobody is lost, everybody is served as promised or named with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import NetworkCustomer, Onu
    from ponplan.topology.survey import Survey


def customer_lost(survey: Survey) -> Iterator[Finding]:
    """Find a number of customers that differs from what the area had."""
    total, present = survey.network.facts.get("customers_total"), len(survey.network.customers)
    if not isinstance(total, int):
        yield Finding(subject="customers", value=present, message="the facts do not say how many customers there are")
    elif total != present:
        message = f"{present} customers are in the design; the area has {total}"
        yield Finding(subject="customers", value=present, limit=total, message=message)


def customer_unserved(survey: Survey) -> Iterator[Finding]:
    """Find customers without light who are not named unserved, and those named so who have a terminal."""
    paths = survey.onu_paths
    lit = {survey.network.onus[onu].id for onu in paths.onus[paths.working].tolist()}
    onus = survey.customer_onus
    for customer in survey.network.customers:
        own = onus.get(customer.id, [])
        if customer.unserved and own:
            message = f"customer {customer.id} is named unserved ({customer.unserved}) but has terminal {own[0].id}"
            yield Finding(subject=customer.id, value=len(own), limit=0, message=message)
        elif not customer.unserved and not own:
            message = f"customer {customer.id} has no terminal and is not named unserved"
            yield Finding(subject=customer.id, value=0, limit=1, message=message)
        elif not customer.unserved and not any(onu.id in lit for onu in own):
            message = f"no working path leads from a port to customer {customer.id}"
            yield Finding(subject=customer.id, value=0, limit=1, message=message)


def services_missing(survey: Survey) -> Iterator[Finding]:
    """Find customers who buy nothing, or a number of something that cannot be bought."""
    for customer in survey.network.customers:
        if not customer.services:
            yield Finding(subject=customer.id, value=0, limit=1, message=f"customer {customer.id} has no services")
        for name, count in customer.services:
            if count < 1:
                message = f"customer {customer.id} is said to have {count} of {name}"
                yield Finding(subject=customer.id, value=count, limit=1, message=message)


def circuits_missing(survey: Survey) -> Iterator[Finding]:
    """Find customers whose terminals have fewer E1 ports than their circuits need."""
    services, kinds = survey.catalogue.services, survey.catalogue.onus
    for customer, onus in _served(survey):
        wanted = sum(services[name].e1_circuits * count for name, count in customer.services if name in services)
        offered = sum(kinds[onu.type].e1_ports for onu in onus if onu.type in kinds)
        if wanted > offered:
            message = f"customer {customer.id} needs {wanted} E1; the terminal has {offered}"
            yield Finding(subject=customer.id, value=offered, limit=wanted, message=message)


def ethernet_missing(survey: Survey) -> Iterator[Finding]:
    """Find customers whose terminals' Ethernet ports are too few or too slow for their services."""
    services, kinds = survey.catalogue.services, survey.catalogue.onus
    for customer, onus in _served(survey):
        rates = [
            (max(services[name].peak_down_bps, services[name].peak_up_bps), count)
            for name, count in customer.services
            if name in services and not services[name].e1_circuits
        ]
        known = [kinds[onu.type] for onu in onus if onu.type in kinds]
        offered = sum(kind.ethernet_ports * kind.ethernet_bps for kind in known)
        fastest = max((kind.ethernet_bps for kind in known if kind.ethernet_ports), default=0)
        wanted = sum(rate * count for rate, count in rates)
        largest = max((rate for rate, _ in rates), default=0)
        if wanted > offered or largest > fastest:
            value, limit = (offered, wanted) if wanted > offered else (fastest, largest)
            message = (
                f"customer {customer.id} needs {limit / 1e6:g} Mbit/s of Ethernet; the terminal has {value / 1e6:g}"
            )
            yield Finding(subject=customer.id, value=value, limit=limit, message=message)


def _served(survey: Survey) -> Iterator[tuple[NetworkCustomer, list[Onu]]]:
    for customer in survey.network.customers:
        onus = survey.customer_onus.get(customer.id)
        if onus and not customer.unserved:
            yield customer, onus


RULES = (
    Rule(
        id="customer-present", subject="customers", meaning="Every customer of the area is here", find=customer_lost
    ),
    Rule(
        id="customer-served",
        subject="customer",
        meaning="Every customer has light or is named unserved",
        find=customer_unserved,
    ),
    Rule(id="services", subject="customer", meaning="Every customer buys something", find=services_missing),
    Rule(
        id="onu-e1",
        subject="customer",
        meaning="Terminals have the E1 ports that services need",
        find=circuits_missing,
    ),
    Rule(
        id="onu-ethernet",
        subject="customer",
        meaning="Terminals have the Ethernet that services need",
        find=ethernet_missing,
    ),
)
