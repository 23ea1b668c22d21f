"""What every table and column of the design file is: the one description that writer, reader and papers share."""

from __future__ import annotations

from dataclasses import dataclass

from ponplan.topology import network as records

SCHEMA_VERSION = 1
GEOPACKAGE_VERSION = 10200  # GeoPackage 1.2; `user_version` is this plus the schema version, as GDAL demands

SQL_TYPES = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "BOOLEAN",
    "names": "TEXT",
    "numbers": "TEXT",
    "counts": "TEXT",
    "strands": "TEXT",
    "json": "TEXT",
    "point": "POINT",
    "line": "LINESTRING",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """One column: `derived` ones are written for people and never read back; `optional` ones may be empty."""

    name: str
    type: str  # a key of SQL_TYPES
    unit: str
    meaning: str
    optional: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """One table; rows of `record` are kept in the order of their `fid`."""

    name: str
    meaning: str
    columns: tuple[FileColumn, ...]
    record: type | None = None

    @property
    def geometry(self) -> str:
        """The geometry type's name, empty for a plain table."""
        kinds = [SQL_TYPES[column.type] for column in self.columns if column.type in ("point", "line")]
        return kinds[0] if kinds else ""


def _given(name: str, kind: str, unit: str, meaning: str) -> FileColumn:
    return FileColumn(name=name, type=kind, unit=unit, meaning=meaning)


def _maybe(name: str, kind: str, unit: str, meaning: str) -> FileColumn:
    return FileColumn(name=name, type=kind, unit=unit, meaning=meaning, optional=True)


def _shown(name: str, kind: str, unit: str, meaning: str) -> FileColumn:
    return FileColumn(name=name, type=kind, unit=unit, meaning=meaning, optional=True, derived=True)


_ID = _given("id", "text", "", "Name of the record, unique in its table")
_STATE = _given("state", "text", "", "new: built by this design; existing: there already")
_LOCKED = _given("locked", "boolean", "", "true: a later design must keep it as it is")

NODES = FileTable(
    name="nodes",
    meaning="Places that hold equipment",
    record=records.Node,
    columns=(
        _ID,
        _given("geom", "point", "m", "Where it is"),
        _given("kind", "text", "", "office, cabinet, room, closure or premises"),
        _given("junction", "text", "", "Junction of the route graph it stands at"),
        _given("enclosure", "text", "", "Catalogue id of its cabinet, box or closure; empty at offices and premises"),
        _given("name", "text", "", "What people call it"),
        _given("site", "text", "", "Id of the area's site it stands on, if any"),
        _STATE,
        _LOCKED,
        _given("taken_fibres", "integer", "1", "Splices and fibre ends here that others use"),
        _shown("splitters", "integer", "1", "Splitters here"),
        _shown("splices", "integer", "1", "Splices and splitter tails kept here"),
    ),
)
ROUTES = FileTable(
    name="routes",
    meaning="Segments of street, duct or pole line between two junctions",
    record=records.Route,
    columns=(
        _ID,
        _given("geom", "line", "m", "Where it runs, from one junction to the other"),
        _given(
            "parent", "text", "", "Id of the area's route it is a piece of; empty for lead-ins, drops, indoor runs"
        ),
        _given("kind", "text", "", "route, lead-in, drop or indoor"),
        _given("from_junction", "text", "", "Junction at its first point"),
        _given("to_junction", "text", "", "Junction at its last point"),
        _given("length_m", "real", "m", "Length along the line"),
        _given("surface", "text", "", "Catalogue id of how it is built"),
        _given("state", "text", "", "unused; new: dug or strung by this design; existing: used, nothing to build"),
        _given("duct", "text", "", "Catalogue id of the ducts laid or used, if any"),
        _given("bores", "integer", "1", "Ducts that this design lays or occupies"),
        _maybe("free_bores", "integer", "1", "Free ducts before this design; empty: not limited"),
        _given("risk_groups", "names", "", "Shared-risk groups, separated by spaces"),
        _LOCKED,
        _shown("cables", "integer", "1", "Cables that lie in it"),
    ),
)
CABLES = FileTable(
    name="cables",
    meaning="Cables, each unbroken from one node to another",
    record=records.Cable,
    columns=(
        _ID,
        FileColumn(
            name="geom",
            type="line",
            unit="m",
            meaning="Its routes, one after the other",
            optional=True,
            derived=True,
        ),
        _given("role", "text", "", "feeder, distribution or drop"),
        _given("type", "text", "", "Catalogue id of the cable"),
        _given("from_node", "text", "", "Node at its beginning"),
        _given("to_node", "text", "", "Node at its end"),
        _given("routes", "names", "", "Ids of its routes in order, separated by spaces"),
        _given("length_m", "real", "m", "Length along its routes"),
        _given("slack_m", "real", "m", "Length bought on top for slack and waste"),
        _STATE,
        _given("faulty", "numbers", "", "Fibres that cannot be used, separated by spaces"),
        _LOCKED,
        _given("taken", "numbers", "", "Fibres that others light, separated by spaces"),
        _shown("fibres", "integer", "1", "Fibres it has"),
        _shown("used_fibres", "integer", "1", "Fibres that carry light or stand by"),
        _shown("spare_fibres", "integer", "1", "Fibres free for later"),
        _shown("drawn", "text", "", "Role, behind it (protecting) or (both) by the paths that its fibres serve"),
    ),
)
CUSTOMERS = FileTable(
    name="customers",
    meaning="Customers: what each is promised, and where",
    record=records.NetworkCustomer,
    columns=(
        _ID,
        _given("geom", "point", "m", "Where the customer is"),
        _given("name", "text", "", "What people call the customer"),
        _given("customer_class", "text", "", "Catalogue id of the class"),
        _given("services", "counts", "", "Service ids with how many of each, as id:count, separated by spaces"),
        _given("technology", "text", "", "Catalogue id of the technology"),
        _given("protection", "text", "", "none, trunk or full"),
        _given("unserved", "text", "", "Why this customer gets nothing; empty if served"),
        _given("account_tier", "text", "", "important, high-value, strategic or group; empty: none of them"),
        _given(
            "account_group",
            "text",
            "",
            "large-account, commercial-building, residential, leased-line or content-provider; empty: not told",
        ),
        _given("branch_of", "text", "", "Account whose branch this is, if any"),
        _given("phase", "text", "", "Phase of the roll-out, a number or a name; empty: the last one"),
        _given("attributes", "json", "", "The planner's own columns, as one JSON object"),
        _shown("olt_port", "text", "", "PON port at the far end of the working path"),
        _shown("splitter", "text", "", "Splitter nearest the customer on the working path"),
        _shown("path_m", "real", "m", "Fibre of the working path"),
        _shown("down_loss_db", "real", "dB", "Largest loss of the working path downstream, margin not counted"),
        _shown("up_loss_db", "real", "dB", "Largest loss of the working path upstream, margin not counted"),
        _shown("reserve_db", "real", "dB", "What the smaller budget leaves after losses and margin"),
        _shown("protecting_port", "text", "", "PON port at the far end of the first protecting path, if any"),
        _shown("protecting_m", "real", "m", "Fibre of the first protecting path"),
        _shown("switchover_m", "real", "m", "How much longer that is than the working path: ranging shifts by it"),
    ),
)
OLTS = FileTable(
    name="olts",
    meaning="Chassis in offices",
    record=records.Olt,
    columns=(
        _ID,
        _given("node", "text", "", "Office node it stands in"),
        _given("type", "text", "", "Catalogue id of the chassis"),
        _given("bearer", "text", "", "ip or mstp"),
        _STATE,
    ),
)
CARDS = FileTable(
    name="cards",
    meaning="Line cards in chassis",
    record=records.Card,
    columns=(
        _ID,
        _given("olt", "text", "", "Chassis it is in"),
        _given("slot", "integer", "1", "Slot, from 1"),
        _given("type", "text", "", "Catalogue id of the card"),
        _STATE,
    ),
)
PORTS = FileTable(
    name="ports",
    meaning="PON ports",
    record=records.OltPort,
    columns=(
        _ID,
        _given("card", "text", "", "Card it is on"),
        _given("number", "integer", "1", "Number on its card, from 1"),
        _given("optics", "text", "", "Catalogue id of the transceiver, which names the optical class"),
        _given("technology", "text", "", "Catalogue id of the technology"),
        _given("role", "text", "", "working or protecting"),
        _given("standby", "text", "", "Of a protecting port: cold, warm or hot"),
        _given("partner", "text", "", "Of a protecting port: the working port's id"),
        _STATE,
        _given("taken_onus", "integer", "1", "Others' terminals on it, which are not in this file"),
        _given("taken_down_bps", "real", "bit/s", "Their busy-hour load now, downstream"),
        _given("taken_up_bps", "real", "bit/s", "Their busy-hour load now, upstream"),
        _shown("onus", "integer", "1", "Terminals on the working paths of this port, with those of others"),
        _shown("load_down_percent", "real", "%", "Busy-hour load now, of the usable downstream rate"),
        _shown("load_up_percent", "real", "%", "Busy-hour load now, of the usable upstream rate"),
    ),
)
UPLINKS = FileTable(
    name="uplinks",
    meaning="Links from OLTs into the bearer network",
    record=records.Uplink,
    columns=(
        _ID,
        _given("olt", "text", "", "Chassis it leaves"),
        _given("number", "integer", "1", "Uplink port, from 1"),
        _given("rate_bps", "integer", "bit/s", "Line rate"),
        _given("to", "text", "", "Element of the bearer network at its far end"),
        _given("role", "text", "", "working or protecting"),
        _STATE,
    ),
)
BEARER_ELEMENTS = FileTable(
    name="bearer_elements",
    meaning="Devices of the network behind the OLTs",
    record=records.BearerElement,
    columns=(
        _ID,
        _given("node", "text", "", "Office node it stands in"),
        _given("type", "text", "", "Catalogue id, which says its role"),
        _given("bearer", "text", "", "ip or mstp"),
        _STATE,
    ),
)
BEARER_LINKS = FileTable(
    name="bearer_links",
    meaning="Links of the network behind the OLTs, one record each",
    record=records.BearerLink,
    columns=(
        _ID,
        _given("from_element", "text", "", "Element it leaves"),
        _given("to_element", "text", "", "Element it reaches; metro, core or transport: what is there already"),
        _given("kind", "text", "", "trunk: one of a bundle of equal links; ring: one side of a ring"),
        _given("rate_bps", "integer", "bit/s", "Line rate"),
        _given("length_m", "real", "m", "Fibre in existing cables between offices"),
        _STATE,
    ),
)
SPLITTERS = FileTable(
    name="splitters",
    meaning="Splitters and taps",
    record=records.Splitter,
    columns=(
        _ID,
        _given("node", "text", "", "Node it stands at"),
        _given("type", "text", "", "Catalogue id"),
        _given("stage", "integer", "1", "1 is nearest the OLT"),
        _given("technology", "text", "", "Catalogue id of the technology it carries"),
        _STATE,
        _LOCKED,
        _given("taken", "numbers", "", "Legs that others use, separated by spaces"),
        _shown("legs", "integer", "1", "Legs it has"),
        _shown("used_legs", "integer", "1", "Legs in use, with those of others"),
    ),
)
ONUS = FileTable(
    name="onus",
    meaning="Customers' terminals",
    record=records.Onu,
    columns=(
        _ID,
        _given("customer", "text", "", "Customer it belongs to"),
        _given("node", "text", "", "Node it stands at"),
        _given("type", "text", "", "Catalogue id"),
        _given("technology", "text", "", "Catalogue id of its technology"),
        _STATE,
    ),
)
LINKS = FileTable(
    name="links",
    meaning="Dark fibre paths between two devices, from the OLT's side outwards",
    record=records.Link,
    columns=(
        _ID,
        _given("role", "text", "", "working or protecting"),
        _given("from_device", "text", "", "PON port or splitter"),
        _given("from_port", "integer", "1", "Of a splitter: the leg, from 1"),
        _given("to_device", "text", "", "Splitter or terminal"),
        _given("to_port", "integer", "1", "Of a splitter: the input; of a terminal: the PON interface; from 1"),
        _given("strands", "strands", "", "Fibres passed, as cable:fibre, separated by spaces, spliced in this order"),
        _STATE,
        _shown("length_m", "real", "m", "Fibre it passes"),
        _shown("splices", "integer", "1", "Splices, those at its ends included"),
    ),
)
RELAXED = FileTable(
    name="relaxed",
    meaning="Rules that this design does not keep, each with the number and the limit",
    record=records.Relaxed,
    columns=(
        _given("rule", "text", "", "Id of the rule as `ponplan check` names it"),
        _given("subject", "text", "", "Record that breaks it"),
        _given("value", "real", "", "What it is"),
        _given("limit", "real", "", "What is allowed"),
    ),
)
EXPOSURES = FileTable(
    name="exposures",
    meaning="What working and protecting paths have in common all the same, thing by thing",
    record=records.Exposure,
    columns=(
        _given("subject", "text", "", "Splitter (trunk) or customer (full) whose two paths share it"),
        _given("kind", "text", "", "fibre, cable, duct, trench, node or risk"),
        _given("thing", "text", "", "Id of the route, cable, node or risk group; cable:fibre"),
        _given("length_m", "real", "m", "Metres of the route; 0 for anything else"),
        _given("customers", "integer", "1", "Customers promised protection who are exposed by it"),
        _given("cure", "text", "", "New route that would end it, in words; empty if none was found"),
        _given("cure_m", "real", "m", "Length of the new route"),
        _given("cure_cost", "real", "currency", "Digging the new route, with one duct"),
    ),
)
BILL = FileTable(
    name="bill",
    meaning="Bill of quantities and costs",
    record=records.BillLine,
    columns=(
        _given("item", "text", "", "Catalogue id of what is bought or done"),
        _given("section", "text", "", "Section of the bill"),
        _given("description", "text", "", "In words"),
        _given("unit", "text", "", "Unit of the quantity"),
        _given("quantity", "real", "unit", "How much"),
        _given("material_cost", "real", "currency", "Material, per unit"),
        _given("labour_cost", "real", "currency", "Labour, per unit"),
        _given("total_cost", "real", "currency", "Quantity times both, rounded to the cent"),
    ),
)
RULES = FileTable(
    name="rules",
    meaning="The area's rules that checking needs; one row",
    record=records.PlanRules,
    columns=(
        _maybe("max_split", "integer", "1", "Largest split wanted; empty: the technology's own limit"),
        _given("spare_fibres", "real", "1", "Share of used fibres kept dark in each trunk cable"),
        _given("cable_slack", "real", "1", "Share of cable length bought on top"),
        _given("oversubscription", "real", "1", "Peak rate above the committed, divided by this, loads a port"),
        _given("growth_per_year", "real", "1/year", "Growth of every customer's load"),
        _given("horizon_years", "integer", "year", "Years the network must last"),
        _given("fibre", "text", "", "Fibre type"),
        _given("bearer", "text", "", "How much of it is planned: uplinks, office or metro; empty: nothing known"),
        _given(
            "protection_ports", "text", "", "A protecting port is on the same card, or other cards, olts, offices"
        ),
    ),
)
CIRCUITS = FileTable(
    name="circuits",
    meaning="Services from customer to customer, or to what lies outside",
    record=records.Circuit,
    columns=(
        _ID,
        _given("a", "text", "", "Customer at the A end"),
        _given("z", "text", "", "Customer at the Z end, or internet, or bearer"),
        _given("service", "text", "", "Catalogue id of the service"),
        _given("count", "integer", "1", "How many"),
    ),
)
CLASS_RULES = FileTable(
    name="class_rules",
    meaning="What holds for the customers of one class beside the rules for everybody",
    record=records.ClassRule,
    columns=(
        _given("customer_class", "text", "", "Catalogue id of the class"),
        _maybe("max_split", "integer", "1", "Largest split on its ports; empty: that of the rules"),
        _given("own_port", "boolean", "", "true: every customer has a PON port alone"),
        _given("apart", "boolean", "", "true: shares no PON port with another class"),
        _maybe("growth_per_year", "real", "1/year", "Growth of its load; empty: that of the rules"),
        _given("take_up_now", "real", "1", "Share of its customers who connect in the first year"),
        _given("take_up_horizon", "real", "1", "Share of its customers who connect at the horizon"),
    ),
)
SERVICE_GROWTH = FileTable(
    name="service_growth",
    meaning="How single services grow, whoever buys them; the others grow as their customer's class does",
    record=records.ServiceGrowth,
    columns=(
        _given("service", "text", "", "Catalogue id of the service"),
        _given("growth_per_year", "real", "1/year", "Growth of its load"),
    ),
)
PLAN = FileTable(
    name="plan",
    meaning="What this network is; one row",
    columns=(
        _given("name", "text", "", "Name of the network"),
        _given("crs", "text", "", "Coordinate system of every coordinate, in metres"),
    ),
)
FACTS = FileTable(
    name="facts",
    meaning="What is known of the run that made this design",
    columns=(
        _given("name", "text", "", "Name of the fact"),
        _given("value", "json", "", "Its value, as JSON"),
    ),
)
CATALOGUE = FileTable(
    name="catalogue",
    meaning="The catalogue that this design was made with",
    columns=(
        _given("name", "text", "", "Name of the catalogue's table"),
        _given("csv", "text", "", "The table as CSV text"),
    ),
)
COLUMNS = FileTable(
    name="schema_columns",
    meaning="What every column of this file means",
    columns=(
        _given("table_name", "text", "", "Table"),
        _given("column_name", "text", "", "Column"),
        _given("type", "text", "", "Kind of value"),
        _given("unit", "text", "", "Unit; 1 for a count or a share"),
        _given("derived", "boolean", "", "true: follows from other columns, written for people, never read back"),
        _given("meaning", "text", "", "What it says"),
    ),
)

RECORD_TABLES = (
    NODES, ROUTES, CABLES, CUSTOMERS, OLTS, CARDS, PORTS, UPLINKS, SPLITTERS, ONUS, LINKS, CIRCUITS, CLASS_RULES,
    SERVICE_GROWTH, BEARER_ELEMENTS, BEARER_LINKS,
    RELAXED, EXPOSURES, BILL,
)  # fmt: skip
TABLES = (*RECORD_TABLES, RULES, PLAN, FACTS, CATALOGUE, COLUMNS)
