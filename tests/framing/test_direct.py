"""Direct fibre against the arithmetic of Ethernet: frames with preamble and gap, and nothing else."""

import pytest

from ponplan.catalogue import read_catalogue
from ponplan.framing import usable_rate_bps

CATALOGUE = read_catalogue()


@pytest.mark.parametrize("direction", ["down", "up"])
@pytest.mark.parametrize(("technology", "mac_bps"), [("direct-1g", 1e9), ("direct-10g", 1e10)])
@pytest.mark.parametrize(("frame", "line"), [(1518, 1538), (64, 84), (594, 614)])
def test_rate_is_the_frames_share_of_the_line(technology: str, mac_bps: float, direction: str, frame: int, line: int):
    """Frames of 1518 bytes take 1538 of the line, frames of 64 take 84, both ways and at either rate."""
    found = usable_rate_bps(
        CATALOGUE.technologies[technology],
        CATALOGUE.frame_items,
        direction=direction,
        bursts_per_frame=1,
        frame_bytes=frame,
    )
    assert found == pytest.approx(mac_bps * frame / line, rel=1e-12)
