"""GeoJSON (RFC 7946): one FeatureCollection per table of the design file, which reads back as the same network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.errors import DesignFileError, Fault
from ponplan.report.exchange.lonlat import lonlat_lists
from ponplan.report.exchange.manifest import exported_folder, files_in, read_manifest, write_manifest
from ponplan.report.exchange.result import Exported, Loss
from ponplan.topology.file.codecs import encode_json
from ponplan.topology.file.read import network_from_tables
from ponplan.topology.file.schema import TABLES
from ponplan.topology.file.stored import stored_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ponplan.topology.file.schema import FileTable
    from ponplan.topology.file.stored import Columns
    from ponplan.topology.network import Network

FORMAT = "geojson"
ROUNDED = Loss(
    what="coordinates",
    reason="RFC 7946 keeps longitude and latitude; reading back gives every place within a micrometre",
)


def write_geojson(network: Network, target: Path, *, overwrite: bool = False) -> Exported:
    """Write a folder of `.geojson` files, one per table; tables without a place have features without geometry.

    Raises
    ------
    OutputError
        The folder exists and may not be replaced, or cannot be written.
    """
    rows = {}
    with exported_folder(target, overwrite=overwrite) as folder:
        for table, columns in stored_tables(network):
            rows[table.name] = _write_table(table, columns, network.crs, folder / f"{table.name}.geojson")
        write_manifest(folder, network, FORMAT)
    return Exported(
        format=FORMAT,
        target=str(target),
        reads_back=True,
        files=tuple(files_in(target)),
        rows=rows,
        losses=(ROUNDED,),
    )


def _write_table(table: FileTable, columns: Columns, crs: str, path: Path) -> int:
    places = [column.name for column in table.columns if column.type in ("point", "line")]
    names = [column.name for column in table.columns if column.name not in places]
    values = [
        [value if value is None else bool(value) for value in columns[column.name]]
        if column.type == "boolean"
        else columns[column.name]
        for column in table.columns
        if column.name in names
    ]
    shapes = _geometries(table, columns[places[0]], crs) if places else iter([None] * len(values[0]))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"type": "FeatureCollection", "name": {json.dumps(table.name)}, "features": [')
        for number, (shape, *row) in enumerate(zip(shapes, *values, strict=True)):
            feature = {"type": "Feature", "geometry": shape, "properties": dict(zip(names, row, strict=True))}
            file.write(("\n" if number == 0 else ",\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")
    return len(values[0])


def _geometries(table: FileTable, shapes: Sequence[Any], crs: str) -> Iterator[dict[str, object] | None]:
    is_point = table.geometry == "POINT"
    for positions in lonlat_lists(np.asarray(shapes, dtype=object), crs):
        if positions is None:
            yield None
        elif is_point:
            yield {"type": "Point", "coordinates": positions[0]}
        else:
            yield {"type": "LineString", "coordinates": positions}


def read_geojson(source: Path) -> Network:
    """Give the network of a folder that `write_geojson` wrote; edited values and places are taken as they are now.

    Raises
    ------
    DesignFileError
        Files, columns or values are missing or of the wrong kind; every fault is listed.
    """
    crs = read_manifest(source, FORMAT)["crs"]
    faults: list[Fault] = []
    tables: dict[str, Columns] = {}
    for table in TABLES:
        features = _features(source / f"{table.name}.geojson", faults)
        if features is not None:
            tables[table.name] = _columns(table, features, str(crs))
    if faults:
        raise DesignFileError(faults)
    return network_from_tables(tables, source=str(source))


def _features(path: Path, faults: list[Fault]) -> list[dict[str, Any]] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"]
        system = str(content.get("crs") or "CRS84")
        if not all(isinstance(feature["properties"], dict) for feature in features):
            raise TypeError("a feature has no properties")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f"is no GeoJSON FeatureCollection: {type(error).__name__} {error}"
        faults.append(Fault(file=str(path), problem=problem, remedy="export again"))
        return None
    if "CRS84" not in system and "4326" not in system:
        remedy = "save it in longitude and latitude (EPSG:4326)"
        faults.append(
            Fault(file=str(path), field="crs", problem="another coordinate system", value=system, remedy=remedy)
        )
    return list(features)


def _columns(table: FileTable, features: list[dict[str, Any]], crs: str) -> Columns:
    """Give columns as the design file stores them; a column that no feature has is missing."""
    columns: Columns = {}
    present = {name for feature in features for name in feature["properties"]}
    for column in table.columns:
        if column.type in ("point", "line"):
            columns[column.name] = list(_shapes(features, crs))
        elif column.name in present or not features:
            values = [feature["properties"].get(column.name) for feature in features]
            if column.type in ("boolean", "integer"):  # editors write 1.0 where other rows have nothing
                values = [int(value) if _is_whole(value) else value for value in values]
            elif column.type == "json":  # GDAL unfolds texts that are JSON objects
                values = [encode_json(value) if isinstance(value, dict | list) else value for value in values]
            columns[column.name] = values
    return columns


def _is_whole(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, float) and value.is_integer())


def _shapes(features: list[dict[str, Any]], crs: str) -> NDArray[np.object_]:
    texts = [json.dumps(feature.get("geometry")) for feature in features]
    shapes = shapely.from_geojson([None if text == "null" else text for text in texts], on_invalid="ignore")
    flat = np.asarray(shapely.force_2d(shapes), dtype=object).reshape(len(features))
    return np.asarray(shapely.transform(flat, lambda xy: transform_xy(xy, WGS84, crs)), dtype=object)
