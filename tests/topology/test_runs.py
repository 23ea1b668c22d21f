"""How links pass cables: where they enter, leave and are spliced."""

from __future__ import annotations

from dataclasses import replace

from ponplan.topology import Network, check_network
from ponplan.topology.survey import Survey


def test_reused_fibre_beyond_a_cut_is_no_double_use(builder: type) -> None:
    """A fibre cut at a closure may serve one link before and another behind it, but not two on one stretch."""

    def network(second_start: str) -> Network:
        town = builder("cut", "gpon")
        for name, x_m in (("a", 0), ("b", 300), ("c", 600)):
            town.node(name, "office" if name == "a" else "closure", x_m, 0, "" if name == "a" else "closure-12")
        town.route("a", "b")
        town.route("b", "c")
        town.cable("street", "distribution", "trunk-4", "a", "b", "c")
        town.olt(ports=2, optics="optics-gpon-b+", card="card-gpon-8", node="a")
        town.splitter("s1", "b", "splitter-1x8")
        town.splitter("s2", "c", "splitter-1x8", stage=2)
        town.link("olt-a-p1", "s1", ("street", 1))
        town.link(second_start, "s2", ("street", 1))
        return town.finish()

    def rules(network: Network) -> set[str]:
        return {violation.rule for violation in check_network(network)}

    assert "fibre-single-use" not in rules(network("s1"))
    assert "fibre-single-use" in rules(network("olt-a-p2"))


def test_cables_crossing_where_nothing_stands_cannot_be_spliced(builder: type) -> None:
    """Two cables that pass the same junction on their way meet there, but a splice needs a node."""
    town = builder("crossing", "gpon")
    for name, x_m, y_m in (("office", 0, 0), ("x", 300, 0), ("end", 600, 0), ("far", 300, -300), ("home", 300, 300)):
        town.node(name, "office" if name == "office" else "premises", x_m, y_m)
    for start, end in (("office", "x"), ("x", "end"), ("far", "x"), ("x", "home")):
        town.route(start, end)
    town.cable("we", "feeder", "trunk-4", "office", "x", "end")
    town.cable("sn", "distribution", "trunk-4", "far", "x", "home")
    town.olt(ports=1, optics="optics-gpon-b+", card="card-gpon-8")
    town.customer("a", "home", onu="onu-gpon-1ge")
    town.link("olt-office-p1", "onu-a", ("we", 1), ("sn", 1))
    with_node = town.finish()
    del town.nodes["x"]
    without_node = town.finish()
    assert Survey(with_node).runs[0].length_m == 600.0
    assert "splice-place" not in {violation.rule for violation in check_network(with_node)}
    assert "splice-place" in {violation.rule for violation in check_network(without_node)}


def test_cable_laid_the_other_way_round_is_the_same(star: Network) -> None:
    """Turning a cable's ends and routes round changes no length and breaks nothing."""
    cables = tuple(
        replace(cable, from_node=cable.to_node, to_node=cable.from_node, routes=cable.routes[::-1])
        for cable in star.cables
    )
    turned = replace(star, cables=cables)
    assert Survey(turned).onu_paths.lengths_m.tolist() == Survey(star).onu_paths.lengths_m.tolist()
    assert check_network(turned) == ()


def test_light_in_a_circle_ends(two_stage: Network) -> None:
    """A link back to a splitter that light has passed is told and followed no further."""
    back = replace(two_stage.links[0], id="back", from_device="s1", from_port=8, to_device="s0", to_port=2)
    survey = Survey(replace(two_stage, links=(*two_stage.links, back)))
    assert survey.arrivals.loops == ("back",)
    assert len(survey.onu_paths.onus) == 4
