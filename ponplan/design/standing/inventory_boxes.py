"""Enclosures of listed boxes: how much they hold, and how much of it others use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.plant.consistency import ENCLOSURE_KINDS
from ponplan.design.draft import enclosure_for
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantBox
    from ponplan.topology.network import Network, Node, Splitter


def with_boxes(network: Network, area: Area) -> Network:
    """Give the network with an enclosure for every box of which something is known or that holds splitters.

    Where the model is not told it is the cheapest that holds what is listed, with nothing to spare.
    """
    listed, survey = {box.id: box for box in area.plant.boxes}, Survey(network)
    nodes = tuple(_told(survey, node, listed[node.id]) if node.id in listed else node for node in network.nodes)
    return replace(network, nodes=nodes)


def _told(survey: Survey, node: Node, box: PlantBox) -> Node:
    """Give a box's node with its enclosure, and the places in it that others use."""
    splitters = [splitter for splitter in survey.network.splitters if splitter.node == node.id]
    if not (box.enclosure or splitters or box.free_ports is not None):
        return node
    catalogue, held = survey.catalogue, survey.node_fibres[node.id]
    taken = sum(len(splitter.taken) for splitter in splitters)
    free = _free_legs(survey, splitters) if box.free_ports is None else box.free_ports
    kind = catalogue.enclosures.get(box.enclosure)
    if kind is None:
        entering = sum(node.id in (cable.from_node, cable.to_node) for cable in survey.network.cables)
        wanted = ENCLOSURE_KINDS[box.kind]
        kind, _ = enclosure_for(
            catalogue, wanted, fibres=held + taken + free, splitters=len(splitters), cables=entering + 1
        )
    elif box.free_ports is None:
        free = kind.fibres
    return replace(node, enclosure=kind.id, taken_fibres=max(taken, kind.fibres - held - free))


def _free_legs(survey: Survey, splitters: list[Splitter]) -> int:
    kinds = survey.catalogue.splitters
    return sum(kinds[splitter.type].outputs - len(splitter.taken) for splitter in splitters)
