"""What a quote tells machines: the fields of `quote --json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.design.quote.alternative import Alternative
    from ponplan.design.quote.quote import Quote
    from ponplan.topology.network import Network

SCHEMA = "ponplan.quote/1"


def quote_answer(network: Network, quote: Quote, *, written: str | None = None) -> dict[str, object]:
    """Give the quote as plain values.

    Parameters
    ----------
    written
        Design file with the accepted quote, if there is one.
    """
    customer = quote.customer
    return {
        "schema": SCHEMA,
        "customer": {
            "id": customer.id,
            "x_m": customer.x_m,
            "y_m": customer.y_m,
            "class": customer.customer_class,
            "services": [{"service": name, "count": count} for name, count in customer.services],
            "technology": customer.technology,
            "protection": customer.protection,
        },
        "currency": network.catalogue.currency,
        "alternatives": [_alternative(network, one) for one in quote.alternatives],
        "refused": [asdict(refusal) for refusal in quote.refusals],
        "accepted": written is not None,
        "written": written,
    }


def _alternative(network: Network, one: Alternative) -> dict[str, object]:
    change, states = one.change, {cable.id: cable.state for cable in network.cables}
    enclosures = {node.id: node.enclosure for node in network.nodes}
    return {
        "kind": one.kind,
        "price": one.price,
        "dearer": one.dearer,
        "host": one.host,
        "splitter": one.splitter,
        "leg": one.leg,
        "port": one.port,
        "length_m": round(one.path.length_m, 3),
        "built": {
            "trench_m": dict(one.trench_m),
            "cables": [
                {
                    "id": cable.id,
                    "role": cable.role,
                    "type": cable.type,
                    "from": cable.from_node,
                    "to": cable.to_node,
                    "length_m": cable.length_m,
                }
                for cable in change.cables
            ],
            "enclosures": [
                {"id": node.id, "kind": node.kind, "type": node.enclosure} for node in change.nodes if node.enclosure
            ],
            "exchanged": [
                {"id": node.id, "kind": node.kind, "type": node.enclosure, "instead_of": enclosures[node.id]}
                for node in change.replaced_nodes.values()
            ],
            "splitters": [{"id": splitter.id, "type": splitter.type} for splitter in change.splitters],
            "splices": next((line.quantity for line in one.lines if line.item == "splice"), 0.0),
        },
        "fibres": [
            {
                "cable": element.id,
                "fibre": element.fibre,
                "tube": element.tube,
                "colour": element.colour,
                "length_m": element.length_m,
                "new": element.id not in states,
            }
            for element in one.path.elements
            if element.kind == "fibre"
        ],
        "light": {direction: asdict(light) for direction, light in one.path.light.items()},
        "load": asdict(one.load),
        "shared": [{"rule": row.rule, "value": row.value, "limit": row.limit} for row in change.relaxed],
        "lead_items": [asdict(item) for item in one.leads],
        "lines": [asdict(line) for line in one.lines],
    }
