"""What each kind of step counts for, so that a unit of counted work takes about ten nanoseconds in all of them.

Measured on the Vienna graphs on one core of a 2020s server; an ascent counts 1 per arc looked at.
"""

from __future__ import annotations

# reading an edge into the core: sorting, merging, component search
PER_EDGE = 150
# laying an edge of a reduced graph out anew
PER_LIVE_EDGE = 20
# an arc or heap entry in a shortest-path search
PER_SEARCH_STEP = 4
# an edge or label looked at in a reduction
PER_SHRINK_STEP = 10
# a node or way looked at for key moves
PER_MOVE_STEP = 25
