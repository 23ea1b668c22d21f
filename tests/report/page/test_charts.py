"""Charts: their geometry follows the numbers, their text is text."""

import re
import xml.etree.ElementTree as ET

import pytest

from ponplan.report.page.charts import WIDTH, Bar, Chart, Series, bars, curves, histogram

HOSTILE = '</text><script>alert(1)</script>"&'


def _shapes(chart: Chart, tag: str) -> list[dict[str, str]]:
    """Parse the drawing, which must be well-formed, and give the attributes of every shape of a kind."""
    return [dict(node.attrib) for node in ET.fromstring(str(chart.svg)).iter(tag)]  # noqa: S314 - our own


def test_bars_are_as_long_as_their_values():
    """The longest bar takes the width, others their share of it."""
    chart = bars([Bar(label="a", value=200.0, text="200"), Bar(label="b", value=50.0, text="50")], title="t")
    widths = [float(shape["width"]) for shape in _shapes(chart, "rect")]
    assert widths == [WIDTH, WIDTH / 4]


def test_a_histogram_shows_every_count():
    """Heights are in proportion to counts, and bins below zero are marked."""
    chart = histogram([4, 0, 8], [-1.0, 0.0, 1.0], 1.0, title="t", axis="dB")
    shapes = _shapes(chart, "rect")
    heights = [float(shape["height"]) for shape in shapes]
    assert heights[0] == pytest.approx(heights[2] / 2)
    assert heights[1] == 0.0
    assert [shape["class"] for shape in shapes] == ["bad", "s0", "s0"]


def test_a_gap_in_a_line_stays_a_gap():
    """What is not known is not drawn as something known."""
    chart = curves([0.0, 1.0, 2.0, 3.0], [Series(label="a", values=[1.0, None, 2.0, 3.0])], title="t", axis="x")
    ways = [shape["points"] for shape in _shapes(chart, "polyline") if shape["class"] == "line c0"]
    assert [len(way.split()) for way in ways[:2]] == [1, 2]


def test_a_logarithmic_axis_leaves_out_nothing_but_nothing():
    """Ten times as much is one step up, wherever it begins; zero has no place."""
    chart = curves(
        [0.0, 1.0, 2.0, 3.0],
        [Series(label="a", values=[0.0, 1.0, 10.0, 100.0])],
        title="t",
        axis="x",
        logarithmic=True,
    )
    way = next(shape["points"] for shape in _shapes(chart, "polyline") if shape["class"] == "line c0")
    heights = [float(point.split(",")[1]) for point in way.split()]
    assert len(heights) == 3
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)


@pytest.mark.parametrize("count", [0, 1])
def test_charts_of_nothing_are_drawn(count: int):
    """No data, one datum or only zeros give a chart, not an error."""
    bars([Bar(label="a", value=0.0, text="0")] * count, title="t")
    histogram([0] * count, [0.0] * count, 1.0, title="t", axis="x")
    curves([1.0] * count, [Series(label="a", values=[0.0] * count)], title="t", axis="x")
    curves([1.0] * count, [Series(label="a", values=[None] * count)], title="t", axis="x", logarithmic=True)


def test_hostile_labels_are_text():
    """Nothing a user writes becomes a tag."""
    chart = bars([Bar(label=HOSTILE, value=1.0, text=HOSTILE)], title=HOSTILE)
    assert not re.search("<script", str(chart.svg))
    texts = [node.text for node in ET.fromstring(str(chart.svg)).iter("text")]  # noqa: S314
    assert texts == [HOSTILE, HOSTILE]
