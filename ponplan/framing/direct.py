"""Direct fibre: Ethernet frames one after the other, each with preamble and gap, and nothing else on the line.

Both directions are a downstream of Ethernet without GATEs: frames of 1518 bytes take 1538 of the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.framing.codes import NO_CODE
from ponplan.framing.ethernet import EthernetDown, EthernetLine

if TYPE_CHECKING:
    from ponplan.framing.items import ItemTable


def direct_layout(items: ItemTable) -> EthernetDown:
    """Give the stream of frames, the same both ways."""
    line = EthernetLine(
        mac_bps=items["mac_rate"],
        preamble_bytes=items["preamble"],
        gap_bytes=items["interframe_gap"],
        message_bytes=0,
        frame_code=NO_CODE,
        frame_code_marks_bytes=0,
        stream_code=NO_CODE,
    )
    return EthernetDown(line=line, cycle_ns=1)
