"""A small town on a grid, made by hand, and a designed one."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shapely import LineString

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.topology import network as records

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.design import Design
    from ponplan.topology import Network

ROOT = Path(__file__).parents[3]
STEP_M = 100
SURFACES = {"A": "asphalt", "G": "grass", "P": "pavement"}
# surfaces of streets nobody has dug yet, from corner to corner of the grid
UNUSED = {
    ("00", "01"): "A",
    ("01", "02"): "G",
    ("01", "11"): "A",
    ("11", "12"): "P",
    ("11", "21"): "G",
    ("02", "12"): "A",
}


@pytest.fixture(scope="session")
def hand_made() -> ModuleType:
    """Give the builder of hand-made networks and those made with it."""
    path = ROOT / "tests" / "topology" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_quote_hand_made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _corner(name: str) -> tuple[int, int]:
    return 1000 + STEP_M * int(name[0]), STEP_M * int(name[1])


def _street(town: Any, origin: tuple[float, float], start: str, end: str, **fields: object) -> None:  # noqa: ANN401
    places = [_corner(name) if name != "office" else (0, 0) for name in (start, end)]
    line = LineString([(origin[0] + x, origin[1] + y) for x, y in places])
    name = f"r-{start}-{end}"
    given = {"surface": "asphalt", "state": "new", "duct": "duct-110", "bores": 1} | fields
    town.routes[name] = records.Route(
        id=name,
        parent=name,
        kind="route",
        from_junction=f"j-{start}",
        to_junction=f"j-{end}",
        length_m=round(line.length, 3),
        **given,
    )
    town.lines.append(line)


def grid_network(module: Any, *, full: bool = False) -> Network:  # noqa: ANN401 - loaded by path
    """Give a 3 x 3 grid of corners `xy`, a kilometre from the office.

    Cabinet a stands at 00 with a splitter, cabinet b at 02 with another; a cable with dark fibres runs from a over
    10 and 20 to a closure at 21, from which one customer is served.
    """
    town = module.Builder("grid", "epon")
    town.node("office", "office", 0, 0)
    town.olt(ports=2, optics="optics-epon-px20", card="card-epon-8")
    town.ports[1] = replace(town.ports[1], role="working", standby="", partner="")
    for name, corner in (("a", "00"), ("b", "02"), ("k", "21")):
        kind, enclosure = ("closure", "closure-12") if name == "k" else ("cabinet", "cabinet-576")
        town.node(name, kind, *_corner(corner), enclosure, at=corner)
    for start, end in (("office", "00"), ("office", "02"), ("00", "10"), ("10", "20"), ("20", "21"), ("21", "22")):
        _street(town, module.ORIGIN, start, end, state="new" if end != "22" else "unused")
    town.routes["r-21-22"] = replace(town.routes["r-21-22"], duct="", bores=0)
    for (start, end), letter in UNUSED.items():
        _street(town, module.ORIGIN, start, end, surface=SURFACES[letter], state="unused", duct="", bores=0)
    for name, kind, role, ends, routes in (
        ("fa", "trunk-4", "feeder", ("office", "a"), ("r-office-00",)),
        ("fb", "trunk-4", "feeder", ("office", "b"), ("r-office-02",)),
        ("d", "trunk-12", "distribution", ("a", "k"), ("r-00-10", "r-10-20", "r-20-21")),
    ):
        length_m = round(sum(town.routes[route].length_m for route in routes), 3)
        town.cables.append(
            records.Cable(
                id=name,
                role=role,
                type=kind,
                from_node=ends[0],
                to_node=ends[1],
                routes=routes,
                length_m=length_m,
                slack_m=round(length_m * 0.03, 3),
            )
        )
    town.splitter("sa", "a", "splitter-1x8")
    town.splitter("sb", "b", "splitter-1x8")
    town.link("olt-office-p1", "sa", ("fa", 1))
    town.link("olt-office-p2", "sb", ("fb", 1))
    _settle(town, module.ORIGIN, 1, "sa", 1, "a", "00", ())
    _settle(town, module.ORIGIN, 2, "sa", 2, "k", "21", (("d", 1),))
    _settle(town, module.ORIGIN, 3, "sb", 1, "b", "02", ())
    for leg in range(3, 9) if full else ():
        _settle(town, module.ORIGIN, leg + 1, "sa", leg, "a", "00", ())
    return town.finish()


def _settle(
    town: Any,  # noqa: ANN401
    origin: tuple[float, float],
    number: int,
    splitter: str,
    leg: int,
    node: str,
    corner: str,
    way: tuple[tuple[str, int], ...],
) -> None:
    """Connect a customer near a corner from a node there."""
    x_m, y_m = _corner(corner)
    home = f"home{number}"
    town.node(home, "premises", x_m - 30, y_m + 20 + number)
    line = LineString([(origin[0] + x_m, origin[1] + y_m), (town.nodes[home].x_m, town.nodes[home].y_m)])
    town.routes[f"drop/c{number}"] = records.Route(
        id=f"drop/c{number}",
        parent="",
        kind="drop",
        from_junction=f"j-{corner}",
        to_junction=f"j-{home}",
        length_m=round(line.length, 3),
        surface="lead-in",
        state="new",
    )
    town.lines.append(line)
    town.cables.append(
        records.Cable(
            id=f"w{number}",
            role="drop",
            type="drop-1",
            from_node=node,
            to_node=home,
            routes=(f"drop/c{number}",),
            length_m=round(line.length, 3),
            slack_m=round(line.length * 0.03 + 0.0005, 3),
        )
    )
    town.customer(f"c{number}", home, onu="onu-epon-1ge")
    town.link(splitter, f"onu-c{number}", *way, (f"w{number}", 1), leg=leg)


@pytest.fixture(scope="session")
def grid(hand_made: ModuleType) -> Network:
    """Give the town on a grid."""
    return grid_network(hand_made)


@pytest.fixture(scope="session")
def full_grid(hand_made: ModuleType) -> Network:
    """Give the town on a grid without a free leg in cabinet a."""
    return grid_network(hand_made, full=True)


@pytest.fixture(scope="session")
def town(planned: Callable[[str], Design]) -> Network:
    """Give the bundled mixed town, designed once."""
    return planned("mixed-town").network


@pytest.fixture(scope="session")
def degrees() -> Callable[..., tuple[float, float]]:
    """Give a function that turns metres of a network's map into longitude and latitude."""

    def lon_lat(network: Network, x_m: float, y_m: float) -> tuple[float, float]:
        import numpy as np

        lon, lat = transform_xy(np.array([[x_m, y_m]]), network.crs, WGS84)[0].tolist()
        return lon, lat

    return lon_lat


@pytest.fixture(scope="session")
def at_corner(
    degrees: Callable[..., tuple[float, float]], hand_made: ModuleType
) -> Callable[..., tuple[float, float]]:
    """Give a function for the place some metres off a corner of the grid."""

    def place(network: Network, corner: str, dx_m: float, dy_m: float) -> tuple[float, float]:
        x_m, y_m = _corner(corner)
        return degrees(network, hand_made.ORIGIN[0] + x_m + dx_m, hand_made.ORIGIN[1] + y_m + dy_m)

    return place
