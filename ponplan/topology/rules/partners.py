"""Rules of partners: each protecting port stands by for one working port, and light comes from both of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey


def partner_wrong(survey: Survey) -> Iterator[Finding]:
    """Find protecting ports that stand by for no working port of their technology, and working ones that stand by."""
    ports = survey.index.ports
    for port in survey.network.ports:
        if port.role == "working" and (port.partner or port.standby):
            message = f"working port {port.id} is said to stand by for {port.partner or 'another'}"
            yield Finding(subject=port.id, message=message)
        if port.role != "protecting":
            continue
        partner = ports.get(port.partner)
        if partner is None or partner.role != "working" or partner.technology != port.technology:
            message = f"protecting port {port.id} names {port.partner!r}, which is no working {port.technology} port"
            yield Finding(subject=port.id, message=message)


def partner_shared(survey: Survey) -> Iterator[Finding]:
    """Find working ports for which several ports stand by."""
    standing_by: dict[str, list[str]] = {}
    for port in survey.network.ports:
        if port.role == "protecting" and port.partner in survey.index.ports:
            standing_by.setdefault(port.partner, []).append(port.id)
    for working, names in standing_by.items():
        if len(names) > 1:
            message = f"{len(names)} ports stand by for working port {working}: {', '.join(names)}"
            yield Finding(subject=working, value=len(names), limit=1, message=message)


def partner_passed_by(survey: Survey) -> Iterator[Finding]:
    """Find pairs of paths whose protecting path comes from another port than stands by for the working one."""
    links, ports = survey.network.links, survey.index.ports
    for pair in survey.path_pairs:
        working, protecting = (links[rows[0]].from_device for rows in (pair.working, pair.protecting))
        port = ports.get(protecting)
        if port is not None and port.role == "protecting" and port.partner != working:
            message = (
                f"paths of {pair.subject} come from {working} and {protecting}, which stands by for another port"
            )
            yield Finding(subject=pair.subject, message=message)


RULES = (
    Rule(id="port-partner", subject="port", meaning="Protecting ports name a working partner", find=partner_wrong),
    Rule(id="one-partner", subject="port", meaning="One port stands by for a working port", find=partner_shared),
    Rule(
        id="partner-path",
        subject="splitter (trunk) or customer (full)",
        meaning="The protecting path comes from the port that stands by for the working path's port",
        find=partner_passed_by,
    ),
)
