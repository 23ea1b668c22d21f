"""Direct fibres in the plan: the ways they share with feeders, the drops behind them, ports and terminals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.design.fans import add_drops
from ponplan.design.olts import install_direct
from ponplan.design.onus import pick_onus
from ponplan.topology.network import Link, Onu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.design.decisions import Decisions, Strand
    from ponplan.design.direct import DirectPlan
    from ponplan.design.draft import Draft


def direct_ends(decisions: Decisions, office: int) -> dict[int, int]:
    """Give the junction where the drop of each direct fibre from an office begins.

    Direct fibres are numbered on from the feeders, working and protecting, of all splitters.
    """
    if decisions.direct is None:
        return {}
    access = decisions.direct.problem.access.tolist()
    first = 2 * len(decisions.splitters)
    offices = decisions.direct.offices.tolist()
    return {first + member: access[member] for member, own in enumerate(offices) if own == office}


def add_direct(draft: Draft, direct: DirectPlan, ways: Mapping[int, list[Strand]], begins: Mapping[int, str]) -> None:
    """Add the drops, ports and terminals of direct fibres, and a link from port to terminal for each.

    Parameters
    ----------
    ways, begins
        By position among these customers: the strands from the office, none where the drop begins there, and the
        node where the drop begins.
    """
    problem = direct.problem
    own = replace(draft, problem=problem)
    strands = {member: list(ways.get(member, ())) for member in sorted(begins)}
    add_drops(own, sorted(begins), begins, strands)
    onu_types = pick_onus(problem)
    for member, port in enumerate(install_direct(own, direct)):
        customer = problem.customers[int(problem.served[member])]
        onu = Onu(
            id=f"ONU-{customer.id}",
            customer=customer.id,
            node=f"P-{customer.id}",
            type=onu_types[member],
            technology=customer.technology,
        )
        draft.onus.append(onu)
        draft.links.append(
            Link(
                id=draft.next_id("L", digits=6),
                role="working",
                from_device=port,
                from_port=1,
                to_device=onu.id,
                to_port=1,
                strands=tuple(strands[member]),
            )
        )
