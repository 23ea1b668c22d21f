"""The rows of every sheet of the pack, as values in the order of its columns."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from ponplan.report.cutover import cutover_rows
from ponplan.report.pack import columns
from ponplan.topology.works.budgets import optical_budgets
from ponplan.topology.works.drums import cable_schedule
from ponplan.topology.works.ductfill import duct_fill
from ponplan.topology.works.otdr import otdr_plan
from ponplan.topology.works.ports import frame_allocation, splitter_matrix
from ponplan.topology.works.protection import protection_sheet
from ponplan.topology.works.splices import splice_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ponplan.design.cutover import Cutover
    from ponplan.report.pack.columns import Sheet
    from ponplan.topology.survey import Survey
    from ponplan.topology.works.splices import FibreEnd

    Row = tuple[object, ...]


def pack_rows(
    survey: Survey, *, colours: Mapping[int, str], splices_per_tray: int, cutover: Cutover | None
) -> Iterator[tuple[Sheet, Iterable[Row]]]:
    """Give each sheet with its rows, sheet after sheet, so that no more than one need be in memory."""
    schedule, drums = cable_schedule(survey)
    yield columns.CABLES, schedule
    yield columns.DRUMS, drums
    yield columns.DUCTS, duct_fill(survey)
    yield columns.SPLICES, _splices(survey, colours, splices_per_tray)
    yield columns.MATRIX, splitter_matrix(survey)
    yield columns.PORTS, frame_allocation(survey)
    yield columns.BUDGETS, optical_budgets(survey)
    yield columns.PROTECTION, protection_sheet(survey)
    yield columns.EXPOSURES, map(astuple, survey.network.exposures)
    yield columns.OTDR, otdr_plan(survey)
    if cutover is not None:
        yield columns.CUTOVER, cutover_rows(cutover)


def _splices(survey: Survey, colours: Mapping[int, str], splices_per_tray: int) -> Iterator[Row]:
    for row in splice_plan(survey, splices_per_tray=splices_per_tray):
        yield (
            row.node,
            row.tray,
            row.position,
            row.kind,
            *_end(row.a, colours),
            *_end(row.b, colours),
            row.splices,
            row.connectors,
            row.max_loss_db,
            row.link,
        )


def _end(end: FibreEnd | None, colours: Mapping[int, str]) -> Row:
    if end is None:
        return (None,) * 6
    tube = colours.get(end.tube) if end.tube is not None else None
    fibre = colours.get(end.fibre_in_tube) if end.fibre_in_tube is not None else None
    return end.kind, end.id, end.number, end.tube, tube, fibre
