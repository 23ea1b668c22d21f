"""All formats by name, and which one a target means."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pyogrio.errors import DataSourceError

from ponplan.errors import Fault, OutputError
from ponplan.report.exchange.address import is_database
from ponplan.report.output import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.report.exchange.result import Exported
    from ponplan.topology.network import Network

# name: module, function, ending of a target that is one file (empty: a folder)
_FORMATS = {
    "geojson": ("geojson", "write_geojson", ""),
    "shapefile": ("shapefile", "write_shapefile", ""),
    "kml": ("kml", "write_kml", ".kml"),
    "dxf": ("dxf", "write_dxf", ".dxf"),
    "ofds": ("ofds", "write_ofds", ""),
    "gracethd": ("mapped", "write_gracethd", ""),
    "gisnb": ("mapped", "write_gisnb", ""),
    "postgis": ("postgis", "write_postgis", ""),
}
_TAKES = {"dxf": ("language", "crs"), "shapefile": ("crs",), "postgis": ("schema",)}  # options beyond `overwrite`
FORMATS = tuple(_FORMATS)
DATABASE_SCHEMA = "ponplan"


def export_network(
    network: Network,
    target: str,
    formats: Sequence[str],
    *,
    overwrite: bool = False,
    language: str = "en",
    schema: str = DATABASE_SCHEMA,
    crs: str | None = None,
) -> tuple[Exported, ...]:
    """Write a network in one format, or in several into a folder.

    Parameters
    ----------
    target
        Of one format: the file, the folder, or the address of the database. Of several: a folder, which gets a
        folder or file for each.
    formats
        Names out of `FORMATS`; none: what the ending of the target says, else GeoJSON.
    language
        Of layer names in DXF: `en` or `zh`.
    schema
        Of the database that PostGIS loads into.
    crs
        Coordinate system of Shapefile and DXF; else the plan's. The other formats fix theirs.

    Raises
    ------
    OutputError
        Something is in the way, cannot be written, or a library is missing.
    """
    chosen = tuple(dict.fromkeys(formats)) or (_format_of(target),)
    _refuse_mixed(target, chosen)
    places = [_place(target, form, alone=len(chosen) == 1) for form in chosen]
    if len(chosen) > 1:
        _make_folder(Path(target))
    for place in places:  # before the first is written
        if isinstance(place, Path):
            refuse(place, overwrite=overwrite)
    answers = []
    for form, place in zip(chosen, places, strict=True):
        module, function, _ = _FORMATS[form]
        write: Callable[..., Exported] = getattr(import_module(f"ponplan.report.exchange.{module}"), function)
        given = {"language": language, "schema": schema, "crs": crs}
        options = {name: given[name] for name in _TAKES.get(form, ())}
        try:
            answers.append(write(network, place, overwrite=overwrite, **options))
        except (OSError, DataSourceError) as error:
            raise OutputError([Fault(file=str(place), problem=f"cannot be written: {error}")]) from error
    return tuple(answers)


def _refuse_mixed(target: str, chosen: Sequence[str]) -> None:
    """Refuse a database for formats that are files, and files for PostGIS."""
    wanted = "postgis" in chosen
    if wanted == is_database(target) and (not wanted or len(chosen) == 1):
        return
    remedy = "give --format postgis alone, with postgresql://user@host/database as target"
    raise OutputError(
        [Fault(file="--format", problem="PostGIS is loaded into a database, others are files", remedy=remedy)]
    )


def _format_of(target: str) -> str:
    if is_database(target):
        return "postgis"
    for form, (_, _, ending) in _FORMATS.items():
        if ending and target.lower().endswith(ending):
            return form
    return "geojson"


def _place(target: str, form: str, *, alone: bool) -> Path | str:
    if form == "postgis":
        return target
    ending = _FORMATS[form][2]
    if alone:
        return Path(target)
    return Path(target) / (f"plan{ending}" if ending else form)


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        fault = Fault(file=str(folder), problem="a file of this name is in the way", remedy="choose another name")
        raise OutputError([fault])
    if not folder.parent.is_dir():
        problem = f"its folder {folder.parent} does not exist"
        raise OutputError([Fault(file=str(folder), problem=problem, remedy="make the folder first")])
    folder.mkdir(exist_ok=True)


def import_network(source: str, *, schema: str = DATABASE_SCHEMA) -> Network:
    """Give the network of an export that reads back: a GeoJSON folder, or a schema of a PostGIS database.

    Raises
    ------
    DesignFileError
        The source is missing, of another kind, or has faults; every one is listed.
    """
    from ponplan.report.exchange.geojson import read_geojson
    from ponplan.report.exchange.postgis import read_postgis

    if is_database(source):
        return read_postgis(source, schema=schema)
    return read_geojson(Path(source))
