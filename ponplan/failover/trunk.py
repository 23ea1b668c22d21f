"""Trunk protection: a standby port takes over when the working one hears nobody, and gives back after a repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from ponplan.failover.line import Line


class Trunk:
    """A working port and the one that stands by for it on the same splitter."""

    def __init__(self, line: Line, working: int, protecting: int) -> None:
        self.line = line
        self.pair = (working, protecting)
        self.active = 0
        self._watching = self._restoring = self._moving = False

    @property
    def _port(self) -> int:
        return self.pair[self.active]

    def is_quiet(self) -> bool:
        """Say whether so many terminals are silent that the OLT blames the feeder."""
        port = self.line.ports[self._port]
        silent = len(port.members) - len(port.hears)
        return bool(port.members) and silent >= self.line.switch_share * len(port.members)

    def fell_silent(self) -> None:
        """Look after the port when a terminal has fallen silent, once at a time."""
        if not self._watching and not self._moving and self.is_quiet():
            self._watching = True
            self.line.env.process(self._watch())

    def _watch(self) -> Generator[simpy.Event, Any, None]:
        failed = self.line.ports[self._port].equipment_failed
        for step, name in (("equipment-detect" if failed else "detect", "detect"), ("decide", "decide")):
            yield self.line.wait(step)
            if not self.is_quiet() or self._moving:
                self._watching = False
                return
            self.line.mark(name, port=self._port)
        yield from self._move()
        if self.is_quiet():
            yield self.line.wait("hunt")
        self._watching = False
        self.fell_silent()

    def _move(self) -> Generator[simpy.Event, Any, None]:
        """Darken one port, light the other, and wait until its first round should be over."""
        self._moving = True
        before = self.line.ports[self._port]
        before.darken()
        self.active = 1 - self.active
        yield from self.line.ports[self._port].light()
        self._moving = False
        self.mended()

    def mended(self) -> None:
        """Something was mended: if that is the working path, go back once it has stayed well."""
        if self.active == 1 and self.line.revertive and not self._restoring and self._is_well():
            self._restoring = True
            self.line.restoring += 1
            self.line.env.process(self._restore())

    def _is_well(self) -> bool:
        return any(self.line.is_whole(way) for way in self.line.ways_of_port[self.pair[0]])

    def _restore(self) -> Generator[simpy.Event, Any, None]:
        yield self.line.wait("wait-to-restore")
        if self.active == 1 and self._is_well() and not self._moving:
            yield from self._move()
        self._restoring = False
        self.line.restoring -= 1
        self.line.check()
