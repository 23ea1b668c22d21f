"""KML 2.2 for globes and phones: a folder per layer and category, styled, with every column of every feature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from ponplan.report.exchange.layers import map_layers, plain_tables_lost
from ponplan.report.exchange.lonlat import lonlat_lists
from ponplan.report.exchange.result import Exported, Loss
from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ponplan.report.exchange.layers import MapLayer
    from ponplan.topology.file.styles import Look
    from ponplan.topology.network import Network

FORMAT = "kml"
HIDDEN = ("unused",)  # categories that are in the file, but switched off
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_ICON = "http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"
_PIXELS_PER_MM = 4.0
_LOSSES = (
    Loss(what="coordinates", reason="KML keeps longitude and latitude"),
    Loss(what="kinds of values", reason="every column is written as text"),
)


def write_kml(network: Network, target: Path, *, overwrite: bool = False) -> Exported:
    """Write one `.kml` file.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    rows: dict[str, int] = {}
    with whole_file(target, overwrite=overwrite) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
        )
        file.write(f"<name>{_text(network.name)}</name>\n")
        for layer in map_layers(network):
            rows[layer.table.name] = len(layer.categories)
            file.writelines(f"{line}\n" for line in _layer(layer, network.crs))
        file.write("</Document>\n</kml>\n")
    losses = (*_LOSSES, plain_tables_lost(network))
    return Exported(
        format=FORMAT, target=str(target), reads_back=False, files=(target.name,), rows=rows, losses=losses
    )


def _layer(layer: MapLayer, crs: str) -> Iterator[str]:
    known = [look.value for look in layer.looks]
    others = sorted(set(layer.categories) - set(known))
    for look in layer.looks:
        yield from _style(layer, look)
    positions = lonlat_lists(layer.shapes, crs)
    yield f"<Folder><name>{_text(layer.table.name)}</name><description>{_text(layer.table.meaning)}</description>"
    for category in (*known, *others):
        rows = [row for row in layer.rows_of(category) if positions[row] is not None]
        if rows:
            shown = "0" if category in HIDDEN else "1"
            yield f"<Folder><name>{_text(category)}</name><visibility>{shown}</visibility>"
            for row in rows:
                yield _placemark(
                    layer, row, positions[row] or [], style=f"{layer.table.name}-{category}", shown=shown
                )
            yield "</Folder>"
    yield "</Folder>"


def _style(layer: MapLayer, look: Look) -> Iterator[str]:
    red, green, blue = (int(part) for part in look.colour.split(","))
    colour = f"ff{blue:02x}{green:02x}{red:02x}"
    yield f"<Style id={quoteattr(f'{layer.table.name}-{look.value}')}>"
    if layer.table.geometry == "POINT":
        yield f"<IconStyle><color>{colour}</color><scale>{look.size_mm / 5:.2f}</scale>"
        yield f"<Icon><href>{_ICON}</href></Icon></IconStyle><LabelStyle><scale>0.7</scale></LabelStyle>"
    else:
        yield f"<LineStyle><color>{colour}</color><width>{look.size_mm * _PIXELS_PER_MM:.1f}</width></LineStyle>"
    yield "</Style>"


def _placemark(layer: MapLayer, row: int, positions: list[list[float]], *, style: str, shown: str) -> str:
    columns = layer.columns
    label = columns["name"][row] if "name" in columns and columns["name"][row] else columns["id"][row]
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{_text(values[row])}</value></Data>"
        for name, values in columns.items()
        if values[row] is not None
    )
    text = " ".join(f"{lon},{lat}" for lon, lat in positions)
    if layer.table.geometry == "POINT":
        shape = f"<Point><coordinates>{text}</coordinates></Point>"
    else:
        shape = f"<LineString><tessellate>1</tessellate><coordinates>{text}</coordinates></LineString>"
    return (
        f"<Placemark><name>{_text(label)}</name><visibility>{shown}</visibility><styleUrl>#{_text(style)}</styleUrl>"
        f"<ExtendedData>{data}</ExtendedData>{shape}</Placemark>"
    )


def _text(value: Any) -> str:  # noqa: ANN401 - any cell
    return escape(_NOT_XML.sub("\ufffd", str(value)))
