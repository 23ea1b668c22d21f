"""Other plans of the same area beside the cheapest: planned with another aim, priced with the same price book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.design.bill import bill_of, cost_total
from ponplan.design.network import design_network
from ponplan.design.proof import costs_by_part
from ponplan.design.run import NO_HALT
from ponplan.errors import PonplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.effort import Halt
    from ponplan.design.run import Design
    from ponplan.topology.network import Network

DEARER = 20.0  # how much more the thing to be saved counts while such a variant is planned
MEANINGS = {
    "least-digging": "trenches and ducts count twenty times their price",
    "fewest-cabinets": "cabinets count twenty times their price",
    "half-split": "no splitter has more than half the legs of the largest in the cheapest plan",
    "one-stage": "a port feeds one splitter, although two in a row are permitted",
    "two-stages": "splitters may feed splitters, although the area permits one stage",
    "next-technology": "every technology gives way to the fastest that may share its fibres",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A plan with another aim; or why there is none."""

    name: str
    network: Network | None
    refused: str = ""


def design_variants(
    area: Area,
    base: Design,
    *,
    seed: int = 0,
    jobs: int = 1,
    effort: str = "normal",
    halt: Halt = NO_HALT,
    watch: Callable[[str], None] | None = None,
) -> tuple[Variant, ...]:
    """Plan an area again with other aims.

    Parameters
    ----------
    base
        The cheapest design found of the same area; its bound holds for every plan that serves the same customers
        under the same rules.
    """
    catalogue = base.network.catalogue
    variants = []
    largest = max(catalogue.splitters[splitter.type].outputs for splitter in base.network.splitters)
    for name, (varied, book) in _varied(area, catalogue, half=max(2, largest // 2)).items():
        try:
            design = design_network(
                varied, catalogue=book, seed=seed, jobs=jobs, effort=effort, halt=halt, watch=watch
            )
        except PonplanError as error:
            variants.append(Variant(name=name, network=None, refused=str(error)))
            continue
        network = design.network if book is catalogue else _priced_again(design.network, base)
        variants.append(Variant(name=name, network=replace(network, facts={**network.facts, "variant": name})))
    return tuple(variants)


def _varied(area: Area, catalogue: Catalogue, *, half: int) -> dict[str, tuple[Area, Catalogue]]:
    """Give what each variant is planned with."""
    digging = {item for item, row in catalogue.prices.items() if row.section in ("trench", "duct")}
    cabinets = {row.id for row in catalogue.enclosures.values() if row.kind == "cabinet"} | {"cabinet-installation"}
    stages, other = ("two-stages", 2) if area.rules.stages == 1 else ("one-stage", 1)
    return {
        "least-digging": (area, _dearer(catalogue, digging)),
        "fewest-cabinets": (area, _dearer(catalogue, cabinets)),
        "half-split": (replace(area, rules=replace(area.rules, max_split=half)), catalogue),
        stages: (replace(area, rules=replace(area.rules, stages=other)), catalogue),
        "next-technology": (_on_next_technology(area, catalogue), catalogue),
    }


def _dearer(catalogue: Catalogue, items: set[str]) -> Catalogue:
    prices = {
        item: replace(row, material_cost=row.material_cost * DEARER, labour_cost=row.labour_cost * DEARER)
        if item in items
        else row
        for item, row in catalogue.prices.items()
    }
    return replace(catalogue, prices=prices)


def _on_next_technology(area: Area, catalogue: Catalogue) -> Area:
    """Give the area with every class and customer on the fastest technology beside the one they are on."""

    def after(name: str) -> str:
        row = catalogue.technologies.get(name)
        if row is None:
            return name
        beside = [catalogue.technologies[other] for other in row.coexists_with]
        faster = [other for other in beside if other.allowed_in_design and other.down_line_bps > row.down_line_bps]
        return (
            max(faster, key=lambda other: (other.down_line_bps, other.up_line_bps, other.id)).id if faster else name
        )

    of_class = {row.id: row.technology for row in catalogue.customer_classes.values()} | dict(
        area.rules.class_technology
    )
    moved = {name: after(technology) for name, technology in of_class.items()}
    of_tier = {name: after(technology) for name, technology in area.rules.tier_technology.items()}
    customers = tuple(
        replace(customer, technology=after(customer.technology)) if customer.technology else customer
        for customer in area.customers
    )
    rules = replace(area.rules, class_technology=moved, tier_technology=of_tier)
    return replace(area, customers=customers, rules=rules)


def _priced_again(network: Network, base: Design) -> Network:
    """Price a network with the base's book; the base's bound holds for it if it serves the same customers."""
    network = replace(network, catalogue=base.network.catalogue)
    network = replace(network, bill=bill_of(network))
    cost = cost_total(network.bill)
    costs = costs_by_part(network.bill)
    is_proved = not network.relaxed and not base.network.relaxed and _served(network) == _served(base.network)
    proof = replace(base.proof, cost=cost)
    parts = {name: {"cost": round(costs[name], 2), "bound": round(p.bound, 2)} for name, p in proof.parts.items()}
    told: Mapping[str, object] = {
        "input_hash": base.network.facts["input_hash"],
        "cost_total": cost,
        "cost_bound": round(proof.bound, 2) if is_proved else None,
        "gap_percent": round(proof.gap_percent, 4) if is_proved else None,
        "gap_avoidable_percent": round(proof.gap_avoidable_percent, 4) if is_proved else None,
        "parts": parts,
    }
    return replace(network, facts={**network.facts, **told})


def _served(network: Network) -> set[str]:
    return {customer.id for customer in network.customers if not customer.unserved}
