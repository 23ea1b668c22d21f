"""A town of three thousand customers: clean, small on disk, quick to read and check."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ponplan.topology import Network, check_network, read_network, write_network
from ponplan.topology import network as records

if TYPE_CHECKING:
    from pathlib import Path

PONS = 96
CLOSURES = 8
DROPS = 4  # at each closure


@pytest.fixture(scope="module")
def town(builder: type) -> Network:
    """Give a road with a cabinet every 20 m, each feeding a street with eight closures of four customers."""
    town = builder("town", "gpon")
    town.node("office", "office", 0, 0)
    town.olts.append(records.Olt(id="o", node="office", type="olt-chassis-7", bearer="ip"))
    for number in range(1, 9):
        town.uplinks.append(records.Uplink(id=f"u{number}", olt="o", number=number, rate_bps=10**10, to="core"))
    road = ["office"]
    for pon in range(PONS):
        if pon % 16 == 0:
            town.cards.append(records.Card(id=f"c{pon // 16}", olt="o", slot=pon // 16 + 1, type="card-gpon-16"))
        cabinet = f"cabinet{pon}"
        town.node(cabinet, "cabinet", 20 * (pon + 1), 0, "cabinet-96")
        town.route(road[-1], cabinet, bores=12)
        road.append(cabinet)
        town.ports.append(
            records.OltPort(
                id=f"p{pon}", card=f"c{pon // 16}", number=pon % 16 + 1, optics="optics-gpon-b+", technology="gpon"
            )
        )
        town.splitter(f"s{pon}", cabinet, "splitter-1x32")
        town.cable(f"f{pon}", "feeder", "trunk-4", *road)
        town.link(f"p{pon}", f"s{pon}", (f"f{pon}", 1))
        _street(town, pon)
    return town.finish()


def _street(town: Any, pon: int) -> None:  # noqa: ANN401 - the builder is the conftest's
    stops = [f"cabinet{pon}", *(f"k{pon}-{number}" for number in range(CLOSURES))]
    for number in range(CLOSURES):
        town.node(stops[number + 1], "closure", 20 * (pon + 1), 30 * (number + 1), "closure-24")
        town.route(stops[number], stops[number + 1])
    town.cable(f"t{pon}", "distribution", "trunk-48", *stops)
    for leg in range(1, CLOSURES * DROPS + 1):
        stop, side = stops[1 + (leg - 1) // DROPS], leg % DROPS
        home = f"h{pon}-{leg}"
        town.node(home, "premises", 20 * (pon + 1) + 5 + side, 30 * (1 + (leg - 1) // DROPS) + 5)
        town.route(stop, home, surface="lead-in", duct="", bores=0)
        town.cable(f"d{pon}-{leg}", "drop", "drop-1", stop, home)
        town.customer(f"{pon}-{leg}", home, onu="onu-gpon-1ge")
        town.link(f"s{pon}", f"onu-{pon}-{leg}", (f"t{pon}", leg), (f"d{pon}-{leg}", 1), leg=leg)


def test_town_is_clean(town: Network) -> None:
    """Every rule holds for every one of three thousand customers."""
    assert check_network(town) == ()


def test_one_fault_among_thousands_is_found(town: Network) -> None:
    """A single fibre used twice is the only thing found, with its name."""
    links = list(town.links)
    links[40] = replace(links[40], strands=(("t1", 9), links[40].strands[1]))
    found = check_network(replace(town, links=tuple(links)))
    assert [(violation.rule, violation.subject) for violation in found] == [("fibre-single-use", "t1:9")]


def test_file_of_a_town_is_small_and_quick(town: Network, tmp_path: Path) -> None:
    """100,000 customers in 300 MB read in 10 s are 3 kB and 0.1 ms each; the clock is given five times that."""
    path = tmp_path / "town.gpkg"
    write_network(town, path)
    started = time.process_time()
    network = read_network(path)
    seconds = time.process_time() - started
    assert len(network.customers) == PONS * CLOSURES * DROPS
    assert path.stat().st_size / len(network.customers) < 3000
    assert seconds / len(network.customers) < 5e-4
