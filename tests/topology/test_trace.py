"""Traces of customers in hand-made networks."""

from __future__ import annotations

import pytest

from ponplan.errors import DesignFileError
from ponplan.topology import Network, trace_customer


def test_trace_names_every_element_in_order(star: Network) -> None:
    """From port to terminal: both ends of every link, splitter, cable, splice at the closure, drop."""
    (path,) = trace_customer(star, "c3").paths
    assert [(element.kind, element.id) for element in path.elements] == [
        ("port", "olt-office-p1"),
        ("termination", "olt"),
        ("termination", "splitter-input"),
        ("splitter", "s1"),
        ("termination", "splitter-output"),
        ("fibre", "street"),
        ("splice", "l4"),
        ("fibre", "d3"),
        ("termination", "onu"),
        ("onu", "onu-c3"),
    ]
    assert [element.node for element in path.elements if element.kind == "splice"] == ["k2"]
    assert [element.length_m for element in path.elements if element.kind == "fibre"] == [700.0, 40.0]


def test_losses_of_elements_add_up(any_network: Network) -> None:
    """Light lost on a path is the sum of what its elements take, both ways, worst and typical."""
    for customer in any_network.customers:
        for path in trace_customer(any_network, customer.id).paths:
            for direction, light in path.light.items():
                parts = [getattr(element, f"{direction}_max_db") for element in path.elements]
                typical = [getattr(element, f"{direction}_typical_db") for element in path.elements]
                assert sum(parts) == pytest.approx(light.max_loss_db, abs=0.001)
                assert sum(typical) == pytest.approx(light.typical_loss_db, abs=0.001)
            assert sum(element.length_m for element in path.elements) == pytest.approx(path.length_m, abs=0.002)


def test_received_power_by_hand(tiny: Network) -> None:
    """14.475 dB below +2 dBm is -12.475 dBm; 23.5 dB allowed less 14.585 up and 1 of margin leaves 7.915."""
    light = trace_customer(tiny, "c1").paths[0].light
    assert light["down"].received_min_dbm == pytest.approx(-12.475)
    assert light["down"].received_max_dbm == pytest.approx(7 - 12.142)
    assert light["up"].reserve_db == pytest.approx(7.915)


def test_tube_and_colour_of_a_fibre(builder: type) -> None:
    """Fibre 17 of a cable with twelve fibres a tube is the fifth of the second tube."""
    town = builder("tubes", "gpon")
    town.node("office", "office", 0, 0)
    town.node("home", "premises", 100, 0)
    town.route("office", "home")
    town.cable("c", "distribution", "trunk-48", "office", "home")
    town.olt(ports=1, optics="optics-gpon-b+", card="card-gpon-8")
    town.customer("a", "home", onu="onu-gpon-1ge")
    town.link("olt-office-p1", "onu-a", ("c", 17))
    (path,) = trace_customer(town.finish(), "a").paths
    (fibre,) = (element for element in path.elements if element.kind == "fibre")
    assert (fibre.fibre, fibre.tube, fibre.colour) == (17, 2, 5)


def test_working_path_comes_first(full: Network) -> None:
    """A fully protected customer has a working and a protecting path, to interfaces 1 and 2."""
    paths = trace_customer(full, "c1").paths
    assert [(path.role, path.port, path.interface) for path in paths] == [
        ("working", "olt-office-p1", 1),
        ("protecting", "olt-office-p2", 2),
    ]


def test_unknown_customer_is_refused_with_near_names(tiny: Network) -> None:
    """A misspelt id is refused, with ids that look like it."""
    with pytest.raises(DesignFileError, match="did you mean c"):
        trace_customer(tiny, "c11")
