"""Records of a network in lists that grow, in file order: what plans from nothing and changes alike put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.topology.network import (
        BearerElement,
        BearerLink,
        Cable,
        Card,
        Link,
        Node,
        Olt,
        OltPort,
        Onu,
        Relaxed,
        Splitter,
        Uplink,
    )


@dataclass(slots=True, kw_only=True)
class NewRecords:
    """Everything but routes and customers."""

    nodes: list[Node] = field(default_factory=list)
    cables: list[Cable] = field(default_factory=list)
    olts: list[Olt] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    ports: list[OltPort] = field(default_factory=list)
    uplinks: list[Uplink] = field(default_factory=list)
    bearer_elements: list[BearerElement] = field(default_factory=list)
    bearer_links: list[BearerLink] = field(default_factory=list)
    splitters: list[Splitter] = field(default_factory=list)
    onus: list[Onu] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    relaxed: list[Relaxed] = field(default_factory=list)
