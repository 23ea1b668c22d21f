"""Faults on a design, by id: the article's verdicts for no, trunk and full protection, cut by cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.failover import simulate_network_faults
from ponplan.failover.pairs import pair_network
from ponplan.failover.sweep import sweep_network
from ponplan.scenario import faults_from_table

if TYPE_CHECKING:
    from ponplan.topology.network import Network

NOTHING = faults_from_table({})
# every span, and who is lost with it
LOSES = {
    "fa": {"a1", "a2", "a3", "a4"},
    "ta1": {"a1", "a2"},
    "ta2": {"a3", "a4"},
    **{f"da{number}": {f"a{number}"} for number in range(1, 5)},
    "fb1": set(),
    "fb2": set(),
    **{f"db{number}": {f"b{number}"} for number in range(1, 4)},
    **{
        f"{cable}": set() for node in ("c1", "c2") for cable in (f"f{node}", *(f"d{node}-{leg}" for leg in (1, 2, 3)))
    },
}


def broken(network: Network, **fault: object):
    """Play one fault."""
    return simulate_network_faults(network, faults_from_table({"fault": [{"at_ms": 100.0, **fault}]})).result


def test_every_span(district: Network):
    """Unprotected: exactly the subtree; trunk: those behind a cut drop; full: nobody; all others within 100 ms."""
    result = sweep_network(district, NOTHING, what="span")
    assert {row.subject: set(row.lost) for row in result.rows} == LOSES
    assert all(row.late == () for row in result.rows)
    assert {one.id for one in result.customers if one.within_100_ms} == {"c1", "c2", "c3"}


def test_each_fault_alone_agrees_with_the_sweep(district: Network):
    """What is played for all spans together is what each gives by itself."""
    sweep = {row.subject: row for row in sweep_network(district, NOTHING, what="span").rows}
    for subject, row in sweep.items():
        alone = broken(district, what="span", subject=subject)
        assert alone.customers_affected == row.customers_affected
        assert alone.customers_lost == row.customers_lost
        back = [one.service_outage_ms for one in alone.customers if not one.lost]
        assert max(back, default=None) == row.outage_max_ms


def test_jobs_do_not_change_the_sweep(district: Network):
    """One and two processes give the same."""
    assert sweep_network(district, NOTHING, what="node", jobs=2) == sweep_network(district, NOTHING, what="node")


@pytest.mark.parametrize(
    ("what", "subject", "lost", "affected"),
    [
        ("feeder-cut", "fb1", 0, 3),
        ("drop-cut", "db2", 1, 1),
        ("port", "p2", 0, 3),
        ("port", "p1", 4, 4),
        ("card", "card1", 4, 10),
        ("card", "card2", 0, 0),
        ("chassis", "olt", 10, 10),
        ("office", "office", 10, 10),
        ("splitter", "s-b0", 3, 3),
        ("splitter", "s-c1", 0, 3),
        ("cabinet", "b0", 3, 3),
        ("cabinet", "a1", 2, 2),
        ("node", "west", 0, 0),
        ("trench", "r-office-a0", 4, 4),
        ("trench", "r-office-west", 0, 0),
        ("onu", "onu-c1", 1, 1),
    ],
)
def test_subjects(district: Network, what: str, subject: str, lost: int, affected: int):
    """Each kind of thing takes what hangs on it, and only that."""
    result = broken(district, what=what, subject=subject)
    assert (result.customers_affected, result.customers_lost) == (affected, lost)


def test_default_is_the_feeder_of_the_largest_port(district: Network):
    """Without a subject the working feeder of the port with most terminals is cut."""
    result = broken(district, what="feeder-cut")
    assert [fault["subject"] for fault in result.faults] == ["fa"]
    assert result.customers_lost == 4


def test_trunk_switches_as_the_closed_form_says(district: Network):
    """A hot trunk of GPON: detection, laser, re-sync, Swift_POPUP, first grant."""
    result = broken(district, what="feeder-cut", subject="fb1")
    assert result.outage_ms["max"] == pytest.approx(0.5 + 2.0 + 0.375 + 0.375 + 0.75 + 0.361)
    assert [one.id for one in result.customers] == ["b1", "b2", "b3"]
    assert all(one.within_promise for one in result.customers)


def test_repair_ends_the_outage(district: Network):
    """A spliced cable brings its customers back; nothing is promised to the unprotected."""
    result = broken(district, what="span", subject="ta1", until_ms=5100.0)
    assert result.customers_lost == 0
    assert 5000.0 < result.outage_ms["min"] < 5100.0
    assert {one.within_promise for one in result.customers} == {None}


def test_pairs(district: Network):
    """Both trunk feeders, or one thing on each path of a doubled customer: exactly those pairs lose somebody."""
    result = pair_network(district)
    assert result.pairs == len(LOSES) * (len(LOSES) - 1) // 2
    assert result.customers == {
        **{f"onu-b{number}": 1 for number in (1, 2, 3)},
        **{
            f"onu-c{number}": 4 for number in (1, 2, 3)
        },  # feeder or drop of one path with feeder or drop of the other
    }
    losing = {(row.first, row.second): row.customers_lost for row in result.rows}
    assert losing["fb1", "fb2"] == 3
    assert losing["fc1", "fc2"] == 3
    assert losing["fc1", "dc2-1"] == 1
    assert result.pairs_that_lose == 1 + 1 + 3 + 3 + 3


def test_double_fault_is_lost_until_one_is_mended(district: Network):
    """The second feeder is cut while the first is still open; service returns with the first repair."""
    scenario = faults_from_table(
        {
            "fault": [
                {"at_ms": 0.0, "what": "span", "subject": "fb1", "until_ms": 9000.0},
                {"at_ms": 1000.0, "what": "span", "subject": "fb2", "until_ms": 4000.0},
            ]
        }
    )
    first = simulate_network_faults(district, scenario).result.customers[0]
    assert first.outages == 2
    assert 3000.0 < first.outage_ms < 4500.0


def test_slow_loss_of_light_uses_the_light_to_spare(district: Network):
    """At 1 dB a second a feeder's terminals fall one after the other, each when its own reserve is gone."""
    result = broken(district, what="fading", subject="fa", db_per_s=1.0)
    assert result.customers_lost == 4


def test_unknown_subjects_are_told_together(district: Network):
    """Every subject that is not in the design is named, with what it may have meant."""
    table = {"fault": [{"what": "span", "subject": "fb9"}, {"what": "port", "subject": "p77"}]}
    with pytest.raises(ScenarioError) as caught:
        simulate_network_faults(district, faults_from_table(table))
    assert [fault.value for fault in caught.value.faults] == ["fb9", "p77"]
