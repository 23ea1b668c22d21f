"""Whether what stands behind the OLTs carries one more customer: rates, VC-12, links, ports of the whole design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.rules import bearer
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Network


def overloaded_behind(plant: Plant, grown: Network) -> str:
    """Say which rules of the bearer a design with one more customer breaks that it did not break before, or nothing.

    An excerpt cannot show them: elements and their links carry the customers of all chassis.
    """
    after = _messages(Survey(grown))
    fresh = [message for key, message in after.items() if key not in _messages(plant.survey)] if after else []
    return "; ".join(fresh[:3])


def _messages(survey: Survey) -> dict[tuple[str, str], str]:
    found = ((rule.id, one) for rule in bearer.RULES for one in rule.find(survey))
    return {(name, one.subject): one.message for name, one in found}
