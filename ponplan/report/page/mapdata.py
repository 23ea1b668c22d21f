"""What the page's map draws and its search finds: places, routes, customers and every light path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.report.page.encoding import Names, differences, lines, points, tenths, thousandths
from ponplan.report.routes import route_bits
from ponplan.topology.reserves import path_reserves_db, port_fill_by_year
from ponplan.topology.trace import link_elements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey

SPLICE, TERMINATION, FIBRE = 0, 1, 2  # kinds of elements; splitters and terminals follow from the link
_ADDRESS_KEYS = ("address", "street", "addr")
_LONGEST_ADDRESS = 120


def map_data(survey: Survey) -> dict[str, object]:
    """Give all that the map needs as plain lists; coordinates are WGS 84."""
    network = survey.network
    places = {node.id: number for number, node in enumerate(_shown_nodes(survey))}
    return {
        "nodes": _nodes(survey),
        "routes": _routes(survey),
        "customers": _customers(survey),
        "cables": {"id": [cable.id for cable in network.cables], "type": [cable.type for cable in network.cables]},
        "splitters": _splitters(survey, places),
        "ports": _ports(survey, places),
        "onus": _onus(survey),
        "links": _links(survey, places),
        "paths": _paths(survey),
        "terminations": list(survey.catalogue.terminations),
    }


def _shown_nodes(survey: Survey) -> list[Node]:
    """Give the nodes that the map shows; premises are shown as customers."""
    return [node for node in survey.network.nodes if node.kind != "premises"]


def _nodes(survey: Survey) -> dict[str, object]:
    chosen = _shown_nodes(survey)
    kinds, enclosures = Names(("office", "cabinet", "room", "closure")), Names()
    return {
        **points(np.array([(node.x_m, node.y_m) for node in chosen], np.float64), survey.network.crs),
        "id": [node.id for node in chosen],
        "name": [node.name for node in chosen],
        "kind": [kinds.number(node.kind) for node in chosen],
        "kinds": kinds.words,
        "enclosure": [enclosures.number(node.enclosure) for node in chosen],
        "enclosures": enclosures.words,
        "splices": [survey.node_fibres[node.id] for node in chosen],
    }


def _routes(survey: Survey) -> dict[str, object]:
    network, surfaces, bits = survey.network, Names(), route_bits(survey)
    return {
        **lines(network.route_lines, network.crs),
        "id": [route.id for route in network.routes],
        "bits": [bits[route.id] for route in network.routes],
        "surface": [surfaces.number(route.surface) for route in network.routes],
        "surfaces": surfaces.words,
        "dm": tenths([route.length_m for route in network.routes]),
        "cables": [len(survey.route_cables.get(route.id, ())) for route in network.routes],
    }


def _customers(survey: Survey) -> dict[str, object]:
    customers, classes, reasons = survey.network.customers, Names(), Names(("",))
    return {
        **points(np.array([(c.x_m, c.y_m) for c in customers], np.float64), survey.network.crs),
        "id": [customer.id for customer in customers],
        "name": [customer.name if customer.name != customer.id else "" for customer in customers],
        "address": [_address(customer.attributes) for customer in customers],
        "class": [classes.number(customer.customer_class) for customer in customers],
        "classes": classes.words,
        "reason": [reasons.number(customer.unserved) for customer in customers],
        "reasons": reasons.words,
        "protection": [customer.protection if customer.protection != "none" else "" for customer in customers],
    }


def _address(attributes: Mapping[str, object]) -> str:
    """Give the planner's own address column, if there is one."""
    for key in _ADDRESS_KEYS:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value[:_LONGEST_ADDRESS]
    return ""


def _splitters(survey: Survey, places: dict[str, int]) -> dict[str, object]:
    splitters, types = survey.network.splitters, Names()
    return {
        "id": [splitter.id for splitter in splitters],
        "node": [places.get(splitter.node, -1) for splitter in splitters],
        "type": [types.number(splitter.type) for splitter in splitters],
        "types": types.words,
        "stage": [splitter.stage for splitter in splitters],
        "used": [len(survey.index.links_from.get(splitter.id, ())) + len(splitter.taken) for splitter in splitters],
    }


def _ports(survey: Survey, places: dict[str, int]) -> dict[str, object]:
    ports, fill = survey.network.ports, port_fill_by_year(survey)
    technologies = Names()
    return {
        "id": [port.id for port in ports],
        "node": [places.get(survey.index.device_nodes.get(port.id, ""), -1) for port in ports],
        "technology": [technologies.number(port.technology) for port in ports],
        "technologies": technologies.words,
        "protecting": [int(port.role == "protecting") for port in ports],
        "onus": survey.port_onus.tolist(),
        "now": thousandths(fill[0].max(axis=1)) if len(ports) else [],
        "horizon": thousandths(fill[-1].max(axis=1)) if len(ports) else [],
    }


def _onus(survey: Survey) -> dict[str, object]:
    rows = {customer.id: row for row, customer in enumerate(survey.network.customers)}
    types = Names()
    return {
        "id": [onu.id for onu in survey.network.onus],
        "customer": [rows.get(onu.customer, -1) for onu in survey.network.onus],
        "type": [types.number(onu.type) for onu in survey.network.onus],
        "types": types.words,
    }


def _links(survey: Survey, places: dict[str, int]) -> dict[str, object]:
    """Give each link with the routes it lies in and the elements that light meets in it.

    A device is numbered through ports, splitters and terminals, in this order.
    """
    network, routes = survey.network, {route.id: row for row, route in enumerate(survey.network.routes)}
    devices = Names(record.id for group in (network.ports, network.splitters, network.onus) for record in group)
    ports = _port_of_links(survey)
    elements = [_elements(survey, row, ports[row], places) for row in range(len(network.links))]
    ways = [[routes[name] for piece in run.pieces for name in survey.routes_of(piece)] for run in survey.runs]
    return {
        "id": [link.id for link in network.links],
        "protecting": [int(link.role == "protecting") for link in network.links],
        "from": [devices.places.get(link.from_device, -1) for link in network.links],
        "leg": [link.from_port for link in network.links],
        "to": [devices.places.get(link.to_device, -1) for link in network.links],
        "routes": [differences(way) for way in ways],
        "elements": [found[0] for found in elements],
        "legs": [found[1] for found in elements],
    }


def _port_of_links(survey: Survey) -> list[int]:
    """Give the row of a port whose light passes each link, -1 where none does."""
    found = np.full(len(survey.network.links), -1, np.int64)
    found[survey.arrivals.links[::-1]] = survey.arrivals.ports[::-1]
    return found.tolist()


def _elements(survey: Survey, row: int, port: int, places: dict[str, int]) -> tuple[list[list[int]], list[int]]:
    """Give the elements of a link, and the loss of the splitter leg and of the terminal, in thousandths of a dB."""
    if port < 0:
        return [], [0, 0]
    kinds = list(survey.catalogue.terminations)
    found: list[list[int]] = []
    own = [0, 0]
    for element in link_elements(survey, survey.network.ports[port], row):
        place = places.get(element.node, -1)
        loss = _pair(element.down_max_db, element.up_max_db)
        if element.kind == "splice":
            found.append([SPLICE, place, *loss])
        elif element.kind == "termination":
            found.append([TERMINATION, place, *loss, kinds.index(element.id)])
        elif element.kind == "fibre":
            cable = survey.index.cable_rows[element.id]
            colour = (element.tube or 0, element.colour or 0)
            found.append([FIBRE, cable, *loss, round(element.length_m * 10), element.fibre or 0, *colour])
        else:
            own[int(element.kind == "onu")] = loss[0]
    return found, own


def _pair(down_db: float, up_db: float) -> tuple[int, int]:
    return round(down_db * 1000), round(up_db * 1000)


def _paths(survey: Survey) -> dict[str, object]:
    """Give every path from a port to a terminal, working ones of a terminal first."""
    paths, arrivals = survey.onu_paths, survey.arrivals
    order = np.lexsort((np.arange(len(paths.onus)), ~paths.working, paths.onus))
    reserves = path_reserves_db(survey)[order]
    ways = [
        [int(arrivals.links[step]) for step in arrivals.way_back(int(paths.arrivals[path]))]
        for path in order.tolist()
    ]
    return {
        "onu": paths.onus[order].tolist(),
        "port": paths.ports[order].tolist(),
        "working": paths.working[order].astype(int).tolist(),
        "interface": paths.interfaces[order].tolist(),
        "dm": tenths(paths.lengths_m[order]),
        "down": thousandths(paths.loss["down"].max_db[order]),
        "up": thousandths(paths.loss["up"].max_db[order]),
        "margin": thousandths(paths.margins_db[order]),
        "down_left": thousandths(reserves[:, 0]),
        "up_left": thousandths(reserves[:, 1]),
        "links": ways,
    }
