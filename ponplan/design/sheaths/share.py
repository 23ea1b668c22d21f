"""A plan with fewer cables: feeder and distribution fibres, and those of several cabinets, in one sheath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.records import finish
from ponplan.design.sheaths.apart import Apart
from ponplan.design.sheaths.light import Light
from ponplan.design.sheaths.plant import Plant
from ponplan.design.sheaths.prices import Prices
from ponplan.design.sheaths.search import Search
from ponplan.design.sheaths.writing import write_back
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.design.draft import Draft
    from ponplan.design.prices import CablePrices


def share_sheaths(draft: Draft, cables: CablePrices) -> Draft:
    """Give a plan whose cables are merged wherever that is cheaper, each fibre in the streets where it was.

    Plans on plant that stands stay as they are.
    """
    if draft.problem.standing is not None:
        return draft
    network = finish(draft)
    survey = Survey(network)
    plant = Plant(survey, cables)
    prices = Prices(draft, network, cables, plant)
    graph = draft.problem.graph
    shut = {graph.junction_ids[junction] for junction in (*draft.rooms, *draft.problem.offices.tolist())}
    search = Search(plant, prices, Light(survey), Apart(survey, plant), set(graph.junction_ids) - shut)
    if not search.run():
        return draft
    return write_back(draft, plant, prices, {name: number for number, name in enumerate(graph.junction_ids)})
