"""What lies in each route, as one number that map and drawings read: state, roles of cables, and who lights it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.topology.survey import Survey

STATES = ("unused", "new", "existing")
ROLES = ("feeder", "distribution", "drop")
# the state stands in the lowest two bits, then the roles of the cables, then who lights it
STATE_BITS = 3
ROLE_BIT = {role: 4 << number for number, role in enumerate(ROLES)}
WORKING_BIT, PROTECTING_BIT = 32, 64


def route_bits(survey: Survey) -> dict[str, int]:
    """Give state, roles and light of every route by its id."""
    network = survey.network
    bits = {route.id: STATES.index(route.state) if route.state in STATES else 0 for route in network.routes}
    for cable in network.cables:
        for name in cable.routes:
            if name in bits:
                bits[name] |= ROLE_BIT.get(cable.role, 0)
    for link, run in zip(network.links, survey.runs, strict=True):
        lit = WORKING_BIT if link.role == "working" else PROTECTING_BIT
        for piece in run.pieces:
            for name in survey.routes_of(piece):
                bits[name] |= lit
    return bits
