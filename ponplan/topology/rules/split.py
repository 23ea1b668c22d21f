"""Rules of splitting: how many terminals share a port, and that every leg, input and interface has one link."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey


def split_too_large(survey: Survey) -> Iterator[Finding]:
    """Find ports whose splitters in a row divide the light more often than technology or rules allow."""
    paths = survey.onu_paths
    largest = np.zeros(len(survey.network.ports))
    np.maximum.at(largest, paths.ports, paths.splits)
    yield from _beyond_limit(survey, largest, "divides its light by {value}")


def too_many_terminals(survey: Survey) -> Iterator[Finding]:
    """Find ports with more terminals than technology or rules allow, whichever way they are joined."""
    paths = survey.onu_paths
    pairs = np.unique(np.stack([paths.ports, paths.onus]), axis=1)
    counts = np.bincount(pairs[0], minlength=len(survey.network.ports)).astype(np.float64)
    counts += [port.taken_onus for port in survey.network.ports]
    yield from _beyond_limit(survey, counts, "has {value} terminals")


def _beyond_limit(
    survey: Survey, values: np.ndarray[tuple[int], np.dtype[np.float64]], text: str
) -> Iterator[Finding]:
    wanted = survey.network.rules.max_split
    for port, value in zip(survey.network.ports, values.tolist(), strict=True):
        technology = survey.catalogue.technologies.get(port.technology)
        limits = [limit for limit in (wanted, technology.max_split if technology else None) if limit is not None]
        if limits and value > min(limits):
            yield Finding(
                subject=port.id,
                value=value,
                limit=min(limits),
                message=f"port {port.id} {text.format(value=round(value))}; {port.technology} and the rules allow"
                f" {min(limits)}",
            )


def leg_misused(survey: Survey) -> Iterator[Finding]:
    """Find legs that two links leave from, and legs that the splitter does not have."""
    used: Counter[tuple[str, int]] = Counter(
        (link.from_device, link.from_port)
        for link in survey.network.links
        if link.from_device in survey.index.splitters
    )
    yield from _misused(survey, used, outputs=True)


def input_misused(survey: Survey) -> Iterator[Finding]:
    """Find inputs that two links reach, and inputs that the splitter does not have."""
    used: Counter[tuple[str, int]] = Counter(
        (link.to_device, link.to_port) for link in survey.network.links if link.to_device in survey.index.splitters
    )
    yield from _misused(survey, used, outputs=False)


def _misused(survey: Survey, used: Counter[tuple[str, int]], *, outputs: bool) -> Iterator[Finding]:
    word = "leg" if outputs else "input"
    for (splitter, number), count in used.items():
        kind = survey.catalogue.splitters.get(survey.index.splitters[splitter].type)
        if kind is not None and not 1 <= number <= (kind.outputs if outputs else kind.inputs):
            limit = kind.outputs if outputs else kind.inputs
            yield Finding(
                subject=splitter,
                value=number,
                limit=limit,
                message=f"a link uses {word} {number} of {splitter}, which has {limit}",
            )
        if count > 1:
            yield Finding(
                subject=splitter,
                value=count,
                limit=1,
                message=f"{count} links use {word} {number} of {splitter}",
            )
        if outputs and number in survey.index.splitters[splitter].taken:
            message = f"a link uses leg {number} of {splitter}, which others use"
            yield Finding(subject=splitter, value=number, message=message)


def interface_misused(survey: Survey) -> Iterator[Finding]:
    """Find PON interfaces that two links reach, and interfaces that the terminal does not have."""
    onus = survey.index.onus
    used = Counter((link.to_device, link.to_port) for link in survey.network.links if link.to_device in onus)
    for (onu, number), count in used.items():
        kind = survey.catalogue.onus.get(onus[onu].type)
        # a switch in front of one interface takes two fibres
        limit = None if kind is None else max(kind.pon_interfaces, 2 if kind.optical_switch else 1)
        if limit is not None and not 1 <= number <= limit:
            message = f"a link reaches interface {number} of {onu}, which has {limit}"
            yield Finding(subject=onu, value=number, limit=limit, message=message)
        if count > 1:
            message = f"{count} links reach interface {number} of {onu}"
            yield Finding(subject=onu, value=count, limit=1, message=message)


def port_forked(survey: Survey) -> Iterator[Finding]:
    """Find PON ports that more than one link leaves from."""
    for port in survey.network.ports:
        count = len(survey.index.links_from.get(port.id, ()))
        if count > 1:
            yield Finding(subject=port.id, value=count, limit=1, message=f"{count} links leave port {port.id}")


def left_dark(survey: Survey) -> Iterator[Finding]:
    """Find splitters and terminals that no port's light reaches, and links that lead light in a circle."""
    lit = set(survey.arrivals.devices)
    for device in (*survey.index.splitters, *survey.index.onus):
        if device not in lit:
            yield Finding(subject=device, message=f"no light reaches {device} from any port")
    for link in dict.fromkeys(survey.arrivals.loops):
        yield Finding(subject=link, message=f"link {link} leads light back to a splitter it has passed")


RULES = (
    Rule(
        id="split", subject="port", meaning="Splitters in a row divide no further than allowed", find=split_too_large
    ),
    Rule(
        id="port-onus", subject="port", meaning="A port has no more terminals than allowed", find=too_many_terminals
    ),
    Rule(id="splitter-leg", subject="splitter", meaning="Every leg exists and is used once", find=leg_misused),
    Rule(id="splitter-input", subject="splitter", meaning="Every input exists and is used once", find=input_misused),
    Rule(
        id="onu-interface", subject="onu", meaning="Every interface exists and is used once", find=interface_misused
    ),
    Rule(id="port-link", subject="port", meaning="One link leaves a PON port", find=port_forked),
    Rule(
        id="dark", subject="splitter, onu or link", meaning="Light reaches every device, in no circle", find=left_dark
    ),
)
