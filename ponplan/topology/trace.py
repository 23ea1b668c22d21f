"""Follows one customer's light from port to terminal, element by element."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.light import DIRECTIONS, budget, fibre_attenuation, leg_attenuation, point_loss
from ponplan.topology.splicing import link_ends, splice_node
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.catalogue.model import Termination
    from ponplan.topology.light import Direction
    from ponplan.topology.network import Link, Network, NetworkCustomer, OltPort
    from ponplan.topology.runs import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceElement:
    """One thing that light meets; losses are of this element alone, the largest and the typical."""

    kind: str  # port, termination, fibre, splice, splitter, onu
    id: str
    node: str
    description: str
    down_max_db: float = 0.0
    down_typical_db: float = 0.0
    up_max_db: float = 0.0
    up_typical_db: float = 0.0
    length_m: float = 0.0
    fibre: int | None = None  # number in its cable
    tube: int | None = None  # number of its tube, from 1
    colour: int | None = None  # number in its tube, from 1: the place in the order of colours in use


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLight:
    """What arrives in one direction: worst and best case, and what the budget leaves after loss and margin."""

    max_loss_db: float | None  # None where a part is not in the catalogue
    typical_loss_db: float | None
    margin_db: float
    received_min_dbm: float | None
    received_max_dbm: float | None
    sensitivity_dbm: float | None
    overload_dbm: float | None
    reserve_db: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePath:
    """One path from a port to one PON interface of a terminal."""

    role: str
    port: str
    onu: str
    interface: int
    length_m: float
    elements: tuple[TraceElement, ...]
    breaks: tuple[str, ...]  # where cables do not lead on
    light: Mapping[Direction, ReceivedLight]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All paths of one customer, working ones first."""

    customer: str
    name: str
    technology: str
    unserved: str
    paths: tuple[TracePath, ...] = field(default=())


def trace_customer(network: Network, customer_id: str) -> Trace:
    """Give every path of a customer, working and protecting.

    Raises
    ------
    DesignFileError
        There is no such customer.
    CatalogueError
        The catalogue in the file lacks a figure that losses are computed with.
    """
    customer = _customer(network, customer_id)
    survey = Survey(network)
    paths = survey.onu_paths
    own = [onu.customer == customer_id for onu in network.onus]
    chosen = np.flatnonzero(np.array(own, bool)[paths.onus]) if len(network.onus) else np.zeros(0, np.int64)
    order = sorted(chosen.tolist(), key=lambda path: (not paths.working[path], path))
    return Trace(
        customer=customer.id,
        name=customer.name,
        technology=customer.technology,
        unserved=customer.unserved,
        paths=tuple(_path(survey, path) for path in order),
    )


def _customer(network: Network, customer_id: str) -> NetworkCustomer:
    ids = {customer.id: customer for customer in network.customers}
    if customer_id in ids:
        return ids[customer_id]
    near = difflib.get_close_matches(customer_id, ids, n=3)
    remedy = f"did you mean {', '.join(near)}?" if near else "see the customers layer of the design file"
    raise DesignFileError([Fault(file="customers", problem="no such customer", value=customer_id, remedy=remedy)])


def _path(survey: Survey, path: int) -> TracePath:
    paths, arrivals, network = survey.onu_paths, survey.arrivals, survey.network
    port, onu = network.ports[paths.ports[path]], network.onus[paths.onus[path]]
    links = [int(arrivals.links[step]) for step in arrivals.way_back(int(paths.arrivals[path]))]
    return TracePath(
        role="working" if paths.working[path] else "protecting",
        port=port.id,
        onu=onu.id,
        interface=int(paths.interfaces[path]),
        length_m=round(float(paths.lengths_m[path]), 3),
        elements=tuple(_elements(survey, port, links)),
        breaks=tuple(text for row in links for text in survey.runs[row].breaks),
        light={direction: _received(survey, port, path, direction) for direction in DIRECTIONS},
    )


def _received(survey: Survey, port: OltPort, path: int, direction: Direction) -> ReceivedLight:
    paths, group = survey.onu_paths, survey.index.optical_class(port)
    max_db, typical_db = (
        float(values[path]) for values in (paths.loss[direction].max_db, paths.loss[direction].typical_db)
    )
    margin_db = float(paths.margins_db[path])
    allowed = None if group is None or not np.isfinite(max_db) else budget(group, direction)
    return ReceivedLight(
        max_loss_db=round(max_db, 3) if np.isfinite(max_db) else None,
        typical_loss_db=round(typical_db, 3) if np.isfinite(typical_db) else None,
        margin_db=margin_db,
        received_min_dbm=None if allowed is None else round(allowed.tx_min_dbm - max_db, 3),
        received_max_dbm=None if allowed is None else round(allowed.tx_max_dbm - typical_db, 3),
        sensitivity_dbm=None if allowed is None else allowed.sensitivity_dbm,
        overload_dbm=None if allowed is None else allowed.overload_dbm,
        reserve_db=None if allowed is None else round(allowed.max_loss_db - max_db - margin_db, 3),
    )


def _elements(survey: Survey, port: OltPort, links: list[int]) -> Iterator[TraceElement]:
    card = survey.index.cards.get(port.card)
    slot = f"slot {card.slot}, " if card else ""
    yield TraceElement(
        kind="port",
        id=port.id,
        node=survey.index.device_nodes.get(port.id, ""),
        description=f"{card.olt if card else '?'}, {slot}port {port.number}, {port.optics}",
    )
    for row in links:
        yield from link_elements(survey, port, row)


def link_elements(survey: Survey, port: OltPort, row: int) -> Iterator[TraceElement]:
    """Give what light from a port meets in one link, the splitter it leaves and the terminal it reaches included."""
    link, run, cables = survey.network.links[row], survey.runs[row], survey.network.cables
    start, end = link_ends(survey.index, link)
    splitter = survey.index.splitters.get(link.from_device)
    if splitter is not None:
        yield _splitter(survey, link)
    places = survey.index.device_nodes
    yield _termination(survey, start, link.id, places.get(link.from_device, ""))
    for place, piece in enumerate(run.pieces):
        if place:
            before = cables[run.pieces[place - 1].cable]
            node = splice_node(survey.index, run.joints[place - 1], before, cables[piece.cable])
            yield _splice(survey, link, node or run.joints[place - 1])
        yield _fibre(survey, port, piece)
    yield _termination(survey, end, link.id, places.get(link.to_device, ""))
    if link.to_device in survey.index.onus:
        yield _terminal(survey, link)


def _splitter(survey: Survey, link: Link) -> TraceElement:
    splitter = survey.index.splitters[link.from_device]
    kind = survey.catalogue.splitters.get(splitter.type)
    loss = leg_attenuation(kind, link.from_port) if kind else None
    pair = (loss.max_db, loss.typical_db) if loss else (0.0, 0.0)
    return _point(
        "splitter", splitter.id, splitter.node, f"{splitter.type}, stage {splitter.stage}, leg {link.from_port}", pair
    )


def _termination(survey: Survey, row: Termination, link: str, node: str) -> TraceElement:
    loss = point_loss(survey.catalogue, splices=row.splices, connectors=row.connectors)
    pair = (round(float(loss.max_db), 6), round(float(loss.typical_db), 6))
    return _point(
        "termination", row.id, node, f"link {link}: {row.connectors} connector pairs, {row.splices} splices", pair
    )


def _splice(survey: Survey, link: Link, node: str) -> TraceElement:
    loss = survey.catalogue.losses["splice"]
    pair = (loss.max_loss_db, loss.typical_loss_db)
    return _point("splice", link.id, node, "fusion splice", pair)


def _fibre(survey: Survey, port: OltPort, piece: Piece) -> TraceElement:
    cable = survey.network.cables[piece.cable]
    kind = survey.catalogue.cable_types.get(cable.type)
    technology = survey.catalogue.technologies.get(port.technology)
    losses = dict.fromkeys(DIRECTIONS, (0.0, 0.0))
    if kind is not None and technology is not None:
        for direction in DIRECTIONS:
            per_km = fibre_attenuation(survey.catalogue, technology, kind.fibre, direction)
            km = piece.length_m / 1000.0
            losses[direction] = (round(km * per_km.max_db, 6), round(km * per_km.typical_db, 6))
    backwards = piece.leave_m < piece.enter_m
    per_tube = kind.fibres_per_tube if kind else None
    return TraceElement(
        kind="fibre",
        id=cable.id,
        node=cable.from_node if backwards else cable.to_node,
        description=f"{cable.type}, {cable.role}",
        down_max_db=losses["down"][0],
        down_typical_db=losses["down"][1],
        up_max_db=losses["up"][0],
        up_typical_db=losses["up"][1],
        length_m=round(piece.length_m, 3),
        fibre=piece.fibre,
        tube=(piece.fibre - 1) // per_tube + 1 if per_tube else None,
        colour=(piece.fibre - 1) % per_tube + 1 if per_tube else None,
    )


def _terminal(survey: Survey, link: Link) -> TraceElement:
    onu = survey.index.onus[link.to_device]
    kind = survey.catalogue.onus.get(onu.type)
    switch = survey.catalogue.losses["onu-switch"]
    switched = kind is not None and kind.optical_switch
    pair = (switch.max_loss_db, switch.typical_loss_db) if switched else (0.0, 0.0)
    return _point(
        "onu",
        onu.id,
        onu.node,
        f"{onu.type}, interface {link.to_port}{', through its optical switch' if switched else ''}",
        pair,
    )


def _point(kind: str, name: str, node: str, description: str, pair: tuple[float, float]) -> TraceElement:
    """Give an element that takes the same of both wavelengths: the largest and the typical loss."""
    largest, typical = pair
    return TraceElement(
        kind=kind,
        id=name,
        node=node,
        description=description,
        down_max_db=largest,
        down_typical_db=typical,
        up_max_db=largest,
        up_typical_db=typical,
    )
