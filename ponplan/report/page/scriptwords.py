"""Words that the page's script says, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.report.language import mark

if TYPE_CHECKING:
    from ponplan.report.language import Words

WORDS = {
    "nothing": mark("Nothing found"),
    "address": mark("address"),
    "cable": mark("cable"),
    "cables": mark("cables"),
    "cabinet": mark("cabinet"),
    "class": mark("class"),
    "closure": mark("closure"),
    "colour": mark("colour"),
    "connectors": mark("connectors and splices at the end"),
    "customer": mark("customer"),
    "down": mark("down, dB"),
    "element": mark("element"),
    "enclosure": mark("enclosure"),
    "existing": mark("used, was there before"),
    "fibre": mark("fibre"),
    "horizon": mark("at the horizon"),
    "id": mark("id"),
    "interface": mark("interface"),
    "l_cabinet": mark("Cabinets and splitter places"),
    "l_closure": mark("Closures"),
    "l_customer": mark("Customers served"),
    "l_distribution": mark("Distribution cables"),
    "l_drop": mark("Drops"),
    "l_existing": mark("Routes used, there before"),
    "l_feeder": mark("Feeder cables"),
    "l_new": mark("Routes to be built"),
    "l_office": mark("Central offices"),
    "l_protecting": mark("Protecting paths"),
    "l_room": mark("Building rooms"),
    "l_unserved": mark("Customers not served"),
    "l_unused": mark("Routes not used"),
    "leg": mark("leg"),
    "length": mark("m"),
    "load": mark("load"),
    "margin": mark("margin"),
    "name": mark("name"),
    "new": mark("built by this design"),
    "node": mark("place"),
    "notserved": mark("not served"),
    "now": mark("now"),
    "office": mark("office"),
    "onu": mark("terminal"),
    "path": mark("Light path"),
    "port": mark("PON port"),
    "protecting": mark("protecting"),
    "protection": mark("protection"),
    "reserve": mark("left after loss and margin"),
    "room": mark("building room"),
    "route": mark("route"),
    "splice": mark("splice"),
    "splices": mark("splices and tails"),
    "splitter": mark("splitter"),
    "stage": mark("stage"),
    "state": mark("state"),
    "terminals": mark("terminals"),
    "total": mark("total"),
    "tube": mark("tube"),
    "unused": mark("not used"),
    "up": mark("up, dB"),
    "used": mark("legs used"),
    "working": mark("working"),
}


def script_words(_: Words) -> dict[str, str]:
    """Give every word by its key."""
    return {key: _(text) for key, text in WORDS.items()}
