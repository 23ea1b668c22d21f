"""Rules of the bill: quantities are those of the records, prices those of the catalogue, sums add up."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from ponplan.topology.recount import recount
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey

QUANTITY_TOLERANCE = 0.0015  # quantities are written in thousandths
CENT = 0.01
HALF_CENT = 0.005 + 1e-6


def quantity_wrong(survey: Survey) -> Iterator[Finding]:
    """Find items of which the bill has more or less than the network needs."""
    counted = recount(survey)
    billed = {line.item: line.quantity for line in survey.network.bill}
    for item in [*counted, *(item for item in billed if item not in counted)]:
        value, limit = billed.get(item, 0.0), counted.get(item, 0.0)
        if abs(value - limit) > QUANTITY_TOLERANCE:
            message = f"the bill has {value:g} of {item}; the network needs {limit:g}"
            yield Finding(subject=item, value=value, limit=round(limit, 3), message=message)
    for item, count in Counter(line.item for line in survey.network.bill).items():
        if count > 1:
            yield Finding(subject=item, value=count, limit=1, message=f"{item} is on {count} lines of the bill")


def price_wrong(survey: Survey) -> Iterator[Finding]:
    """Find lines of the bill whose prices are not those of the price book."""
    for line in survey.network.bill:
        price = survey.catalogue.prices.get(line.item)
        if price is None:
            yield Finding(subject=line.item, message=f"{line.item} has no price in the catalogue")
            continue
        pairs = (
            ("material", line.material_cost, price.material_cost),
            ("labour", line.labour_cost, price.labour_cost),
        )
        for word, value, limit in pairs:
            if abs(value - limit) > 1e-9:
                message = (
                    f"{word} of {line.item} is billed at {value:g} per {line.unit}; the price book says {limit:g}"
                )
                yield Finding(subject=line.item, value=value, limit=limit, message=message)
        if line.unit != price.unit:
            message = f"{line.item} is billed per {line.unit}; the price book has it per {price.unit}"
            yield Finding(subject=line.item, message=message)


def total_wrong(survey: Survey) -> Iterator[Finding]:
    """Find lines that are not quantity times price, and a total that is not the sum of the lines."""
    for line in survey.network.bill:
        cost = line.quantity * (line.material_cost + line.labour_cost)
        if abs(line.total_cost - cost) > HALF_CENT + abs(cost) * 1e-12:
            message = f"{line.item} is billed at {line.total_cost:.2f}; quantity times price is {cost:.2f}"
            yield Finding(subject=line.item, value=line.total_cost, limit=round(cost, 2), message=message)
    total = survey.network.facts.get("cost_total")
    summed = math.fsum(line.total_cost for line in survey.network.bill)
    if not isinstance(total, (int, float)):
        yield Finding(
            subject="cost_total", limit=round(summed, 2), message="the facts do not say what all of it costs"
        )
    elif abs(total - summed) >= CENT / 2 + 1e-6:
        message = f"the design is said to cost {total:.2f}; the bill adds up to {summed:.2f}"
        yield Finding(subject="cost_total", value=float(total), limit=round(summed, 2), message=message)


RULES = (
    Rule(id="bill-quantity", subject="item", meaning="The bill has what the network needs", find=quantity_wrong),
    Rule(id="bill-price", subject="item", meaning="The bill's prices are the price book's", find=price_wrong),
    Rule(id="bill-total", subject="item or cost_total", meaning="The bill adds up to the cent", find=total_wrong),
)
