"""What `ponplan design` says of a plan: its bill and bound, its change, its variants, its verification."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from ponplan.cli.say import figure, talk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.design import Design
    from ponplan.design.variants import Variant
    from ponplan.simulate.verify import Verified
    from ponplan.topology.network import Network

COMPARED = ("cost_total", "gap_percent", "trench_km", "fibre_km", "splitters", "olt_ports", "customers_served")
SHOWN = 20  # customers of each kind that are named; --json names all


def verification_answer(verified: Verified | None) -> dict[str, object]:
    """Give every round that was planned and played, and the services that remain broken."""
    if verified is None:
        return {}
    from ponplan.report.played_tables import flow_rows

    broken = [row for row in flow_rows(verified.result) if not row["kept"]]
    rounds = [asdict(one) for one in verified.rounds]
    return {"verified": {"clean": verified.is_clean, "rounds": rounds, "broken": broken}}


def tell_verification(verified: Verified | None) -> None:
    """Tell what each round cost and broke, and whether all promises are kept."""
    if verified is None:
        return
    for number, one in enumerate(verified.rounds, start=1):
        room = f"headroom for {one.headroom} customers"
        talk(f"round {number}, {room}: cost {one.cost:,.2f}, {one.broken} promises broken on {len(one.ports)} ports")
    if verified.is_clean:
        talk("played: every promise is kept at the horizon")
    else:
        talk("not all can be kept: ponplan simulate DESIGN says which are broken, why, and what cures them")


def tell_design(design: Design, output: Path, seconds: float) -> None:
    """Tell the bill beside its bound, the gap, what changed, what was relaxed and who is not served."""
    from rich.console import Console
    from rich.table import Table

    from ponplan.design.protection.missing import reasons_of_relaxed
    from ponplan.design.standing.known import known_rules

    facts, proof = design.network.facts, design.proof
    table = Table("part", "cost", "bound", title=f"{design.network.name}: {facts['currency']}")
    for name, part in proof.parts.items():
        table.add_row(name, f"{part.cost:,.2f}", f"{part.bound:,.2f}")
    table.add_row("total", f"{proof.cost:,.2f}", f"{proof.bound:,.2f}")
    Console().print(table)
    gap = facts["gap_percent"]
    talk(f"{facts['customers_served']} of {facts['customers_total']} customers served; written to {output}")
    talk(
        f"gap {gap} %, avoidable {facts['gap_avoidable_percent']} %; {seconds:.1f} s"
        if gap is not None
        else f"no gap can be claimed, because rules were relaxed; {seconds:.1f} s"
    )
    _tell_change(facts)
    _tell_exposed(design.network, output)
    reasons = reasons_of_relaxed(design.network, known_rules(design.network))
    for rule in design.network.relaxed:
        why = f": {reasons[rule.subject]}" if rule.rule == "protection" and rule.subject in reasons else ""
        talk(f"relaxed: {rule.rule} of {rule.subject} is {rule.value:g}, allowed {rule.limit:g}{why}")
    for customer in design.network.customers:
        if customer.unserved:
            talk(f"not served: {customer.id}: {customer.unserved}")


def _tell_exposed(network: Network, output: Path) -> None:
    """Tell how much protected customers' two paths share all the same, and where it is listed with its cures."""
    if not network.exposures:
        return
    from ponplan.design.answer import exposed_summary

    found: Any = exposed_summary(network)
    amounts = {kind: f"{count} {kind}(s)" for kind, count in found["things"].items()}
    if "trench" in amounts:
        amounts["trench"] = f"{found['trench_m']:,.1f} m of trench"
    shared = ", ".join(amounts.values())
    talk(
        f"working and protecting paths share {shared}; {found['customers']:,} customer(s) exposed: who, to what, and"
        f" its cure are in the table exposures of {output}, in ponplan report and in ponplan pack"
    )


def variant_answer(variant: Variant, file: Path) -> dict[str, object]:
    """Give what a variant is for, where it is written and its figures, or why there is none."""
    from ponplan.design.variants import MEANINGS

    told: dict[str, object] = {"name": variant.name, "meaning": MEANINGS[variant.name], "refused": variant.refused}
    if variant.network is None:
        return {**told, "file": None}
    return {**told, "file": str(file), **{name: variant.network.facts[name] for name in COMPARED}}


def tell_variants(design: Design, output: Path, variants: Sequence[Variant], files: Mapping[str, Path]) -> None:
    """Tell the figures of all variants side by side."""
    from rich.console import Console
    from rich.table import Table

    table = Table("variant", *COMPARED, "file", title="variants")
    table.add_row("cheapest", *(figure(design.network.facts[name]) for name in COMPARED), output.name)
    for variant in variants:
        if variant.network is None:
            talk(f"no {variant.name}: {variant.refused}")
        else:
            facts = variant.network.facts
            table.add_row(variant.name, *(figure(facts[name]) for name in COMPARED), files[variant.name].name)
    Console().print(table)


def _tell_change(facts: Mapping[str, Any]) -> None:
    """Tell what has changed against the earlier design, if there is one."""
    from ponplan.design.standing.notkept import NotKept

    change = facts.get("from")
    if change is None:
        return
    typer.echo(f"the change costs {change['cost_change']:,.2f} {facts['currency']}")
    kept = ", ".join(f"{count} {name}" for name, count in change["kept"].items() if count)
    typer.echo(f"kept: {kept or 'nothing'}")
    for words in change["adopted"]:
        talk(f"taken over: {words}")
    for one in change["not_kept"]:
        talk(f"not kept: {NotKept(**one)}")
    for word in ("added", "removed", "idle"):
        parts = ", ".join(f"{len(ids)} {name}" for name, ids in change[word].items())
        if parts:
            typer.echo(f"{word}: {parts}")
    for word in ("connected", "rerouted", "disconnected"):
        names = change[f"customers_{word}"]
        if names:
            shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
            talk(f"{word}: {shown}")
