"""Which port goes where: legs of splitters, PON ports of the OLTs, positions on the frames."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ponplan.topology.splicing import frame_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import Link, Splitter
    from ponplan.topology.survey import Survey


class SplitterPort(NamedTuple):
    """One input or leg of a splitter; empty columns where it is free."""

    splitter: str
    node: str
    type: str
    stage: int
    technology: str
    side: str  # input, leg
    number: int
    link: str
    role: str  # of the link: working, protecting
    cable: str  # next to the splitter
    fibre: int | None
    device: str  # at the other end of the link
    customer: str


class FramePort(NamedTuple):
    """One PON port, the frame position it is patched to, and what hangs on it."""

    office: str
    olt: str
    slot: int | None
    card: str
    port: int
    port_id: str
    technology: str
    optics: str
    optical_class: str
    role: str
    partner: str
    frame: str
    frame_position: int | None
    cable: str
    fibre: int | None
    device: str  # the splitter or terminal at the far end
    onus: int
    load_down_percent: float | None
    load_up_percent: float | None


def splitter_matrix(survey: Survey) -> Iterator[SplitterPort]:
    """Give every input and leg of every splitter, used or free."""
    links = survey.network.links
    for splitter in survey.network.splitters:
        kind = survey.catalogue.splitters.get(splitter.type)
        into = {links[row].to_port: links[row] for row in survey.index.links_into.get(splitter.id, ())}
        out = {links[row].from_port: links[row] for row in survey.index.links_from.get(splitter.id, ())}
        for number in range(1, max(kind.inputs if kind else 1, *into, 1) + 1):
            yield _splitter_port(survey, splitter, "input", number, into.get(number))
        for number in range(1, max(kind.outputs if kind else 1, *out, 1) + 1):
            yield _splitter_port(survey, splitter, "leg", number, out.get(number))


def _splitter_port(survey: Survey, splitter: Splitter, side: str, number: int, link: Link | None) -> SplitterPort:
    strand: tuple[str, int | None] = ("", None)
    if link is not None and link.strands:
        strand = link.strands[0 if side == "leg" else -1]
    device = "" if link is None else link.to_device if side == "leg" else link.from_device
    onu = survey.index.onus.get(device)
    return SplitterPort(
        splitter.id,
        splitter.node,
        splitter.type,
        splitter.stage,
        splitter.technology,
        side,
        number,
        link.id if link else "",
        link.role if link else "",
        strand[0],
        strand[1],
        device,
        onu.customer if onu else "",
    )


def frame_positions(survey: Survey) -> dict[str, tuple[str, int]]:
    """Give the frame and the position on it, from 1, of every link that leaves a port over a cable."""
    index = survey.index
    held: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for link in survey.network.links:
        if link.from_device in index.ports and link.strands and link.strands[0][0] in index.cables:
            cable, fibre = link.strands[0]
            held[frame_node(index, link, index.cables[cable])].append((cable, fibre, link.id))
    return {
        link: (frame, position)
        for frame, fibres in held.items()
        for position, (_, _, link) in enumerate(sorted(fibres), start=1)
    }


def frame_allocation(survey: Survey) -> Iterator[FramePort]:
    """Give every PON port with its place on the frame, its load and its terminals."""
    index, network = survey.index, survey.network
    positions = frame_positions(survey)
    percent = 100.0 * survey.port_loads_bps / survey.port_rates_bps
    for row, port in enumerate(network.ports):
        card = index.cards.get(port.card)
        olt = index.olts.get(card.olt) if card else None
        optics = survey.catalogue.olt_optics.get(port.optics)
        down, up = (round(value, 1) if np.isfinite(value) else None for value in percent[row].tolist())
        links = [network.links[link] for link in index.links_from.get(port.id, ())]
        dark: list[Link | None] = [None]
        for link in links or dark:
            frame, position = positions.get(link.id, ("", None)) if link else ("", None)
            cable, fibre = link.strands[0] if link and link.strands else ("", None)
            yield FramePort(
                olt.node if olt else "",
                olt.id if olt else "",
                card.slot if card else None,
                port.card,
                port.number,
                port.id,
                port.technology,
                port.optics,
                optics.optical_class if optics else "",
                port.role,
                port.partner,
                frame,
                position,
                cable,
                fibre,
                link.to_device if link else "",
                int(survey.port_onus[row]),
                down,
                up,
            )
