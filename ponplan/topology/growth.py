"""By how much loads grow: a service's own rate, else that of its customer's class, else everybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.topology.load import horizon_factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Growth per year."""

    common: float
    of_class: Mapping[str, float] = field(default_factory=dict)
    of_service: Mapping[str, float] = field(default_factory=dict)

    def factor(self, customer_class: str, service: str, years: int) -> float:
        """Give by how much a service of a customer of this class has grown after some years."""
        per_year = self.of_service.get(service, self.of_class.get(customer_class, self.common))
        return horizon_factor(per_year, years)


def growth_of(network: Network) -> Growth:
    """Give the growth that a network's rules promise."""
    return Growth(
        common=network.rules.growth_per_year,
        of_class={
            rule.customer_class: rule.growth_per_year
            for rule in network.class_rules
            if rule.growth_per_year is not None
        },
        of_service={row.service: row.growth_per_year for row in network.service_growth},
    )
