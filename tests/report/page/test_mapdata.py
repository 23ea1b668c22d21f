"""The map's data: they say what the network and its survey say."""

import json
from itertools import accumulate

import numpy as np
import pytest

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.report.page.mapdata import map_data
from ponplan.report.routes import PROTECTING_BIT, WORKING_BIT
from ponplan.topology.network import Network
from ponplan.topology.survey import Survey
from ponplan.topology.trace import trace_customer


@pytest.fixture(scope="module")
def drawn(network: Network) -> dict:
    """Give the data as a browser gets them."""
    return json.loads(json.dumps(map_data(Survey(network)), allow_nan=False))


def test_every_customer_is_where_it_is(network: Network, drawn: dict):
    """Sums of the steps are longitude and latitude to a ten-millionth of a degree and a half step."""
    xy = np.array([(customer.x_m, customer.y_m) for customer in network.customers])
    wanted = transform_xy(xy, network.crs, WGS84)
    for column, name in enumerate("xy"):
        found = np.array(list(accumulate(drawn["customers"][name]))) / 1e6
        assert np.abs(found - wanted[:, column]).max() <= 0.51e-6


def test_losses_of_elements_add_up_to_the_path(drawn: dict):
    """Light lost on a path is what its elements take, each rounded to a thousandth of a decibel."""
    links, paths = drawn["links"], drawn["paths"]
    assert len(paths["links"]) > 0
    for path, way in enumerate(paths["links"]):
        for column, name in ((2, "down"), (3, "up")):
            total = sum(element[column] for link in way for element in links["elements"][link])
            total += sum(sum(links["legs"][link]) for link in way)
            assert total == pytest.approx(paths[name][path], abs=0.5 * (3 + 8 * len(way)))


def test_a_path_is_what_trace_says(network: Network, drawn: dict):
    """Length, reserve and cables of one customer agree with `ponplan trace`."""
    row = 7
    traced = trace_customer(network, network.customers[row].id).paths[0]
    onu = drawn["onus"]["customer"].index(row)
    path = drawn["paths"]["onu"].index(onu)
    assert drawn["paths"]["dm"][path] == round(traced.length_m * 10)
    assert drawn["paths"]["up_left"][path] == pytest.approx(traced.light["up"].reserve_db * 1000, abs=1)
    cables = [
        drawn["cables"]["id"][element[1]]
        for link in drawn["paths"]["links"][path]
        for element in drawn["links"]["elements"][link]
        if element[0] == 2
    ]
    assert cables == [element.id for element in traced.elements if element.kind == "fibre"]


def test_lit_routes_are_those_with_light(network: Network, drawn: dict):
    """A route is marked as lit if a working link passes it, and only then; without protection none is protecting."""
    survey = Survey(network)
    lit = {name for run in survey.runs for piece in run.pieces for name in survey.routes_of(piece)}
    marked = {
        name for name, bits in zip(drawn["routes"]["id"], drawn["routes"]["bits"], strict=True) if bits & WORKING_BIT
    }
    assert marked == lit
    assert not any(bits & PROTECTING_BIT for bits in drawn["routes"]["bits"])
