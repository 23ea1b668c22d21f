"""Open Fibre Data Standard, GraceTHD, GIS-NB: codes of their lists, references that lead somewhere, read as areas."""

from __future__ import annotations

import csv
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely

from ponplan import design_network, read_area
from ponplan.area import import_tables
from ponplan.errors import OutputError
from ponplan.report.exchange.mapped import write_gisnb, write_gracethd
from ponplan.report.exchange.mapping import read_format_mapping
from ponplan.report.exchange.ofds import write_ofds
from ponplan.report.exchange.sources import source_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.topology.network import Network

    Moved = Callable[[Network, str, float, float], Network]

# code lists of GraceTHD-MCD 2.0.1 (sql_postgis/gracethd_20_insert.sql) that the mapping uses
STATUTS = {"PRE", "DIA", "AVP", "PRO", "ACT", "EXE", "TVX", "REC", "MCO"}
LISTS = {
    "nd_type": {"PT", "ST", "SF", "SE", "JX", "SH", "SC", "PC", "EC", "SP"},
    "cm_avct": {"E", "C", "T", "S", "H", "A"},
    "cm_typ_imp": set("0123456789"),
    "cm_mod_pos": {"NC", "TRA", "MEC", "MIC", "FOR", "ENS", "FON", "ENC", "STU"},
    "cm_passage": {"ACC", "CHAU", "TROT", "TER", "EMP", "PON", "SNC", "CAN", "PAV", "AQU", "NC"},
    "cb_typelog": {"CX", "CO", "CT", "CD", "TD", "TR", "DI", "RA", "BM", "LH", "NC"},
    "bp_typelog": {"BPE", "PTO", "PBO", "DTI"},
    "st_typelog": {"NRA", "NRO", "SRO", "SROL", "BRASSAGE", "CLIENT", "HEBERG"},
    "st_typephy": {"ADR", "BAT", "COF", "SHE"},
    "sf_type": {"R", "P", "O", "T"},
    "fo_etat": {"HS", "ME", "OK", "NC"},
}


@pytest.fixture(scope="module")
def park() -> Network:
    """Give a park where ducts and cabinets are in place."""
    return design_network(read_area(Path("topologies/industrial-park")), seed=1).network


def _table(folder: Path, name: str) -> list[dict[str, Any]]:
    if (folder / f"{name}.csv").exists():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))
    meta, _, _, fields = pyogrio.raw.read(folder / f"{name}.shp")
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*fields, strict=True)]


def test_gracethd_references_lead_somewhere(park: Network, moved: Moved, tmp_path: Path) -> None:
    """Every code that points to another table is there, keys are unique, codes are of its lists."""
    write_gracethd(moved(park, "EPSG:2154", 652_000, 6_862_000), tmp_path / "fr")
    tables = {path.stem: _table(tmp_path / "fr", path.stem) for path in (tmp_path / "fr").glob("t_*.???")}
    keys = {
        "t_noeud": "nd_code",
        "t_cheminement": "cm_code",
        "t_cable": "cb_code",
        "t_conduite": "cd_code",
        "t_ptech": "pt_code",
        "t_sitetech": "st_code",
        "t_fibre": "fo_code",
    }
    known = {table: {row[key] for row in tables[table]} for table, key in keys.items()}
    for table, key in keys.items():
        assert len(known[table]) == len(tables[table]), key
    pointers = {
        "t_noeud": ["cm_ndcode1", "cm_ndcode2", "cb_nd1", "cb_nd2", "pt_nd_code", "st_nd_code", "sf_nd_code"],
        "t_cheminement": ["dm_cm_code"],
        "t_cable": ["cl_cb_code", "fo_cb_code"],
        "t_conduite": ["dm_cd_code"],
        "t_ptech": ["bp_pt_code"],
        "t_sitetech": ["lt_st_code"],
        "t_fibre": ["rt_fo_code"],
    }
    followed = 0
    for target, columns in pointers.items():
        for rows in tables.values():
            for column in set(columns) & set(rows[0]):
                followed += 1
                assert {row[column] for row in rows} <= known[target], column
    assert followed == sum(map(len, pointers.values()))
    for rows in tables.values():
        for column, codes in LISTS.items():
            if column in rows[0]:
                assert {row[column] for row in rows} <= codes, column
        for column in [name for name in rows[0] if name.endswith("_statut")]:
            assert {row[column] for row in rows} <= STATUTS, column


def test_gracethd_keeps_lengths_and_optical_routes(park: Network, moved: Moved, tmp_path: Path) -> None:
    """Routes are as long on the French grid as in the plan; t_ropt tells every link's fibres in order."""
    answer = write_gracethd(moved(park, "EPSG:2154", 652_000, 6_862_000), tmp_path / "fr")
    meta, _, wkb, fields = pyogrio.raw.read(tmp_path / "fr" / "t_cheminement.shp")
    assert meta["crs"] == "EPSG:2154"
    used = {route.id: route.length_m for route in park.routes if route.state != "unused"}
    codes = fields[list(meta["fields"]).index("cm_code")]
    np.testing.assert_allclose(shapely.length(shapely.from_wkb(wkb)), [used[code] for code in codes], atol=0.01)
    told: dict[str, list[tuple[int, str]]] = {}
    for row in _table(tmp_path / "fr", "t_ropt"):
        told.setdefault(row["rt_code"], []).append((int(row["rt_fo_ordr"]), row["rt_fo_code"]))
    for link in park.links:
        wanted = [f"{cable}/{fibre}" for cable, fibre in link.strands]
        assert [fibre for _, fibre in sorted(told.get(link.id, []))] == wanted
    assert not answer.reads_back
    assert answer.losses


def test_gisnb_links_customers_to_their_distributor(park: Network, moved: Moved, tmp_path: Path) -> None:
    """Each end user names the id of the place its splitter stands at; cable codes follow the fibre count."""
    write_gisnb(moved(park, "EPSG:25832", 566_000, 5_933_000), tmp_path / "de")
    assert pyogrio.read_info(tmp_path / "de" / "Verbindungen.shp")["crs"] == "EPSG:4258"
    places = {row["id"]: row["art"] for row in _table(tmp_path / "de", "Bauten_und_Netztechnik")}
    assert {row["id_netze"] for row in _table(tmp_path / "de", "Endverbraucher")} <= set(places)
    assert set(places.values()) == {12, 14}
    codes = {6: 5, 12: 6, 24: 7, 48: 8, 72: 9, 96: 10, 144: 11, 288: 12}
    for row in _table(tmp_path / "de", "Verbindungen"):
        assert row["verb_art"] == codes.get(row["anzahl_f_a"], 99)
    dug = [
        route for route in park.routes if route.state == "new" and route.surface not in ("existing-duct", "aerial")
    ]
    assert len(_table(tmp_path / "de", "Trassenbau")) == len([r for r in dug if r.surface != "indoor"])


def test_ofds_is_a_network_of_nodes_and_spans(park: Network, tmp_path: Path) -> None:
    """Spans join known nodes, ids are unique, statuses are of the closed lists, no customer is told (OFDS 0.3)."""
    write_ofds(park, tmp_path / "ofds")
    package = json.loads((tmp_path / "ofds" / "network-package.json").read_text(encoding="utf-8"))
    (network,) = package["networks"]
    uuid.UUID(network["id"])
    assert network["links"][0]["rel"] == "describedby"
    nodes = {node["id"]: node for node in network["nodes"]}
    assert len(nodes) == len(network["nodes"])
    statuses = {"proposed", "planned", "underConstruction", "operational", "decommissioned", "inactive"}
    for span in network["spans"]:
        assert {span["start"], span["end"]} <= set(nodes)
        assert span["status"] in statuses
        assert set(span["deployment"]) <= {"aboveGround", "belowGround"}
        ends = [nodes[span[end]]["location"]["coordinates"] for end in ("start", "end")]
        np.testing.assert_allclose([span["route"]["coordinates"][i] for i in (0, -1)], ends, atol=2e-3)
    text = json.dumps(package)
    assert not any(customer.name in text for customer in park.customers)
    assert "premises" not in text


def test_a_plan_abroad_is_refused(network: Network, tmp_path: Path) -> None:
    """A Chinese plan has no place on the French grid: refused, nothing written."""
    with pytest.raises(OutputError, match="outside the area"):
        write_gracethd(network, tmp_path / "fr")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "crs", "x_m", "y_m"),
    [("gracethd", "EPSG:2154", 652_000, 6_862_000), ("gisnb", "EPSG:25832", 566_000, 5_933_000)],
)
def test_read_as_an_area(
    form: str, crs: str, x_m: float, y_m: float, park: Network, moved: Moved, tmp_path: Path
) -> None:
    """What was written is taken by `import csv` through the format's mapping: customers and routes in place."""
    write = {"gracethd": write_gracethd, "gisnb": write_gisnb}[form]
    there = moved(park, crs, x_m, y_m)
    rows = write(there, tmp_path / form).rows
    area, _ = import_tables(tmp_path / form, mapping=form)
    assert len(area.customers) == len(park.customers)
    assert len(area.routes) == rows["t_cheminement" if form == "gracethd" else "Trassenbau"]
    centre = np.mean([(c.x_m, c.y_m) for c in there.customers], axis=0)
    here = np.mean([(c.x_m, c.y_m) for c in area.customers], axis=0)
    assert here == pytest.approx(centre, abs=30.0)


def test_ofds_is_read_as_an_area(park: Network, tmp_path: Path) -> None:
    """Its spans become routes and its nodes sites of an area, the exchange the central office."""
    write_ofds(park, tmp_path / "ofds")
    (tmp_path / "customers.csv").write_text(
        "id,lon,lat\n" + "".join(f"{n},{lon},{lat}\n" for n, (lon, lat) in enumerate(_nodes(tmp_path)[:5])),
        encoding="utf-8",
    )
    area, _ = import_tables(
        tmp_path / "customers.csv",
        routes=tmp_path / "ofds" / "spans.geojson",
        sites=tmp_path / "ofds" / "nodes.geojson",
        mapping="ofds",
    )
    assert len(area.offices) == sum(node.kind == "office" for node in park.nodes)
    assert len(area.routes) == len(json.loads((tmp_path / "ofds" / "spans.geojson").read_text())["features"])


def _nodes(folder: Path) -> list[list[float]]:
    features = json.loads((folder / "ofds" / "nodes.geojson").read_text(encoding="utf-8"))["features"]
    return [feature["geometry"]["coordinates"] for feature in features]


@pytest.mark.parametrize("form", ["gracethd", "gisnb"])
def test_mappings_name_columns_that_exist(form: str, park: Network) -> None:
    """Every table, column and step of a mapping is one of ours; Shapefile columns have at most ten letters."""
    sources = source_tables(park)
    for table in read_format_mapping(form).table:
        columns = sources[table.source]
        assert set(table.where) <= set(columns)
        for name, column in table.columns.items():
            assert len(name) <= 10
            assert column.source is None or column.source == "#" or column.source in columns
            for step in column.via:
                source, key, wanted = step.split(".")
                assert key in sources[source]
                assert wanted == "#" or wanted in sources[source]
