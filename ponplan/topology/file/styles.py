"""Plain QGIS styles kept in the design file, so that its layers open readable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from ponplan.topology.file.geopackage import NO_CLOCK, register

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

# the table that QGIS looks for; its columns are QGIS's own
_TABLE = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the features of one value are drawn."""

    value: str
    colour: str  # red,green,blue
    size_mm: float
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a layer is drawn: `attribute` is QGIS's expression of the value that chooses the look."""

    layer: str
    attribute: str
    looks: tuple[Look, ...]

    def values(self, columns: Mapping[str, Sequence[Any]]) -> list[str]:
        """Give the value of each row, for programs that know no QGIS expressions."""
        if self.layer == "customers":
            return ["unserved" if reason else "served" for reason in columns["unserved"]]
        return list(columns[self.attribute])


def _look(value: str, colour: str, size_mm: float, *, dashed: bool = False) -> Look:
    return Look(value=value, colour=colour, size_mm=size_mm, dashed=dashed)


STYLES = (
    Style(
        layer="routes",
        attribute="state",
        looks=(
            _look("unused", "190,190,190", 0.2),
            _look("new", "196,98,16", 0.8),
            _look("existing", "120,94,60", 0.6, dashed=True),
        ),
    ),
    Style(
        layer="cables",
        attribute="role",
        looks=(
            _look("feeder", "178,24,43", 0.7),
            _look("distribution", "33,102,172", 0.5),
            _look("drop", "90,174,97", 0.3),
        ),
    ),
    Style(
        layer="nodes",
        attribute="kind",
        looks=(
            _look("office", "178,24,43", 5.0),
            _look("cabinet", "33,102,172", 3.4),
            _look("room", "118,42,131", 3.0),
            _look("closure", "80,80,80", 2.0),
            _look("premises", "90,174,97", 1.2),
        ),
    ),
    Style(
        layer="customers",
        attribute="CASE WHEN \"unserved\" = '' THEN 'served' ELSE 'unserved' END",
        looks=(_look("served", "255,217,47", 1.6), _look("unserved", "227,26,28", 2.4)),
    ),
)
_ANYTHING_ELSE = _look("", "255,0,255", 2.0)  # QGIS takes an empty value for all others; they stand out


def write_styles(connection: sqlite3.Connection) -> None:
    """Write the default style of each layer."""
    connection.execute(_TABLE)
    register(connection, "layer_styles", kind="attributes", meaning="Styles for QGIS", srs_id=None)
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner, update_time)"
        " VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
        [(style.layer, style.layer, "\n".join(_qml(style)), style.layer, NO_CLOCK) for style in STYLES],
    )


def _qml(style: Style) -> Iterator[str]:
    points = style.layer in ("nodes", "customers")
    looks = (*style.looks, _ANYTHING_ELSE)
    yield '<qgis version="3.22" styleCategories="Symbology">'
    yield f' <renderer-v2 type="categorizedSymbol" attr={quoteattr(style.attribute)} enableorderby="0">'
    yield "  <categories>"
    for number, look in enumerate(looks):
        value, label = quoteattr(look.value), quoteattr(look.value or "other")
        yield f'   <category symbol="{number}" value={value} type="string" label={label} render="true"/>'
    yield "  </categories>"
    yield "  <symbols>"
    for number, look in enumerate(looks):
        yield f'   <symbol type="{"marker" if points else "line"}" name="{number}" alpha="1" clip_to_extent="1">'
        yield from _marker(look) if points else _line(look)
        yield "   </symbol>"
    yield "  </symbols>"
    yield " </renderer-v2>"
    yield "</qgis>"


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
        name="circle",
        color=f"{look.colour},255",
        outline_color="35,35,35,255",
        size=f"{look.size_mm}",
        size_unit="MM",
    )
    yield "    </Option></layer>"


def _options(**values: str) -> Iterator[str]:
    for name, value in values.items():
        yield f'     <Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>'
