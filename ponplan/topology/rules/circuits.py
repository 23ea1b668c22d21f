"""Rules of circuits: both ends are there, and what they carry is among the services of the customers there."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey

OUTSIDE = ("internet", "bearer")


def end_lost(survey: Survey) -> Iterator[Finding]:
    """Find circuits that do not begin at a customer, or end neither at another nor outside."""
    customers = {customer.id for customer in survey.network.customers}
    for circuit in survey.network.circuits:
        bad = circuit.a not in customers, circuit.z not in customers and circuit.z not in OUTSIDE
        for end, word, is_lost in zip((circuit.a, circuit.z), "AZ", bad, strict=True):
            if is_lost:
                message = f"the {word} end of circuit {circuit.id} is {end!r}, which is no customer"
                yield Finding(subject=circuit.id, message=message)
        if circuit.a == circuit.z:
            yield Finding(subject=circuit.id, message=f"circuit {circuit.id} ends where it begins, at {circuit.a}")


def circuit_not_carried(survey: Survey) -> Iterator[Finding]:
    """Find customers whose services hold fewer of a service than circuits with it end there."""
    needed: dict[str, Counter[str]] = defaultdict(Counter)
    for circuit in survey.network.circuits:
        for end in (circuit.a, circuit.z):
            needed[end][circuit.service] += circuit.count
    for customer in survey.network.customers:
        has = Counter(dict(customer.services))
        for service, count in needed.get(customer.id, Counter()).items():
            if has[service] < count:
                message = f"{count} circuits of {service} end at customer {customer.id}, who has {has[service]}"
                yield Finding(subject=customer.id, value=has[service], limit=count, message=message)


RULES = (
    Rule(id="circuit-end", subject="circuit", meaning="Circuits end at customers or outside", find=end_lost),
    Rule(
        id="circuit-service",
        subject="customer",
        meaning="Services hold what the customer's circuits carry",
        find=circuit_not_carried,
    ),
)
