"""How many bytes each standard spends on frames and bursts, and so which rates are usable."""

from ponplan.framing.atm import AtmDown, AtmUp
from ponplan.framing.codes import BlockCode
from ponplan.framing.direct import direct_layout
from ponplan.framing.ethernet import EthernetDown, EthernetUp
from ponplan.framing.itu import BurstLayout, Encapsulation, FrameLayout
from ponplan.framing.rates import down_layout, up_layout, usable_rate_bps
from ponplan.framing.sizes import IPACT_TRIMODAL, SizeMix, size_table

__all__ = [
    "IPACT_TRIMODAL",
    "AtmDown",
    "AtmUp",
    "BlockCode",
    "BurstLayout",
    "Encapsulation",
    "EthernetDown",
    "EthernetUp",
    "FrameLayout",
    "SizeMix",
    "direct_layout",
    "down_layout",
    "size_table",
    "up_layout",
    "usable_rate_bps",
]
