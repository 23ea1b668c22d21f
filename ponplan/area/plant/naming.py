"""Names in lists of plant: what is told by a unique name gets that record's id."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.area.model import Area
    from ponplan.area.plant.model import AreaPlant


def with_plant_ids(area: Area) -> AreaPlant:
    """Give an area's plant with ends, places, offices and ports told by id wherever a name is unique.

    Where there is one office only, whatever the ports call theirs is that one.
    """
    plant = area.plant
    called = {port.office for port in plant.ports} - {""} if len(area.offices) == 1 else set()
    told = [(office.id, office.name) for office in area.offices]
    told += [(area.offices[0].id, name) for name in sorted(called - {box.id for box in plant.boxes})]
    offices = _ids_by_word(told)
    places = _ids_by_word([*told, *((box.id, box.name) for box in plant.boxes)])
    ports = _ids_by_word([(port.id, "") for port in plant.ports])
    cables = _ids_by_word([(cable.id, cable.name) for cable in plant.cables])
    return replace(
        plant,
        cables=tuple(
            replace(c, from_place=_known(places, c.from_place), to_place=_known(places, c.to_place))
            for c in plant.cables
        ),
        splitters=tuple(
            replace(
                s,
                place=_known(places, s.place),
                port=_known(ports, s.port),
                feeder=tuple((_known(cables, cable), fibre) for cable, fibre in s.feeder),
            )
            for s in plant.splitters
        ),
        ports=tuple(replace(p, office=_known(offices, p.office)) for p in plant.ports),
    )


def _ids_by_word(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Give ids by every id and unique name, without case."""
    names = Counter(word for _, word in {(one, name.casefold()) for one, name in pairs})
    found = {name.casefold(): one for one, name in pairs if name and names[name.casefold()] == 1}
    return found | {one.casefold(): one for one, _ in pairs} | {one: one for one, _ in pairs}


def _known(words: Mapping[str, str], text: str) -> str:
    return words.get(text, words.get(text.casefold(), text))
