"""DXF for CAD programs: a layer per kind of thing, blocks for places, labels, and the record's id on every entity."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import shapely

from ponplan.area.coordinates import geometries_in
from ponplan.errors import Fault, OutputError
from ponplan.report.exchange.layers import map_layers, plain_tables_lost
from ponplan.report.exchange.lonlat import target_crs
from ponplan.report.exchange.result import Exported, Loss
from ponplan.report.output import refuse, whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.report.exchange.layers import MapLayer
    from ponplan.topology.file.styles import Look
    from ponplan.topology.network import Network

FORMAT = "dxf"
APPLICATION = "PONPLAN"  # under this name every entity carries table and id of its record
METRES = 6  # $INSUNITS
_LABEL_HEIGHT_M = 1.5
_CHINESE = {
    "routes": "路由",
    "cables": "光缆",
    "nodes": "节点",
    "customers": "客户",
    "unused": "未用",
    "new": "新建",
    "existing": "现有",
    "feeder": "馈线",
    "distribution": "配线",
    "drop": "引入",
    "office": "局站",
    "cabinet": "光交箱",
    "room": "弱电间",
    "closure": "接头盒",
    "premises": "用户端",
    "served": "已覆盖",
    "unserved": "未覆盖",
    "label": "标注",
}
_LOSSES = (
    Loss(what="columns", reason="a CAD entity holds its layer, label, table and id, not the record's other columns"),
    Loss(what="coordinate system", reason="DXF names none; coordinates are metres of the plan's, or of --crs"),
)


def write_dxf(
    network: Network, target: Path, *, overwrite: bool = False, language: str = "en", crs: str | None = None
) -> Exported:
    """Write one DXF file (R2010, UTF-8 texts) in metres.

    Parameters
    ----------
    language
        Of the layer names: `en` or `zh`.
    crs
        Coordinate system to write in, in metres; else the plan's.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or ezdxf is not installed.
    """
    refuse(target, overwrite=overwrite)
    chosen = target_crs(network, crs, metric=True)
    document = _document(network)
    rows = {}
    space = document.modelspace()
    for layer in map_layers(network):
        moved = replace(layer, shapes=geometries_in(layer.shapes, network.crs, chosen))
        rows[layer.table.name] = _draw(document, space, moved, language)
    with whole_file(target, overwrite=overwrite) as beside:
        document.saveas(beside)
    losses = (*_LOSSES, plain_tables_lost(network))
    return Exported(
        format=FORMAT, target=str(target), reads_back=False, files=(target.name,), rows=rows, losses=losses
    )


def _document(network: Network) -> Any:  # noqa: ANN401 - a library whose types are not exported
    try:
        ezdxf: Any = import_module("ezdxf")
    except ModuleNotFoundError as error:
        remedy = "pip install 'ponplan[dxf]'"
        raise OutputError([Fault(file="--format dxf", problem="ezdxf is not installed", remedy=remedy)]) from error
    # no clock and no random ids: the same network gives the same bytes
    ezdxf.options.write_fixed_meta_data_for_testing = True
    document = ezdxf.new("R2010", setup=["linetypes"], units=METRES)
    document.appids.add(APPLICATION)
    document.styles.add("PONPLAN", font="simsun.ttc" if _has_chinese(network) else "arial.ttf")
    return document


def _has_chinese(network: Network) -> bool:
    texts = [node.name for node in network.nodes] + [customer.name for customer in network.customers]
    return any("\u2e80" <= letter <= "\U0003ffff" for text in texts for letter in text)


def _draw(document: Any, space: Any, layer: MapLayer, language: str) -> int:  # noqa: ANN401
    looks = {look.value: look for look in layer.looks}
    names = {}
    for category in dict.fromkeys((*looks, *layer.categories)):
        names[category] = _add_layer(document, layer.table.name, category, looks.get(category), language)
    label_layer = _add_layer(document, layer.table.name, "label", None, language)
    drawn = 0
    for row, shape in enumerate(layer.shapes):
        if shape is None:
            continue
        drawn += 1
        category = layer.categories[row]
        attributes = {"layer": names[category]}
        points = shapely.get_coordinates(shape).tolist()
        record = layer.columns["id"][row]
        if layer.table.geometry == "POINT":
            size = looks[category].size_mm / 2 if category in looks else 1.0
            entity = space.add_circle(points[0], radius=size, dxfattribs=attributes)
            label = layer.columns["name"][row] or record
            place = (points[0][0] + size, points[0][1] + size)
            text = {"layer": label_layer, "style": "PONPLAN", "height": _LABEL_HEIGHT_M, "insert": place}
            space.add_text(_one_line(label), dxfattribs=text)
        else:
            entity = space.add_lwpolyline(points, dxfattribs=attributes)
        entity.set_xdata(APPLICATION, [(1000, layer.table.name), (1000, _one_line(record))])
    return drawn


def _add_layer(document: Any, table: str, category: str, look: Look | None, language: str) -> str:  # noqa: ANN401
    words = [_CHINESE.get(word, word) if language == "zh" else word for word in (table, category)]
    name = "-".join(words).upper()
    if name not in document.layers:
        layer = document.layers.add(name, linetype="DASHED" if look is not None and look.dashed else "CONTINUOUS")
        if look is not None:
            layer.rgb = tuple(int(part) for part in look.colour.split(","))
        layer.description = f"{table}: {category}"
    return name


def _one_line(text: str) -> str:
    """Give a text as DXF can hold it: no line breaks, at most 250 letters."""
    return " ".join(text.split())[:250]
