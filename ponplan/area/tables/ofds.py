"""The JSON of the Open Fibre Data Standard: networks of nodes and spans, which no map library opens.

https://open-fibre-data-standard.readthedocs.io, release 0.3: a network package holds `networks`, a network `nodes`
with a `location` and `spans` with a `route`, both GeoJSON geometries in WGS 84.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84
from ponplan.area.table import Table

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {"routes": ("spans", "route"), "sites": ("nodes", "location")}


def read_ofds(path: Path, *, kind: str) -> Table | None:
    """Read the spans of all networks as routes, or their nodes as sites; None if the file is something else."""
    if kind not in PARTS:
        return None
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    part, place = PARTS[kind]
    networks = content.get("networks", [content]) if isinstance(content, dict) else []
    networks = [network for network in networks if isinstance(network, dict)] if isinstance(networks, list) else []
    if not any(isinstance(network.get(name), list) for network in networks for name in ("nodes", "spans")):
        return None
    records = [
        record for network in networks for record in network.get(part) or [] if isinstance(record, dict) and record
    ]
    names = dict.fromkeys(name for record in records for name in record if name != place)
    return Table(
        file=f"{path.name} ({part})",
        rows=list(range(1, len(records) + 1)),
        columns={name: [_plain(record.get(name)) for record in records] for name in names},
        geometry=np.array([_geometry(record.get(place)) for record in records], object),
        crs=WGS84,
    )


def _plain(value: object) -> object:
    """Give a number or text as it is, a list of them or an organisation as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return "; ".join(str(_plain(member)) for member in value) or None
    if isinstance(value, dict):
        named = value.get("name", value.get("id"))
        return named if isinstance(named, str) else json.dumps(value, ensure_ascii=False)
    return str(value)


def _geometry(value: object) -> shapely.Geometry | None:
    return shapely.from_geojson(json.dumps(value), on_invalid="ignore") if isinstance(value, dict) else None
