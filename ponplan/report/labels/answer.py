"""What a scanned code stands for."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import Fault, LabelError
from ponplan.report.labels.texts import KINDS, LabelTexts
from ponplan.report.language import words
from ponplan.topology.survey import Survey
from ponplan.topology.works.numbers import by_code, number_resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.network import Network
    from ponplan.topology.works.numbers import Scheme

ENDS = ("/A", "/B")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanAnswer:
    """A resource found by its code."""

    code: str
    kind: str
    kind_said: str
    record: str
    number: int | None
    end: str  # of a cable: A, B
    node: str  # where it is; of a cable's end the node there
    lines: tuple[str, ...]


def scan_code(
    network: Network,
    code: str,
    *,
    scheme: Scheme | None = None,
    kept: Mapping[tuple[str, str], str] | None = None,
    language: str = "en",
) -> ScanAnswer:
    """Give what a code stands for.

    Raises
    ------
    LabelError
        Nothing in this design has this code; the closest ones are named.
    """
    survey, say = Survey(network), words(language)
    resources = number_resources(survey, scheme=scheme, kept=kept)
    known = by_code(resources)
    bare, end = (code[:-2], code[-1]) if code.endswith(ENDS) and code not in known else (code, "")
    resource = known.get(bare)
    if resource is None or (end and resource.kind != "cable"):
        near = difflib.get_close_matches(code, known, n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "is it the right design, scheme and register?"
        raise LabelError([Fault(file="labels", problem="nothing has this code", value=code, remedy=remedy)])
    return ScanAnswer(
        code=code,
        kind=resource.kind,
        kind_said=say(KINDS[resource.kind]),
        record=resource.record,
        number=resource.number,
        end=end,
        node=_node(survey, resource.kind, resource.record, end),
        lines=LabelTexts(survey, resources, say).lines(resource),
    )


def _node(survey: Survey, kind: str, record: str, end: str) -> str:
    index = survey.index
    if kind in ("cable", "fibre"):
        cable = index.cables[record]
        return cable.to_node if end == "B" else cable.from_node
    if kind == "olt":
        return index.olts[record].node
    if kind == "card":
        return index.olts[index.cards[record].olt].node
    return record if record in index.nodes else index.device_nodes.get(record, "")
