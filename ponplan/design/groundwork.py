"""What every plan of an area rests on: the routes opened, the tree over them, and where splitters may stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.direct import direct_ground
from ponplan.design.joints import joints_of
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.portfolio import Ground
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.protection.closing import closing_costs
from ponplan.design.protection.ground import two_way_ground
from ponplan.design.protection.pairing import without_two_places
from ponplan.design.protection.spurs import with_spurs
from ponplan.design.protection.twins import survey_twins
from ponplan.design.reach import reach_limits_m, within_reach
from ponplan.design.trench import grow_trunk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.design.protection.twins import TwinGround
    from ponplan.design.tree import RootedTree

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    Digging = Callable[[PlanProblem, FloatArray], IntArray]

# what using the others' routes counts of opening them, turn by turn: digging elsewhere may make them needless
TURNS = (0.0, 0.0, 0.3, 0.0, 0.15)
EXPECTED_FIBRES = 24  # in a typical stretch: where the price of cable is linearised for the search


@dataclass(frozen=True, slots=True, kw_only=True)
class Groundwork:
    """The ground of the customers without full protection, and a tree to everybody."""

    ground: Ground
    tree: RootedTree


def expected_line(cables: CablePrices) -> Line:
    """Give the line under the cable price that is highest at as many fibres as a typical stretch holds."""
    return max(cables.lines(), key=lambda line: line.fixed + EXPECTED_FIBRES * line.slope)


def lay_ground(
    problem: PlanProblem, dig: Digging, *, seed: int, tell: Callable[[str], None], shorten: bool = True
) -> Groundwork:
    """Open routes and root the tree on them; where customers are fully protected, both of their trees first.

    Parameters
    ----------
    dig
        Gives the routes to open for a problem of at least one customer, when opening each segment costs so much
        (with the least of its cable); it is asked for everybody first.
    shorten
        Whether shorter ways are opened for those whom the routes as dug would put near or out of reach.
    """
    cables = trunk_prices(problem.catalogue, problem.area.rules)
    line = expected_line(cables)
    opening, floors = opening_costs(problem), cable_floor_costs(problem, line.fixed)
    places = places_of(problem)
    limits_m = reach_limits_m(problem, planes_of(problem, protected=True))
    tell("looking for the least digging")
    whole = opened = dig(problem, opening + floors)
    if shorten:
        whole = opened = within_reach(problem, opened, opening + floors, limits_m)
    two_way = two_way_ground(problem) if np.any(problem.protections != "none") else None
    is_full = problem.protections == "full"
    direct = direct_ground(problem)
    shared = ~is_full if direct is None else ~is_full & ~problem.is_direct
    plain, twins = problem.only(~is_full), None
    if two_way is not None and is_full.any():
        tell("closing rings")
        survey = partial(survey_twins, problem, two_way, places=places, line=line, cables=cables, limits_m=limits_m)
        routes = partial(_routes_of, plain, dig, limits_m=limits_m[~is_full])
        twins, opened = _dig_together(survey, two_way, routes, whole, opening, floors, seed)
        opening = opening.copy()
        opening[twins.segments] = 0.0
    split = problem.only(shared)
    junctions = np.array([place.junction for place in places if len(split.served)], np.int64)
    trunk = grow_trunk(split, opened, opening + floors, junctions)
    ground = Ground(
        problem=split,
        planes=planes_of(split, protected=True),
        places=places,
        trunk=trunk,
        line=line,
        cables=cables,
        joints=joints_of(problem, cables),
        limits_m=limits_m[shared],
        seed=seed,
        two_way=two_way,
        opening=opening,
        opened=opened,
        twins=twins,
        closing=_closing(two_way, plain, places, opening, opened),
        direct=direct,
    )
    tree = trunk.tree if twins is None else grow_trunk(problem, whole, opening + floors, junctions).tree
    return Groundwork(ground=ground, tree=tree)


def _closing(
    two_way: TwoWayGround | None,
    problem: PlanProblem,
    places: Sequence[Place],
    opening: FloatArray,
    opened: IntArray,
) -> FloatArray | None:
    """Give what closing rings to places costs beside the routes opened; None where nobody's trunk is protected."""
    if two_way is None or not np.any(problem.protections == "trunk"):
        return None
    left = opening.copy()
    left[opened] = 0.0
    return closing_costs(two_way, places, left)


def _dig_together(
    survey: Callable[..., TwinGround],
    two_way: TwoWayGround,
    routes: Callable[[FloatArray], IntArray],
    whole: IntArray,
    opening: FloatArray,
    floors: FloatArray,
    seed: int,
) -> tuple[TwinGround, IntArray]:
    """Dig for the fully protected and for the others in turns, each free to use what the other opens.

    The first turns begin beside the routes to everybody and beside those to the others alone, the next ones beside
    those that turned out best: that leave the fewest without two places for splitters, then those that cost least.
    """
    turns: list[tuple[tuple[int, float], TwinGround, IntArray]] = []
    for turn, share in enumerate(TURNS):
        if turn == 0:
            beside = whole
        elif turn == 1:
            beside = routes(opening + floors)
        else:
            beside = min(turns, key=itemgetter(0))[2]
        start = min(turns, key=itemgetter(0))[1].rings if turns else None
        left = opening.copy()
        left[beside] *= share
        twins = with_spurs(survey(left, rng=np.random.default_rng([seed, 3]), start=start), two_way, left)
        left = opening.copy()
        left[twins.segments] = 0.0
        opened = routes(left + floors)
        cost = float(opening[np.union1d(opened, twins.segments)].sum())
        turns.append(((len(without_two_places(twins)), cost), twins, opened))
    _, twins, opened = min(turns, key=itemgetter(0))
    return twins, opened


def _routes_of(problem: PlanProblem, dig: Digging, costs: FloatArray, *, limits_m: FloatArray) -> IntArray:
    """Give the routes to open for a part of the customers, none for nobody."""
    if not len(problem.served):
        return np.zeros(0, np.int64)
    return within_reach(problem, dig(problem, costs), costs, limits_m)
