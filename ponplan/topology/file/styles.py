"""How the layers of a design are drawn: one description for QGIS, KML and CAD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# eight colours that colour-blind people tell apart (Okabe and Ito 2008), as red,green,blue
ORANGE, SKY, GREEN, YELLOW = "230,159,0", "86,180,233", "0,158,115", "240,228,66"
BLUE, VERMILION, PURPLE, BLACK, GREY = "0,114,178", "213,94,0", "204,121,167", "35,35,35", "190,190,190"
_OF_TECHNOLOGIES = (SKY, YELLOW, GREEN, PURPLE, ORANGE, BLUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the features of one value are drawn."""

    value: str
    colour: str  # red,green,blue
    size_mm: float
    dashed: bool = False
    shape: str = "circle"  # QGIS's names


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a layer is drawn.

    `attribute` is QGIS's expression of the value that chooses the look, `label` that of the text beside a feature,
    shown at scales from 1:`label_scale`.
    """

    layer: str
    attribute: str
    looks: tuple[Look, ...]
    is_line: bool = False
    label: str = ""
    label_scale: int = 5000

    def values(self, columns: Mapping[str, Sequence[Any]]) -> list[str]:
        """Give the value of each row, for programs that know no QGIS expressions."""
        if self.layer == "customers":
            pairs = zip(columns["unserved"], columns["technology"], strict=True)
            return ["unserved" if reason else technology for reason, technology in pairs]
        return list(map(str, columns[self.attribute]))


def _look(value: str, colour: str, size_mm: float, *, dashed: bool = False, shape: str = "circle") -> Look:
    return Look(value=value, colour=colour, size_mm=size_mm, dashed=dashed, shape=shape)


_NAMED = """CASE WHEN "kind" IN ('office', 'cabinet', 'room') THEN coalesce(nullif("name", ''), "id") END"""
_FIXED = (
    Style(
        layer="routes",
        attribute="state",
        is_line=True,
        looks=(
            _look("unused", GREY, 0.2),
            _look("new", VERMILION, 0.8),
            _look("existing", BLACK, 0.5, dashed=True),
        ),
        label="""CASE WHEN "state" = 'new' THEN round("length_m", 1) || ' m' END""",
        label_scale=1000,
    ),
    Style(
        layer="cables",
        attribute="drawn",
        is_line=True,
        looks=(
            _look("feeder", BLUE, 0.7),
            _look("distribution", SKY, 0.5),
            _look("drop", GREEN, 0.3),
            _look("feeder (both)", PURPLE, 0.7),
            _look("distribution (both)", PURPLE, 0.5),
            _look("feeder (protecting)", VERMILION, 0.7, dashed=True),
            _look("distribution (protecting)", VERMILION, 0.5, dashed=True),
            _look("drop (protecting)", VERMILION, 0.3, dashed=True),
        ),
        label="""CASE WHEN "role" <> 'drop' THEN "type" END""",
        label_scale=2500,
    ),
    Style(
        layer="nodes",
        attribute="kind",
        looks=(
            _look("office", BLUE, 5.0, shape="star"),
            _look("cabinet", BLUE, 3.2, shape="square"),
            _look("room", PURPLE, 2.8, shape="diamond"),
            _look("closure", BLACK, 1.6),
            _look("premises", GREEN, 0.8, shape="triangle"),
        ),
        label=_NAMED,
        label_scale=10000,
    ),
    Style(
        layer="splitters_map",
        attribute="stage",
        looks=(_look("1", ORANGE, 2.4, shape="triangle"), _look("2", YELLOW, 2.0, shape="triangle")),
        label='"type" || \' \' || "used_legs" || \'/\' || "legs"',
        label_scale=1000,
    ),
    Style(
        layer="olts_map",
        attribute="bearer",
        looks=(_look("ip", BLUE, 2.0, shape="square"), _look("mstp", PURPLE, 2.0, shape="square")),
        label='"type"',
        label_scale=2500,
    ),
)


def layer_styles(technologies: Iterable[str]) -> tuple[Style, ...]:
    """Give the style of every layer that has a place; customers are coloured by their technology."""
    names = sorted(set(technologies))
    looks = [_look(name, _OF_TECHNOLOGIES[place % len(_OF_TECHNOLOGIES)], 1.8) for place, name in enumerate(names)]
    customers = Style(
        layer="customers",
        attribute="""CASE WHEN "unserved" <> '' THEN 'unserved' ELSE "technology" END""",
        looks=(*looks, _look("unserved", VERMILION, 3.2, shape="cross2")),
        label="""coalesce(nullif("name", ''), "id")""",
        label_scale=1000,
    )
    return (*_FIXED[:3], customers, *_FIXED[3:])
