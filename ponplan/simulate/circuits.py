"""E1 circuits as packets: natively in GEM or AAL1 where the PON carries TDM, else emulated over Ethernet.

An E1 brings 32 bytes every 125 us. A GEM fragment takes one frame of all circuits of a terminal; an AAL1 cell holds
47 bytes of one circuit (ITU-T I.363.1); emulated (RFC 4553), some frames go in an Ethernet packet with its pseudowire
headers. At the far end a jitter buffer as deep as delays differ makes the stream even again, so that a circuit's
delay is packing plus the longest delay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing.circuits import FRAME_BYTES, FRAME_NS, PSEUDOWIRE_BYTES
from ponplan.scenario import SourceSettings

if TYPE_CHECKING:
    from ponplan.catalogue.model import Technology

AAL1_BYTES = 47  # of a cell's 48, one is the SAR header
AAL1_HEADER_BYTES = 1
E1_LOOP = "e1"  # row of the catalogue's clock recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How circuits become packets: bytes of each, so many ns apart for one circuit, and whether a cell is native.

    `circuits` may be broken: what has grown by half an E1 fills packets by half as much again.
    """

    packet_bytes: int
    interval_ns: float
    packets: int  # in each interval
    circuits: float
    is_aal1: bool = False

    @property
    def rate_mbps(self) -> float:
        """Rate of the packets."""
        return self.packets * self.packet_bytes * 8e3 / self.interval_ns


def pack(technology: Technology, *, circuits: float, frames: int) -> Packing:
    """Give how a technology carries circuits; `frames` of each go in a packet where they are emulated."""
    whole = max(1, round(circuits))
    if technology.carries_tdm == "native" and technology.encapsulation == "atm":
        interval_ns = AAL1_BYTES * FRAME_NS / FRAME_BYTES * whole / circuits
        return Packing(
            packet_bytes=AAL1_BYTES, interval_ns=interval_ns, packets=whole, circuits=circuits, is_aal1=True
        )
    if technology.carries_tdm == "native":
        size = max(1, round(FRAME_BYTES * circuits))
        return Packing(packet_bytes=size, interval_ns=FRAME_NS, packets=1, circuits=circuits)
    size = round(frames * FRAME_BYTES * circuits / whole) + PSEUDOWIRE_BYTES
    return Packing(packet_bytes=size, interval_ns=frames * FRAME_NS, packets=whole, circuits=circuits)


def packed_source(source: SourceSettings, technology: Technology) -> tuple[SourceSettings, Packing]:
    """Give the even source that sends a source's circuits."""
    packing = pack(technology, circuits=source.circuits, frames=source.packing_frames)
    kept = source.model_dump(include={"direction", "buffer_bytes", "tcont", "priority", "onus"})
    even = SourceSettings(kind="cbr", rate_mbps=packing.rate_mbps, packet_bytes=packing.packet_bytes, **kept)
    return even, packing
