"""The columns of every sheet of the pack: keys for machines, titles for people."""

from __future__ import annotations

from dataclasses import dataclass

from ponplan.report.language import mark
from ponplan.report.workbook import SheetColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: the name of its CSV file, its title, its columns; those in `said` hold words, not names."""

    key: str
    title: str
    columns: tuple[SheetColumn, ...]
    said: tuple[str, ...] = ()


def _column(key: str, title: str, kind: str = "text", width: float = 13.0) -> SheetColumn:
    return SheetColumn(key=key, title=title, kind=kind, width=width)


CABLES = Sheet(
    key="cable_schedule",
    title=mark("Cable schedule"),
    said=("role", "state"),
    columns=(
        _column("cable", mark("Cable")),
        _column("role", mark("Role")),
        _column("type", mark("Type")),
        _column("state", mark("New or reused")),
        _column("from_node", mark("From")),
        _column("to_node", mark("To")),
        _column("fibres", mark("Fibres"), "integer", 8),
        _column("used_fibres", mark("Used"), "integer", 8),
        _column("spare_fibres", mark("Spare"), "integer", 8),
        _column("route_m", mark("Route length, m"), "metres"),
        _column("slack_m", mark("Slack, m"), "metres"),
        _column("install_m", mark("Length to lay, m"), "metres"),
        _column("methods", mark("How it is laid"), width=18),
        _column("drum", mark("Drum"), width=15),
        _column("drum_from_m", mark("On the drum from, m"), "metres"),
        _column("drum_to_m", mark("On the drum to, m"), "metres"),
        _column("too_long", mark("Longer than a drum"), width=10),
    ),
)
DRUMS = Sheet(
    key="drums",
    title=mark("Drums"),
    columns=(
        _column("drum", mark("Drum"), width=15),
        _column("type", mark("Type")),
        _column("reel_m", mark("Drum holds, m"), "metres"),
        _column("cables", mark("Cables"), "integer"),
        _column("cut_m", mark("Cut, m"), "metres"),
        _column("left_m", mark("Left over, m"), "metres"),
    ),
)
DUCTS = Sheet(
    key="duct_fill",
    title=mark("Duct fill"),
    said=("state",),
    columns=(
        _column("route", mark("Route"), width=18),
        _column("state", mark("New or reused")),
        _column("surface", mark("Surface")),
        _column("length_m", mark("Length, m"), "metres"),
        _column("duct", mark("Duct")),
        _column("bore", mark("Bore"), "integer", 7),
        _column("inner_mm", mark("Inner, mm"), "amount", 9),
        _column("outer_mm", mark("Outer, mm"), "amount", 9),
        _column("cables", mark("Cables"), width=40),
        _column("num_cables", mark("Number of cables"), "integer", 9),
        _column("fill_percent", mark("Fill, %"), "percent", 9),
        _column("max_fill_percent", mark("Most, %"), "percent", 9),
        _column("max_cables", mark("Most cables"), "integer", 9),
    ),
)
SPLICES = Sheet(
    key="splice_plan",
    title=mark("Splice plan"),
    said=("kind", "a_kind", "b_kind"),
    columns=(
        _column("node", mark("Node")),
        _column("tray", mark("Tray"), "integer", 6),
        _column("position", mark("Position"), "integer", 8),
        _column("kind", mark("Kind"), width=11),
        _column("a_kind", mark("A is"), width=11),
        _column("a_id", mark("A")),
        _column("a_number", mark("A fibre or port"), "integer", 9),
        _column("a_tube", mark("A tube"), "integer", 6),
        _column("a_tube_colour", mark("A tube colour"), width=11),
        _column("a_fibre_colour", mark("A fibre colour"), width=11),
        _column("b_kind", mark("B is"), width=11),
        _column("b_id", mark("B")),
        _column("b_number", mark("B fibre or port"), "integer", 9),
        _column("b_tube", mark("B tube"), "integer", 6),
        _column("b_tube_colour", mark("B tube colour"), width=11),
        _column("b_fibre_colour", mark("B fibre colour"), width=11),
        _column("splices", mark("Splices"), "integer", 8),
        _column("connectors", mark("Connector pairs"), "integer", 9),
        _column("max_loss_db", mark("Largest loss, dB"), "decibels", 9),
        _column("link", mark("Circuit")),
    ),
)
MATRIX = Sheet(
    key="splitter_matrix",
    title=mark("Splitter matrix"),
    said=("side", "role"),
    columns=(
        _column("splitter", mark("Splitter")),
        _column("node", mark("Node")),
        _column("type", mark("Type"), width=15),
        _column("stage", mark("Stage"), "integer", 7),
        _column("technology", mark("Technology")),
        _column("side", mark("Input or leg"), width=9),
        _column("number", mark("Number"), "integer", 8),
        _column("link", mark("Circuit")),
        _column("role", mark("Role")),
        _column("cable", mark("Cable")),
        _column("fibre", mark("Fibre"), "integer", 8),
        _column("device", mark("Device"), width=18),
        _column("customer", mark("Customer"), width=18),
    ),
)
PORTS = Sheet(
    key="olt_odf",
    title=mark("OLT and frame"),
    said=("role",),
    columns=(
        _column("office", mark("Office")),
        _column("olt", mark("OLT")),
        _column("slot", mark("Slot"), "integer", 6),
        _column("card", mark("Card")),
        _column("port", mark("Port"), "integer", 6),
        _column("port_id", mark("Port id"), width=16),
        _column("technology", mark("Technology")),
        _column("optics", mark("Transceiver"), width=18),
        _column("optical_class", mark("Optical class")),
        _column("role", mark("Role")),
        _column("partner", mark("Stands by for"), width=16),
        _column("frame", mark("Frame"), width=16),
        _column("frame_position", mark("Frame position"), "integer", 9),
        _column("cable", mark("Feeder")),
        _column("fibre", mark("Fibre"), "integer", 8),
        _column("device", mark("Device")),
        _column("onus", mark("Terminals"), "integer", 9),
        _column("load_down_percent", mark("Load down, %"), "percent", 9),
        _column("load_up_percent", mark("Load up, %"), "percent", 9),
    ),
)
BUDGETS = Sheet(
    key="optical_budget",
    title=mark("Optical budget"),
    said=("path", "direction", "verdict"),
    columns=(
        _column("onu", mark("Terminal"), width=18),
        _column("customer", mark("Customer"), width=16),
        _column("name", mark("Name"), width=20),
        _column("path", mark("Path"), width=10),
        _column("port", mark("Port id"), width=16),
        _column("optical_class", mark("Optical class")),
        _column("direction", mark("Direction"), width=9),
        _column("wavelength_nm", mark("Wavelength, nm"), "integer", 9),
        _column("fibre_km", mark("Fibre, km"), "amount", 9),
        _column("fibre_db", mark("Fibre, dB"), "decibels", 8),
        _column("splices", mark("Splices"), "integer", 8),
        _column("splice_db", mark("Splices, dB"), "decibels", 8),
        _column("connectors", mark("Connector pairs"), "integer", 9),
        _column("connector_db", mark("Connectors, dB"), "decibels", 9),
        _column("split", mark("Split"), "integer", 7),
        _column("splitter_db", mark("Splitters, dB"), "decibels", 9),
        _column("switch_db", mark("Switch, dB"), "decibels", 8),
        _column("total_db", mark("Largest loss, dB"), "decibels", 9),
        _column("typical_db", mark("Typical loss, dB"), "decibels", 9),
        _column("margin_db", mark("Margin, dB"), "decibels", 8),
        _column("penalty_db", mark("Penalty, dB"), "decibels", 8),
        _column("class_min_db", mark("Class least, dB"), "decibels", 9),
        _column("class_max_db", mark("Class most, dB"), "decibels", 9),
        _column("received_min_dbm", mark("Received least, dBm"), "decibels", 10),
        _column("received_max_dbm", mark("Received most, dBm"), "decibels", 10),
        _column("sensitivity_dbm", mark("Sensitivity, dBm"), "decibels", 10),
        _column("overload_dbm", mark("Overload, dBm"), "decibels", 9),
        _column("reserve_db", mark("Reserve, dB"), "decibels", 8),
        _column("overload_reserve_db", mark("Reserve to overload, dB"), "decibels", 10),
        _column("verdict", mark("Verdict"), width=10),
    ),
)
PROTECTION = Sheet(
    key="protection",
    title=mark("Protection"),
    said=("verdict",),
    columns=(
        _column("subject", mark("Splitter or customer"), width=18),
        _column("working_port", mark("Working port"), width=16),
        _column("protecting_port", mark("Protecting port"), width=16),
        _column("working_cables", mark("Working cables"), width=30),
        _column("protecting_cables", mark("Protecting cables"), width=30),
        _column("working_m", mark("Working, m"), "metres"),
        _column("protecting_m", mark("Protecting, m"), "metres"),
        _column("difference_m", mark("Difference, m"), "metres"),
        _column("shared_trench_m", mark("Shared trench, m"), "metres"),
        _column("shared_duct_m", mark("Shared duct, m"), "metres"),
        _column("shared", mark("Shared"), width=40),
        _column("verdict", mark("Verdict"), width=10),
    ),
)
EXPOSURES = Sheet(
    key="exposures",
    title=mark("Shared by both paths"),
    said=("kind",),
    columns=(
        _column("subject", mark("Splitter or customer"), width=18),
        _column("kind", mark("Kind"), width=10),
        _column("thing", mark("Shared"), width=24),
        _column("length_m", mark("Length, m"), "metres"),
        _column("customers", mark("Customers exposed"), "integer", 10),
        _column("cure", mark("New route that would cure it"), width=60),
        _column("cure_m", mark("New route, m"), "metres"),
        _column("cure_cost", mark("Cost of the new route"), "money"),
    ),
)
OTDR = Sheet(
    key="otdr_plan",
    title=mark("OTDR plan"),
    columns=(
        _column("link", mark("Circuit")),
        _column("from_device", mark("From"), width=16),
        _column("from_port", mark("Port or leg"), "integer", 8),
        _column("to_device", mark("To"), width=18),
        _column("to_port", mark("Input"), "integer", 8),
        _column("frame", mark("Frame"), width=16),
        _column("frame_position", mark("Frame position"), "integer", 9),
        _column("fibres", mark("Fibres"), width=26),
        _column("wavelength_nm", mark("Wavelength, nm"), "integer", 9),
        _column("length_m", mark("Length, m"), "metres"),
        _column("splices", mark("Splices"), "integer", 8),
        _column("splice_at_m", mark("Splices at, m"), width=44),
        _column("expected_db", mark("Expected loss, dB"), "decibels", 9),
        _column("limit_db", mark("Limit, dB"), "decibels", 9),
        _column("splice_limit_db", mark("Limit of a splice, dB"), "decibels", 9),
        _column("connector_limit_db", mark("Limit of a connector, dB"), "decibels", 9),
        _column("end_node", mark("Ends at")),
    ),
)
CUTOVER = Sheet(
    key="cutover",
    title=mark("Cut-over"),
    said=("action",),
    columns=(
        _column("step", mark("Step"), "integer", 7),
        _column("action", mark("Action"), width=12),
        _column("customer", mark("Customer"), width=18),
        _column("port", mark("Port id"), width=16),
        _column("splitter", mark("Splitter")),
        _column("leg", mark("Leg"), "integer", 7),
        _column("link", mark("Circuit")),
        _column("frees", mark("Frees"), width=24),
        _column("reused", mark("Reused"), width=24),
        _column("note", mark("Note"), width=40),
    ),
)
SHEETS = (CABLES, DRUMS, DUCTS, SPLICES, MATRIX, PORTS, BUDGETS, PROTECTION, EXPOSURES, OTDR, CUTOVER)
WORDS = (
    mark("feeder"), mark("distribution"), mark("drop"), mark("new"), mark("existing"), mark("fusion"),
    mark("termination"), mark("patch"), mark("express"), mark("stored"), mark("fibre"), mark("port"),
    mark("splitter-input"), mark("splitter-leg"), mark("onu"), mark("input"), mark("leg"), mark("working"),
    mark("protecting"), mark("down"), mark("up"), mark("ok"), mark("too weak"), mark("too strong"),
    mark("unknown"), mark("apart"), mark("shared"), mark("light"), mark("move"), mark("disconnect"),
    mark("cable"), mark("duct"), mark("trench"), mark("node"), mark("risk"),
)  # fmt: skip
