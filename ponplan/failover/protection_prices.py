"""The price of protection: one area planned with nobody, everybody and single classes protected, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.design.demand import resolve_customers
from ponplan.failover.availability.run import network_availability
from ponplan.scenario import FaultScenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network

KINDS = ("none", "trunk", "full")
# minutes a year without service, and the name of the class of availability that allows them
CLASSES = ((5.26, "99.999 %"), (52.6, "99.99 %"), (526.0, "99.9 %"), (5260.0, "99 %"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionPrice:
    """One plan: who is protected, what is built for it, what it costs, and how long customers are without service.

    `customers` are those protected; downtime is the mean over them, over all where nobody is, and the longest.
    """

    variant: str
    customers: int
    served: int
    fibre_km: float
    trench_km: float
    ports: int
    splitters: int
    cost: float
    cost_more: float  # than with nobody protected
    cost_more_per_customer: float | None  # protected
    shared_m: float  # of trench that working and protecting paths have in common
    rules_relaxed: int
    downtime_mean_min: float
    downtime_max_min: float
    downtime_class: str
    gap_percent: float | None


def price_protection(
    area: Area,
    *,
    catalogue: Catalogue | None = None,
    by_class: bool = False,
    seed: int = 0,
    jobs: int = 1,
    watch: Callable[[str], None] | None = None,
) -> tuple[ProtectionPrice, ...]:
    """Plan an area with nobody protected, as it asks for, and with everybody's trunk and way protected.

    Parameters
    ----------
    by_class
        Also plan it with each customer class alone protected, either way.

    Raises
    ------
    AreaError, CatalogueError, Infeasible
        As `design_network`.
    """
    rows = catalogue or read_catalogue()
    prices: list[ProtectionPrice] = []
    for variant, kinds in _variants(area, rows, by_class=by_class):
        if watch is not None:
            watch(f"planning: {variant}")
        people = tuple(replace(customer, protection=kinds[customer.id]) for customer in area.customers)
        network = design_network(replace(area, customers=people), catalogue=rows, seed=seed, jobs=jobs).network
        prices.append(_price(variant, network, prices[0].cost if prices else None))
    return tuple(prices)


def _variants(area: Area, catalogue: Catalogue, *, by_class: bool) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give each variant's name and what every customer is promised in it; the same promise to all is given once.

    Who has a direct fibre is promised nothing in any of them.
    """
    classes = {customer.id: customer.customer_class for customer in area.customers}
    resolved = resolve_customers(area, catalogue)
    asked = {customer.id: customer.protection for customer in resolved}
    direct = {customer.id for customer in resolved if catalogue.technologies[customer.technology].is_direct}
    variants: list[tuple[str, Mapping[str, str]]] = [("nobody", dict.fromkeys(classes, "none")), ("as asked", asked)]
    variants += [(f"everybody {kind}", dict.fromkeys(classes, kind)) for kind in KINDS[1:]]
    for name in sorted(set(classes.values())) if by_class else ():
        for kind in KINDS[1:]:
            promise = {customer: kind if own == name else "none" for customer, own in classes.items()}
            variants.append((f"{name} {kind}", promise))
    seen: list[Mapping[str, str]] = []
    for variant, told in variants:
        kinds = {customer: "none" if customer in direct else kind for customer, kind in told.items()}
        if kinds not in seen:
            seen.append(kinds)
            yield variant, kinds


def _price(variant: str, network: Network, least: float | None) -> ProtectionPrice:
    facts = network.facts
    served = [customer for customer in network.customers if not customer.unserved]
    protected = [customer for customer in served if customer.protection != "none"]
    cost = _number(facts, "cost_total")
    more = round(cost - (cost if least is None else least), 2)
    found = network_availability(network, FaultScenario())
    concerned = {customer.id for customer in protected or served}
    minutes = [row.downtime_min for row in found.customers if row.id in concerned]
    mean = sum(minutes) / len(minutes) if minutes else 0.0
    gap = facts.get("gap_percent")
    return ProtectionPrice(
        variant=variant,
        customers=len(protected),
        served=len(served),
        fibre_km=_number(facts, "fibre_km"),
        trench_km=_number(facts, "trench_km"),
        ports=len(network.ports),
        splitters=len(network.splitters),
        cost=cost,
        cost_more=more,
        cost_more_per_customer=round(more / len(protected), 2) if protected else None,
        shared_m=round(sum(row.length_m for row in network.exposures if row.kind == "trench"), 1),
        rules_relaxed=len(network.relaxed),
        downtime_mean_min=round(mean, 3),
        downtime_max_min=round(max(minutes, default=0.0), 3),
        downtime_class=downtime_class(mean),
        gap_percent=gap if isinstance(gap, float) else None,
    )


def downtime_class(minutes: float) -> str:
    """Name the class of availability that so many minutes a year without service belong to."""
    return next((name for most, name in CLASSES if minutes <= most), "below 99 %")


def _number(facts: Mapping[str, object], name: str) -> float:
    value = facts[name]
    assert isinstance(value, (int, float))  # noqa: S101 - the design wrote it
    return float(value)
