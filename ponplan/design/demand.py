"""What each customer buys and over which technology, once the class's defaults are filled in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.errors import AreaError, Fault
from ponplan.topology.network import NetworkCustomer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.area.model import Area, Customer
    from ponplan.catalogue import Catalogue


def resolve_customers(area: Area, catalogue: Catalogue) -> tuple[NetworkCustomer, ...]:
    """Give every customer with services, technology and protection written out.

    Raises
    ------
    AreaError
        Names every customer whose class, service, technology or protection the catalogue does not have, and every
        class with rules of its own that it does not have.
    """
    faults = [fault for customer in area.customers for fault in _faults(customer, area, catalogue)]
    faults += [
        Fault(
            file="area.toml",
            field=f"class_rules.{name}",
            problem="no such customer class",
            limit=", ".join(catalogue.customer_classes),
        )
        for name in area.rules.class_rules
        if name not in catalogue.customer_classes
    ]
    if faults:
        raise AreaError(faults)
    return tuple(_resolved(customer, area, catalogue) for customer in area.customers)


def _resolved(customer: Customer, area: Area, catalogue: Catalogue) -> NetworkCustomer:
    group = catalogue.customer_classes[customer.customer_class]
    return NetworkCustomer(
        id=customer.id,
        name=customer.name,
        x_m=round(customer.x_m, 3),
        y_m=round(customer.y_m, 3),
        customer_class=customer.customer_class,
        services=customer.services or tuple(Counter(group.services).items()),
        technology=_technology(customer, area, catalogue),
        protection=customer.protection or group.protection,
        attributes=customer.attributes,
    )


def _technology(customer: Customer, area: Area, catalogue: Catalogue) -> str:
    of_class = area.rules.class_technology.get(customer.customer_class)
    return customer.technology or of_class or catalogue.customer_classes[customer.customer_class].technology


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
