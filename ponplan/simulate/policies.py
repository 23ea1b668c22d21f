"""One compiled signature for every bandwidth-allocation policy.

A policy is a small function of arrays. The kernels call it through a function pointer, so they are compiled
once whatever the policy. EPON calls it when a REPORT of ONU `subject` has arrived and reads `grants[subject]`;
the 125 us systems call it once a frame with `subject` -1 and read `grants` of every allocation.
"""

from __future__ import annotations

import importlib.util
import inspect
from typing import TYPE_CHECKING, Any

import numba
from numba import types

from ponplan.errors import Fault, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

_INTS = types.Array(types.int64, 1, "C")
_REALS = types.Array(types.float64, 2, "C")

POLICY_SIGNATURE = types.void(types.int64, types.int64, _INTS, _INTS, _INTS, _INTS, _REALS, _REALS, _INTS, _INTS)
"""(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants)

reported
    Bytes each allocation is known to wait for on the line: EPON as last reported; else the report less what was
    granted since, encapsulation included.
received
    Bytes each allocation filled of its last grant that came back; -1 if none did.
granted
    Bytes of each allocation's last grant (EPON), or of the grant that `received` answers.
owner
    The ONU of each allocation.
settings
    One row per allocation, columns as in `SETTINGS`.
memory
    One row per allocation of `MEMORY_COLUMNS` numbers the policy may keep between calls; zero at first.
line
    Integers of the line, indices as in `LINE`.
grants
    The answer: bytes per allocation.
"""

SETTINGS = (
    "max_grant_bytes",
    "credit_bytes",
    "credit_factor",
    "fixed_bytes_per_frame",
    "assured_bytes_per_frame",
    "max_bytes_per_frame",
    "eligibility",  # 0 none, 1 non-assured, 2 best effort
    "priority",  # lower is served first
    "weight",
    "guaranteed_interval_frames",
    "surplus_interval_frames",
    "static_bytes",
    "type",
)
(
    MAX_GRANT,
    CREDIT_BYTES,
    CREDIT_FACTOR,
    FIXED,
    ASSURED,
    MAXIMUM,
    ELIGIBILITY,
    PRIORITY,
    WEIGHT,
    GUARANTEED_INTERVAL,
    SURPLUS_INTERVAL,
    STATIC,
    TYPE,
) = range(len(SETTINGS))
MEMORY_COLUMNS = 8
LINE = ("overhead_bytes", "num_onus", "capacity_bytes", "burst_bytes", "quantum_bytes", "frame", "unit_bytes")
OVERHEAD, NUM_ONUS, CAPACITY, BURST, QUANTUM, FRAME, UNIT = range(len(LINE))

Policy = Any  # a numba C callback; numba has no public type for it


def policy(function: Callable[..., None]) -> Policy:
    """Compile a function into a policy.

    The function takes the ten arguments of `POLICY_SIGNATURE` and returns nothing.
    """
    try:
        return numba.cfunc(POLICY_SIGNATURE, cache=False)(function)
    except numba.core.errors.NumbaError as error:
        name = getattr(function, "__name__", "policy")
        raise ScenarioError([Fault(file=name, problem=f"the policy does not compile: {error}")]) from error


def shipped_policy(function: Callable[..., None]) -> Policy:
    """Compile one of our own policies and keep the machine code on disk."""
    return numba.cfunc(POLICY_SIGNATURE, cache=True)(function)


def policy_from_file(where: str) -> Policy:
    """Load a policy of your own from `FILE.py:function`; the function may be plain or already a policy.

    Raises
    ------
    ScenarioError
        If the file or the function in it cannot be loaded, or the function does not compile.
    """
    file, colon, name = where.rpartition(":")
    if not colon:
        raise ScenarioError([Fault(file=where, problem="a policy is named FILE.py:function")])
    specification = importlib.util.spec_from_file_location("ponplan_own_policy", file)
    try:
        if specification is None or specification.loader is None:
            raise OSError("not a Python file")
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        found = getattr(module, name)
    except Exception as error:  # a researcher's file may fail in any way
        raise ScenarioError([Fault(file=file, field=name, problem=f"cannot be loaded: {error}")]) from error
    return policy(found) if inspect.isfunction(found) else found
