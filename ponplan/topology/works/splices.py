"""The splice plan: every fibre end at every node, what it meets there, and which fibres pass uncut."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ponplan.topology.splicing import frame_node, link_ends, splice_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ponplan.catalogue.model import Termination
    from ponplan.topology.network import Link
    from ponplan.topology.runs import Run
    from ponplan.topology.survey import Survey

FUSION, TERMINATION, PATCH, EXPRESS, STORED = "fusion", "termination", "patch", "express", "stored"
SPLICES_PER_TRAY = 12


class FibreEnd(NamedTuple):
    """One side of a splice: a fibre of a cable, or a port of a device."""

    kind: str  # fibre, port, splitter-input, splitter-leg, onu
    id: str
    number: int | str  # fibre in the cable, or port of the device; a range of fibres that are handled alike
    tube: int | None = None
    fibre_in_tube: int | None = None


class Splice(NamedTuple):
    """What two fibre ends do at a node: `express` ends are one uncut fibre, `stored` ones are dark and end here."""

    node: str
    tray: int | None
    position: int | None
    kind: str  # fusion, termination, patch, express, stored
    a: FibreEnd
    b: FibreEnd | None
    splices: int
    connectors: int
    max_loss_db: float
    link: str


def splice_plan(survey: Survey, *, splices_per_tray: int = SPLICES_PER_TRAY) -> list[Splice]:
    """Give the plan of every node in order of the network, fibres by cable and number, each splice with its place.

    Fibres that pass a node uncut, and dark ones that end there, are told in ranges within one tube; a cable that no
    fibre leaves at a node is not opened there and not told.
    """
    rows: dict[str, list[Splice]] = defaultdict(list)
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        for splice in _link_splices(survey, link, run):
            rows[splice.node].append(splice)
    plan: list[Splice] = []
    for node in survey.network.nodes:
        joined = sorted(rows.pop(node.id, ()), key=_order)
        plan += _on_trays(joined, splices_per_tray)
        plan += _untouched(survey, node.id, joined)
    for joined in rows.values():  # at places that are no node of the file; checking says so
        plan += _on_trays(sorted(joined, key=_order), splices_per_tray)
    return plan


def _order(splice: Splice) -> tuple[object, ...]:
    ends = (splice.a, splice.b or splice.a)
    return tuple((end.kind != "fibre", end.id, end.number) for end in ends)


def _link_splices(survey: Survey, link: Link, run: Run) -> Iterator[Splice]:
    """Give what the light of one link meets at nodes, from the OLT's side outwards."""
    index, cables = survey.index, survey.network.cables
    start, end = link_ends(index, link)
    first, last = _device_end(survey, link, at_start=True), _device_end(survey, link, at_start=False)
    places = index.device_nodes
    if not run.pieces:
        yield _made(survey, places.get(link.to_device, ""), PATCH, first, last, (start, end), link)
        return
    begin = run.pieces[0]
    node = places.get(link.from_device, "")
    if link.from_device not in index.splitters:
        node = frame_node(index, link, cables[begin.cable])
    yield _made(survey, node, TERMINATION, _fibre(survey, begin.cable, begin.fibre), first, (start,), link)
    for junction, before, after in zip(run.joints, run.pieces, run.pieces[1:], strict=False):
        node = splice_node(index, junction, cables[before.cable], cables[after.cable]) or junction
        ends = _fibre(survey, before.cable, before.fibre), _fibre(survey, after.cable, after.fibre)
        loss = survey.catalogue.losses["splice"].max_loss_db
        yield Splice(node, None, None, FUSION, *ends, 1, 0, loss, link.id)
    final = run.pieces[-1]
    node = places.get(link.to_device, "")
    yield _made(survey, node, TERMINATION, _fibre(survey, final.cable, final.fibre), last, (end,), link)


def _made(
    survey: Survey, node: str, kind: str, a: FibreEnd, b: FibreEnd, ends: Iterable[Termination], link: Link
) -> Splice:
    ends = tuple(ends)
    splices, connectors = sum(end.splices for end in ends), sum(end.connectors for end in ends)
    losses = survey.catalogue.losses
    loss = splices * losses["splice"].max_loss_db + connectors * losses["connector"].max_loss_db
    return Splice(node, None, None, kind, a, b, splices, connectors, round(loss, 6), link.id)


def _device_end(survey: Survey, link: Link, *, at_start: bool) -> FibreEnd:
    device, number = (link.from_device, link.from_port) if at_start else (link.to_device, link.to_port)
    if device in survey.index.splitters:
        return FibreEnd("splitter-leg" if at_start else "splitter-input", device, number)
    return FibreEnd("port" if at_start else "onu", device, number)


def _fibre(survey: Survey, row: int, fibre: int) -> FibreEnd:
    cable = survey.network.cables[row]
    kind = survey.catalogue.cable_types.get(cable.type)
    if kind is None:
        return FibreEnd("fibre", cable.id, fibre)
    tube, place = divmod(fibre - 1, kind.fibres_per_tube)
    return FibreEnd("fibre", cable.id, fibre, tube + 1, place + 1)


def _on_trays(joined: list[Splice], per_tray: int) -> Iterator[Splice]:
    """Give each splice its tray and its place on it; what is only patched needs none."""
    taken = 0
    for splice in joined:
        if not splice.splices:
            yield splice
            continue
        yield splice._replace(tray=taken // per_tray + 1, position=taken % per_tray + 1)
        taken += splice.splices


def _untouched(survey: Survey, node: str, joined: Iterable[Splice]) -> Iterator[Splice]:
    """Give the fibres of the opened cables that nothing is done to."""
    touched: dict[str, set[int]] = defaultdict(set)
    for splice in joined:
        for end in (splice.a, splice.b):
            if end is not None and end.kind == "fibre" and isinstance(end.number, int):
                touched[end.id].add(end.number)
    for name in sorted(touched):
        cable = survey.index.cables[name]
        kind = survey.catalogue.cable_types.get(cable.type)
        if kind is None:
            continue
        ends_here = node in (cable.from_node, cable.to_node)
        free = [fibre for fibre in range(1, kind.fibres + 1) if fibre not in touched[name]]
        for tube, fibres in _ranges(free, kind.fibres_per_tube):
            place = (fibres[0] - 1) % kind.fibres_per_tube + 1 if len(fibres) == 1 else None
            number = (
                fibres[0] if len(fibres) == 1 else f"{fibres[0]}..{fibres[-1]}"
            )  # 1-12 would be a date in a spreadsheet
            end = FibreEnd("fibre", name, number, tube, place)
            yield Splice(
                node, None, None, STORED if ends_here else EXPRESS, end, None if ends_here else end, 0, 0, 0.0, ""
            )


def _ranges(fibres: list[int], per_tube: int) -> Iterator[tuple[int, list[int]]]:
    """Give runs of neighbouring fibres within one tube, with the tube's number from 1."""

    def together(pair: tuple[int, int]) -> tuple[int, int]:
        place, fibre = pair
        return (fibre - 1) // per_tube, fibre - place

    for (tube, _), run in groupby(enumerate(fibres), key=together):
        yield tube + 1, [fibre for _, fibre in run]
