"""QGIS's own style documents, kept in the design file: its layers open as a map with legend, labels and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from ponplan.topology.file.geopackage import NO_CLOCK, register
from ponplan.topology.file.styles import Look

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ponplan.topology.file.styles import Style

# the table that QGIS looks for; its columns are QGIS's own
_TABLE = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
_ANYTHING_ELSE = Look(
    value="", colour="255,0,255", size_mm=2.0
)  # QGIS takes an empty value for all others; it stands out
_UNITS = {"m": "m", "db": "dB", "bps": "bit/s", "percent": "%", "cost": "cost"}


def write_styles(
    connection: sqlite3.Connection, styles: Iterable[Style], columns: Mapping[str, Sequence[str]]
) -> None:
    """Write the default style of each layer.

    Parameters
    ----------
    columns
        Names of each layer's columns in order, without key and geometry.
    """
    connection.execute(_TABLE)
    # without this entry QGIS does not look for styles once another plain table is there
    register(connection, "layer_styles", kind="attributes", meaning="Styles for QGIS", srs_id=None)
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner, update_time)"
        " VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
        [
            (style.layer, style.layer, "\n".join(_qml(style, columns[style.layer])), style.layer, NO_CLOCK)
            for style in styles
        ],
    )


def alias(column: str) -> str:
    """Give a column's name for people: `down_loss_db` is `Down loss (dB)`."""
    words = column.split("_")
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    text = " ".join(words[:-1] if unit else words).capitalize()
    return f"{text} ({unit})" if unit else text


def _qml(style: Style, columns: Sequence[str]) -> Iterator[str]:
    labels = "1" if style.label else "0"
    yield f'<qgis version="3.22" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="{labels}">'
    yield from _renderer(style)
    if style.label:
        yield from _labeling(style)
    yield "  <aliases>"
    for number, column in enumerate(("fid", *columns)):
        yield f'   <alias field={quoteattr(column)} index="{number}" name={quoteattr(alias(column))}/>'
    yield "  </aliases>"
    yield '  <mapTip>&lt;b&gt;[% "id" %]&lt;/b&gt;</mapTip>'
    yield "</qgis>"


def _renderer(style: Style) -> Iterator[str]:
    looks = (*style.looks, _ANYTHING_ELSE)
    yield f' <renderer-v2 type="categorizedSymbol" attr={quoteattr(style.attribute)} enableorderby="0">'
    yield "  <categories>"
    for number, look in enumerate(looks):
        value, label = quoteattr(look.value), quoteattr(look.value or "other")
        yield f'   <category symbol="{number}" value={value} type="string" label={label} render="true"/>'
    yield "  </categories>"
    yield "  <symbols>"
    for number, look in enumerate(looks):
        kind = "line" if style.is_line else "marker"
        yield f'   <symbol type="{kind}" name="{number}" alpha="1" clip_to_extent="1">'
        yield from _line(look) if style.is_line else _marker(look)
        yield "   </symbol>"
    yield "  </symbols>"
    yield " </renderer-v2>"


def _labeling(style: Style) -> Iterator[str]:
    placement = "2" if style.is_line else "0"  # along the line; around the point
    yield ' <labeling type="simple"><settings calloutType="simple">'
    yield f'  <text-style fieldName={quoteattr(style.label)} isExpression="1" fontSize="8" fontSizeUnit="Point"'
    yield '   textColor="35,35,35,255"><text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM"'
    yield '   bufferColor="255,255,255,255"/></text-style>'
    yield f'  <placement placement="{placement}" placementFlags="10" dist="1" distUnits="MM"/>'
    # both are denominators: from 1:0, as near as one likes, to the farthest (tried with QGIS 3.22)
    yield f'  <rendering scaleVisibility="1" scaleMin="0" scaleMax="{style.label_scale}" drawLabels="1"/>'
    yield " </settings></labeling>"


def _line(look: Look) -> Iterator[str]:
    yield '    <layer class="SimpleLine" enabled="1" pass="0" locked="0"><Option type="Map">'
    yield from _options(
        line_color=f"{look.colour},255",
        line_style="dash" if look.dashed else "solid",
        line_width=f"{look.size_mm}",
        line_width_unit="MM",
    )
    yield "    </Option></layer>"


def _marker(look: Look) -> Iterator[str]:
    yield '    <layer class="SimpleMarker" enabled="1" pass="0" locked="0"><Option type="Map">'
    yield from _options(
        name=look.shape,
        color=f"{look.colour},255",
        outline_color=f"{look.colour},255" if look.shape == "cross2" else "35,35,35,255",
        outline_width="0.6" if look.shape == "cross2" else "0.2",
        size=f"{look.size_mm}",
        size_unit="MM",
    )
    yield "    </Option></layer>"


def _options(**values: str) -> Iterator[str]:
    for name, value in values.items():
        yield f'     <Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>'
