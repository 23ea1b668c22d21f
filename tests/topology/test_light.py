"""Light budgets worked out by hand, for technologies and classes, at both ends of the window, to 0.01 dB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.catalogue import read_catalogue
from ponplan.topology import check_network
from ponplan.topology.light import budget, leg_attenuation, margin_db, path_loss
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.topology import Network

# class: least and largest loss down, least and largest loss up. Largest: launched least - penalty - sensitivity;
# least: launched most - overload (pon_facts 1.4); C+ and D downstream: the class's own minimum
WINDOWS = {
    "gpon-a": (5, 20, 5, 20),
    "gpon-b": (10, 25, 10, 25),
    "gpon-b+": (13, 28, 13, 28),
    "gpon-c": (15, 30, 15, 30),
    "gpon-c+": (17, 32, 17, 32),
    "gpon-d": (20, 35, 20, 35),
    "xgs-n1": (14, 29, 14, 29),
    "xgs-n2": (16, 31, 16, 31),
    "xgs-e1": (18, 33, 18, 33),
    "xgs-e2": (20, 35, 20, 35),
    "epon-px20": (10, 23.5, 10, 23.5),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_window_of_each_class(name: str) -> None:
    """The loss that a class allows follows from its powers and its own range, whichever is narrower."""
    row = read_catalogue().optical_classes[name]
    down, up = budget(row, "down"), budget(row, "up")
    found = (down.min_loss_db, down.max_loss_db, up.min_loss_db, up.max_loss_db)
    assert found == pytest.approx(WINDOWS[name], abs=1e-9)


# the path has 6 connector pairs (3.00 dB at most, 1.50 typically) and 4 splices (0.40, 0.20); at most 1310 nm loses
# 0.35 dB/km, 1490 nm 0.25, 1270 nm 0.40. Each: splitter's largest loss, the longest path by hand, the rule beyond it
DARK_ENDS = [
    ("gpon", "optics-gpon-b+", "splitter-1x64", 5000.0, "light-up"),  # 21+3.4+1.75+1 = 27.15; margin 2: 28.15 > 28
    ("gpon", "optics-gpon-b+", "splitter-1x32", 11714.2, "light-up"),  # (28 - 17.5 - 3.4 - 3) / 0.35 = 11.7143 km
    ("gpon", "optics-gpon-c+", "splitter-1x64", 13142.8, "light-up"),  # (32 - 21 - 3.4 - 3) / 0.35 = 13.1429 km
    ("xgs-pon", "optics-xgs-n1", "splitter-1x32", 12750.0, "light-up"),  # (29 - 17.5 - 3.4 - 3) / 0.40 = 12.75 km
    ("xgs-pon", "optics-xgs-n2", "splitter-1x64", 10000.0, "light-up"),  # 21+3.4+4+2 = 30.4; margin 3: 31.4 > 31
    ("epon", "optics-epon-px20", "splitter-1x32", 4571.4, "light-up"),  # (23.5 - 17.5 - 3.4 - 1) / 0.35 = 4.5714 km
]


@pytest.mark.parametrize(("technology", "optics", "splitter", "longest_m", "rule"), DARK_ENDS)
def test_dark_end_of_the_window(
    line_network: Callable[..., Network], technology: str, optics: str, splitter: str, longest_m: float, rule: str
) -> None:
    """The longest path by hand is accepted, one metre more is too dark."""
    good = check_network(line_network(technology, optics, splitter, longest_m - 10.0))
    bad = check_network(line_network(technology, optics, splitter, longest_m - 9.0))
    assert not [violation for violation in good if violation.rule.startswith("light")]
    assert [violation.rule for violation in bad if violation.rule.startswith("light")] == [rule]


# typical losses: 1.70 dB of connectors and splices; 1490 nm 0.22 dB/km, 1310 nm 0.33, 1577 nm 0.21, 1270 nm 0.37
BRIGHT_ENDS = [
    ("gpon", "optics-gpon-b+", "splitter-1x8", 5000.0, 3333.4),  # (13 - 10.2 - 1.7) / 0.22 and / 0.33
    ("gpon", "optics-gpon-c+", "splitter-1x16", 8181.9, 5454.6),  # (17 - 13.5 - 1.7) / 0.22 and / 0.33
    ("xgs-pon", "optics-xgs-n1", "splitter-1x8", 10000.0, 5675.7),  # (14 - 10.2 - 1.7) / 0.21 and / 0.37
    ("epon", "optics-epon-px20", "splitter-1x4", 5909.1, 3939.4),  # (10 - 7.0 - 1.7) / 0.22 and / 0.33
]


@pytest.mark.parametrize(("technology", "optics", "splitter", "down_m", "up_m"), BRIGHT_ENDS)
def test_bright_end_of_the_window(
    line_network: Callable[..., Network], technology: str, optics: str, splitter: str, down_m: float, up_m: float
) -> None:
    """The shortest path by hand is accepted, one metre less overloads the receiver, each way at its own length."""
    for length_m, rule in ((down_m, "overload-down"), (up_m, "overload-up")):
        good = check_network(line_network(technology, optics, splitter, length_m - 10.0))
        bad = check_network(line_network(technology, optics, splitter, length_m - 11.0))
        assert rule not in {violation.rule for violation in good}
        assert rule in {violation.rule for violation in bad}


def test_budget_of_the_tiny_network(tiny: Network) -> None:
    """1100 m behind 1:8: 10.8 + 3.0 + 0.4 + 0.275 = 14.475 dB down and 14.585 up; typically 12.142 and 12.263."""
    loss = Survey(tiny).onu_paths.loss
    assert loss["down"].max_db == pytest.approx([14.475] * 4, abs=1e-9)
    assert loss["up"].max_db == pytest.approx([14.585] * 4, abs=1e-9)
    assert loss["down"].typical_db == pytest.approx([12.142] * 4, abs=1e-9)
    assert loss["up"].typical_db == pytest.approx([12.263] * 4, abs=1e-9)


def test_budget_of_two_stages(two_stage: Network) -> None:
    """1550 m behind 1:4 and 1:8: 7.3 + 10.8 + 8 pairs 4.0 + 6 splices 0.6 + 0.3875 = 23.0875 dB down."""
    paths = Survey(two_stage).onu_paths
    assert paths.loss["down"].max_db == pytest.approx([23.0875] * 4, abs=1e-9)
    assert paths.splits.tolist() == [32.0] * 4


def test_budget_along_a_bus(bus: Network) -> None:
    """Behind n taps light has gone through n - 1 of them and out at the tapped leg; at the end through 3 and 1:4."""
    tap = bus.catalogue.splitters["tap-10-90"]
    out_db, through_db = tap.max_loss_db, tap.through_max_loss_db
    assert through_db is not None
    survey = Survey(bus)
    paths = survey.onu_paths
    down = dict(zip((bus.onus[row].id for row in paths.onus), paths.loss["down"].max_db, strict=True))
    # taps are spliced in, so 2 + 2 connector pairs at port and ONU, 2 more at the 1:4; two splices per link
    for stop in (1, 2, 3):
        fibre = (400 * stop + 80) * 0.25e-3
        pairs, splices = 4, 4 + 2 * (stop - 1)
        assert down[f"onu-c{stop}"] == pytest.approx(
            out_db + through_db * (stop - 1) + 0.5 * pairs + 0.1 * splices + fibre
        )
    assert down["onu-c4"] == pytest.approx(3 * through_db + 7.3 + 0.5 * 6 + 0.1 * 10 + 1660 * 0.25e-3)


def test_fibre_leaving_a_cable_on_its_way(star: Network) -> None:
    """Light that leaves a cable at a closure has met only the metres to there, and one splice more."""
    paths = Survey(star).onu_paths
    assert paths.lengths_m.tolist() == [540.0, 540.0, 740.0, 740.0, 1040.0, 1040.0]
    assert paths.loss["down"].max_db[0] == pytest.approx(14.1 + 3.0 + 0.5 + 540 * 0.25e-3)


def test_both_paths_of_a_protected_customer_are_measured(trunk: Network) -> None:
    """A doubled trunk gives every terminal a working and a protecting path, each with its own length."""
    paths = Survey(trunk).onu_paths
    north, south = 2 * np.hypot(500, 600), 2 * np.hypot(500, 500)
    assert paths.working.tolist() == [True, True, False, False]
    assert paths.lengths_m == pytest.approx([north + 100] * 2 + [south + 100] * 2, abs=0.002)
    assert paths.loss["up"].max_db[2] == pytest.approx(14.6 + 3.4 + (south + 100) * 0.35e-3, abs=1e-5)


def test_equal_loss_anywhere_gives_equal_result() -> None:
    """A kilometre more of fibre and an equal loss at a point are the same to the sum; arguments broadcast."""
    catalogue = read_catalogue()
    common = {"fibre": "g652d", "splices": 4, "connectors": 6, "splitter_typical_db": 10.0}
    gpon = catalogue.technologies["gpon"]
    far = path_loss(catalogue, gpon, "down", length_m=[2000.0, 1000.0], splitter_max_db=[10.0, 10.25], **common)
    assert far.max_db[0] == pytest.approx(far.max_db[1])
    assert far.typical_db.shape == (2,)


def test_margin_by_length() -> None:
    """Margin is 1 dB to 5 km, 2 dB to 10 km, 3 dB beyond, the edges included below."""
    lengths_m = [0.0, 5000.0, 5000.1, 10000.0, 10000.1, 1e9]
    assert margin_db(read_catalogue(), lengths_m).tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def test_tap_loses_little_through_and_much_at_the_tapped_leg() -> None:
    """Leg 1 of a tap is the one light goes through."""
    tap = read_catalogue().splitters["tap-10-90"]
    assert leg_attenuation(tap, 1).max_db == tap.through_max_loss_db
    assert leg_attenuation(tap, 1).typical_db == tap.through_typical_loss_db
    assert leg_attenuation(tap, 2).max_db == tap.max_loss_db > 10.0
