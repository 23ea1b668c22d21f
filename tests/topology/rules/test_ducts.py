"""Ducts whose cables fit by section and number, but not one by one."""

from __future__ import annotations

from dataclasses import replace

from ponplan.topology import Network, check_network


def _thick_cables(builder: type, *, bores: int) -> Network:
    """Give three cables that fill six tenths of what a duct may take each."""
    town = builder("thick", "gpon")
    town.node("office", "office", 0, 0)
    town.node("end", "closure", 100, 0, "closure-12")
    town.route("office", "end", bores=bores)
    for number in range(3):
        town.cable(f"c{number}", "feeder", "trunk-4", "office", "end")
    network = town.finish()
    rows = network.catalogue
    side_mm = (0.6 * 0.4 * 100.0**2) ** 0.5
    duct = replace(rows.duct_types["duct-110"], inner_mm=100.0, max_fill=0.4, max_cables=10)
    cable = replace(rows.cable_types["trunk-4"], diameter_mm=side_mm)
    catalogue = replace(rows, duct_types={"duct-110": duct}, cable_types={"trunk-4": cable})
    return replace(network, catalogue=catalogue)


def test_cables_that_cannot_be_shared_out_are_found(builder: type) -> None:
    """Three cables of 0.6 are below two ducts' total of 2, but need three ducts."""
    found = {(v.rule, v.value, v.limit) for v in check_network(_thick_cables(builder, bores=2))}
    assert ("duct-bores", 3.0, 2.0) in found
    assert not {rule for rule, _, _ in found} & {"duct-fill", "duct-cables"}


def test_enough_ducts_are_accepted(builder: type) -> None:
    """With a duct each they fit."""
    assert "duct-bores" not in {violation.rule for violation in check_network(_thick_cables(builder, bores=3))}
