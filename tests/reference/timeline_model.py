"""What happens to one ONU's fibre in the course of a run, told beforehand; imports nothing of the kernels."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = 2**62


@dataclass(frozen=True)
class Piece:
    """A stretch of time at the ONU in which nothing changes."""

    from_ns: int
    until_ns: int
    way_ns: int
    lit: bool


@dataclass(frozen=True)
class Break:
    """Light is lost: what the ONU sent before `stop_ns` and the OLT has not heard in full by `limit_ns`."""

    stop_ns: int
    limit_ns: int
    down_from_ns: int
    down_until_ns: int


class Timeline:
    """Pieces and breaks from events (time, kind, value): dark with the cut's way from the OLT, lit, way."""

    def __init__(self, way_ns: int, events: list[tuple[int, str, int]]) -> None:
        changes, breaks, lit = [(-NEVER, way_ns, True)], [], True
        for number, (now_ns, kind, value) in enumerate(events):
            lit_ns = next((time for time, what, _ in events[number:] if what == "lit"), NEVER)
            way_then_ns = next((v for _, what, v in reversed(self._until(events, lit_ns)) if what == "way"), way_ns)
            old_ns = changes[-1][1]
            if kind == "dark":
                lit = False
                stop_ns = min(now_ns + old_ns - value, lit_ns)
                breaks.append(Break(stop_ns, now_ns + value, now_ns - value, lit_ns - way_then_ns))
                changes.append((stop_ns, old_ns, lit))
            elif kind == "lit":
                lit = True
                changes.append((now_ns, old_ns, lit))
            else:
                if lit:
                    breaks.append(Break(now_ns, now_ns, now_ns - old_ns, now_ns))
                changes.append((now_ns, value, lit))
        ends = [change[0] for change in changes[1:]] + [NEVER]
        self.pieces = [Piece(*change[:1], end, *change[1:]) for change, end in zip(changes, ends, strict=True)]
        self.breaks = breaks

    @staticmethod
    def _until(events: list[tuple[int, str, int]], time_ns: int) -> list[tuple[int, str, int]]:
        return [event for event in events if event[0] <= time_ns]

    def sending(self, start_ns: int) -> Piece | None:
        """Give the piece in which the ONU sends what is to reach the OLT at a time; None if it cannot."""
        for piece in self.pieces:
            if piece.lit and piece.from_ns <= start_ns - piece.way_ns < piece.until_ns:
                return piece
        return None

    def broken(self, sent_ns: int, end_ns: int) -> int:
        """Give when the sending of a burst stops that breaks before the OLT has heard it in full; else never."""
        return min((b.stop_ns for b in self.breaks if sent_ns < b.stop_ns and end_ns > b.limit_ns), default=NEVER)

    def arrives(self, begin_ns: int, end_ns: int) -> int | None:
        """Give when a packet sent between two times has reached the ONU; None if it has not."""
        if any(begin_ns < b.down_until_ns and end_ns > b.down_from_ns for b in self.breaks):
            return None
        piece = next(piece for piece in self.pieces if piece.lit and begin_ns + piece.way_ns < piece.until_ns)
        return end_ns + piece.way_ns


def random_events(rng: object, way_ns: int, *, until_ns: int, farthest_ns: int) -> list[tuple[int, str, int]]:
    """Draw what happens to an ONU, nothing sooner after another thing than light takes to get about."""
    events, now_ns, lit = [], 0, True
    while True:
        now_ns += 250_000 + int(rng.integers(0, until_ns // 3 + 1))
        if now_ns >= until_ns:
            return events
        kind = str(rng.choice(["dark", "way"] if lit else ["lit", "way", "lit"]))
        value = 0
        if kind == "way":
            value = way_ns = int(rng.integers(0, farthest_ns + 1))
        elif kind == "dark":
            value = int(rng.integers(0, way_ns + 1))
        lit = {"dark": False, "lit": True, "way": lit}[kind]
        events.append((now_ns, kind, value))
