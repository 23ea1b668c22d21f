"""Faults planted into the file of a protected design, as another program would: check finds each from it alone."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan import check_network
from ponplan.area.generate.generator import generate_area
from ponplan.design import design_network
from ponplan.topology import read_network, write_network
from ponplan.topology.survey import Survey
from ponplan.topology.ways import path_pairs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology.network import Network
    from ponplan.topology.ways import PathPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A design file with somebody's trunk and somebody's whole way protected, nothing shared."""

    path: Path
    network: Network
    trunk: PathPair
    full: PathPair

    def link(self, pair: PathPair, side: str, place: int) -> str:
        """Give the id of the first (0) or last (-1) link on a side of a pair."""
        return self.network.links[getattr(pair, side)[place]].id

    def cables(self, pair: PathPair, side: str, place: int) -> list[str]:
        """Give the cables of a link on a side of a pair."""
        return [name for name, _ in self.network.links[getattr(pair, side)[place]].strands]

    def first_route(self, pair: PathPair, side: str) -> str:
        """Give the route in which the first feeder on a side of a pair begins."""
        feeder = self.cables(pair, side, 0)[0]
        return next(row.routes[0] for row in self.network.cables if row.id == feeder)


Statement = tuple[str, ...]  # with its values


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Give a small town in which customers are protected either way, or not."""
    area = generate_area("business-town", customers=40, seed=7)
    kinds = np.random.default_rng(7).choice(["none", "trunk", "full"], 40).tolist()
    people = tuple(
        replace(c, protection=kind, account_tier="") for c, kind in zip(area.customers, kinds, strict=True)
    )
    network = design_network(replace(area, customers=people), seed=7).network
    assert check_network(network) == ()
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    write_network(network, path)
    pairs = path_pairs(Survey(network))
    customers = {customer.id for customer in network.customers}
    return Town(
        path=path,
        network=network,
        trunk=next(pair for pair in pairs if pair.subject not in customers),
        full=next(pair for pair in pairs if pair.subject in customers),
    )


def _rerouted(town: Town, pair: PathPair, place: int) -> list[Statement]:
    """Lay the first protecting cable of a link where the working one lies."""
    working, protecting = (town.cables(pair, side, place)[0] for side in ("working", "protecting"))
    return [("UPDATE cables SET routes = (SELECT routes FROM cables WHERE id = ?) WHERE id = ?", working, protecting)]


def _same_strands(town: Town) -> list[Statement]:
    one, other = (town.link(town.trunk, side, 0) for side in ("working", "protecting"))
    return [("UPDATE links SET strands = (SELECT strands FROM links WHERE id = ?) WHERE id = ?", one, other)]


def _same_cable(town: Town) -> list[Statement]:
    """Splice the protecting feeder into other fibres of the working one's cables."""
    strands = " ".join(f"{cable}:4" for cable in town.cables(town.trunk, "working", 0))
    return [("UPDATE links SET strands = ? WHERE id = ?", strands, town.link(town.trunk, "protecting", 0))]


def _beside(town: Town) -> list[Statement]:
    """Draw a second route on the line of a working one, and lay the protecting cable in it."""
    return [
        ("CREATE TEMP TABLE drawn AS SELECT * FROM routes WHERE id = ?", town.first_route(town.trunk, "working")),
        ("UPDATE drawn SET id = 'beside', fid = NULL",),
        ("INSERT INTO routes SELECT * FROM drawn",),
        (
            "UPDATE cables SET routes = 'beside ' || routes WHERE id = ?",
            town.cables(town.trunk, "protecting", 0)[0],
        ),
    ]


def _one_risk(town: Town) -> list[Statement]:
    ids = [town.first_route(town.trunk, side) for side in ("working", "protecting")]
    return [("UPDATE routes SET risk_groups = 'tunnel' WHERE id IN (?, ?)", *ids)]


def _one_card(town: Town) -> list[Statement]:
    """Put the protecting port into a free place of its partner's card."""
    ports = {port.id: port for port in town.network.ports}
    port = ports[town.network.links[town.trunk.protecting[0]].from_device]
    return [("UPDATE ports SET card = ?, number = 16 WHERE id = ?", ports[port.partner].card, port.id)]


def _one_splitter(town: Town) -> list[Statement]:
    """Feed both drops of a customer from the working splitter."""
    splitter = town.network.links[town.full.working[-1]].from_device
    link = town.link(town.full, "protecting", -1)
    return [("UPDATE links SET from_device = ?, from_port = 32 WHERE id = ?", splitter, link)]


def _one_cabinet(town: Town) -> list[Statement]:
    """Stand both splitters of a customer in one cabinet."""
    one, other = (town.network.links[side[-1]].from_device for side in (town.full.working, town.full.protecting))
    return [("UPDATE splitters SET node = (SELECT node FROM splitters WHERE id = ?) WHERE id = ?", one, other)]


def _dark(town: Town) -> list[Statement]:
    """Let the protecting way of a customer pass a splitter with far too many legs."""
    splitter = town.network.links[town.full.protecting[-1]].from_device
    return [("UPDATE splitters SET type = 'splitter-1x128' WHERE id = ?", splitter)]


def _lone_terminal(town: Town) -> list[Statement]:
    """Give a fully protected customer the terminal of one without protection."""
    plain = next(c.id for c in town.network.customers if c.protection == "none")
    kind = next(onu.type for onu in town.network.onus if onu.customer == plain)
    return [("UPDATE onus SET type = ? WHERE customer = ?", kind, town.full.subject)]


def _no_second_feeder(town: Town) -> list[Statement]:
    return [("DELETE FROM links WHERE id = ?", town.link(town.trunk, "protecting", 0))]


def _partner_forgotten(_: Town) -> list[Statement]:
    return [("UPDATE ports SET partner = '' WHERE role = 'protecting'",)]


def _two_partners(town: Town) -> list[Statement]:
    """Let every protecting port stand by for one and the same working port."""
    partner = next(port.partner for port in town.network.ports if port.role == "protecting")
    return [("UPDATE ports SET partner = ? WHERE role = 'protecting'", partner)]


def _partners_swapped(town: Town) -> list[Statement]:
    """Let two protecting ports stand by for each other's working port."""
    one, other = [port for port in town.network.ports if port.role == "protecting"][:2]
    swap = "UPDATE ports SET partner = ? WHERE id = ?"
    return [(swap, other.partner, one.id), (swap, one.partner, other.id)]


def _untrue_exposure(town: Town) -> list[Statement]:
    columns = "INSERT INTO exposures (subject, kind, thing, length_m, customers, cure, cure_m, cure_cost) "
    return [(columns + "VALUES (?, 'trench', ?, 1, 1, '', 0, 0)", town.trunk.subject, town.network.routes[0].id)]


FAULTS: dict[str, tuple[Callable[[Town], list[Statement]], set[str]]] = {
    "feeder in the working trench": (
        lambda town: _rerouted(town, town.trunk, 0),
        {"disjoint-trench", "disjoint-duct"},
    ),
    "drop in the working trench": (lambda town: _rerouted(town, town.full, -1), {"disjoint-trench"}),
    "feeder in a trench beside on the same line": (_beside, {"disjoint-trench"}),
    "both feeders one fibre": (_same_strands, {"disjoint-fibre", "disjoint-cable"}),
    "both feeders in one cable": (_same_cable, {"disjoint-cable"}),
    "both through one tunnel": (_one_risk, {"disjoint-risk"}),
    "both ports on one card": (_one_card, {"standby-place"}),
    "one splitter for both": (_one_splitter, {"protection"}),
    "both splitters in one cabinet": (_one_cabinet, {"disjoint-node"}),
    "protecting way too dark": (_dark, {"light-down"}),
    "terminal with one interface": (_lone_terminal, {"onu-interface"}),
    "no second feeder": (_no_second_feeder, {"protection"}),
    "partner forgotten": (_partner_forgotten, {"port-partner"}),
    "two ports stand by for one": (_two_partners, {"one-partner", "partner-path"}),
    "partners swapped": (_partners_swapped, {"partner-path"}),
    "sharing that is none": (_untrue_exposure, {"exposure"}),
}


@pytest.mark.parametrize(("fault", "rules"), FAULTS.values(), ids=FAULTS)
def test_fault_in_a_protected_design_is_found(
    town: Town, tmp_path: Path, fault: Callable[[Town], list[str]], rules: set[str]
) -> None:
    """Each is found by the rules that are meant for it, and none passes as listed."""
    path = tmp_path / "edited.gpkg"
    shutil.copy(town.path, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, *values in fault(town):
            connection.execute(statement, values)
    found = check_network(read_network(path))
    assert rules <= {violation.rule for violation in found if not violation.relaxed}
