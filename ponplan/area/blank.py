"""A new, empty area to be filled in by hand and in a GIS."""

from __future__ import annotations

import numpy as np

from ponplan.area.coordinates import WGS84, crs_fault, transform_xy, utm_crs
from ponplan.area.model import Area, Office
from ponplan.errors import AreaError, Fault


def blank_area(*, name: str, crs: str | None = None, at: tuple[float, float] | None = None) -> Area:
    """Give an area with nothing but a central office, at a longitude and latitude or to be moved to its place.

    Raises
    ------
    AreaError
        Neither a coordinate system nor a place is given, or the system is unknown or not metric.
    """
    chosen = utm_crs(*at) if crs is None and at is not None else crs
    if chosen is None:
        remedy = "give --at LON,LAT or --crs EPSG:N"
        raise AreaError([Fault(file=name, problem="lengths cannot be measured without a place", remedy=remedy)])
    fault = crs_fault(chosen, file="--crs")
    if fault is not None:
        raise AreaError([fault])
    x_m, y_m = transform_xy(np.array([at]), WGS84, chosen)[0].round(3).tolist() if at else (0.0, 0.0)
    office = Office(id="co-1", name="central office", x_m=x_m, y_m=y_m)
    return Area(name=name, crs=chosen, offices=(office,), customers=(), sites=(), routes=())
