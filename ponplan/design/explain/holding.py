"""How much room is left in the cabinets and boxes that splitters stand in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.design.explain.limit import Limit
from ponplan.topology.rules.enclosures import cables_entering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.survey import Survey


def holding_limits(survey: Survey) -> Mapping[str, tuple[Limit, ...]]:
    """Give, for each node with splitters, its fibres, splitter places and cable ports as they are used.

    A customer more takes a fibre; places and cable ports only when a further splitter or cable comes.
    """
    splitters = Counter(splitter.node for splitter in survey.network.splitters)
    fibres, cables = survey.node_fibres, cables_entering(survey)
    found = {}
    for node in survey.network.nodes:
        row = survey.catalogue.enclosures.get(node.enclosure)
        if row is None or node.id not in splitters:
            continue
        left = row.fibres - fibres[node.id]
        found[node.id] = (
            Limit(
                name="cabinet-fibres",
                value=fibres[node.id],
                limit=row.fibres,
                unit="",
                customers=max(0, left),
                subject=node.id,
                note=row.id,
            ),
            Limit(
                name="cabinet-splitters",
                value=splitters[node.id],
                limit=row.splitter_slots,
                unit="",
                subject=node.id,
                note=row.id,
            ),
            Limit(
                name="cabinet-cables", value=cables[node.id], limit=row.cables, unit="", subject=node.id, note=row.id
            ),
        )
    return found
