"""What limits a port, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.report.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.explain.limit import Limit
    from ponplan.design.explain.load import Carried
    from ponplan.design.explain.ports import PortLimits
    from ponplan.report.language import Words

NAMES = {
    "split": mark("split ratio"),
    "own-port": mark("a port alone for each customer of the class"),
    "light": mark("light budget"),
    "overload": mark("too much light"),
    "reach": mark("reach"),
    "differential-reach": mark("difference in distance"),
    "load": mark("load at the horizon"),
    "cabinet-fibres": mark("fibres in the cabinet"),
    "cabinet-splitters": mark("splitter places in the cabinet"),
    "cabinet-cables": mark("cable ports of the cabinet"),
}
DIRECTIONS = {"down": mark("downstream"), "up": mark("upstream"), "": ""}


def port_lines(port: PortLimits, _: Words) -> Iterator[str]:
    """Tell a port with all of its limits."""
    splitters = ", ".join(f"{name} ({kind})" for name, kind in port.splitters) or _("no splitter")
    yield _("{port}: {technology}, {customers} customers behind {splitters}; {legs} legs are free").format(
        port=port.port, technology=port.technology, customers=port.customers, splitters=splitters, legs=port.legs_free
    )
    yield binding_words(port, _)
    for limit in port.limits:
        yield f"  {limit_words(limit, _)}"
    for carried in port.carried:
        yield f"  {_carried(carried, _)}"


def binding_words(port: PortLimits, _: Words) -> str:
    """Say which limit stops further customers first."""
    name = limit_name(port.binding, port.direction, _)
    if port.customers_more == 0:
        return _("full: {limit} lets no customer more in").format(limit=name)
    return _("room for {count} customers like these, then {limit} stops it").format(
        count=port.customers_more, limit=name
    )


def limit_name(name: str, direction: str, _: Words) -> str:
    """Say a limit's name with its direction."""
    return f"{_(NAMES[name])} {_(DIRECTIONS[direction])}".strip()


def limit_words(limit: Limit, _: Words) -> str:
    """Say how much of a limit is used and left."""
    unit = f" {limit.unit}" if limit.unit else ""
    text = _("{limit}: {value} of {most}").format(
        limit=limit_name(limit.name, limit.direction, _),
        value=f"{limit.value:,.10g}{unit}",
        most=f"{limit.limit:,.10g}{unit}",
    )
    if limit.is_least:
        text = _("{limit}: {value}, at least {least}").format(
            limit=limit_name(limit.name, limit.direction, _),
            value=f"{limit.value:,.10g}{unit}",
            least=f"{limit.limit:,.10g}{unit}",
        )
    left = _("{room} left").format(room=f"{limit.room:,.10g}{unit}")
    more = "" if limit.customers is None else _("{count} customers more").format(count=limit.customers)
    about = " ".join(part for part in (limit.subject, limit.note) if part)
    return "; ".join(part for part in (text, left, more, about) if part)


def _carried(carried: Carried, _: Words) -> str:
    """Say what a port carries in one direction."""
    text = _("{direction}: {committed} Mbit/s committed and {peaks} of peaks now, {later} at the horizon").format(
        direction=_(DIRECTIONS[carried.direction]),
        committed=f"{carried.committed_bps / 1e6:,.1f}",
        peaks=f"{carried.peaks_bps / 1e6:,.1f}",
        later=f"{carried.horizon_bps / 1e6:,.1f}",
    )
    if carried.full_year is None:
        return text
    return text + "; " + _("full in year {year}").format(year=carried.full_year)
