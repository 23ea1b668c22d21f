"""Faults planted into design files with plain SQL, as a slip in another program would; each must be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.topology import check_network, read_network
from ponplan.topology.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology import Network

COPY_CABLE = (
    "INSERT INTO cables (id, role, type, from_node, to_node, routes, length_m, slack_m, state, faulty, locked)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
    " SELECT 'copy' || i, role, type, from_node, to_node, routes, length_m, slack_m, state, faulty, locked"
    " FROM cables, n WHERE id = 'f1'"
)
COPY_ROUTE = (
    "INSERT INTO routes (id, geom, parent, kind, from_junction, to_junction, length_m, surface, state, duct, bores,"
    " risk_groups, locked) SELECT 'twin', geom, parent, kind, from_junction, to_junction, length_m, surface, state,"
    " duct, bores, risk_groups, locked FROM routes WHERE id = 'r-office-cabinet'"
)
COPY_LINK = (
    "INSERT INTO links (id, role, from_device, from_port, to_device, to_port, strands)"
    " SELECT 'l9', role, from_device, from_port, to_device, to_port, strands FROM links WHERE id = 'l1'"
)
COPY_TRUNK = (
    "INSERT INTO bearer_links (id, from_element, to_element, kind, rate_bps, length_m, state)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
    " SELECT 'copy' || i, from_element, to_element, kind, rate_bps, length_m, state FROM bearer_links, n"
    " WHERE id = 'b1'"
)
SECOND_SWITCH = (
    "INSERT INTO bearer_elements (id, node, type, bearer, state)"
    " SELECT 'agg2', node, type, bearer, state FROM bearer_elements"
)
CIRCUIT = "INSERT INTO circuits (id, a, z, service, count) VALUES ('k1', {})"
CLASS_RULE = (
    "INSERT INTO class_rules (customer_class, max_split, own_port, apart, take_up_now, take_up_horizon)"
    " VALUES ('ordinary', {}, 1, 1)"
)

FAULTS = [
    # records
    ("tiny", ["UPDATE uplinks SET id = '' WHERE fid = 1"], "record-id", "uplinks 1"),
    ("tiny", ["UPDATE nodes SET id = 'home1' WHERE id = 'home2'"], "duplicate-id", "home1"),
    ("tiny", ["UPDATE onus SET id = 's1' WHERE id = 'onu-c1'"], "duplicate-id", "s1"),
    ("tiny", ["UPDATE onus SET customer = 'nobody' WHERE id = 'onu-c1'"], "dangling-reference", "onu-c1"),
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x7'"], "dangling-reference", "s1"),
    ("tiny", ["UPDATE cables SET routes = 'nowhere' WHERE id = 'f1'"], "dangling-reference", "f1"),
    ("tiny", ["UPDATE links SET strands = 'gone:1' WHERE id = 'l1'"], "dangling-reference", "l1"),
    ("tiny", ["UPDATE links SET to_device = 'ghost' WHERE id = 'l2'"], "dangling-reference", "l2"),
    ("tiny", ["UPDATE customers SET services = 'telepathy:1' WHERE id = 'c1'"], "dangling-reference", "c1"),
    ("tiny", ["UPDATE cables SET slack_m = 9e999 WHERE id = 'f1'"], "number", "f1"),
    ("tiny", ["UPDATE routes SET bores = -1 WHERE id = 'r-office-cabinet'"], "number", "r-office-cabinet"),
    ("tiny", ["UPDATE rules SET oversubscription = 0"], "number", "rules"),
    ("tiny", ["UPDATE links SET role = 'spare' WHERE id = 'l1'"], "word", "l1"),
    # customers
    ("tiny", ["DELETE FROM customers WHERE id = 'c4'"], "customer-present", "customers"),
    ("tiny", ["DELETE FROM facts WHERE name = 'customers_total'"], "customer-present", "customers"),
    (
        "tiny",
        ['INSERT INTO facts (name, value) VALUES (\'rules\', \'{"served_from": {"c1": ["elsewhere"]}}\')'],
        "served-from",
        "c1",
    ),
    ("tiny", ["DELETE FROM onus WHERE id = 'onu-c3'"], "customer-served", "c3"),
    ("tiny", ["DELETE FROM links WHERE to_device = 'onu-c3'"], "customer-served", "c3"),
    ("tiny", ["UPDATE customers SET unserved = 'too dear' WHERE id = 'c2'"], "customer-served", "c2"),
    ("tiny", ["UPDATE links SET role = 'protecting' WHERE id = 'l1'"], "customer-served", "c1"),
    ("tiny", ["UPDATE customers SET services = 'e1:2' WHERE id = 'c1'"], "onu-e1", "c1"),
    ("tiny", ["UPDATE customers SET services = 'internet-1000:2' WHERE id = 'c1'"], "onu-ethernet", "c1"),
    ("tiny", ["UPDATE customers SET services = '' WHERE id = 'c1'"], "services", "c1"),
    ("tiny", ["UPDATE customers SET services = 'e1:-3' WHERE id = 'c1'"], "services", "c1"),
    # ways and lengths
    ("tiny", ["UPDATE routes SET length_m = 1001 WHERE id = 'r-office-cabinet'"], "route-length", "r-office-cabinet"),
    ("tiny", ["UPDATE cables SET length_m = 1000.1 WHERE id = 'f1'"], "cable-length", "f1"),
    ("tiny", ["UPDATE cables SET routes = 'r-cabinet-home1' WHERE id = 'f1'"], "cable-path", "f1"),
    ("tiny", ["UPDATE cables SET to_node = 'home1' WHERE id = 'f1'"], "cable-path", "f1"),
    ("bus", ["UPDATE routes SET to_junction = 'j-moved' WHERE id = 'r-stop1-stop2'"], "cable-path", "f2"),
    ("trunk", ["UPDATE cables SET routes = 'r-office-north' WHERE id = 'fn'"], "cable-path", "fn"),
    ("tiny", ["UPDATE cables SET slack_m = 29 WHERE id = 'f1'"], "cable-slack", "f1"),
    ("tiny", ["UPDATE cables SET slack_m = 9000 WHERE id = 'f1'"], "cable-drum", "f1"),
    (
        "tiny",
        ["UPDATE cables SET routes = 'r-office-cabinet r-cabinet-home1 r-cabinet-home1' WHERE id = 'f1'"],
        "cable-circle",
        "f1",
    ),
    (
        "tiny",
        [COPY_CABLE, "UPDATE links SET strands = 'f1:1 copy1:1 copy2:1' WHERE id = 'l1'"],
        "light-circle",
        "l1",
    ),
    (
        "tiny",
        ["UPDATE nodes SET geom = (SELECT geom FROM nodes WHERE id = 'home1') WHERE id = 'home2'"],
        "junction",
        "home2",
    ),
    ("tiny", ["UPDATE plan SET crs = 'EPSG:3857'"], "crs", "crs"),
    ("tiny", ["UPDATE plan SET crs = 'EPSG:4326'"], "crs", "crs"),
    ("tiny", ["UPDATE plan SET crs = 'Atlantis'"], "crs", "crs"),
    # fibres
    ("tiny", ["UPDATE links SET strands = 'f1:5' WHERE id = 'l1'"], "fibre-exists", "f1:5"),
    ("tiny", ["UPDATE links SET strands = 'f1:0' WHERE id = 'l1'"], "fibre-exists", "f1:0"),
    (
        "star",
        ["UPDATE links SET strands = 'street:1 d3:1' WHERE to_device = 'onu-c3'"],
        "fibre-single-use",
        "street:1",
    ),
    ("two_stage", ["UPDATE links SET strands = 't1:2' WHERE to_device = 's2'"], "fibre-single-use", "t1:2"),
    ("tiny", ["UPDATE cables SET faulty = '1 3' WHERE id = 'f1'"], "fibre-faulty", "f1:1"),
    ("tiny", ["UPDATE cables SET taken = '1 3' WHERE id = 'f1'"], "fibre-taken", "f1:1"),
    ("tiny", ["UPDATE splitters SET taken = '1' WHERE id = 's1'"], "splitter-leg", "s1"),
    ("tiny", ["UPDATE ports SET taken_onus = 200"], "port-onus", "olt-office-p1"),
    ("tiny", ["UPDATE ports SET taken_down_bps = 9e9"], "port-load", "olt-office-p1"),
    ("tiny", ["UPDATE links SET strands = 'd2:1' WHERE id = 'l2'"], "continuity", "l2"),
    ("tiny", ["UPDATE links SET strands = '' WHERE id = 'l1'"], "continuity", "l1"),
    ("star", ["UPDATE links SET strands = 'd1:1 street:1' WHERE to_device = 'onu-c1'"], "continuity", "l2"),
    ("two_stage", ["UPDATE splitters SET node = 'second2' WHERE id = 's1'"], "continuity", "l2"),
    ("tiny", ["UPDATE rules SET spare_fibres = 4"], "spare-fibres", "f1"),
    ("tiny", ["UPDATE cables SET faulty = '2 3 4' WHERE id = 'f1'"], "spare-fibres", "f1"),
    # splitting
    ("tiny", ["UPDATE rules SET max_split = 4"], "split", "olt-office-p1"),
    ("two_stage", ["UPDATE rules SET max_split = 31"], "split", "olt-office-p1"),
    ("tiny", ["UPDATE rules SET max_split = 3"], "port-onus", "olt-office-p1"),
    ("bus", ["UPDATE rules SET max_split = 4"], "port-onus", "olt-office-p1"),
    ("tiny", ["UPDATE links SET from_port = 9 WHERE id = 'l5'"], "splitter-leg", "s1"),
    ("tiny", ["UPDATE links SET from_port = 1 WHERE id = 'l5'"], "splitter-leg", "s1"),
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x2'"], "splitter-leg", "s1"),
    ("tiny", ["UPDATE links SET to_port = 2 WHERE id = 'l1'"], "splitter-input", "s1"),
    ("trunk", ["UPDATE links SET to_port = 1 WHERE id = 'l2'"], "splitter-input", "s1"),
    ("tiny", ["UPDATE links SET to_port = 2 WHERE id = 'l2'"], "onu-interface", "onu-c1"),
    ("full", ["UPDATE links SET to_port = 1 WHERE to_device = 'onu-c1'"], "onu-interface", "onu-c1"),
    ("tiny", [COPY_LINK], "port-link", "olt-office-p1"),
    ("tiny", ["DELETE FROM links WHERE id = 'l1'"], "dark", "s1"),
    ("two_stage", ["UPDATE links SET from_device = 's1', from_port = 8 WHERE to_device = 's1'"], "dark", "s1"),
    # bearer
    ("bearer", ["UPDATE uplinks SET rate_bps = 1000000 WHERE number = 1"], "uplink-spare", "olt-office"),
    ("bearer", ["DELETE FROM uplinks WHERE number = 2"], "uplink-spare", "olt-office"),
    ("bearer", ["UPDATE uplinks SET \"to\" = 'nowhere' WHERE number = 2"], "bearer-end", "olt-office-u2"),
    ("bearer", ["UPDATE bearer_elements SET bearer = 'mstp'"], "bearer-end", "olt-office-u1"),
    ("bearer", ["DELETE FROM bearer_links"], "bearer-end", "agg"),
    ("bearer", ["UPDATE bearer_links SET to_element = 'moon' WHERE id = 'b1'"], "bearer-end", "b1"),
    ("bearer", ["UPDATE olts SET bearer = 'mstp'"], "bearer-class", "c1"),
    ("bearer", [COPY_TRUNK], "bearer-ports", "agg"),
    ("bearer", ["UPDATE bearer_links SET rate_bps = 100000000000"], "bearer-ports", "agg"),
    ("bearer", ["UPDATE bearer_links SET rate_bps = 1000000"], "bearer-trunk", "agg"),
    ("bearer", ["DELETE FROM bearer_links WHERE id = 'b2'"], "bearer-trunk", "agg"),
    ("bearer", [SECOND_SWITCH, "UPDATE bearer_links SET to_element = 'agg2'"], "bearer-cascade", "agg"),
    ("ring", ["UPDATE bearer_links SET rate_bps = 155520000"], "bearer-ring", "mux"),
    ("ring", ["DELETE FROM bearer_links WHERE id = 'b2'"], "bearer-ring", "mux"),
    ("ring", ["UPDATE bearer_elements SET type = 'mstp-stm-1'"], "bearer-capacity", "mux"),
    ("ring", ["UPDATE bearer_elements SET type = 'mstp-stm-2'"], "dangling-reference", "mux"),
    # circuits
    ("tiny", [CIRCUIT.format("'c1', 'nobody', 'internet-100', 1")], "circuit-end", "k1"),
    ("tiny", [CIRCUIT.format("'nobody', 'internet', 'internet-100', 1")], "circuit-end", "k1"),
    ("tiny", [CIRCUIT.format("'c1', 'c1', 'internet-100', 1")], "circuit-end", "k1"),
    ("tiny", [CIRCUIT.format("'c1', 'c2', 'e1', 2")], "circuit-service", "c2"),
    ("tiny", [CIRCUIT.format("'c1', 'c2', 'smoke-signals', 2")], "dangling-reference", "k1"),
    # classes
    ("tiny", [CLASS_RULE.format("4, 0, 0")], "class-split", "c1"),
    ("tiny", [CLASS_RULE.format("NULL, 1, 0")], "class-sharing", "olt-office-p1"),
    (
        "tiny",
        [CLASS_RULE.format("NULL, 0, 1"), "UPDATE customers SET customer_class = 'residential' WHERE id = 'c1'"],
        "class-sharing",
        "olt-office-p1",
    ),
    (
        "tiny",
        [CLASS_RULE.format("16, 0, 0"), "UPDATE customers SET customer_class = 'public' WHERE id = 'c1'"],
        "class-sharing",
        "olt-office-p1",
    ),
    # equipment
    ("tiny", ["UPDATE cards SET slot = 2"], "card-slot", "olt-office-1"),
    ("tiny", ["UPDATE ports SET number = 9"], "port-number", "olt-office-p1"),
    ("trunk", ["UPDATE ports SET number = 1"], "port-number", "olt-office-p2"),
    ("tiny", ["UPDATE uplinks SET number = 5"], "uplink-port", "olt-office-u1"),
    ("tiny", ["UPDATE uplinks SET rate_bps = 100000000000"], "uplink-port", "olt-office-u1"),
    ("trunk", ["UPDATE ports SET partner = '' WHERE role = 'protecting'"], "port-partner", "olt-office-p2"),
    ("trunk", ["UPDATE ports SET partner = 'olt-office-p2'"], "port-partner", "olt-office-p1"),
    ("trunk", ["UPDATE ports SET partner = '' WHERE role = 'protecting'"], "partner-path", "s1"),
    (
        "trunk",
        [
            "CREATE TEMP TABLE third AS SELECT * FROM ports WHERE role = 'protecting'",
            "UPDATE third SET id = 'olt-office-p3', number = 3, fid = NULL",
            "INSERT INTO ports SELECT * FROM third",
        ],
        "one-partner",
        "olt-office-p1",
    ),
    ("tiny", ["UPDATE onus SET technology = 'gpon' WHERE id = 'onu-c1'"], "technology", "onu-c1"),
    ("tiny", ["UPDATE ports SET optics = 'optics-gpon-b+'"], "technology", "olt-office-p1"),
    ("tiny", ["UPDATE cards SET type = 'card-gpon-8'"], "technology", "olt-office-p1"),
    ("tiny", ["UPDATE splitters SET technology = 'gpon'"], "technology", "s1"),
    # light and distance
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x128'"], "light-down", "onu-c1"),
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x128'"], "light-up", "onu-c1"),
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x4'"], "overload-down", "onu-c1"),
    ("tiny", ["UPDATE splitters SET type = 'splitter-1x4'"], "overload-up", "onu-c1"),
    ("tiny", ["UPDATE routes SET length_m = 20000 WHERE id = 'r-office-cabinet'"], "reach", "onu-c1"),
    (
        "two_stage",
        ["UPDATE routes SET length_m = 20600 WHERE id = 'r-first-second1'"],
        "differential-reach",
        "olt-office-p1",
    ),
    # load
    (
        "tiny",
        ["UPDATE customers SET services = 'internet-1000:1'", "UPDATE rules SET oversubscription = 1"],
        "port-load",
        "olt-office-p1",
    ),
    ("tiny", ["UPDATE rules SET growth_per_year = 1.0"], "port-load-horizon", "olt-office-p1"),
    ("tiny", ["UPDATE uplinks SET rate_bps = 50000000"], "uplink-load", "olt-office"),
    (
        "tiny",
        [CLASS_RULE.format("NULL, 0, 0"), "UPDATE class_rules SET growth_per_year = 1.0"],
        "port-load-horizon",
        "olt-office-p1",
    ),
    # trench and duct
    ("tiny", ["UPDATE routes SET duct = 'microduct-7' WHERE duct <> ''"], "duct-fill", "r-office-cabinet"),
    ("tiny", ["UPDATE routes SET bores = 0"], "duct-fill", "r-office-cabinet"),
    ("tiny", [COPY_CABLE], "duct-cables", "r-office-cabinet"),
    ("tiny", ["UPDATE routes SET free_bores = 0 WHERE bores = 1"], "duct-free-bores", "r-office-cabinet"),
    ("tiny", ["UPDATE routes SET state = 'unused' WHERE bores = 1"], "route-state", "r-office-cabinet"),
    ("tiny", [COPY_ROUTE], "trench-empty", "twin"),
    # enclosures
    (
        "tiny",
        ["UPDATE nodes SET enclosure = 'drop-closure-8' WHERE id = 'cabinet'"],
        "enclosure-capacity",
        "cabinet",
    ),
    ("tiny", ["UPDATE nodes SET enclosure = 'drop-closure-4' WHERE id = 'cabinet'"], "enclosure-capacity", "cabinet"),
    ("tiny", ["UPDATE nodes SET enclosure = 'closure-12' WHERE id = 'cabinet'"], "enclosure-capacity", "cabinet"),
    ("tiny", ["UPDATE nodes SET enclosure = '' WHERE id = 'cabinet'"], "enclosure-missing", "cabinet"),
    ("star", ["UPDATE nodes SET enclosure = '' WHERE id = 'k2'"], "enclosure-missing", "k2"),
    # protection
    ("trunk", ["DELETE FROM links WHERE role = 'protecting'"], "protection", "c1"),
    ("full", ["DELETE FROM links WHERE id = 'l4'"], "protection", "c1"),
    ("tiny", ["UPDATE customers SET protection = 'full' WHERE id = 'c2'"], "protection", "c2"),
    ("trunk", ["UPDATE links SET strands = 'fn:1' WHERE id = 'l2'"], "disjoint-fibre", "s1"),
    ("trunk", ["UPDATE links SET strands = 'fn:2' WHERE id = 'l2'"], "disjoint-cable", "s1"),
    (
        "trunk",
        ["UPDATE cables SET routes = 'r-office-north r-north-cabinet' WHERE id = 'fs'"],
        "disjoint-trench",
        "s1",
    ),
    ("trunk", ["UPDATE cables SET routes = 'r-office-north r-north-cabinet' WHERE id = 'fs'"], "disjoint-duct", "s1"),
    ("trunk", ["UPDATE routes SET risk_groups = 'bridge%207' WHERE id LIKE 'r-office-%'"], "disjoint-risk", "s1"),
    ("full", ["UPDATE splitters SET node = 'north' WHERE id = 's2'"], "disjoint-node", "c1"),
    (
        "trunk",
        [
            "INSERT INTO exposures (subject, kind, thing, length_m, customers, cure, cure_m, cure_cost)"
            " VALUES ('s1', 'trench', 'r-office-north', 1.0, 1, '', 0.0, 0.0)"
        ],
        "exposure",
        "s1",
    ),
    ("trunk", ["UPDATE rules SET protection_ports = 'offices'"], "standby-place", "olt-office-p2"),
    # bill
    ("tiny", ["UPDATE bill SET quantity = quantity + 1 WHERE item = 'asphalt'"], "bill-quantity", "asphalt"),
    ("tiny", ["DELETE FROM bill WHERE item = 'splice'"], "bill-quantity", "splice"),
    ("tiny", ["UPDATE bill SET item = 'cabinet-144' WHERE item = 'cabinet-96'"], "bill-quantity", "cabinet-144"),
    ("tiny", ["UPDATE bill SET labour_cost = labour_cost + 1 WHERE item = 'asphalt'"], "bill-price", "asphalt"),
    ("tiny", ["UPDATE bill SET total_cost = total_cost + 0.01 WHERE item = 'asphalt'"], "bill-total", "asphalt"),
    ("tiny", ["UPDATE facts SET value = value - 0.01 WHERE name = 'cost_total'"], "bill-total", "cost_total"),
    # facts
    ("tiny", ["INSERT INTO facts (name, value) VALUES ('customers_served', '5')"], "facts", "customers_served"),
    ("tiny", ["INSERT INTO facts (name, value) VALUES ('trench_km', '1.41')"], "facts", "trench_km"),
    ("star", ["INSERT INTO facts (name, value) VALUES ('fibre_km', '\"much\"')"], "facts", "fibre_km"),
    ("tiny", ["INSERT INTO facts (name, value) VALUES ('cost_bound', '1e9')"], "facts", "cost_bound"),
    (
        "tiny",
        ["INSERT INTO facts (name, value) VALUES ('cost_bound', '0'), ('gap_percent', '5')"],
        "facts",
        "gap_percent",
    ),
    # what is listed as relaxed
    ("tiny", ["INSERT INTO relaxed VALUES (1, 'light-down', 'onu-c1', 30, 24)"], "relaxed", "onu-c1"),
    ("tiny", ["INSERT INTO relaxed VALUES (1, 'good-taste', 'onu-c1', 30, 24)"], "relaxed", "onu-c1"),
]


@pytest.mark.parametrize(("name", "statements", "rule", "subject"), FAULTS, ids=lambda value: str(value)[:60])
def test_planted_fault_is_found(
    edited: Callable[..., Path], name: str, statements: list[str], rule: str, subject: str
) -> None:
    """A planted fault is found by the rule that is meant for it, at the record where it was planted."""
    found = check_network(read_network(edited(name, *statements)))
    assert (rule, subject) in {(violation.rule, violation.subject) for violation in found}
    assert not any(violation.relaxed for violation in found)


def test_sound_networks_are_clean(any_network: Network) -> None:
    """Nothing is found in a network that is sound."""
    assert check_network(any_network) == ()


LONE_FAULTS = [
    ("tiny", "UPDATE routes SET length_m = 1001 WHERE id = 'r-office-cabinet'", {"route-length", "cable-length"}),
    ("tiny", "UPDATE cables SET faulty = '1' WHERE id = 'f1'", {"fibre-faulty"}),
    ("tiny", "UPDATE ports SET number = 9", {"port-number"}),
    ("tiny", "UPDATE facts SET value = 1 WHERE name = 'cost_total'", {"bill-total"}),
    (
        "trunk",
        "UPDATE links SET strands = 'fn:2' WHERE id = 'l2'",
        {"disjoint-cable", "disjoint-duct", "disjoint-trench", "exposure"},
    ),
    ("trunk", "UPDATE routes SET risk_groups = 'b' WHERE id LIKE 'r-office-%'", {"disjoint-risk", "exposure"}),
]


@pytest.mark.parametrize(("name", "statement", "rules"), LONE_FAULTS)
def test_no_rule_cries_without_cause(edited: Callable[..., Path], name: str, statement: str, rules: set[str]) -> None:
    """A fault of one kind does not make rules complain that it does not touch; the bill follows from lengths."""
    found = {violation.rule for violation in check_network(read_network(edited(name, statement)))}
    assert found - {"bill-quantity"} == rules


def test_violation_that_the_design_lists_is_marked_relaxed(edited: Callable[..., Path]) -> None:
    """A rule that the design says it does not keep is shown as relaxed, with the number recomputed, not hidden."""
    path = edited(
        "tiny",
        "UPDATE cables SET slack_m = 29 WHERE id = 'f1'",
        "UPDATE bill SET quantity = quantity - 1 WHERE item = 'trunk-4'",
        "INSERT INTO relaxed VALUES (1, 'cable-slack', 'f1', 29, 30)",
    )
    found = [
        violation for violation in check_network(read_network(path)) if violation.rule in ("cable-slack", "relaxed")
    ]
    assert [(violation.rule, violation.value, violation.limit, violation.relaxed) for violation in found] == [
        ("cable-slack", 29.0, 30.0, True)
    ]


def test_relaxed_entry_with_other_numbers_is_no_excuse(edited: Callable[..., Path]) -> None:
    """An entry that understates what was relaxed is a violation itself and excuses nothing."""
    path = edited(
        "tiny",
        "UPDATE cables SET slack_m = 20 WHERE id = 'f1'",
        "INSERT INTO relaxed VALUES (1, 'cable-slack', 'f1', 29, 30)",
    )
    found = {(violation.rule, violation.relaxed) for violation in check_network(read_network(path))}
    assert {("cable-slack", False), ("relaxed", False)} <= found


def test_every_rule_has_its_planted_fault() -> None:
    """No rule goes untested: those without a fault here have tests of their own."""
    elsewhere = {"duct-bores", "splice-place"}
    assert {rule.id for rule in RULES} - {fault[2] for fault in FAULTS} == elsewhere


def test_rule_ids_are_unique() -> None:
    """An id names one rule."""
    assert len({rule.id for rule in RULES}) == len(RULES)
