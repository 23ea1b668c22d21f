"""What a customer wants, from cells such as "2M", "2 Mbit/s", "100M/100M 专线", "E1*2" or service ids."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from ponplan.area.cells import text_of
from ponplan.area.tables.headers import normalised
from ponplan.area.tables.numbers import rates_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.tables.mapping import ServiceMapping
    from ponplan.catalogue.model import Service

Services = tuple[tuple[str, int], ...]
ABOUT = 0.03  # 2.048 Mbit/s is sold as 2M
SEPARATORS = re.compile(
    r"[;；、\n]+|(?<=[a-z\d\u4e00-\u9fff])\s*[+＋]\s*(?=[a-z\d\u4e00-\u9fff])|,(?!\d{3}\b)|，", re.IGNORECASE
)
SYMMETRIC = frozenset({"sym", "symm", "symmetric", "symmetrical", "symmetrisch", "symétrique", "对称"})
RANGE = re.compile(r"\d\s*[kmgt]?(?:bit/?s?|bps|b)?\s*(?:-|–|~|～|至|to)\s*\d")
TIMES = re.compile(r"^(?:(\d{1,4})\s*[x×*]\s*(?=\S)|(.*?\S)\s*[x×*]\s*(\d{1,4})$)", re.IGNORECASE)


class DemandReader:
    """Reads cells and remembers what each different text was taken for."""

    def __init__(self, mapping: ServiceMapping, services: Mapping[str, Service]) -> None:
        self._services = services
        self._words = {normalised(word): name for name, words in mapping.words.items() for word in words}
        self._families = {normalised(word): name for name, words in mapping.families.items() for word in words}
        self._family_of_class = mapping.family_of_class
        self._all_families = tuple(mapping.families)
        self._cache: dict[tuple[str, str], Services | ValueError] = {}
        self.understood: Counter[tuple[str, str, str]] = Counter()  # text, class, service: number of cells

    def services_of(self, cell: object, customer_class: str) -> Services:
        """Give services and counts.

        Raises
        ------
        ValueError
            A part is neither a service nor a rate that a service of the catalogue carries.
        """
        key = (text_of(cell), customer_class)
        if key not in self._cache:
            self._cache[key] = self._read(*key)
        answer = self._cache[key]
        if isinstance(answer, ValueError):
            raise answer
        self.understood.update((key[0], customer_class, service) for service, _ in answer)
        return answer

    def understand_again(self, cell: object, customer_class: str, times: int) -> None:
        """Count a cell that was understood before so many times more."""
        key = (text_of(cell), customer_class)
        answer = self._cache[key]
        if not isinstance(answer, ValueError):
            self.understood.update({(*key, service): times for service, _ in answer})

    def _read(self, text: str, customer_class: str) -> Services | ValueError:
        counts: Counter[str] = Counter()
        try:
            for part in self._parts(text):
                times, name = _times(part)
                if times < 1:
                    raise ValueError("a count from 1")
                counts[self._service(name, customer_class)] += times
        except ValueError as error:
            return error
        return tuple(counts.items())

    def _parts(self, text: str) -> list[str]:
        if text and all(_times(word)[1] in self._services for word in text.split()):
            return text.split()
        return [part.strip() for part in SEPARATORS.split(text) if part.strip()]

    def _service(self, name: str, customer_class: str) -> str:
        if name in self._services:
            return name
        if normalised(name) in self._words:
            return self._known(self._words[normalised(name)])
        rates, rest = rates_of(name)
        words = [normalised(word) for word in (rest, *rest.split())]
        named = next((self._words[word] for word in words if word in self._words), None)
        if named is not None:
            return self._known(named)
        if len(rates) == 2 and RANGE.search(name.casefold()):
            raise ValueError("one rate, or down and up such as 100M/50M, and no range")
        if len(rates) == 1 and any(word in SYMMETRIC for word in words):
            rates, rest = rates * 2, " ".join(word for word in rest.split() if word not in SYMMETRIC)
        families = [self._families[word] for word in words if word in self._families]
        if not rates or len(rates) > 2 or (rest and not families):
            raise ValueError(f"a service ({', '.join(self._services)}) or a rate such as 100M or 100M/50M")
        return self._by_rate(rates, families[0] if families else self._family_of_class.get(customer_class, ""))

    def _known(self, service: str) -> str:
        if service not in self._services:
            raise ValueError(f"a service of the catalogue: {', '.join(self._services)}")
        return service

    def _by_rate(self, rates: tuple[float, ...], family: str) -> str:
        """Choose the family's service of exactly this rate, else the other family's, else the next greater one."""
        families = (family, *(other for other in self._all_families if other != family))
        candidates = [service for name in families for service in self._of_family(name)]
        down_bps, up_bps = rates[0], rates[-1] if len(rates) == 2 else 0.0
        if down_bps <= 0 or up_bps < 0:
            raise ValueError("a rate above 0")
        enough_down_bps, enough_up_bps = down_bps / (1.0 + ABOUT), up_bps / (1.0 + ABOUT)
        fitting = [s for s in candidates if s.peak_down_bps >= enough_down_bps and s.peak_up_bps >= enough_up_bps]
        if not fitting:
            most = max((s.peak_down_bps for s in candidates), default=0)
            raise ValueError(f"at most {most / 1e6:g} Mbit/s, the fastest service of the catalogue")
        if 0 < up_bps < down_bps:
            return min(fitting, key=lambda s: (s.peak_down_bps, s.peak_up_bps)).id
        exact = [s for s in fitting if math.isclose(s.peak_down_bps, down_bps, rel_tol=ABOUT)]
        own = [s for s in exact or fitting if family and s.id.startswith(family)]
        return (own or exact or fitting)[0].id

    def _of_family(self, family: str) -> list[Service]:
        own = [service for name, service in self._services.items() if family and name.startswith(family)]
        return sorted(own, key=lambda service: (service.peak_down_bps, service.id))


def _times(part: str) -> tuple[int, str]:
    """Read "2*e1", "e1 x 2" as twice e1."""
    match = TIMES.match(part.strip())
    if not match:
        return 1, part.strip()
    if match[1]:
        return int(match[1]), part[match.end() :].strip()
    return int(match[3]), match[2].strip()
