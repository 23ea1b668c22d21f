"""Single-line diagrams: every terminal once, with the figures of its path, readable at 128."""

from collections import Counter
from dataclasses import replace

import pytest

from ponplan.report.drawing.frame import Set
from ponplan.report.drawing.sheet import Sheet, Text, width_mm
from ponplan.report.drawing.singleline import single_line_sheets
from ponplan.topology.network import Network
from ponplan.topology.reserves import path_reserves_db
from ponplan.topology.survey import Survey

LEAST_LETTER_MM = 1.8  # ISO 3098-1 begins at letters of 1.8 mm


@pytest.fixture(scope="module")
def sheets(full_pon: Network) -> list[Sheet]:
    """Draw the PON with 128 terminals."""
    return list(single_line_sheets(Set(network=full_pon, paper="A3", words=str), Survey(full_pon)))


def _texts(sheet: Sheet) -> list[Text]:
    return [shape for shape in sheet.shapes if isinstance(shape, Text)]


def test_every_terminal_stands_on_one_row(sheets: list[Sheet]):
    """128 terminals take a few sheets, and each stands on exactly one of them."""
    assert 3 <= len(sheets) <= 5
    found = Counter(text.text for sheet in sheets for text in _texts(sheet) if text.text.startswith("onu"))
    assert found == {f"onu{n}": 1 for n in range(1, 129)}


def test_letters_can_be_read_and_lie_apart(sheets: list[Sheet]):
    """No letter is smaller than the standard's smallest, and no two texts of a sheet lie over each other."""
    for sheet in sheets:
        texts = _texts(sheet)
        assert min(text.size_mm for text in texts) >= LEAST_LETTER_MM
        boxes = []
        for text in texts:
            wide = 0.8 * width_mm(text.text, text.size_mm)  # the estimate is on the long side
            left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
            boxes.append((left, text.y - 0.7 * text.size_mm, left + wide, text.y, text.text))
        for place, (a, b, c, d, text) in enumerate(boxes):
            for left, top, right, bottom, other in boxes[place + 1 :]:
                assert c <= left or right <= a or d <= top or bottom <= b, (text, other)


def test_lengths_and_losses_are_those_of_the_path(sheets: list[Sheet], full_pon: Network):
    """The row of the 50 m drop says 50.0 m, 1050.0 m in all, and the loss and reserve that the survey measures."""
    survey = Survey(full_pon)
    row = next(text.y for sheet in sheets for text in _texts(sheet) if text.text == "onu50")
    sheet = next(sheet for sheet in sheets if any(text.text == "onu50" for text in _texts(sheet)))
    said = {text.text for text in _texts(sheet) if abs(text.y - row) < 0.01}
    paths = survey.onu_paths
    path = paths.onus.tolist().index(49)
    down, up = (paths.loss[way].max_db[path] for way in ("down", "up"))
    left = path_reserves_db(survey)[path]
    assert {"50.0", "1050.0", f"{down:.2f} / {up:.2f}", f"{left[0]:.2f} / {left[1]:.2f}", "50"} <= said
    assert "c-home50:1 50.0 m" in said


def test_splitter_shows_ratio_and_loss(sheets: list[Sheet], full_pon: Network):
    """Each sheet shows the splitter with its ratio, its loss and its place, and the feeder in words."""
    kind = full_pon.catalogue.splitters["splitter-1x128"]
    for sheet in sheets:
        said = {text.text for text in _texts(sheet)}
        assert {"s1  1:128", f"{kind.max_loss_db:.2f} dB"} <= said
        assert any(text.startswith("feeder: port to s1, 1000.0 m") for text in said)


def test_every_port_of_a_town_is_drawn(network: Network, drawn: Set):
    """Each working port has its diagram, and all terminals of the town stand on some sheet."""
    sheets = list(single_line_sheets(drawn, Survey(network)))
    subjects = {sheet.subject.split(": ")[1] for sheet in sheets}
    assert subjects == {port.id for port in network.ports if port.role == "working"}
    said = {text.text for sheet in sheets for text in _texts(sheet)}
    assert {onu.id for onu in network.onus} <= said


def test_nothing_leaves_the_sheet(sheets: list[Sheet]):
    """Every text begins and ends on the paper."""
    for sheet in sheets:
        for text in _texts(sheet):
            wide = 0.8 * width_mm(text.text, text.size_mm)
            left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
            assert left >= 0
            assert left + wide <= sheet.width_mm
            assert 0 < text.y < sheet.height_mm


def test_an_unused_splitter_is_shown(full_pon: Network):
    """A splitter that feeds nobody stands on the sheet and says so."""
    bare = replace(full_pon, links=full_pon.links[:1], onus=(), customers=())
    sheets = list(single_line_sheets(Set(network=bare, paper="A3", words=str), Survey(bare)))
    said = {text.text for sheet in sheets for text in _texts(sheet)}
    assert "no terminal" in said
    assert "s1  1:128" in said
