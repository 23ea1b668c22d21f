"""Splice diagrams: every splice once, with the colours of its tubes and fibres."""

import pytest

from ponplan.errors import CatalogueError
from ponplan.report.drawing.frame import Set
from ponplan.report.drawing.sheet import Area, Dot, Text
from ponplan.report.drawing.splices import colours_of, node_splices, splice_sheets
from ponplan.topology.network import Network
from ponplan.topology.survey import Survey


def test_every_splice_between_cables_is_there_once(network: Network):
    """As many as the survey counts, each at its node, and no fibre is joined twice in one place."""
    survey = Survey(network)
    splices = node_splices(survey)
    between = {node: [s for s in found if s.left.kind == s.right.kind == "cable"] for node, found in splices.items()}
    assert sum(map(len, between.values())) == len(survey.joints)
    for joint in survey.joints:
        cables = {network.cables[joint.before].id, network.cables[joint.after].id}
        assert any({one.left.thing, one.right.thing} == cables for one in between[joint.node])
    for found in splices.values():
        ends = [end for splice in found for end in (splice.left, splice.right)]
        assert len(ends) == len(set(ends))


def test_every_splitter_leg_in_use_is_joined_where_it_stands(network: Network):
    """Each link that leaves a splitter begins in the splitter's place at its leg."""
    splices = node_splices(Survey(network))
    places = {splitter.id: splitter.node for splitter in network.splitters}
    for link in network.links:
        if link.from_device in places:
            found = [one.left for one in splices[places[link.from_device]] if one.link is link]
            assert any(end.kind == "leg" and end.fibre == link.from_port for end in found)


def test_colours_are_those_of_the_order(network: Network, drawn: Set):
    """Each patch has the colour whose name and number stand beside it, in either order of colours."""
    survey = Survey(network)
    for scheme in ("tia-598", "gb"):
        colours = colours_of(network.catalogue, scheme)
        named = {colour.description: f"#{colour.rgb}" for colour in colours.values()}
        patches = 0
        for sheet in splice_sheets(drawn, survey, scheme=scheme):
            for before, after in zip(sheet.shapes, sheet.shapes[1:], strict=False):
                is_patch = (
                    isinstance(before, Area)
                    and isinstance(after, Text)
                    and after.text.startswith(("tube ", "fibre "))
                )
                if is_patch:
                    _word, number, name = after.text.split()
                    assert before.fill == named[name] == f"#{colours[(int(number) - 1) % len(colours) + 1].rgb}"
                    patches += 1
        assert patches > 1000


def test_one_dot_for_each_splice(network: Network, drawn: Set):
    """The sheets of the town show as many joints as there are."""
    survey = Survey(network)
    dots = sum(isinstance(s, Dot) for sheet in splice_sheets(drawn, survey, scheme="gb") for s in sheet.shapes)
    assert dots == sum(map(len, node_splices(survey).values()))


def test_an_unknown_order_is_refused(network: Network):
    """The message names the orders that there are."""
    with pytest.raises(CatalogueError, match="gb, tia-598"):
        colours_of(network.catalogue, "rainbow")
