"""Layers of a GeoPackage as tables, written so that the same tables give the same bytes."""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, GeometryError

from ponplan.area.table import Table
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DATE = "2000-01-01T00:00:00.000Z"  # GDAL would write the time of day
RESERVED = frozenset({"fid", "geom"})  # GeoPackage's own columns


def layer_kinds(path: Path) -> dict[str, str]:
    """List the layers of any file that GDAL reads, each with its kind of geometry (empty: none).

    Raises
    ------
    AreaError
        The file cannot be opened.
    """
    try:
        with warnings.catch_warnings():
            # what GDAL remarks here it remarks again when the layer is read
            warnings.simplefilter("ignore", RuntimeWarning)
            return {str(name): str(kind or "") for name, kind in pyogrio.list_layers(path)}
    except (DataSourceError, OSError, ValueError) as error:
        fault = Fault(file=path.name, problem="the file cannot be opened as a map file", value=_first_line(error))
        raise AreaError([fault]) from error


def field_names(path: Path, layer: str) -> list[str]:
    """List the columns of a layer, none if it cannot be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]
    except (DataSourceError, DataLayerError, OSError, ValueError):
        return []


def read_layer(path: Path, layer: str, *, encoding: str | None = None, content: bytes | None = None) -> Table:
    """Read one layer with its attributes; heights are kept, geometries that cannot be read are None.

    `content` is read in place of what stands in the file.

    Raises
    ------
    AreaError
        The layer is not there or cannot be read.
    """
    try:
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            meta, fids, wkb, fields = pyogrio.raw.read(
                content or path, layer=layer, return_fids=True, encoding=encoding
            )
    except (DataSourceError, DataLayerError, GeometryError, OSError, ValueError, UnboundLocalError) as error:
        # the last is pyogrio's own answer to a CRS that is no text
        problem = f"layer {layer} cannot be read"
        raise AreaError([Fault(file=path.name, problem=problem, value=_first_line(error))]) from error
    kinds = zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True)
    columns = {
        str(name): _plain(values, kind, subtype)
        for name, values, (kind, subtype) in zip(meta["fields"], fields, kinds, strict=True)
    }
    geometry = None if wkb is None else np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)
    return Table(
        file=f"{path.name} ({layer})",
        rows=fids.tolist(),
        columns=columns,
        geometry=geometry,
        crs=meta["crs"],
        notes=tuple(dict.fromkeys(str(remark.message) for remark in remarks)),
    )


def write_layers(
    path: Path,
    tables: Sequence[Table],
    geometry_types: Sequence[str | None],
    *,
    types: Mapping[str, type] | None = None,
) -> None:
    """Write tables as the layers of a new GeoPackage, named by their `file`.

    A geometry type of None stands for a plain table. `types` says the type of columns that may be empty, so that a
    GIS offers the right kind of cell.
    """
    with _fixed_date():
        for table, geometry_type in zip(tables, geometry_types, strict=True):
            names, data, masks = _fields(table, types or {})
            pyogrio.raw.write(
                path,
                None if table.geometry is None else shapely.to_wkb(table.geometry, output_dimension=2),
                data,
                names,
                field_mask=masks,
                layer=table.file,
                driver="GPKG",
                geometry_type=geometry_type,
                crs=table.crs,
            )


@contextmanager
def _fixed_date() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _plain(values: NDArray[np.generic], kind: str, subtype: str) -> list[object]:
    """Turn a field into Python values; a missing number comes as NaN and leaves as None."""
    if subtype == "OFSTBoolean":
        return [None if math.isnan(value) else bool(value) for value in values.tolist()]
    if kind in {"OFTInteger", "OFTInteger64"} and values.dtype.kind == "f":
        return [None if math.isnan(value) else int(value) for value in values.tolist()]
    if values.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in values.tolist()]
    if values.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in values]
    return [
        value if value is None or isinstance(value, str | int | float) else str(value) for value in values.tolist()
    ]


def _fields(
    table: Table, types: Mapping[str, type]
) -> tuple[list[str], list[NDArray[np.generic]], list[NDArray[np.bool_] | None]]:
    names: list[str] = []
    taken = set(RESERVED)
    data: list[NDArray[np.generic]] = []
    masks: list[NDArray[np.bool_] | None] = []
    for name, values in table.columns.items():
        names.append(_free_name(name, taken))
        array, mask = _typed(values, types.get(name, str))
        data.append(array)
        masks.append(mask)
    return names, data, masks


def _free_name(name: str, taken: set[str]) -> str:
    """Give a column name that differs from the others in more than case."""
    free, number = name, 1
    while free.casefold() in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free.casefold())
    return free


def _typed(values: Sequence[object], empty_type: type) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
    """Choose the narrowest type that holds all values, and mark the missing ones."""
    present = [value for value in values if value is not None]
    missing = np.array([value is None for value in values], bool)
    mask = missing if missing.any() else None
    if not present and empty_type is not str:
        return np.zeros(len(values), empty_type), mask
    if present and all(isinstance(value, bool) for value in present):
        return np.array([bool(value) for value in values]), mask
    if present and all(type(value) is int and abs(value) < 2**63 for value in present):
        return np.array([0 if value is None else value for value in values], np.int64), mask
    if present and all(type(value) in (int, float) for value in present):
        return np.array([0.0 if value is None else value for value in values], np.float64), mask
    return np.array([None if value is None else str(value) for value in values], object), None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
