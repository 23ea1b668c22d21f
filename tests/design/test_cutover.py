"""Who moves when from fibres of their own, and what comes free."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from ponplan.design.cutover import plan_cutover
from ponplan.design.existing import read_existing
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from ponplan.design.cutover import Cutover
    from ponplan.topology import Network


@pytest.fixture(scope="module")
def two_stage() -> Network:
    """Give the hand-made tree of two stages, two customers behind each of two splitters."""
    path = Path(__file__).parents[1] / "topology" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_cutover_hand_made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    network: Network = module.two_stage_network()
    return network


def test_splitter_before_customers(two_stage: Network) -> None:
    """With fibres apart from the old ones, each splitter is lit and its customers follow, in two steps."""
    plan = plan_cutover(two_stage, {f"c{n}": [("old", n)] for n in (1, 2, 3, 4)})
    assert [(s.step, s.action, s.customer or s.splitter) for s in plan.steps] == [
        (1, "light", "s1"),
        (1, "move", "c1"),
        (1, "move", "c2"),
        (2, "light", "s2"),
        (2, "move", "c3"),
        (2, "move", "c4"),
    ]
    assert [s.frees for s in plan.steps if s.action == "move"] == [(("old", n),) for n in (1, 2, 3, 4)]


def test_a_feeder_waits_for_its_fibre(two_stage: Network) -> None:
    """A splitter whose new way runs over a fibre still in use waits until that customer has moved."""
    plan = plan_cutover(two_stage, {"c1": [("old", 1)], "c3": [("t1", 2)]})
    assert [s.customer for s in plan.steps if s.action == "move"] == ["c3", "c1"]
    assert next(s for s in plan.steps if s.customer == "c3").reused == (("t1", 2),)
    assert plan.interrupted == ()
    assert _is_safe(plan, two_stage, {"c1": [("old", 1)], "c3": [("t1", 2)]})


def test_a_knot_is_cut_and_told(two_stage: Network) -> None:
    """Where everybody's new way needs another's old fibre, the fewest go without, and are named."""
    existing = {"c1": [("t2", 2)], "c3": [("t1", 2)]}
    plan = plan_cutover(two_stage, existing)
    assert len(plan.interrupted) == 1
    (off,) = [s for s in plan.steps if s.action == "disconnect"]
    assert {s.action for s in plan.steps if s.step == off.step} == {"disconnect", "light", "move"}
    assert {s.customer for s in plan.steps if s.action == "move"} == {"c1", "c3"}
    assert _is_safe(plan, two_stage, existing)


def test_own_drop_is_spliced_over(two_stage: Network) -> None:
    """A customer whose new leg runs over the own old fibre is not in anybody's way."""
    plan = plan_cutover(two_stage, {"c1": [("d1", 1)]})
    (move,) = [s for s in plan.steps if s.action == "move"]
    assert move.note.startswith("spliced over")
    assert plan.interrupted == ()


def test_who_is_not_served_stays(two_stage: Network) -> None:
    """A customer whom the design does not serve keeps the old fibre and is named with the reason."""
    customers = tuple(replace(c, unserved="too far") if c.id == "c4" else c for c in two_stage.customers)
    onus = tuple(onu for onu in two_stage.onus if onu.customer != "c4")
    plan = plan_cutover(replace(two_stage, customers=customers, onus=onus), {"c4": [("old", 4)]})
    assert plan.steps == ()
    assert plan.staying == (("c4", "too far"),)


def test_table_is_read(two_stage: Network, tmp_path: Path) -> None:
    """A row per fibre, columns in any order, blank lines between."""
    path = tmp_path / "p2p.csv"
    path.write_text("fibre;cable;customer\n1;A;c1\n2;A;c1\n\n3;B;c2\n", encoding="utf-8")
    assert read_existing(path, two_stage) == {"c1": (("A", 1), ("A", 2)), "c2": (("B", 3),)}


def test_lists_as_planners_keep_them(two_stage: Network, tmp_path: Path) -> None:
    """A workbook with Chinese headings and several fibres in a cell is understood like a row per fibre."""
    path = tmp_path / "今日.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("纤芯占用")
        for number, row in enumerate([("客户编号", "光缆编号", "占用纤芯"), ("c1", "A", "1-2"), ("c2", "B", 3)]):
            sheet.write_row(number, 0, row)
    assert read_existing(path, two_stage) == {"c1": (("A", 1), ("A", 2)), "c2": (("B", 3),)}


def test_a_fibre_that_a_cable_lacks(two_stage: Network, tmp_path: Path) -> None:
    """A cable that the design keeps has so many fibres and no more."""
    path = tmp_path / "p2p.csv"
    path.write_text("customer,cable,fibre\nc1,t1,999\n", encoding="utf-8")
    with pytest.raises(AreaError, match="cable t1 has no such fibre") as caught:
        read_existing(path, two_stage)
    assert caught.value.faults[0].value == 999


def test_every_fault_of_a_table_is_named(two_stage: Network, tmp_path: Path) -> None:
    """Strangers, fibres named twice, empty cells and numbers that are none: all with their row, at once."""
    path = tmp_path / "p2p.csv"
    path.write_text("customer,cable,fibre\nnobody,A,1\nc1,A,2\nc2,A,2\nc3,,3\nc4,A,zero\n,A,5\n", encoding="utf-8")
    with pytest.raises(AreaError) as caught:
        read_existing(path, two_stage)
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [
        (2, "customer"),
        (4, "fibre"),
        (5, "cable"),
        (6, "fibre"),
        (7, "customer"),
    ]


def test_a_header_is_missed(two_stage: Network, tmp_path: Path) -> None:
    """A table without the three columns is refused, naming those that lack."""
    path = tmp_path / "p2p.csv"
    path.write_text("name,cable\nc1,A\n", encoding="utf-8")
    with pytest.raises(AreaError, match="lacks customer, fibre"):
        read_existing(path, two_stage)


def _is_safe(plan: Cutover, network: Network, existing: dict[str, list[tuple[str, int]]]) -> bool:
    """Replay a plan: no fibre is lit anew while an old connection is on it."""
    holder = {strand: customer for customer, strands in existing.items() for strand in strands}
    links = {link.id: link for link in network.links}
    for step in plan.steps:
        if step.link and any(
            holder.get(strand, step.customer) != step.customer for strand in links[step.link].strands
        ):
            return False
        holder = {strand: customer for strand, customer in holder.items() if customer != step.customer}
    return not holder
