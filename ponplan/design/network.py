"""From an area to a design, on the plant that the area lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.catalogue import read_catalogue
from ponplan.design.assignments import refuse_unknown_assignments
from ponplan.design.problem import pose_problem, with_headroom
from ponplan.design.run import NO_HALT, design_problem
from ponplan.design.standing.inventory import plant_network
from ponplan.design.standing.redesign import redesign_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.effort import Halt
    from ponplan.design.run import Design


def design_network(
    area: Area,
    *,
    catalogue: Catalogue | None = None,
    seed: int = 0,
    jobs: int = 1,
    watch: Callable[[str], None] | None = None,
    effort: str = "normal",
    halt: Halt = NO_HALT,
    headroom: Mapping[str, float] | None = None,
) -> Design:
    """Find a least-cost network for an area and prove how far from the optimum it can be.

    Plant that the area lists is there already: it is used where that is cheaper, and for nothing.

    Parameters
    ----------
    catalogue
        None takes the catalogue that comes with the program.
    seed
        The same area, catalogue and seed give the same design, on any number of processes.
    jobs
        Processes to plan with.
    watch
        Told in a few words what is being done.
    effort
        How much counted work to spend: quick, normal or best.
    halt
        When to end before that; such a design cannot be repeated.
    headroom
        Customers, by id, to plan for as if their load were so many times what it is; bound and gap are then those of
        that harder problem. An area with plant has none.

    Raises
    ------
    AreaError
        When the area names what the catalogue does not have, or has no office, or its plant cannot be there.
    CatalogueError
        When a technology in use lacks a splitter, transceiver, card or enclosure allowed in design.
    Infeasible
        When not one customer can be served.
    """
    rows = catalogue or read_catalogue()
    if area.plant:
        return redesign_network(
            area,
            plant_network(area, rows),
            built=True,
            catalogue=rows,
            seed=seed,
            jobs=jobs,
            watch=watch,
            effort=effort,
            halt=halt,
        ).design
    tell = watch or _nobody
    tell("putting customers on the routes")
    problem = pose_problem(area, rows)
    refuse_unknown_assignments(area, problem.customers)
    if headroom:
        problem = with_headroom(problem, headroom)
    return design_problem(problem, seed=seed, jobs=jobs, tell=tell, effort=effort, halt=halt)


def _nobody(text: str) -> None:
    """Listen to nothing."""
