"""Rules of classes: how far their ports may split, and with whom their customers share a port."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.topology.network import ClassRule
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.topology.survey import Survey


def class_split_too_large(survey: Survey) -> Iterator[Finding]:
    """Find customers whose light is divided further than their class allows."""
    limits = {rule.customer_class: rule.max_split for rule in survey.network.class_rules if rule.max_split}
    if not limits:
        return
    classes = {customer.id: customer.customer_class for customer in survey.network.customers}
    paths = survey.onu_paths
    for row, port, split in zip(paths.onus.tolist(), paths.ports.tolist(), paths.splits.tolist(), strict=True):
        onu = survey.network.onus[row]
        limit = limits.get(classes.get(onu.customer, ""))
        if limit is not None and split > limit:
            message = (
                f"light from port {survey.network.ports[port].id} to customer {onu.customer} is divided by"
                f" {split:.0f}; class {classes[onu.customer]} allows {limit}"
            )
            yield Finding(subject=onu.customer, value=split, limit=limit, message=message)


def port_shared_wrongly(survey: Survey) -> Iterator[Finding]:
    """Find ports whose customers' classes do not share a port with each other, or with anybody."""
    rules = {rule.customer_class: rule for rule in survey.network.class_rules}
    if not rules:
        return
    for row, customers in sorted(_customers_on_ports(survey).items()):
        port = survey.network.ports[row].id
        of_class: dict[str, str] = {}
        for customer, customer_class in sorted(customers.items()):
            of_class.setdefault(customer_class, customer)
        alone = [name for name in of_class if name in rules and rules[name].own_port]
        if alone and len(customers) > 1:
            message = f"{len(customers)} customers share port {port}; those of class {alone[0]} have a port alone"
            yield Finding(subject=port, value=len(customers), limit=1, message=message)
        if len({_kind(rules.get(name)) for name in of_class}) > 1:
            names = " and ".join(of_class)
            message = f"classes {names} share port {port}, which their rules forbid"
            yield Finding(subject=port, value=len(of_class), limit=1, message=message)


def _kind(rule: ClassRule | None) -> tuple[str, int | None, bool]:
    """Give what must be the same for classes that share a port."""
    known = rule or ClassRule(customer_class="")
    return known.customer_class if known.apart else "", known.max_split, known.own_port


def _customers_on_ports(survey: Survey) -> Mapping[int, dict[str, str]]:
    """Give the customers that each port reaches, with their classes."""
    classes = {customer.id: customer.customer_class for customer in survey.network.customers}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row, port in zip(survey.onu_paths.onus.tolist(), survey.onu_paths.ports.tolist(), strict=True):
        customer = survey.network.onus[row].customer
        if customer in classes:
            found[port][customer] = classes[customer]
    return found


RULES = (
    Rule(
        id="class-split",
        subject="customer",
        meaning="Light is divided no further than the customer's class allows",
        find=class_split_too_large,
    ),
    Rule(
        id="class-sharing",
        subject="port",
        meaning="Only customers whose classes may share a port do",
        find=port_shared_wrongly,
    ),
)
