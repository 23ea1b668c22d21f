"""What must agree between the parts of an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import Fault

if TYPE_CHECKING:
    from ponplan.area.model import Area


def unknown_rooms(area: Area) -> list[Fault]:
    """Find customers whose building room is no site of the area."""
    rooms = {site.id for site in area.sites}
    return [
        Fault(
            file=area.name,
            row=customer.id,
            field="room",
            value=customer.room,
            problem="the customer's room is no site of the area",
            remedy="name an existing site or leave the room empty",
        )
        for customer in area.customers
        if customer.room is not None and customer.room not in rooms
    ]


def repeated_offices(area: Area) -> list[Fault]:
    """Find offices that share an id."""
    seen: set[str] = set()
    faults = []
    for office in area.offices:
        if office.id in seen:
            faults.append(
                Fault(
                    file=area.name,
                    field="office.id",
                    value=office.id,
                    problem="two offices have the same id",
                    remedy="give each office an id of its own",
                )
            )
        seen.add(office.id)
    return faults
