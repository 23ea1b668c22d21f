"""The page as a file: closed to the outside, safe from names, the same again and again."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ponplan.errors import OutputError
from ponplan.report.language import words
from ponplan.report.page.results import read_results
from ponplan.report.page.write import render_report, write_report
from ponplan.topology.network import Network, Relaxed

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'`<!--",
    "\u202eevil \u05e9\u05dc\u05d5\u05dd",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2028",
    "x" * 200,
)


class _Page(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self.current = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.inside:
            self.current = tag
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.current:
            self.current = ""

    def handle_data(self, data: str) -> None:
        if self.current:
            self.inside[self.current][-1] += data
        else:
            self.text += data


def _hostile(network: Network) -> Network:
    """Give everything that people name a hostile name, and leave two customers out."""
    names = [HOSTILE[row % len(HOSTILE)] for row in range(len(network.customers))]
    customers = [
        replace(customer, name=name, attributes={"address": name}, unserved=name if row < 6 else "")
        for row, (customer, name) in enumerate(zip(network.customers, names, strict=True))
    ]
    nodes = [replace(node, name=HOSTILE[row % len(HOSTILE)]) for row, node in enumerate(network.nodes)]
    return replace(network, name=HOSTILE[0], customers=tuple(customers), nodes=tuple(nodes))


@pytest.fixture(scope="module")
def page(network: Network) -> str:
    """Give the page of the network."""
    return render_report(network)


def test_policy_lets_in_exactly_what_stands_in_the_file(page: str):
    """Every script and style is named by its hash; nothing else may run, and nothing may be fetched."""
    parsed = _Page(page)
    policy = next(a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    scripts = [text for text in parsed.inside["script"] if not text.startswith("{")]
    assert len(scripts) == 2
    for text in (*scripts, *parsed.inside["style"]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_nothing_points_outside(page: str):
    """No element fetches, no style holds an address, no handler or style stands in an attribute."""
    parsed = _Page(page)
    for tag, attributes in parsed.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    for style in parsed.inside["style"]:
        assert "url(" not in style
        assert "@import" not in style


def test_hostile_names_are_text(network: Network):
    """A page of hostile names has the same elements as one of plain names, and the names stand in it as they are."""
    plain = replace(network, customers=_hostile(network).customers)
    safe = [replace(c, name="n", attributes={}, unserved="why" if c.unserved else "") for c in plain.customers]
    hostile = _Page(render_report(_hostile(network)))
    tame = _Page(render_report(replace(network, customers=tuple(safe))))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in tame.tags]
    for name in HOSTILE:
        assert name in hostile.text
    data = json.loads(next(text for text in hostile.inside["script"] if text.startswith("{")))
    assert set(data["map"]["customers"]["name"]) == set(HOSTILE)


def test_same_design_same_bytes(network: Network, page: str):
    """Nothing in the page depends on when or where it was written."""
    assert render_report(network) == page
    assert str(Path.cwd()) not in page


def test_relaxed_rules_and_unserved_customers_come_first(network: Network):
    """They stand before cost, map and charts, with number and limit."""
    customers = (replace(network.customers[0], unserved="too far away"), *network.customers[1:])
    facts = {**network.facts, "gap_percent": None, "cost_bound": None}
    text = _Page(
        render_report(
            replace(
                network,
                customers=customers,
                facts=facts,
                relaxed=(Relaxed(rule="reach", subject="ONU-9", value=21_000.0, limit=20_000.0),),
            )
        )
    ).text
    for wanted in ("too far away", "reach", "21000", "20000", "No distance from the optimum is claimed"):
        assert wanted in text
        assert text.index(wanted) < text.index("Cost by section")


def test_figures_are_those_of_the_design(network: Network, page: str):
    """Cost, bound and gap in words are the facts' own, to the last digit shown."""
    text = re.sub(r"\s+", " ", _Page(page).text)
    facts = network.facts
    assert f"for less than EUR {facts['cost_bound']:,.0f}." in text
    assert f"This one costs EUR {facts['cost_total']:,.0f}: at most {facts['gap_percent']:.2f} % of it" in text
    assert f"{facts['cost_total']:,.2f}" in text


def test_a_broken_design_says_so_first(network: Network):
    """The page checks the design itself: a terminal of another technology cannot pass as good."""
    onus = (replace(network.onus[0], technology="xgs-pon"), *network.onus[1:])
    text = _Page(render_report(replace(network, onus=onus))).text
    assert "must not be built" in text


def test_chinese_page_is_chinese(network: Network):
    """Headings are translated and the language is declared."""
    page = render_report(network, language="zh")
    assert '<html lang="zh-CN">' in page
    assert "分项成本" in page
    assert "Cost by section" not in _Page(page).text


def test_every_text_of_the_template_is_translated():
    """The template's texts have Chinese words, as those of the code have."""
    template = (Path(__file__).parents[3] / "ponplan" / "report" / "page" / "page.html").read_text(encoding="utf-8")
    texts = re.findall(r'_\("((?:[^"\\]|\\.)*)"\)', template)
    assert len(texts) > 80
    zh = words("zh")
    assert [text for text in texts if zh(text) == text] == []


def test_every_word_of_the_script_is_given(page: str):
    """The script asks for no word that the page does not bring."""
    folder = Path(__file__).parents[3] / "ponplan" / "report" / "page"
    used = set(re.findall(r"\bwords\.(\w+)", (folder / "page.js").read_text(encoding="utf-8")))
    data = json.loads(next(text for text in _Page(page).inside["script"] if text.startswith("{")))
    assert used - {"cabinet", "room", "office", "closure"} <= set(data["words"])


def test_an_outage_is_told_with_its_steps(network: Network, tmp_path: Path):
    """What failover printed stands on the page: counts, the longest outage, the customer lost until repair."""
    customer = {
        "id": "bank",
        "affected": True,
        "lost": True,
        "service_outage_ms": None,
        "dominating_step": None,
        "promise_ms": 50.0,
        "within_promise": False,
    }
    answer = {
        "schema": "ponplan.failover/1",
        "technology": "gpon",
        "scheme": "trunk",
        "standby": "hot",
        "recovery": "ranging-serial",
        "customers_total": 2,
        "outage_ms": {"min": 4.0, "p50": 5.0, "p99": 9.0, "max": 86.25},
        "steps": [{"name": "detect", "from_ms": 0.0, "to_ms": 0.5}, {"name": "odd", "from_ms": 0.5, "to_ms": 86.25}],
        "customers": [customer],
        "rests_on": [{"step": "relearn", "trust": "unverified"}],
    }
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    text = re.sub(r"\s+", " ", _Page(render_report(network, results=read_results([path]))).text)
    for wanted in (
        "86.2 ms",
        "detect · 0.5 ms",
        "odd · 85.8 ms",
        "bankuntil repair",
        "without a firm source: relearn",
    ):
        assert wanted in text


ANSWERS = {
    "ponplan.simulate-design/1": (
        {
            "year": 10,
            "seconds": 2.0,
            "packets": 1234567,
            "ports": [
                {
                    "port": "P9",
                    "direction": "up",
                    "onus": 31,
                    "offered_bps": 5e8,
                    "carried_bps": 4.5e8,
                    "usable_bps": 9e8,
                    "lost_share": 0.1,
                    "delay_p999_ms": 7.25,
                }
            ],
            "services": [
                {
                    "customer": "bank",
                    "service": "e1",
                    "direction": "up",
                    "kept": False,
                    "carried_bps": 2e6,
                    "promised_bps": 2.5e6,
                    "delay_p999_ms": 31.0,
                    "reason": "delay",
                    "cure": "a port of its own",
                }
            ],
        },
        ("1,234,567", "50.0%", "10.00%", "bank · e1", "2.50 Mbit/s", "a port of its own"),
    ),
    "ponplan.failover-sweep/1": (
        {
            "what": "span",
            "faults": 178,
            "customers_total": 120,
            "customers_never_over_100_ms": 7,
            "rows": [
                {
                    "what": "span",
                    "subject": "F1/2",
                    "customers_affected": 111,
                    "customers_lost": 4,
                    "customers_over_100_ms": 5,
                    "outage_max_ms": 1234.5,
                }
            ],
        },
        ("span F1/2", "1,234.5 ms", "178 faults, one at a time; 7 of 120 customers"),
    ),
    "ponplan.failover-pairs/1": (
        {
            "pairs": 4950,
            "pairs_that_lose": 12,
            "rows": [{"first": "a", "second": "b", "alike": 6, "customers_lost": 33}],
        },
        ("a + b", "33", "12 of 4,950 pairs"),
    ),
    "ponplan.availability/1": (
        {
            "customers_total": 120,
            "downtime_mean_min": 48.96,
            "downtime_max_min": 49.97,
            "meets_999": 119,
            "meets_9999": 118,
            "meets_99999": 3,
            "services_broken": 2,
            "currency": "EUR",
            "customers": [{"downtime_min": 0.0}, {"downtime_min": 49.97}],
            "elements": [
                {
                    "name": "card C1",
                    "customers": 120,
                    "failures_per_year": 0.02,
                    "repair_h": 4.0,
                    "customer_minutes": 575.9,
                    "protect_cost": 1520.0,
                }
            ],
            "rests_on": [{"element": "trench", "trust": "unverified"}],
        },
        ("48.96", "card C1", "575.9", "1,520", "without a firm source: trench", "Customers by downtime"),
    ),
}


@pytest.mark.parametrize("schema", ANSWERS)
def test_answers_about_the_whole_network_are_shown(network: Network, tmp_path: Path, schema: str):
    """What a command found about every port, fault or element stands on the page with its figures."""
    answer, wanted = ANSWERS[schema]
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"schema": schema, **answer}), encoding="utf-8")
    text = re.sub(r"\s+", " ", _Page(render_report(network, results=read_results([path]))).text)
    for words_wanted in wanted:
        assert words_wanted in text


def test_nothing_is_overwritten_silently(network: Network, tmp_path: Path):
    """A page that exists is refused before any work, and replaced when that is said."""
    target = tmp_path / "report.html"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        write_report(network, target)
    assert target.read_text(encoding="utf-8") == "mine"
    write_report(network, target, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "cannot be read as JSON"),
        ('{"schema": "ponplan.unknown/7"}', "is no result that a report shows"),
        ("[1]", "is no result that a report shows"),
        ('{"schema": "ponplan.simulate/1"}', "lacks technology, policy, upstream, downstream"),
        ('{"schema": NaN}', "NaN is no JSON number"),
    ],
)
def test_results_of_no_kind_are_refused(tmp_path: Path, text: str, problem: str):
    """The message names the file and what was found."""
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match=problem):
        read_results([path])


def test_all_bad_results_are_named_at_once(tmp_path: Path):
    """Two bad files give two faults."""
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    paths[0].write_text("{", encoding="utf-8")
    with pytest.raises(OutputError) as refused:
        read_results(paths)
    assert [fault.file for fault in refused.value.faults] == [str(path) for path in paths]
