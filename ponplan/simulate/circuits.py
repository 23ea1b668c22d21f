"""E1 circuits as packets: natively in GEM or AAL1 where the PON carries TDM, else emulated over Ethernet.

An E1 brings 32 bytes every 125 us. A GEM fragment takes one frame of all circuits of a terminal; an AAL1 cell holds
47 bytes of one circuit (ITU-T I.363.1); emulated (RFC 4553), some frames go in an Ethernet packet with its pseudowire
headers. At the far end a jitter buffer as deep as delays differ makes the stream even again, so that a circuit's
delay is packing plus the longest delay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.scenario import SourceSettings

if TYPE_CHECKING:
    from ponplan.catalogue.model import Technology

FRAME_BYTES, FRAME_NS = 32, 125_000  # ITU-T G.704
E1_BPS = 2_048_000
AAL1_BYTES = 47  # of a cell's 48, one is the SAR header
AAL1_HEADER_BYTES = 1
E1_LOOP = "e1"  # row of the catalogue's clock recovery
# Ethernet header and FCS 18, one VLAN tag 4, MPLS label stack of two 8, control word 4, RTP 12 (RFC 4553)
PSEUDOWIRE_BYTES = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How circuits become packets: bytes of each, so many ns apart for one circuit, and whether a cell is native."""

    packet_bytes: int
    interval_ns: float
    packets: int  # in each interval
    circuits: int
    is_aal1: bool = False

    @property
    def rate_mbps(self) -> float:
        """Rate of the packets."""
        return self.packets * self.packet_bytes * 8e3 / self.interval_ns


def pack(technology: Technology, *, circuits: int, frames: int) -> Packing:
    """Give how a technology carries circuits; `frames` of each go in a packet where they are emulated."""
    if technology.carries_tdm == "native" and technology.encapsulation == "atm":
        interval_ns = AAL1_BYTES * FRAME_NS / FRAME_BYTES
        return Packing(
            packet_bytes=AAL1_BYTES, interval_ns=interval_ns, packets=circuits, circuits=circuits, is_aal1=True
        )
    if technology.carries_tdm == "native":
        return Packing(packet_bytes=FRAME_BYTES * circuits, interval_ns=FRAME_NS, packets=1, circuits=circuits)
    return Packing(
        packet_bytes=frames * FRAME_BYTES + PSEUDOWIRE_BYTES,
        interval_ns=frames * FRAME_NS,
        packets=circuits,
        circuits=circuits,
    )


def packed_source(source: SourceSettings, technology: Technology) -> tuple[SourceSettings, Packing]:
    """Give the even source that sends a source's circuits."""
    packing = pack(technology, circuits=source.circuits, frames=source.packing_frames)
    kept = source.model_dump(include={"direction", "buffer_bytes", "tcont", "priority", "onus"})
    even = SourceSettings(kind="cbr", rate_mbps=packing.rate_mbps, packet_bytes=packing.packet_bytes, **kept)
    return even, packing
