"""Activation: discovery, serial numbers, ranging, and what traffic sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.framing import down_layout, up_layout
from ponplan.framing.items import ItemTable
from ponplan.simulate.activation import Fibre, heard, operational_ns, play_activation
from ponplan.simulate.discovery import DiscoveryOlt, discovery_times
from ponplan.simulate.masking import MaskingOlt, masking_times
from ponplan.simulate.ranging import RangingOlt, ranging_times

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue

HOUR_NS = 3600 * 10**9


@pytest.fixture
def activate(catalogue: Catalogue):
    """Activate ONUs at given one-way delays and give the records."""

    def run(technology: str, one_way_ns: object, seed: int = 1) -> object:
        row = catalogue.technologies[technology]
        items, layout = ItemTable(technology, catalogue.frame_items), up_layout(row, catalogue.frame_items)
        fibre, rng = Fibre(one_way_ns), np.random.default_rng(seed)
        if technology == "epon":
            olt = DiscoveryOlt(fibre, discovery_times(items, layout), rng)
        elif technology.startswith("apon"):
            lower = down_layout(row, catalogue.frame_items)
            olt = MaskingOlt(fibre, masking_times(items, layout, lower), rng)
        else:
            olt = RangingOlt(fibre, ranging_times(items, layout), rng)
        return play_activation(olt.activate, until_ns=HOUR_NS)

    return run


@pytest.mark.parametrize("technology", ["apon-155-155", "epon", "gpon", "xg-pon", "xgs-pon"])
def test_every_onu_comes_up_once(activate: Callable, technology: str):
    """Thirty-two ONUs all become operational, each once, in spite of collisions."""
    delays = np.random.default_rng(2).integers(0, 100_000, 32)
    records = activate(technology, delays)
    assert sorted(operational_ns(records)) == list(range(32))
    assert sum(record.event == "operational" for record in records) == 32


@pytest.mark.parametrize("technology", ["apon-622-155", "gpon", "xgs-pon"])
def test_equalised_onus_answer_together(activate: Callable, technology: str):
    """Round trip with response plus equalisation delay is 236 us for every ONU (G.984.3 10.4.5)."""
    delays = [0, 12_345, 100_000]
    records = activate(technology, delays)
    ranged = {record.onu: record.value_ns for record in records if record.event == "ranged"}
    equalisation = {record.onu: record.value_ns for record in records if record.event == "operational"}
    for onu, delay in enumerate(delays):
        assert ranged[onu] == 2 * delay + 35_000
        assert ranged[onu] + equalisation[onu] == 236_000


def test_masks_part_onus_at_one_distance(activate: Callable):
    """Sixteen APON ONUs at the same distance collide at every common mask, and the tree parts them all the same.

    As many windows with collisions as the tree of their serial numbers has inner nodes, 15 at least.
    """
    records = activate("apon-155-155", [50_000] * 16)
    assert sorted(operational_ns(records)) == list(range(16))
    assert len({record.time_ns for record in records if record.event == "collided"}) >= 15


def test_one_apon_onu_takes_the_sum_of_its_steps(activate: Callable):
    """Sync, overheads, mask, window, number, ranging and its time; messages in three management cells of 28 slots."""
    slot_ns = 53 * 8 / 155.52e6 * 1e9
    frame_ns, message_ns = round(56 * slot_ns), round(3 * 28 * slot_ns)
    window_ns = 2 * frame_ns  # 35 + 202 us and the cell, in whole frames of 153 us
    steps = [2 * frame_ns, 4 * (message_ns + 750_000), 2 * window_ns]
    assert operational_ns(activate("apon-155-155", [50_000]))[0] == sum(steps)


def test_discovery_measures_the_round_trip(activate: Callable):
    """EPON's timestamps give twice the one-way delay."""
    records = activate("epon", [0, 50_000, 100_000])
    ranged = {record.onu: record.value_ns for record in records if record.event == "ranged"}
    assert ranged == {0: 0, 1: 100_000, 2: 200_000}


def test_one_gpon_onu_takes_the_sum_of_its_steps(activate: Callable):
    """Sync, overhead message, serial number, ONU-ID, ranging and ranging time: 4.375 ms without collision."""
    frame_ns = 125_000
    steps = [
        2 * frame_ns, 3 * frame_ns + 750_000,  # sync; Upstream_Overhead
        3 * frame_ns,  # serial window 250 us and response, in whole frames
        3 * frame_ns + 750_000,  # Assign_ONU-ID
        2 * frame_ns,  # ranging window 202 us and response, in whole frames
        3 * frame_ns + 750_000,  # Ranging_Time
    ]  # fmt: skip
    assert operational_ns(activate("gpon", [50_000]))[0] == sum(steps)


def test_overlapping_answers_are_both_lost():
    """Answers that overlap at the OLT collide; those that only touch do not."""
    fibre = Fibre([0, 0, 0])
    answers = [fibre.answer(onu, sent_ns=sent, burst_ns=100) for onu, sent in enumerate([0, 99, 199])]
    alone, collided = heard(answers)
    assert [answer.onu for answer in alone] == [2]
    assert [answer.onu for answer in collided] == [0, 1]


def test_same_seed_same_records(activate: Callable):
    """Random delays come from the generator alone."""
    delays = [10_000] * 16
    assert activate("gpon", delays) == activate("gpon", delays)
    assert activate("gpon", delays) != activate("gpon", delays, seed=2)


@pytest.mark.parametrize("technology", ["epon", "gpon"])
def test_traffic_waits_for_activation(play: Callable, technology: str):
    """With activation nothing is carried before the ONUs are up, and everything waits for it."""
    table = {
        "technology": technology,
        "onus": 8,
        "distance_km": 10,
        "source": [{"load": 0.2}],
        "run": {"seconds": 0.2, "warmup_seconds": 0.0},
    }
    cold = play(**table, activation=True)
    warm = play(**table)
    assert cold.activation_ms > 0.5
    assert cold.upstream.delay_us.max / 1e3 > 0.7 * cold.activation_ms
    assert warm.activation_ms is None
    assert warm.upstream.delay_us.max < cold.upstream.delay_us.max
