"""E1 circuits in packets: what their headers add where a PON does not carry them natively."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.catalogue.model import Technology

FRAME_BYTES, FRAME_NS = 32, 125_000  # ITU-T G.704
EMULATED_FRAMES = 8  # E1 frames in a packet of circuit emulation, the usual millisecond
# Ethernet header and FCS 18, one VLAN tag 4, MPLS label stack of two 8, control word 4, RTP 12 (RFC 4553)
PSEUDOWIRE_BYTES = 46


def circuit_load_factor(technology: Technology) -> float:
    """Give by how much an E1 loads a PON above its own rate: headers of circuit emulation, or nothing natively."""
    if technology.carries_tdm == "native":
        return 1.0
    return 1.0 + PSEUDOWIRE_BYTES / (EMULATED_FRAMES * FRAME_BYTES)
