"""The route graph: routes cut where customers, sites and offices meet them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteGraph:
    """Segments between junctions, connected, with everybody's place on them.

    n junctions, m segments, in a deterministic order. `kind` of a segment is `route` (a piece of an area route),
    `lead-in` (from a route to a building room, a site off the street or an office), `drop` (from a route or a
    room to one customer's premises; the premises are a junction of degree one) and `indoor` (room to customer).
    """

    junction_ids: tuple[str, ...]  # (n,)
    junction_x_m: NDArray[np.float64]  # (n,)
    junction_y_m: NDArray[np.float64]  # (n,)
    segment_ids: tuple[str, ...]  # (m,) route id plus the piece's number; customer or site id for the others
    tails: NDArray[np.int64]  # (m,)
    heads: NDArray[np.int64]  # (m,)
    lengths_m: NDArray[np.float64]  # (m,)
    kinds: NDArray[np.str_]  # (m,)
    surfaces: tuple[str, ...]  # (m,) catalogue ids
    routes: NDArray[np.int64]  # (m,) index into area.routes, -1 for lead-ins, drops and indoor runs
    lines: NDArray[np.object_]  # (m,) shapely LineStrings from tail to head
    office_junctions: NDArray[np.int64]  # (offices,)
    site_junctions: NDArray[np.int64]  # (sites,), -1 when it cannot be reached
    customer_junctions: NDArray[np.int64]  # (customers,) premises, -1 when it cannot be reached
    unreachable: tuple[tuple[str, str], ...]  # (customer id, reason)
