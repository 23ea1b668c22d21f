"""A design recounted from its file with sqlite3 and shapely alone: nothing here is imported from ponplan."""

import csv
import io
import math
import shutil
import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
import shapely

ROOT = Path(__file__).resolve().parents[2]
AREAS = ("mixed-town", "bank-district", "industrial-park", "road-bus", "business-town", "high-rise", "star-campus")
MAP = ROOT.parent / "shared" / "data" / "area" / "liechtenstein.osm.pbf"
GEOPACKAGE_HEADER = 8  # bytes before the envelope
ENVELOPE_BYTES = (0, 32, 48, 48, 64)


class Plan:
    """The tables of a design file as lists of dictionaries."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = sqlite3.connect(path)
        self.database.row_factory = sqlite3.Row
        text = dict(self.database.execute("SELECT name, csv FROM catalogue"))
        self.catalogue = {
            name: {row["id"]: row for row in csv.DictReader(io.StringIO(table))} for name, table in text.items()
        }

    def rows(self, table: str) -> list[dict[str, object]]:
        """Give a table's rows in file order."""
        return [dict(row) for row in self.database.execute(f'SELECT * FROM "{table}" ORDER BY fid')]  # noqa: S608

    def new(self, table: str) -> list[dict[str, object]]:
        """Give a table's rows that are to be built."""
        return [row for row in self.rows(table) if row["state"] == "new"]

    def fact(self, name: str) -> float:
        """Give a numeric fact of the run."""
        return float(self.database.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()[0])

    def strands(self) -> list[tuple[dict[str, object], list[tuple[str, int]]]]:
        """Give every link with its strands taken apart."""
        found = []
        for link in self.rows("links"):
            words = [word.rpartition(":") for word in str(link["strands"]).split()]
            found.append((link, [(unquote(cable), int(fibre)) for cable, _, fibre in words]))
        return found


@pytest.fixture(scope="module", params=[*AREAS, "Planken"])
def plan(
    request: pytest.FixtureRequest,
    ponplan: Callable[..., subprocess.CompletedProcess[str]],
    planned_file: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Plan:
    """Design a bundled area, or a town of the shared map, write its papers and open the file."""
    folder = tmp_path_factory.mktemp("second")
    target = folder / "plan.gpkg"
    commands = [("bom", target, "-o", folder / "bom.csv"), ("pack", target, "-o", folder / "pack")]
    if request.param == "Planken":
        if not MAP.exists():
            pytest.skip("the map of Liechtenstein is not there")
        area = folder / "area"
        commands.insert(0, ("import", "osm", MAP, "--place", "Planken", "-o", area))
        commands.insert(1, ("design", area, "-o", target))
    else:
        shutil.copy(planned_file(request.param), target)
    for command in commands:
        done = ponplan(*command)
        assert done.returncode == 0, done.stderr
    return Plan(target)


def _paper(plan: Plan, name: str) -> list[dict[str, str]]:
    """Give the rows of a written CSV file."""
    with (plan.path.parent / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _line(blob: bytes) -> shapely.LineString:
    return shapely.from_wkb(blob[GEOPACKAGE_HEADER + ENVELOPE_BYTES[(blob[3] >> 1) & 7] :])


def _recount(plan: Plan) -> Counter[str]:
    """Count every item of the bill anew."""
    items: Counter[str] = Counter()
    catalogue = plan.catalogue
    for route in plan.new("routes"):
        items[route["surface"]] += route["length_m"]
        if route["duct"] and catalogue["surfaces"][route["surface"]]["method"] == "trench":
            items[route["duct"]] += route["length_m"] * route["bores"]
    for cable in plan.new("cables"):
        items[cable["type"]] += cable["length_m"] + cable["slack_m"]
    for node in plan.new("nodes"):
        if node["enclosure"]:
            items[node["enclosure"]] += 1
            items[f"{catalogue['enclosures'][node['enclosure']]['kind']}-installation"] += 1
    for table in ("olts", "cards", "splitters", "onus"):
        items.update(row["type"] for row in plan.new(table))
    items.update(row["optics"] for row in plan.new("ports"))
    items["pon-port-commissioning"] = len(plan.new("ports"))
    items["splitter-installation"] = len(plan.new("splitters"))
    items["drop-connection"] = items["onu-commissioning"] = len(plan.new("onus"))
    items += _bearer(plan)
    ports, splitters = ({row["id"] for row in plan.rows(table)} for table in ("ports", "splitters"))
    ends = {name: int(row["splices"]) for name, row in catalogue["terminations"].items()}
    old = {row["id"] for row in plan.rows("links") if row["state"] == "existing"}
    for link, strands in plan.strands():
        if link["id"] in old:
            continue
        first = "olt" if link["from_device"] in ports else "splitter-output"
        last = "splitter-input" if link["to_device"] in splitters else "onu"
        items["splice"] += ends[first] + max(len(strands) - 1, 0) + ends[last]
        items["odf-port"] += link["from_device"] in ports
    return items


def _bearer(plan: Plan) -> Counter[str]:
    """Count what is behind the OLTs: elements, transceivers at the ends that are ours, pairs of fibres."""
    items: Counter[str] = Counter()
    ours = {row["id"] for row in plan.rows("bearer_elements")}
    for element in plan.new("bearer_elements"):
        items[element["type"]] += 1
        items["bearer-commissioning"] += 1
    prices = plan.catalogue["prices"]
    by_rate: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for row in plan.catalogue["bearer_optics"].values():
        price = prices[row["id"]]
        cost = float(price["material_cost"]) + float(price["labour_cost"])
        by_rate[int(row["line_bps"])].append((cost, row["id"]))
    joined = [(row["rate_bps"], row["to"], 0.0) for row in plan.new("uplinks")]
    joined += [(row["rate_bps"], row["to_element"], row["length_m"]) for row in plan.new("bearer_links")]
    for rate_bps, far, length_m in joined:
        items[min(by_rate[rate_bps])[1]] += 2 if far in ours else 1
        items["backbone-fibre"] += 2.0 * length_m
    return items


def test_every_quantity_of_the_bill(plan: Plan):
    """Counted twice, by two programs, to the millimetre and the piece."""
    billed = {line["item"]: line["quantity"] for line in plan.rows("bill")}
    counted = {item: quantity for item, quantity in _recount(plan).items() if quantity}
    assert billed.keys() == counted.keys()
    for item, quantity in counted.items():
        assert billed[item] == pytest.approx(quantity, abs=2e-3), item


def test_the_bill_is_the_cost(plan: Plan):
    """Each line is quantity times price to the cent, and the lines add up to the cost."""
    prices = plan.catalogue["prices"]
    total = 0.0
    for line in plan.rows("bill"):
        price = prices[line["item"]]
        each = float(price["material_cost"]) + float(price["labour_cost"])
        assert line["total_cost"] == pytest.approx(line["quantity"] * each, abs=0.0051)
        total += line["total_cost"]
    assert total == pytest.approx(plan.fact("cost_total"), abs=0.005)
    assert plan.fact("cost_bound") <= plan.fact("cost_total")


def test_lengths_are_those_of_the_lines(plan: Plan):
    """Routes are as long as they are drawn, cables as long as their routes, slack as the rule wants."""
    lengths = {}
    for route in plan.rows("routes"):
        assert route["length_m"] == pytest.approx(_line(route["geom"]).length, abs=2e-3)
        lengths[route["id"]] = route["length_m"]
    slack = plan.rows("rules")[0]["cable_slack"]
    for cable in plan.rows("cables"):
        routes = [unquote(word) for word in str(cable["routes"]).split()]
        assert cable["length_m"] == pytest.approx(math.fsum(lengths[route] for route in routes), abs=2e-3)
        assert cable["slack_m"] >= cable["length_m"] * slack - 1e-3


def test_no_fibre_is_used_twice_and_all_exist(plan: Plan):
    """A fibre of a cable belongs to one link, and the cable has that many fibres, with the spare ones dark."""
    used = defaultdict(list)
    for link, strands in plan.strands():
        for strand in strands:
            used[strand].append((link["from_device"], link["to_device"]))
    # a fibre may be cut at a tap, so that one link ends where the next begins
    assert all(one[1] == other[0] for links in used.values() for one, other in pairwise(_from_the_port(links)))
    lit = Counter(cable for cable, _ in used)
    spare = plan.rows("rules")[0]["spare_fibres"]
    types = plan.catalogue["cable_types"]
    for cable in plan.rows("cables"):
        fibres = int(types[cable["type"]]["fibres"])
        assert all(1 <= fibre <= fibres for name, fibre in used if name == cable["id"])
        if types[cable["type"]]["role"] == "trunk":
            assert lit[cable["id"]] * (1.0 + spare) <= fibres + 1e-6


def _from_the_port(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give links in order, each behind the one that ends where it begins."""
    begins = {link[0]: link for link in links}
    ends = {link[1] for link in links}
    ordered = [link for link in links if link[0] not in ends]
    while ordered and ordered[-1][1] in begins:
        ordered.append(begins[ordered[-1][1]])
    return ordered + [link for link in links if link not in ordered]


def test_light_reaches_every_customer(plan: Plan):
    """From each served customer's terminal back over splitter and fibres to a port, junction by junction."""
    nodes = {row["id"]: row["junction"] for row in plan.rows("nodes")}
    routes = {row["id"]: (row["from_junction"], row["to_junction"]) for row in plan.rows("routes")}
    passes = {row["id"]: _junctions(row, routes) for row in plan.rows("cables")}
    at = {row["id"]: nodes[row["node"]] for table in ("splitters", "onus") for row in plan.rows(table)}
    olts = {row["id"]: nodes[row["node"]] for row in plan.rows("olts")}
    cards = {row["id"]: olts[row["olt"]] for row in plan.rows("cards")}
    at |= {row["id"]: cards[row["card"]] for row in plan.rows("ports")}
    above = {}
    for link, strands in plan.strands():
        here = {at[link["from_device"]]}
        for cable, _ in strands:
            assert here & passes[cable], f"{link['id']} cannot enter {cable}"
            here = passes[cable]
        assert at[link["to_device"]] in here, link["id"]
        above[link["to_device"]] = link["from_device"]
    ports = {row["id"] for row in plan.rows("ports")}
    lit = set()
    for row in plan.rows("onus"):
        here = row["id"]
        while here in above:
            here = above[here]
        if here in ports:
            lit.add(row["customer"])
    served = {row["id"] for row in plan.rows("customers") if not row["unserved"]}
    assert lit == served
    assert len(served) == plan.fact("customers_served")


def _junctions(cable: dict[str, object], routes: dict[str, tuple[str, str]]) -> set[str]:
    """Give the junctions a cable passes; each route begins where the one before ended."""
    ways = [routes[unquote(word)] for word in str(cable["routes"]).split()]
    for way, after in pairwise(ways):
        assert set(way) & set(after), f"cable {cable['id']} is broken"
    return {junction for way in ways for junction in way}


def test_splitters_serve_no_more_than_their_legs(plan: Plan):
    """Every leg feeds one device, and none beyond the last."""
    legs = defaultdict(list)
    for link in plan.rows("links"):
        legs[link["from_device"]].append(link["from_port"])
    for splitter in plan.rows("splitters"):
        outputs = int(plan.catalogue["splitters"][splitter["type"]]["outputs"])
        assert sorted(set(legs[splitter["id"]])) == sorted(legs[splitter["id"]])
        assert all(1 <= leg <= outputs for leg in legs[splitter["id"]])


def test_the_written_bill_is_the_recount(plan: Plan):
    """The CSV's new parts of each item add up to the recount, and its cents to the cost."""
    counted = {item: quantity for item, quantity in _recount(plan).items() if quantity}
    written: Counter[str] = Counter()
    cents = 0
    for row in _paper(plan, "bom"):
        cents += round(100 * float(row["total_cost"]))
        if row["part"] == "rounding":
            assert abs(float(row["total_cost"])) < 0.01 * len(written) * 50
        elif row["state"] == "new":
            written[row["item"]] += float(row["quantity"])
    assert written.keys() == counted.keys()
    for item, quantity in counted.items():
        assert written[item] == pytest.approx(quantity, abs=2e-3), item
    assert cents == round(100 * plan.fact("cost_total"))


def test_cable_in_the_ground_is_as_long_as_it_is_drawn(plan: Plan):
    """Net metres of every cable type are the length of its lines on the map; slack and waste are the rest."""
    drawn: Counter[str] = Counter()
    slack: Counter[str] = Counter()
    for cable in plan.new("cables"):
        drawn[cable["type"]] += _line(cable["geom"]).length
        slack[cable["type"]] += cable["slack_m"]
    net: Counter[str] = Counter()
    rest: Counter[str] = Counter()
    for row in _paper(plan, "bom"):
        if row["section"] == "cable" and row["state"] == "new":
            (net if row["part"] == "net" else rest)[row["item"]] += float(row["quantity"])
    for kind, metres in drawn.items():
        assert net[kind] == pytest.approx(metres, abs=0.002 * len(plan.rows("cables")))
        assert rest[kind] == pytest.approx(slack[kind], abs=0.01)


def test_the_splice_sheets_are_the_links(plan: Plan):
    """Each circuit's rows on the splice sheet, put one behind the other, are its strands in the design file."""
    joined: dict[str, set[frozenset[tuple[str, str, str]]]] = defaultdict(set)
    for row in _paper(plan, "pack/splice_plan"):
        if row["link"]:
            ends = ((row[f"{side}_kind"], row[f"{side}_id"], row[f"{side}_number"]) for side in "ab")
            joined[row["link"]].add(frozenset(ends))
    splitters = {row["id"] for row in plan.rows("splitters")}
    for link, strands in plan.strands():
        source, target = link["from_device"], link["to_device"]
        way = [("splitter-leg" if source in splitters else "port", source, str(link["from_port"]))]
        way += [("fibre", cable, str(fibre)) for cable, fibre in strands]
        way += [("splitter-input" if target in splitters else "onu", target, str(link["to_port"]))]
        assert joined.pop(link["id"]) == {frozenset(pair) for pair in pairwise(way)}
    assert joined == {}


def test_light_on_the_splice_sheets_ends_at_the_port(plan: Plan):
    """From every terminal over fibres, splices and splitters of the sheets alone to a port, each fibre once."""
    meets: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    inputs: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in _paper(plan, "pack/splice_plan"):
        if row["kind"] in ("express", "stored"):
            continue
        one, other = ((row[f"{side}_kind"], row[f"{side}_id"], row[f"{side}_number"]) for side in "ab")
        # a fibre that is cut at a tap is two, one for each circuit
        one, other = ((*end, row["link"]) if end[0] == "fibre" else end for end in (one, other))
        meets[one].append(other)
        meets[other].append(one)
        for end in (one, other):
            if end[0] == "splitter-input":
                inputs[end[1]].append(end)
    assert all(len(others) == (2 if end[0] == "fibre" else 1) for end, others in meets.items())
    ports = {row["id"] for row in plan.rows("ports")}
    lit = set()
    for onu in plan.rows("onus"):
        before, here = ("onu", onu["id"], "1"), meets["onu", onu["id"], "1"][0]
        while here[0] != "port":
            if here[0] == "splitter-leg":
                before = inputs[here[1]][0]
                here = meets[before][0]
            else:
                (onward,) = [end for end in meets[here] if end != before]
                before, here = here, onward
        assert here[1] in ports
        lit.add(onu["customer"])
    assert lit == {row["id"] for row in plan.rows("customers") if not row["unserved"]}
