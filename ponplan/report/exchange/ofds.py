"""Open Fibre Data Standard 0.3: places as nodes, cables as spans, as a JSON package and as GeoJSON.

Field names and code lists are those of the standard's network-schema.json and codelists (release 0.3.0,
https://open-fibre-data-standard.readthedocs.io).
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.report.exchange.lonlat import lonlat_lists
from ponplan.report.exchange.manifest import exported_folder, files_in, write_manifest
from ponplan.report.exchange.result import Exported, Loss
from ponplan.report.exchange.sources import source_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.topology.network import Network

FORMAT = "ofds"
RELEASE = "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/"
DECIMALS = 7  # of a degree: a centimetre, as RFC 7946 advises
_NODE_TYPES = {
    "office": "exchange",
    "cabinet": "cabinet",
    "room": "cabinet",
    "closure": "aggregationPoint",
}  # open codelist nodeType
_STATUS = {"new": "planned", "existing": "operational"}  # closed codelists nodeStatus and spanStatus
_FIBRES = {"g652d": ("G.652", "G.652.D"), "g657a": ("G.657", "G.657.A"), "g657b": ("G.657", "G.657.B")}
_CRS = {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
LOSSES = (
    Loss(what="customers and their premises", reason="the standard is for published networks; no customer is told"),
    Loss(what="drop cables", reason="they lead to customers"),
    Loss(what="routes, ducts, OLTs, splitters, links, bill", reason="the standard describes places and cables only"),
    Loss(what="coordinates", reason="longitude and latitude rounded to a centimetre"),
)


def write_ofds(network: Network, target: Path, *, overwrite: bool = False) -> Exported:
    """Write a folder: a network package as JSON, and the same nodes and spans as GeoJSON.

    Raises
    ------
    OutputError
        The folder exists and may not be replaced, or cannot be written.
    """
    tables = source_tables(network)
    nodes = _nodes(tables["nodes"], network)
    known = {node["id"]: node for node in nodes}
    spans = _spans(tables["cables"], network, known)
    about = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"ponplan:{network.facts.get('input_hash', network.name)}")),
        "name": network.name or "unnamed",
        "crs": _CRS,
        "links": [{"href": f"{RELEASE}network-schema.json", "rel": "describedby"}],
    }
    with exported_folder(target, overwrite=overwrite) as folder:
        _dump({"networks": [{**about, "nodes": nodes, "spans": spans}]}, folder / "network-package.json")
        _dump(_features(nodes, "location", "node", about), folder / "nodes.geojson")
        ends = [{**span, "start": known[span["start"]], "end": known[span["end"]]} for span in spans]
        _dump(_features(ends, "route", "span", about), folder / "spans.geojson")
        write_manifest(folder, network, FORMAT)
    rows = {"nodes": len(nodes), "spans": len(spans)}
    files = tuple(files_in(target))
    return Exported(format=FORMAT, target=str(target), reads_back=False, files=files, rows=rows, losses=LOSSES)


def _dump(content: object, path: Path) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _features(records: list[dict[str, Any]], place: str, kind: str, about: dict[str, Any]) -> dict[str, Any]:
    """Give the standard's GeoJSON form: a record's place is the geometry, its network is repeated."""
    features = [
        {
            "type": "Feature",
            "geometry": record.get(place),
            "properties": {
                **{name: value for name, value in record.items() if name != place},
                "network": about,
                "featureType": kind,
            },
        }
        for record in records
    ]
    return {"type": "FeatureCollection", "features": features}


def _nodes(columns: Mapping[str, Sequence[Any]], network: Network) -> list[dict[str, Any]]:
    places = lonlat_lists(np.asarray(columns["geom"], dtype=object), network.crs, decimals=DECIMALS)
    active = {olt.node for olt in network.olts}
    technologies = _technologies(network)
    nodes = []
    for row, place in enumerate(places):
        kind = columns["kind"][row]
        if kind not in _NODE_TYPES or place is None:
            continue
        node = {
            "id": columns["id"][row],
            "status": _STATUS[columns["state"][row]],
            "location": {"type": "Point", "coordinates": place[0]},
            "type": [_NODE_TYPES[kind]],
            "accessPoint": kind != "closure",
            "power": columns["id"][row] in active,
        }
        if columns["name"][row]:
            node["name"] = columns["name"][row]
        if columns["id"][row] in active:
            node["technologies"] = technologies
        nodes.append(node)
    return nodes


def _technologies(network: Network) -> list[str]:
    """Give the technologies of the ports, the commonest first."""
    counted = Counter(port.technology for port in network.ports)
    return [name for name, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def _spans(
    columns: Mapping[str, Sequence[Any]], network: Network, known: Mapping[str, object]
) -> list[dict[str, Any]]:
    lines = lonlat_lists(np.asarray(columns["geom"], dtype=object), network.crs, decimals=DECIMALS)
    surfaces = {route.id: route.surface for route in network.routes}
    methods = {name: row.method for name, row in network.catalogue.surfaces.items()}
    types = network.catalogue.cable_types
    spans = []
    for cable, line in zip(network.cables, lines, strict=True):
        if cable.from_node not in known or cable.to_node not in known:
            continue
        ways = {methods.get(surfaces.get(name, ""), "") for name in cable.routes}
        span: dict[str, Any] = {
            "id": cable.id,
            "status": _STATUS[cable.state],
            "start": cable.from_node,
            "end": cable.to_node,
            "directed": False,
            "transmissionMedium": ["fibre"],
            "fibreLength": round(cable.length_m / 1000, 6),
        }
        if _deployment(ways):
            span["deployment"] = _deployment(ways)
        if line is not None:
            span["route"] = {"type": "LineString", "coordinates": line}
        if cable.type in types:
            span["fibreCount"] = types[cable.type].fibres
            if types[cable.type].fibre in _FIBRES:
                span["fibreType"], subtype = _FIBRES[types[cable.type].fibre]
                span["fibreTypeDetails"] = {"fibreSubtype": subtype}
        spans.append(span)
    return spans


def _deployment(methods: set[str]) -> list[str]:
    """Give the closed codelist's words; a run inside a building is neither above nor below ground."""
    words = ["belowGround"] if methods & {"trench", "existing-duct"} else []
    return [*words, "aboveGround"] if "aerial" in methods else words
