"""Map sheets: at their scale, whole, with a scale bar that can be measured."""

from collections.abc import Iterable
from itertools import pairwise
from math import dist

import pytest

from ponplan.report.drawing.frame import Set
from ponplan.report.drawing.maps.sheets import map_sheets
from ponplan.report.drawing.sheet import Area, Line, Sheet, Text
from ponplan.report.look import STROKES
from ponplan.topology.network import Network
from ponplan.topology.survey import Survey

SCALE = 1000
LEGEND_MM = 8.0  # of a line in the legend


@pytest.fixture(scope="module")
def sheets(network: Network) -> list[Sheet]:
    """Draw the town at 1:1000, the index first."""
    return list(map_sheets(Set(network=network, paper="A3", words=str), Survey(network), scale=SCALE))


def _length_mm(sheets: Iterable[Sheet], name: str) -> float:
    """Measure all lines of a kind, the legend's left out."""
    lines = [s for sheet in sheets for s in sheet.shapes if isinstance(s, Line) and s.colour == STROKES[name].colour]
    return sum(dist(a, b) for line in lines for a, b in pairwise(line.points)) - LEGEND_MM * len(list(sheets))


def test_what_is_dug_is_drawn_once_at_scale(sheets: list[Sheet], network: Network):
    """The lines to be built on all map sheets, measured with a ruler, are as long as the routes to be built."""
    drawn_m = _length_mm(sheets[1:], "new") * SCALE / 1000
    assert drawn_m == pytest.approx(sum(route.length_m for route in network.routes if route.state == "new"), rel=0.01)


def test_scale_bar_is_as_long_as_it_says(sheets: list[Sheet]):
    """Four steps of the bar, measured in millimetres, are the metres written at its end."""
    for sheet in sheets:
        said = next(s for s in sheet.shapes if isinstance(s, Text) and s.text.endswith(" m") and s.anchor == "middle")
        start = next(s for s in sheet.shapes if isinstance(s, Text) and s.text == "0" and s.y == said.y)
        scale = int(next(s.text for s in sheet.shapes if isinstance(s, Text) and s.text.startswith("1:"))[2:])
        assert (said.x - start.x) * scale / 1000 == pytest.approx(float(said.text[:-2]))


def test_index_has_every_sheet(sheets: list[Sheet]):
    """The index sheet names each map sheet by its number."""
    numbers = {s.text for s in sheets[0].shapes if isinstance(s, Text) and s.bold and s.text.isdigit()}
    assert numbers == {str(number) for number in range(1, len(sheets))}


def test_places_stand_on_the_maps(sheets: list[Sheet], network: Network):
    """Offices, cabinets and rooms are named on some map sheet."""
    said = " ".join(s.text for sheet in sheets[1:] for s in sheet.shapes if isinstance(s, Text))
    for node in network.nodes:
        if node.kind in ("office", "cabinet"):
            assert node.id in said


def test_nothing_is_drawn_outside_the_border(sheets: list[Sheet]):
    """Lines and areas stay on the paper, inside its border."""
    for sheet in sheets:
        for shape in sheet.shapes:
            if isinstance(shape, Line | Area):
                for x, y in shape.points:
                    assert -3 <= x <= sheet.width_mm + 3
                    assert -3 <= y <= sheet.height_mm + 3


def test_scale_is_chosen_to_fit(network: Network):
    """Without a given scale the town takes a usual one and at most forty sheets."""
    found = list(map_sheets(Set(network=network, paper="A4", words=str), Survey(network)))
    assert 2 <= len(found) <= 41
