"""What each customer buys and over which technology, once the class's defaults are filled in."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ponplan.area.records import PROTECTIONS
from ponplan.errors import AreaError, Fault
from ponplan.topology.network import NetworkCustomer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ponplan.area.model import Area, Circuit, Customer, Rules
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Service


def resolve_customers(area: Area, catalogue: Catalogue) -> tuple[NetworkCustomer, ...]:
    """Give every customer with services, technology and protection written out.

    Raises
    ------
    AreaError
        Names every customer whose class, service, technology or protection the catalogue does not have, and every
        class with rules of its own that it does not have.
    """
    faults = [fault for customer in area.customers for fault in _faults(customer, area, catalogue)]
    rules = area.rules
    of_classes: dict[str, Mapping[str, object]] = {
        "class_rules": rules.class_rules,
        "class_protection": rules.class_protection,
    }
    of_services: dict[str, Mapping[str, object]] = {
        "service_growth": rules.service_growth,
        "service_protection": rules.service_protection,
    }
    faults += _unknown_names(of_classes, catalogue.customer_classes, "no such customer class")
    faults += _unknown_names(of_services, catalogue.services, "no such service")
    if not faults:
        by_id = {customer.id: customer for customer in area.customers}
        faults = [fault for circuit in area.circuits for fault in _circuit_faults(circuit, by_id, area, catalogue)]
    if faults:
        raise AreaError(faults)
    carried: dict[str, Counter[str]] = defaultdict(Counter)
    for circuit in area.circuits:
        for end in (circuit.a, circuit.z):
            carried[end][circuit.service] += circuit.count
    resolved = tuple(_resolved(customer, area, catalogue, carried.get(customer.id)) for customer in area.customers)
    _refuse_protected_direct(resolved, catalogue)
    return resolved


def _unknown_names(
    tables: Mapping[str, Mapping[str, object]], known: Mapping[str, object], problem: str
) -> list[Fault]:
    """Name the keys of an area's tables that the catalogue does not have."""
    return [
        Fault(file="area.toml", field=f"{table}.{name}", problem=problem, limit=", ".join(known))
        for table, rows in tables.items()
        for name in rows
        if name not in known
    ]


def _resolved(customer: Customer, area: Area, catalogue: Catalogue, carried: Counter[str] | None) -> NetworkCustomer:
    """Fill in the class's defaults; `carried` is what the customer's circuits bring."""
    group = catalogue.customer_classes[customer.customer_class]
    services = _services(customer, group.services, carried)
    return NetworkCustomer(
        id=customer.id,
        name=customer.name,
        x_m=round(customer.x_m, 3),
        y_m=round(customer.y_m, 3),
        customer_class=customer.customer_class,
        services=services,
        technology=_technology(customer, area, catalogue),
        protection=customer.protection or promised_protection(group.id, services, area.rules, catalogue),
        account_tier=customer.account_tier,
        account_group=customer.account_group,
        branch_of=customer.branch_of,
        phase=customer.phase,
        attributes=customer.attributes,
    )


def promised_protection(
    customer_class: str, services: Iterable[tuple[str, int]], rules: Rules, catalogue: Catalogue
) -> str:
    """Give the best protection that a class or one of the services bought brings: none, trunk or full."""
    of_class = rules.class_protection.get(customer_class) or catalogue.customer_classes[customer_class].protection
    of_services = (rules.service_protection.get(service, "none") for service, count in services if count > 0)
    return max(of_class, *of_services, "none", key=PROTECTIONS.index)


def _services(
    customer: Customer, of_class: Iterable[str], carried: Counter[str] | None
) -> tuple[tuple[str, int], ...]:
    if carried is None:
        return customer.services or tuple(Counter(of_class).items())
    total = Counter(dict(customer.services))
    total.update(carried)
    return tuple(total.items())


def _technology(customer: Customer, area: Area, catalogue: Catalogue) -> str:
    """Give a customer's own technology, else that of the account tier, else that of the class."""
    rules = area.rules
    given = customer.technology or rules.tier_technology.get(customer.account_tier)
    of_class = rules.class_technology.get(customer.customer_class)
    return given or of_class or catalogue.customer_classes[customer.customer_class].technology


def _faults(customer: Customer, area: Area, catalogue: Catalogue) -> Iterator[Fault]:
    def fault(field: str, value: object, table: Mapping[str, object], problem: str) -> Fault:
        known = ", ".join(table)
        return Fault(file="customers", row=customer.id, field=field, value=value, problem=problem, limit=known)

    if customer.customer_class not in catalogue.customer_classes:
        yield fault("class", customer.customer_class, catalogue.customer_classes, "no such customer class")
        return
    for service, _count in customer.services:
        if service not in catalogue.services:
            yield fault("services", service, catalogue.services, "no such service")
    technology = _technology(customer, area, catalogue)
    allowed = {row.id: row for row in catalogue.technologies.values() if row.allowed_in_design}
    if technology not in allowed:
        yield fault("technology", technology, allowed, "this technology may not be used in design")


def _refuse_protected_direct(customers: Iterable[NetworkCustomer], catalogue: Catalogue) -> None:
    faults = [
        protected_direct(customer)
        for customer in customers
        if customer.protection != "none" and catalogue.technologies[customer.technology].is_direct
    ]
    if faults:
        raise AreaError(faults)


def protected_direct(customer: NetworkCustomer) -> Fault:
    """Give the fault of a customer with a direct fibre to whom protection is promised."""
    return Fault(
        file="customers",
        row=customer.id,
        field="protection",
        value=customer.protection,
        problem=f"a direct fibre ({customer.technology}) is one fibre to one port and has nothing to switch to",
        limit="none",
        remedy="promise this customer none, or put it on a PON technology",
    )


def _circuit_faults(
    circuit: Circuit, by_id: Mapping[str, Customer], area: Area, catalogue: Catalogue
) -> Iterator[Fault]:
    """Find a service that cannot be bought, that a technology cannot carry, or that no bearer takes to the end."""
    if circuit.service not in catalogue.services:
        limit = ", ".join(catalogue.services)
        problem = "no such service"
        yield Fault(
            file="circuits", row=circuit.id, field="service", value=circuit.service, problem=problem, limit=limit
        )
        return
    service = catalogue.services[circuit.service]
    ends = [by_id[end] for end in (circuit.a, circuit.z) if end in by_id]
    can = _technologies_that_carry(service, catalogue)
    for customer in ends:
        technology = _technology(customer, area, catalogue)
        if technology not in can:
            yield Fault(
                file="circuits",
                row=circuit.id,
                field="service",
                value=circuit.service,
                problem=f"no {technology} terminal, which customer {customer.id} has, carries this service",
                limit=", ".join(can),
                remedy="give the customer another technology or the circuit another service",
            )
    bearers = {catalogue.customer_classes[customer.customer_class].bearer for customer in ends}
    if service.kind == "tdm" and len(bearers) > 1:
        yield Fault(
            file="circuits",
            row=circuit.id,
            field="z_end",
            value=circuit.z,
            problem=f"an E1 circuit cannot end on two bearers: {' and '.join(sorted(bearers))}",
            limit="customers of classes with one bearer",
            remedy="give one end another class",
        )


def _technologies_that_carry(service: Service, catalogue: Catalogue) -> list[str]:
    """Give the technologies of which a terminal has the interface for one such service."""
    fastest_bps = max(service.peak_down_bps, service.peak_up_bps)
    return [
        technology
        for technology in catalogue.technologies
        if any(
            row.technology == technology
            and row.allowed_in_design
            and (
                row.e1_ports >= service.e1_circuits
                if service.e1_circuits
                else row.ethernet_ports and row.ethernet_bps >= fastest_bps
            )
            for row in catalogue.onus.values()
        )
    ]
