"""The measurement plan: what a reflectometer should see on every dark fibre path, and what it must not exceed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ponplan.topology.splicing import link_ends, link_splices, splice_node
from ponplan.topology.works.ports import frame_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import Fibre
    from ponplan.topology.network import Link
    from ponplan.topology.runs import Run
    from ponplan.topology.survey import Survey

WAVELENGTHS_NM = (1310.0, 1550.0, 1625.0)  # usual test wavelengths; 1625 nm also in service
END_CONNECTORS = 2  # one pair at the launch, one at the receive fibre


class Measurement(NamedTuple):
    """One path at one wavelength: expected is typical, the limit is the largest that budgets reckon with."""

    link: str
    from_device: str
    from_port: int
    to_device: str
    to_port: int
    frame: str
    frame_position: int | None
    fibres: str  # cable:fibre, in the order of light
    wavelength_nm: float
    length_m: float
    splices: int
    splice_at_m: str  # metres from the start, and the node
    expected_db: float | None
    limit_db: float | None
    splice_limit_db: float
    connector_limit_db: float
    end_node: str


def otdr_plan(survey: Survey, *, wavelengths_nm: Sequence[float] = WAVELENGTHS_NM) -> Iterator[Measurement]:
    """Give every path of fibre between two devices at every wavelength that the catalogue has figures for.

    Measured from connector to connector: one pair at each end, every splice of the path, and the fibre. Pairs beyond
    the frame and the outlet (patch cords to the devices) are not part of the measurement.
    """
    losses, positions = survey.catalogue.losses, frame_positions(survey)
    fibres = {(row.fibre, row.wavelength_nm): row for row in survey.catalogue.fibres.values()}
    known = [nm for nm in wavelengths_nm if any(wavelength == nm for _, wavelength in fibres)]
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        if not run.pieces:
            continue
        splices = link_splices(survey.index, link)
        at_m = _splice_places(survey, link, run)
        for wavelength_nm in known:
            points = (
                splices * losses["splice"].typical_loss_db + END_CONNECTORS * losses["connector"].typical_loss_db,
                splices * losses["splice"].max_loss_db + END_CONNECTORS * losses["connector"].max_loss_db,
            )
            glass = _glass(survey, run, wavelength_nm, fibres)
            frame, position = positions.get(link.id, ("", None))
            yield Measurement(
                link.id,
                link.from_device,
                link.from_port,
                link.to_device,
                link.to_port,
                frame,
                position,
                " ".join(f"{cable}:{fibre}" for cable, fibre in link.strands),
                wavelength_nm,
                round(run.length_m, 3),
                splices,
                at_m,
                None if glass is None else round(glass[0] + points[0], 3),
                None if glass is None else round(glass[1] + points[1], 3),
                losses["splice"].max_loss_db,
                losses["connector"].max_loss_db,
                survey.index.device_nodes.get(link.to_device, ""),
            )


def _splice_places(survey: Survey, link: Link, run: Run) -> str:
    """Give where the splices are: those at both ends of the fibre, and those between cables."""
    cables = survey.network.cables
    start, end = link_ends(survey.index, link)
    places = [(0.0, survey.index.device_nodes.get(link.from_device, ""))] * min(start.splices, 1)
    here = 0.0
    for junction, before, after in zip(run.joints, run.pieces, run.pieces[1:], strict=False):
        here += before.length_m
        node = splice_node(survey.index, junction, cables[before.cable], cables[after.cable]) or junction
        places.append((here, node))
    places += [(run.length_m, survey.index.device_nodes.get(link.to_device, ""))] * min(end.splices, 1)
    return "; ".join(f"{metres:.1f} {node}" for metres, node in places)


def _glass(
    survey: Survey, run: Run, wavelength_nm: float, fibres: dict[tuple[str, float], Fibre]
) -> tuple[float, float] | None:
    """Give the typical and the largest loss of the fibre alone; None where the catalogue has no figure."""
    parts = []
    for piece in run.pieces:
        kind = survey.catalogue.cable_types.get(survey.network.cables[piece.cable].type)
        loss = fibres.get((kind.fibre, wavelength_nm)) if kind else None
        if loss is None:
            return None
        km = piece.length_m / 1000.0
        parts.append((km * loss.typical_loss_db_per_km, km * loss.max_loss_db_per_km))
    return math.fsum(part[0] for part in parts), math.fsum(part[1] for part in parts)
