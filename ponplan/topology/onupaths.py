"""Every path from a port to a terminal: its length, its splits and its losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.light import DIRECTIONS, Direction, PathLoss, fibre_attenuation, margin_db

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.linklight import LinkLight
    from ponplan.topology.paths import Arrivals

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuPaths:
    """n paths from a port to a terminal: where they begin and end, how long they are, what they lose."""

    arrivals: IntArray  # index into the arrivals
    onus: IntArray  # row of the terminal
    ports: IntArray  # row of the port
    interfaces: IntArray
    working: NDArray[np.bool_]
    lengths_m: FloatArray
    splits: FloatArray
    margins_db: FloatArray
    loss: Mapping[Direction, PathLoss]


def measure_paths(index: NetworkIndex, arrivals: Arrivals, light: LinkLight) -> OnuPaths:
    """Give every path that ends at a terminal, in the order of arrivals."""
    network = index.network
    rows = {onu.id: row for row, onu in enumerate(network.onus)}
    reached = np.array([rows.get(device, -1) for device in arrivals.devices], np.int64)
    chosen = np.flatnonzero(reached >= 0)
    lengths_m = arrivals.accumulate(light.lengths_m)[chosen]
    total_m = lengths_m.sum(axis=1)
    points = _point_losses(index, arrivals, light, chosen, reached[chosen])
    loss = {}
    for direction in DIRECTIONS:
        worst, typical = (per_m[arrivals.ports[chosen]] for per_m in _losses_per_m(index, light.fibres, direction))
        loss[direction] = PathLoss(
            max_db=(lengths_m * worst).sum(axis=1) + points.max_db,
            typical_db=(lengths_m * typical).sum(axis=1) + points.typical_db,
        )
    return OnuPaths(
        arrivals=chosen,
        onus=reached[chosen],
        ports=arrivals.ports[chosen],
        interfaces=np.array([network.links[row].to_port for row in arrivals.links[chosen].tolist()], np.int64),
        working=arrivals.working[chosen],
        lengths_m=total_m,
        splits=np.exp2(arrivals.accumulate(np.log2(light.split))[chosen]).round(),
        margins_db=margin_db(network.catalogue, total_m),
        loss=loss,
    )


def _point_losses(
    index: NetworkIndex, arrivals: Arrivals, light: LinkLight, chosen: IntArray, onus: IntArray
) -> PathLoss:
    """Give what all but the fibre takes: splices, connectors, splitters, and the switch before a terminal."""
    catalogue = index.network.catalogue
    switch = catalogue.losses["onu-switch"]
    kinds = [catalogue.onus.get(onu.type) for onu in index.network.onus]
    switched = np.array([kind is not None and kind.optical_switch for kind in kinds], bool)[onus]
    max_db = arrivals.accumulate(light.leg_max_db)[chosen] + switched * switch.max_loss_db
    typical_db = arrivals.accumulate(light.leg_typical_db)[chosen] + switched * switch.typical_loss_db
    for counts, name in ((light.splices, "splice"), (light.connectors, "connector")):
        met = arrivals.accumulate(counts)[chosen]
        max_db += met * catalogue.losses[name].max_loss_db
        typical_db += met * catalogue.losses[name].typical_loss_db
    return PathLoss(max_db=max_db, typical_db=typical_db)


def _losses_per_m(
    index: NetworkIndex, fibres: tuple[str, ...], direction: Direction
) -> tuple[FloatArray, FloatArray]:
    """Give (ports, fibre types) the largest and the typical loss per metre at each port's wavelength."""
    ports, catalogue = index.network.ports, index.network.catalogue
    rows: dict[str, list[tuple[float, float]]] = {}
    for port in ports:
        if port.technology in rows:
            continue
        technology = catalogue.technologies.get(port.technology)
        found = []
        for fibre in fibres:
            if technology is None or not fibre:
                found.append((np.nan, np.nan))
                continue
            loss = fibre_attenuation(catalogue, technology, fibre, direction)
            found.append((loss.max_db / 1000.0, loss.typical_db / 1000.0))
        rows[port.technology] = found
    values = np.array([rows[port.technology] for port in ports], np.float64).reshape(len(ports), len(fibres), 2)
    return values[:, :, 0], values[:, :, 1]
