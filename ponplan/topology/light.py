"""Light: what a path loses in each direction, and what its optical class allows.

Worst case: largest losses, least launched power, with the engineering margin. Best case, for overload: typical
losses, greatest launched power, no margin. A cable's slack is bought but not lit: the margin covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OpticalClass, Splitter, Technology

    FloatArray = NDArray[np.float64]

Direction = Literal["down", "up"]
DIRECTIONS: tuple[Direction, Direction] = ("down", "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attenuation:
    """Largest and typical loss of one element; of fibre: per kilometre."""

    max_db: float
    typical_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one direction of an optical class allows between OLT and ONU, in dB and dBm.

    `max_loss_db` bounds the largest loss plus margin, `min_loss_db` the typical loss from below.
    """

    tx_min_dbm: float
    tx_max_dbm: float
    sensitivity_dbm: float
    overload_dbm: float
    penalty_db: float
    min_loss_db: float
    max_loss_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLoss:
    """Loss of paths in one direction without margin: the largest and the typical one, in dB."""

    max_db: FloatArray
    typical_db: FloatArray


def budget(optical_class: OpticalClass, direction: Direction) -> Budget:
    """Give the budget of one direction.

    Both the class's own range of loss and the one that its powers leave must be kept, so the narrower one counts
    (ITU-T G.984.2 table 2a: loss range; its powers: launched least - penalty - sensitivity).
    """
    row = optical_class
    if direction == "down":
        tx_min, tx_max, penalty = row.olt_tx_min_dbm, row.olt_tx_max_dbm, row.down_penalty_db
        sensitivity, overload = row.onu_sensitivity_dbm, row.onu_overload_dbm
    else:
        tx_min, tx_max, penalty = row.onu_tx_min_dbm, row.onu_tx_max_dbm, row.up_penalty_db
        sensitivity, overload = row.olt_sensitivity_dbm, row.olt_overload_dbm
    return Budget(
        tx_min_dbm=tx_min,
        tx_max_dbm=tx_max,
        sensitivity_dbm=sensitivity,
        overload_dbm=overload,
        penalty_db=penalty,
        min_loss_db=max(row.min_loss_db, tx_max - overload),
        max_loss_db=min(row.max_loss_db, tx_min - penalty - sensitivity),
    )


def fibre_attenuation(catalogue: Catalogue, technology: Technology, fibre: str, direction: Direction) -> Attenuation:
    """Give the loss per kilometre of a fibre type at a technology's wavelength.

    Raises
    ------
    CatalogueError
        The catalogue has no attenuation for this fibre and wavelength.
    """
    row = catalogue.fibre_loss(fibre, technology.down_nm if direction == "down" else technology.up_nm)
    return Attenuation(max_db=row.max_loss_db_per_km, typical_db=row.typical_loss_db_per_km)


def leg_attenuation(splitter: Splitter, leg: int) -> Attenuation:
    """Give the loss from the input to a leg (from 1); leg 1 of a tap is the one that light goes through."""
    if splitter.kind == "tap" and leg == 1:
        if splitter.through_max_loss_db is None or splitter.through_typical_loss_db is None:
            raise ValueError(f"tap {splitter.id} has no loss for its through leg")
        return Attenuation(max_db=splitter.through_max_loss_db, typical_db=splitter.through_typical_loss_db)
    return Attenuation(max_db=splitter.max_loss_db, typical_db=splitter.typical_loss_db)


def path_loss(
    catalogue: Catalogue,
    technology: Technology,
    direction: Direction,
    *,
    fibre: str,
    length_m: ArrayLike,
    splices: ArrayLike,
    connectors: ArrayLike,
    splitter_max_db: ArrayLike,
    splitter_typical_db: ArrayLike,
) -> PathLoss:
    """Give the loss of paths over one type of fibre; arguments broadcast against each other.

    Raises
    ------
    CatalogueError
        The catalogue has no attenuation for this fibre and wavelength.
    """
    per_km = fibre_attenuation(catalogue, technology, fibre, direction)
    km = np.asarray(length_m, np.float64) / 1000.0
    points = point_loss(catalogue, splices=splices, connectors=connectors)
    return PathLoss(
        max_db=km * per_km.max_db + points.max_db + np.asarray(splitter_max_db, np.float64),
        typical_db=km * per_km.typical_db + points.typical_db + np.asarray(splitter_typical_db, np.float64),
    )


def point_loss(catalogue: Catalogue, *, splices: ArrayLike, connectors: ArrayLike) -> PathLoss:
    """Give the loss of splices and connector pairs."""
    splice, connector = catalogue.losses["splice"], catalogue.losses["connector"]
    num_splices, num_connectors = np.asarray(splices, np.float64), np.asarray(connectors, np.float64)
    return PathLoss(
        max_db=num_splices * splice.max_loss_db + num_connectors * connector.max_loss_db,
        typical_db=num_splices * splice.typical_loss_db + num_connectors * connector.typical_loss_db,
    )


def margin_db(catalogue: Catalogue, length_m: ArrayLike) -> FloatArray:
    """Give the engineering margin of paths by their length; beyond the last row the last row holds."""
    rows = sorted(catalogue.margins.values(), key=lambda row: row.up_to_m)
    ends_m = np.array([row.up_to_m for row in rows])
    margins = np.array([row.margin_db for row in rows])
    return np.asarray(margins[np.minimum(np.searchsorted(ends_m, length_m), len(rows) - 1)], np.float64)
