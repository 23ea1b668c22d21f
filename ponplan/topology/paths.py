"""Every way that light takes from a PON port outwards, one row for each device it arrives at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.index import NetworkIndex

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """n arrivals of light, those nearer the port before those behind them.

    Parameters
    ----------
    ports, links, parents
        (n,) row of the port, row of the last link, and the arrival before (-1 at the port).
    devices
        Id of the device reached.
    working
        (n,) whether port and every link are working ones.
    starts
        Where each level begins, and n: level k has passed k splitters.
    loops
        Ids of links that lead light back to a splitter it has passed.
    """

    ports: IntArray
    links: IntArray
    parents: IntArray
    devices: tuple[str, ...]
    working: NDArray[np.bool_]
    starts: tuple[int, ...]
    loops: tuple[str, ...]

    def accumulate(self, values: FloatArray) -> FloatArray:
        """Give the sum along each path of values of links: (links,) to (n,), or (links, k) to (n, k)."""
        total = np.asarray(values, np.float64)[self.links]
        for begin, end in zip(self.starts[1:-1], self.starts[2:], strict=True):
            total[begin:end] += total[self.parents[begin:end]]
        return total

    def way_back(self, arrival: int) -> list[int]:
        """Give the arrivals from the port to this one, in order."""
        way = [arrival]
        while self.parents[way[-1]] >= 0:
            way.append(int(self.parents[way[-1]]))
        return way[::-1]


def follow_light(index: NetworkIndex) -> Arrivals:
    """Give every arrival of light from every port."""
    links, splitters = index.network.links, index.splitters
    ports: list[int] = []
    rows: list[int] = []
    parents: list[int] = []
    devices: list[str] = []
    working: list[bool] = []
    loops: list[str] = []
    for number, port in enumerate(index.network.ports):
        for row in index.links_from.get(port.id, ()):
            ports.append(number)
            rows.append(row)
            parents.append(-1)
            devices.append(links[row].to_device)
            working.append(port.role == "working" and links[row].role == "working")
    starts = [0, len(rows)]
    while starts[-1] > starts[-2]:
        for above in range(starts[-2], starts[-1]):
            if devices[above] not in splitters:
                continue
            for row in index.links_from.get(devices[above], ()):
                if _has_passed(links[row].to_device, above, parents, devices):
                    loops.append(links[row].id)
                    continue
                ports.append(ports[above])
                rows.append(row)
                parents.append(above)
                devices.append(links[row].to_device)
                working.append(working[above] and links[row].role == "working")
        starts.append(len(rows))
    return Arrivals(
        ports=np.array(ports, np.int64),
        links=np.array(rows, np.int64),
        parents=np.array(parents, np.int64),
        devices=tuple(devices),
        working=np.array(working, bool),
        starts=tuple(starts),
        loops=tuple(loops),
    )


def _has_passed(device: str, arrival: int, parents: list[int], devices: list[str]) -> bool:
    while arrival >= 0:
        if devices[arrival] == device:
            return True
        arrival = parents[arrival]
    return False
