"""The shipped rows: complete, consistent, physically possible, and priced in sane relation."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ponplan.catalogue.catalogue import ROW_TYPES
from ponplan.catalogue.columns import DATA
from ponplan.catalogue.rules import PRICED

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

# pairs that share a wavelength in time: one receiver or transmitter of both rates
SHARED_IN_TIME = {
    frozenset(("epon", "10g-epon-10-1")),
    frozenset(("epon", "10g-epon-10-10")),
    frozenset(("10g-epon-10-1", "10g-epon-10-10")),
    frozenset(("xg-pon", "xgs-pon")),
}
# unverified rows that a design may use, because no source is at hand for anything in their place
UNVERIFIED_BUT_NEEDED = {
    *(f"splitter-2x{2**power}" for power in range(1, 7)),
    "tap-05-95", "tap-10-90", "tap-15-85", "tap-20-80", "tap-30-70", "tap-40-60", "tap-45-55",
}  # fmt: skip
WINDOW_EXCEPTIONS: dict[str, str] = {}  # class: why its loss range is wider than its powers allow


def cost(catalogue: Catalogue, item: str) -> float:
    """Give material and labour of one unit."""
    price = catalogue.price(item)
    return price.material_cost + price.labour_cost


@pytest.mark.parametrize("table", [name for name in ROW_TYPES if name != "frame_items"])
def test_file_is_canonical(shipped: Catalogue, table: str) -> None:
    """Every file is written as the catalogue itself would write it, so that changes show as changed rows."""
    assert (DATA / f"{table}.csv").read_text(encoding="utf-8") == shipped.to_tables()[table]


@pytest.mark.parametrize("table", ROW_TYPES)
def test_every_row_has_id_source_and_trust(shipped: Catalogue, table: str) -> None:
    """Ids are plain lower case, keys are ids, and every row says where it comes from."""
    for key, row in getattr(shipped, table).items():
        assert key == row.id
        assert re.fullmatch(r"[a-z0-9][a-z0-9+._-]*", row.id)
        assert row.source
        assert row.description


def test_technologies_are_those_promised(shipped: Catalogue) -> None:
    """Line rates of every system of the article and of those after it (pon_facts 1.1)."""
    rates = {key: (row.down_line_bps / 1e6, row.up_line_bps / 1e6) for key, row in shipped.technologies.items()}
    assert rates == {
        "apon-155-155": (155.52, 155.52),
        "apon-622-155": (622.08, 155.52),
        "epon": (1250, 1250),
        "10g-epon-10-1": (10312.5, 1250),
        "10g-epon-10-10": (10312.5, 10312.5),
        "gpon": (2488.32, 1244.16),
        "gpon-1244-1244": (1244.16, 1244.16),
        "gpon-2488-2488": (2488.32, 2488.32),
        "gpon-1244-622": (1244.16, 622.08),
        "xg-pon": (9953.28, 2488.32),
        "xgs-pon": (9953.28, 9953.28),
        "25gs-pon": (24883.2, 24883.2),
        "50g-pon": (49766.4, 24883.2),
        "direct-1g": (1250, 1250),
        "direct-10g": (10312.5, 10312.5),
    }


def test_coexistence_is_mutual(shipped: Catalogue) -> None:
    """If one technology may share a fibre with another, the other may share it with the one."""
    for key, row in shipped.technologies.items():
        assert all(key in shipped.technologies[other].coexists_with for other in row.coexists_with)


def test_coexisting_technologies_use_other_bands(shipped: Catalogue) -> None:
    """On one fibre no two bands overlap, save where a dual-rate port shares one in time."""
    for key, row in shipped.technologies.items():
        for name in row.coexists_with:
            other = shipped.technologies[name]
            if frozenset((key, name)) in SHARED_IN_TIME:
                continue
            for a in ((row.down_min_nm, row.down_max_nm), (row.up_min_nm, row.up_max_nm)):
                for b in ((other.down_min_nm, other.down_max_nm), (other.up_min_nm, other.up_max_nm)):
                    assert a[1] < b[0] or b[1] < a[0], (key, name)


def test_loss_windows_follow_from_the_powers(shipped: Catalogue) -> None:
    """No class allows more loss than its receivers hear, nor so little that they are blinded."""
    for key, row in shipped.optical_classes.items():
        heard = (
            row.olt_tx_min_dbm - row.max_loss_db - row.down_penalty_db >= row.onu_sensitivity_dbm - 1e-9
            and row.onu_tx_min_dbm - row.max_loss_db - row.up_penalty_db >= row.olt_sensitivity_dbm - 1e-9
        )
        borne = (
            row.olt_tx_max_dbm - row.min_loss_db <= row.onu_overload_dbm + 1e-9
            and row.onu_tx_max_dbm - row.min_loss_db <= row.olt_overload_dbm + 1e-9
        )
        assert (heard and borne) == (key not in WINDOW_EXCEPTIONS), key
        assert row.exception == WINDOW_EXCEPTIONS.get(key)


@pytest.mark.parametrize(
    ("key", "window"),
    [
        ("gpon-a", (5, 20)), ("gpon-b", (10, 25)), ("gpon-b+", (13, 28)), ("gpon-c", (15, 30)), ("gpon-c+", (17, 32)),
        ("gpon-d", (20, 35)), ("xgs-n1", (14, 29)), ("xgs-n2", (16, 31)), ("xgs-e1", (18, 33)), ("xgs-e2", (20, 35)),
        ("10g-epon-pr10", (5, 20)), ("10g-epon-pr20", (10, 24)), ("10g-epon-pr30", (15, 29)),
        ("10g-epon-prx10", (5, 20)), ("10g-epon-prx20", (10, 24)), ("10g-epon-prx30", (15, 29)),
        # the standard's 20 and 24 dB hold upstream only: half a decibel less holds both ways
        ("epon-px10", (5, 19.5)), ("epon-px20", (10, 23.5)),
        # budget 11 dB less penalty 3.3 (Avaya); launch, sensitivity and overload of BSFP+-10G-L10, L20 and L40 (HDV)
        ("direct-bx10", (0, 7.7)), ("direct-br10", (0, 7)), ("direct-br20", (2.5, 10)), ("direct-br40", (4.5, 16)),
    ],
)  # fmt: skip
def test_loss_window_is_the_published_one(shipped: Catalogue, key: str, window: tuple[float, float]) -> None:
    """Loss ranges of G.984.2, G.9807.1 and 802.3 as public pages quote them (sources in the rows)."""
    row = shipped.optical_classes[key]
    assert (row.min_loss_db, row.max_loss_db) == window


@pytest.mark.parametrize(("key", "down_db", "up_db"), [("pr10", 21.5, 23), ("pr20", 25.5, 27), ("pr30", 30.5, 32)])
def test_available_power_of_10g_epon_is_the_published_one(
    shipped: Catalogue, key: str, down_db: float, up_db: float
) -> None:
    """Available power budgets of 802.3av as fiberoptictel.com quotes them."""
    row = shipped.optical_classes[f"10g-epon-{key}"]
    assert row.olt_tx_min_dbm - row.onu_sensitivity_dbm == down_db
    assert row.onu_tx_min_dbm - row.olt_sensitivity_dbm == up_db


def test_no_design_rests_on_unverified_rows(shipped: Catalogue) -> None:
    """A design may choose an unverified row only where nothing sourced can stand in its place."""
    for table, row_type in ROW_TYPES.items():
        if "allowed_in_design" not in row_type.__slots__:
            continue
        for row in getattr(shipped, table).values():
            if row.trust == "unverified" and row.allowed_in_design:
                assert row.id in UNVERIFIED_BUT_NEEDED


def test_technology_without_a_sourced_class_is_not_for_design(shipped: Catalogue) -> None:
    """Exactly the technologies with an optical class better than unverified may be chosen."""
    sourced = {
        name for row in shipped.optical_classes.values() if row.trust != "unverified" for name in row.technologies
    }
    allowed = {key for key, row in shipped.technologies.items() if row.allowed_in_design}
    assert allowed == sourced == {
        "apon-155-155", "apon-622-155", "epon", "10g-epon-10-1", "10g-epon-10-10", "gpon", "xgs-pon", "direct-1g",
        "direct-10g",
    }  # fmt: skip


@pytest.mark.parametrize("fibre", ["g652d", "g657a"])
def test_every_wavelength_has_its_attenuation(shipped: Catalogue, fibre: str) -> None:
    """Both directions of every technology, and the wavelengths of video and of measurement, are there."""
    wavelengths = {row.down_nm for row in shipped.technologies.values()}
    wavelengths |= {row.up_nm for row in shipped.technologies.values()} | {1550, 1625}
    for wavelength_nm in wavelengths:
        row = shipped.fibre_loss(fibre, wavelength_nm)
        assert 0.15 < row.typical_loss_db_per_km <= row.max_loss_db_per_km <= 0.4


def test_splitters_lose_what_physics_demands(shipped: Catalogue) -> None:
    """A leg of 1:N gets at most 1/N of the light, and more legs get less."""
    for inputs, sizes in ((1, (2, 4, 8, 16, 32, 64, 128)), (2, (2, 4, 8, 16, 32, 64))):
        rows = [shipped.splitters[f"splitter-{inputs}x{size}"] for size in sizes]
        assert [(row.inputs, row.outputs) for row in rows] == [(inputs, size) for size in sizes]
        assert all(row.max_loss_db > row.typical_loss_db > 10 * math.log10(row.outputs) for row in rows)
        assert all(a.max_loss_db < b.max_loss_db for a, b in pairwise(rows))


def test_taps_give_out_no_more_than_they_get(shipped: Catalogue) -> None:
    """The two legs of a tap together carry less than all the light, and each about its share."""
    taps = [row for row in shipped.splitters.values() if row.kind == "tap"]
    assert len(taps) == 7
    for row in taps:
        assert row.through_typical_loss_db is not None
        tapped, through = 10 ** (-row.typical_loss_db / 10), 10 ** (-row.through_typical_loss_db / 10)
        share = int(row.id.split("-")[1]) / 100
        assert tapped + through < 1
        assert tapped == pytest.approx(share, rel=0.25)
        assert through == pytest.approx(1 - share, rel=0.05)


def test_equipment_comes_in_the_sizes_promised(shipped: Catalogue) -> None:
    """Cables, closures and cabinets cover small and large; tubes hold twelve."""
    trunks = [row for row in shipped.cable_types.values() if row.role == "trunk"]
    assert [row.fibres for row in trunks] == [4, 8, 12, 24, 36, 48, 72, 96, 144, 216, 288, 432]
    assert all(row.fibres_per_tube == min(12, row.fibres) for row in trunks)
    assert [row.fibres for row in shipped.cable_types.values() if row.role == "drop"] == [1, 2, 4]
    cabinets = [row.fibres for row in shipped.enclosures.values() if row.kind == "cabinet"]
    assert cabinets == [96, 144, 288, 576]
    assert {row.kind for row in shipped.enclosures.values()} == {"cabinet", "room-box", "closure", "odf"}
    assert {row.method for row in shipped.surfaces.values()} == {"trench", "existing-duct", "aerial", "indoor"}


@pytest.mark.parametrize("technology", ["epon", "10g-epon-10-1", "10g-epon-10-10", "gpon", "xgs-pon"])
def test_every_technology_for_design_has_its_terminals(shipped: Catalogue, technology: str) -> None:
    """Cards of 8 and 16 ports; ONUs plain, with E1, with an optical switch, with two PON interfaces."""
    cards = [row.ports for row in shipped.olt_cards.values() if row.technology == technology]
    assert cards == [8, 16]
    onus = [row for row in shipped.onus.values() if row.technology == technology and row.allowed_in_design]
    assert {row.e1_ports for row in onus} >= {0, 4, 8, 16}
    assert any(row.optical_switch and row.e1_ports for row in onus)
    assert any(row.pon_interfaces == 2 and row.e1_ports for row in onus)


def test_every_optical_class_has_a_transceiver(shipped: Catalogue) -> None:
    """For each class there is one pluggable, allowed just as the class is."""
    for key, row in shipped.optical_classes.items():
        (optics,) = [item for item in shipped.olt_optics.values() if item.optical_class == key]
        assert optics.allowed_in_design == row.allowed_in_design


def test_classes_of_the_article_get_their_technology_and_bearer(shipped: Catalogue) -> None:
    """Ordinary customers and public bodies: EPON and IP; finance: GPON and MSTP with E1 (the article)."""
    got = {key: (row.technology, row.bearer) for key, row in shipped.customer_classes.items()}
    assert got == {
        "ordinary": ("epon", "ip"),
        "public": ("epon", "ip"),
        "finance": ("gpon", "mstp"),
        "residential": ("epon", "ip"),
    }
    bought = [shipped.services[name] for name in shipped.customer_classes["finance"].services]
    assert sum(service.e1_circuits for service in bought) >= 2
    assert any(service.kind == "data" for service in bought)
    assert shipped.customer_classes["finance"].point_to_point_baseline == "msap"


def test_every_frame_has_its_items(shipped: Catalogue) -> None:
    """Each technology has frame items."""
    assert {row.technology for row in shipped.frame_items.values()} == set(shipped.technologies)


def test_every_item_has_a_price_above_nothing(shipped: Catalogue) -> None:
    """Whatever a bill counts costs something, metres per metre and pieces per piece."""
    per_metre = {*shipped.cable_types, *shipped.duct_types, *shipped.surfaces, "backbone-fibre"}
    for table in PRICED:
        for key in getattr(shipped, table):
            assert cost(shipped, key) > 0
            assert shipped.price(key).unit == ("m" if key in per_metre else "piece")
    assert shipped.currency == "EUR"
    assert {row.trust for row in shipped.prices.values()} == {"illustrative"}


def test_larger_is_dearer_but_cheaper_by_unit(shipped: Catalogue) -> None:
    """Cables by fibre, splitters by leg, cards by port, cabinets and closures by fibre: economy of scale."""
    kinds = [
        [(row.fibres, row.id) for row in shipped.cable_types.values() if row.role == "trunk"],
        [(row.fibres, row.id) for row in shipped.cable_types.values() if row.role == "drop"],
        [(row.fibres, row.id) for row in shipped.enclosures.values() if row.kind == "cabinet"],
        [(row.fibres, row.id) for row in shipped.enclosures.values() if row.id.startswith("closure-")],
        [(row.outputs, row.id) for row in shipped.splitters.values() if row.inputs == 1 and row.kind == "balanced"],
        [(row.outputs, row.id) for row in shipped.splitters.values() if row.inputs == 2],
        [(row.ports, row.id) for row in shipped.olt_cards.values() if row.technology == "gpon"],
        [(row.card_slots, row.id) for row in shipped.olt_chassis.values() if row.takes == "pon"],
        [(row.card_slots, row.id) for row in shipped.olt_chassis.values() if row.takes == "direct"],
        [(row.ports, row.id) for row in shipped.olt_cards.values() if row.technology == "direct-1g"],
    ]
    for kind in kinds:
        for (small, a), (large, b) in pairwise(kind):
            assert small < large
            assert cost(shipped, a) < cost(shipped, b)
            assert cost(shipped, a) / small > cost(shipped, b) / large


def test_digging_is_what_costs(shipped: Catalogue) -> None:
    """Hard surfaces cost more than soft ones, any trench more than duct and cable, an existing duct least."""
    order = ["existing-duct", "aerial", "lead-in", "grass", "track", "pavement", "asphalt", "concrete", "drilled"]
    costs = [cost(shipped, key) for key in order]
    assert costs == sorted(costs)
    assert cost(shipped, "lead-in") > cost(shipped, "duct-110") + cost(shipped, "trunk-288")


def test_more_capable_terminals_are_dearer(shipped: Catalogue) -> None:
    """Within a technology E1 ports, a switch or a second interface add to the plain ONU."""
    for technology in ("epon", "gpon", "xgs-pon"):
        plain = cost(shipped, f"onu-{technology}-4ge")
        assert cost(shipped, f"onu-{technology}-1ge") < plain
        for better in ("8ge", "4e1", "8e1", "switch", "dual", "8e1-switch", "8e1-dual"):
            assert cost(shipped, f"onu-{technology}-{better}") > plain


def test_installation_is_charged_once(shipped: Catalogue) -> None:
    """Splitters and room boxes, closures and frames have a task for their installation, of their kind's name."""
    for kind in {row.kind for row in shipped.enclosures.values()} | {"splitter"}:
        assert shipped.price(f"{kind}-installation").labour_cost > 0
    assert all(shipped.price(key).labour_cost == 0 for key in shipped.splitters)
