"""`ponplan check`: a design file in, everything that is wrong with it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from ponplan.cli.options import DesignPath, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology import Violation

SCHEMA = "ponplan.check/1"
SHOWN_PER_RULE = 20


def check_command(design: DesignPath, as_json: Json = False) -> None:
    """Recompute a design from its file alone and list every rule it breaks: light, load, fibres, ducts, bill.

    Ends with exit code 4 if there are violations; rules that the design itself lists as relaxed are shown, but do
    not count. Says as well which records somebody edited since the design was made.

    Example: ponplan check plan.gpkg
    """
    from ponplan.design.standing.asdesigned import edits_of
    from ponplan.topology import check_network, read_network
    from ponplan.topology.drawing import check_drawing

    network = read_network(design)
    edits = edits_of(network)
    found = (*check_network(network), *check_drawing(design, network))
    violations = [violation for violation in found if not violation.relaxed]
    relaxed = [violation for violation in found if violation.relaxed]
    if as_json:
        edited = [asdict(edit) for edit in edits]
        print_json({"schema": SCHEMA, "violations": _rows(violations), "relaxed": _rows(relaxed), "edited": edited})
    else:
        _show(violations)
        for edit in edits[:SHOWN_PER_RULE]:
            talk(f"edited since it was designed: {edit}")
        if len(edits) > SHOWN_PER_RULE:
            talk(f"edited since it was designed: {len(edits) - SHOWN_PER_RULE} more (--json lists all)")
        for violation in relaxed:
            talk(f"relaxed: {violation.rule} {violation.subject}: {violation.message}")
        talk(f"{len(violations)} violations, {len(relaxed)} more that the design lists as relaxed")
    if violations:
        raise typer.Exit(4)


def _rows(violations: Sequence[Violation]) -> list[dict[str, object]]:
    rows = [asdict(violation) for violation in violations]
    return [{name: value for name, value in row.items() if name != "relaxed"} for row in rows]


def _show(violations: Sequence[Violation]) -> None:
    shown: Counter[str] = Counter()
    totals = Counter(violation.rule for violation in violations)
    for violation in violations:
        shown[violation.rule] += 1
        if shown[violation.rule] <= SHOWN_PER_RULE:
            typer.echo(f"{violation.rule} {violation.subject}: {violation.message}")
        elif shown[violation.rule] == SHOWN_PER_RULE + 1:
            typer.echo(f"{violation.rule}: {totals[violation.rule] - SHOWN_PER_RULE} more (--json lists all)")
