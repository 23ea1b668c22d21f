"""What light meets in each link: fibre, splices, connectors, and the splitter leg it leaves by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.light import leg_attenuation
from ponplan.topology.splicing import link_ends, link_splices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Link
    from ponplan.topology.runs import Run

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLight:
    """What light meets in each link, the leg it leaves a splitter by included; nan where the catalogue has no row.

    `lengths_m` is (links, fibre types) with the types named in `fibres`, the rest (links,).
    """

    fibres: tuple[str, ...]
    lengths_m: FloatArray
    splices: FloatArray
    connectors: FloatArray
    leg_max_db: FloatArray
    leg_typical_db: FloatArray
    split: FloatArray  # legs of the balanced splitter it leaves; 1 for ports and taps


def measure_links(index: NetworkIndex, runs: Sequence[Run]) -> LinkLight:
    """Give what light meets in every link, in the order of the network."""
    links = index.network.links
    fibres, lengths_m = _fibre_lengths(index, runs)
    legs = np.array([_leg(index, link) for link in links], np.float64).reshape(-1, 3)
    ends = [link_ends(index, link) for link in links]
    return LinkLight(
        fibres=fibres,
        lengths_m=lengths_m,
        splices=np.array([link_splices(index, link) for link in links], np.float64),
        connectors=np.array([start.connectors + end.connectors for start, end in ends], np.float64),
        leg_max_db=legs[:, 0],
        leg_typical_db=legs[:, 1],
        split=legs[:, 2],
    )


def _fibre_lengths(index: NetworkIndex, runs: Sequence[Run]) -> tuple[tuple[str, ...], FloatArray]:
    """Give the fibre types in use, and (links, types) metres of each."""
    types = index.network.catalogue.cable_types
    kinds = [types[cable.type].fibre if cable.type in types else "" for cable in index.network.cables]
    fibres = tuple(sorted(set(kinds)))
    number = {fibre: column for column, fibre in enumerate(fibres)}
    lengths_m = np.zeros((len(runs), len(fibres)))
    lit = [(row, number[kinds[piece.cable]], piece.length_m) for row, run in enumerate(runs) for piece in run.pieces]
    if lit:
        rows, columns, metres = zip(*lit, strict=True)
        np.add.at(lengths_m, (list(rows), list(columns)), list(metres))
    return fibres, lengths_m


def _leg(index: NetworkIndex, link: Link) -> tuple[float, float, float]:
    splitter = index.splitters.get(link.from_device)
    if splitter is None:
        return 0.0, 0.0, 1.0
    kind = index.network.catalogue.splitters.get(splitter.type)
    if kind is None:
        return np.nan, np.nan, 1.0
    loss = leg_attenuation(kind, link.from_port)
    return loss.max_db, loss.typical_db, float(kind.outputs) if kind.kind == "balanced" else 1.0
