"""Allocation in 125 us frames: static, the reference model of G.984.3 7.4, service intervals, traffic monitoring."""

# ruff: noqa: ANN001, ANN201, ANN202, ARG001 - all share the signature and the meaning in policy.py

from __future__ import annotations

import numpy as np
from numba import njit

from ponplan.simulate.policies import (
    ASSURED,
    BURST,
    CAPACITY,
    ELIGIBILITY,
    FIXED,
    FRAME,
    GUARANTEED_INTERVAL,
    MAXIMUM,
    NUM_ONUS,
    PRIORITY,
    QUANTUM,
    STATIC,
    SURPLUS_INTERVAL,
    TYPE,
    WEIGHT,
    shipped_policy,
)

# columns of memory
CREDIT, RATE, SHARE, LIMIT, TARGET, GUARANTEED_DUE, SURPLUS_DUE = range(7)


@shipped_policy
def static(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    """Grant every allocation the same bytes in every frame, whatever it asks."""
    for a in range(grants.size):
        grants[a] = int(settings[a, STATIC])


@njit(cache=True, error_model="numpy")
def share_surplus(memory, rows, num_open, surplus):  # type: ignore[no-untyped-def]
    """Share a surplus in proportion to SHARE among the first `num_open` of `rows`, none beyond LIMIT; give the rest.

    Rows that reach their limit leave, and the rest is shared again (G.984.3 7.4.5: equal ratios among the
    unsaturated). The order of `rows` is kept, their list is used up.
    """
    total = 0.0
    for k in range(num_open):
        total += memory[rows[k], SHARE]
    while surplus > 0.0 and total > 0.0:
        level = surplus / total
        kept = 0
        total = 0.0
        for k in range(num_open):
            a = rows[k]
            limit, rate, share = memory[a, LIMIT], memory[a, RATE], memory[a, SHARE]
            if rate + level * share >= limit:
                surplus -= limit - rate
                memory[a, RATE] = limit
            else:
                rows[kept] = a
                kept += 1
                total += share
        if kept == num_open:
            for k in range(num_open):
                memory[rows[k], RATE] += level * memory[rows[k], SHARE]
            return 0.0
        num_open = kept
    return max(surplus, 0.0)


@njit(cache=True, error_model="numpy")
def reference_rates(reported, settings, memory, capacity):  # type: ignore[no-untyped-def]
    """Set RATE of every row to its bytes in this frame by the fluid model of G.984.3 7.4.5."""
    surplus = capacity
    lowest, highest = 8, -1
    rows = np.empty((3, reported.size), np.int64)
    num_assured, num_later = 0, 0
    wanted = 0.0
    for a in range(reported.size):
        fixed = settings[a, FIXED]
        guaranteed = fixed + settings[a, ASSURED]
        load = max(reported[a] - memory[a, CREDIT], 0.0)
        rate = min(guaranteed, max(fixed, load))
        limit = min(settings[a, MAXIMUM], max(load, rate))
        memory[a, RATE] = rate
        memory[a, LIMIT] = limit
        surplus -= rate
        eligibility = settings[a, ELIGIBILITY]
        if eligibility > 0.0:
            wanted += limit - rate
            if limit > rate:
                if eligibility == 1.0:
                    memory[a, SHARE] = guaranteed
                    rows[0, num_assured] = a
                    num_assured += 1
                else:
                    memory[a, SHARE] = settings[a, WEIGHT] * (settings[a, MAXIMUM] - fixed - settings[a, ASSURED])
                    lowest = min(lowest, int(settings[a, PRIORITY]))
                    highest = max(highest, int(settings[a, PRIORITY]))
                    rows[1, num_later] = a
                    num_later += 1
    if wanted <= surplus:
        # enough for all: the same answer as sharing
        for a in range(reported.size):
            if settings[a, ELIGIBILITY] > 0.0:
                memory[a, RATE] = memory[a, LIMIT]
        return surplus - wanted
    if num_assured > 0:
        surplus = share_surplus(memory, rows[0], num_assured, surplus)
    for priority in range(lowest, highest + 1):
        num_open = 0
        for k in range(num_later):
            if int(settings[rows[1, k], PRIORITY]) == priority:
                rows[2, num_open] = rows[1, k]
                num_open += 1
        surplus = share_surplus(memory, rows[2], num_open, surplus)
    return surplus


@shipped_policy
def reference(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    """Grant by the reference model: fixed, assured, non-assured, best effort by priority and weight.

    What the model assigns in a frame is a credit. It is granted at once when it covers all that waits at the
    ONU, else when it makes a burst worth its overhead (QUANTUM); fixed bandwidth is granted in every frame, and no
    other grant takes its room.
    """
    num = grants.size
    waiting_onus = 0
    last_onu, last_fixed_onu = -1, -1
    reserved = 0
    for a in range(num):
        if owner[a] != last_onu and (reported[a] > 0 or settings[a, FIXED] > 0.0):
            waiting_onus += 1
            last_onu = owner[a]
        if settings[a, FIXED] > 0.0:
            reserved += int(settings[a, FIXED]) + 1
            if owner[a] != last_fixed_onu:
                reserved += line[BURST]
                last_fixed_onu = owner[a]
    bursts = min(waiting_onus, max(line[CAPACITY] // line[QUANTUM], 1))
    reference_rates(reported, settings, memory, float(line[CAPACITY] - bursts * line[BURST]))
    room, burst, quantum = line[CAPACITY], line[BURST], line[QUANTUM]
    a = 0
    start = line[FRAME] % line[NUM_ONUS]
    while a < num and owner[a] < start:
        a += 1
    step = 0
    while step < num:
        a = a if a < num else 0
        end = a
        ready, waiting, fixed, own = 0.0, 0, 0.0, 0
        while end < num and owner[end] == owner[a]:
            # credit is not saved up beyond what waits and one burst
            credit = min(memory[end, CREDIT] + memory[end, RATE], max(float(reported[end]), settings[end, FIXED]))
            memory[end, CREDIT] = credit
            ready += credit
            waiting += reported[end]
            fixed += settings[end, FIXED]
            own += int(settings[end, FIXED]) + 1 if settings[end, FIXED] > 0.0 else 0
            end += 1
        first, a = a, end
        step += end - first
        if own > 0:
            reserved -= own + burst
        # once room has run out the rest keep their credit without a grant;
        # a whole byte is owed when the credit differs from it by rounding only
        if room - reserved <= 0 or ready < 1.0 or (ready + 0.5 < waiting and ready < quantum and fixed <= 0.0):
            continue
        room -= burst
        for b in range(first, end):
            credit = memory[b, CREDIT]
            if settings[b, FIXED] > 0.0:
                own -= int(settings[b, FIXED]) + 1
            amount = min(int(credit + 1e-6), room - reserved - own)
            if amount > 0:
                grants[b] = amount
                memory[b, CREDIT] = credit - amount
                room -= amount


@njit(cache=True)
def _serve_interval(a, due, owed, full, wanted, interval, room, memory, line, grants):  # type: ignore[no-untyped-def]
    """Grant from one interval's amount and give the room that is left.

    An interval opens when its timer has run out; it closes, and the timer starts again, when its amount is
    spent or nothing more is wanted. A frame without room leaves it open.
    """
    if memory[a, due] > line[FRAME] or wanted <= 0:
        return room
    if memory[a, owed] <= 0.0:
        memory[a, owed] = full
    taken = max(min(int(memory[a, owed]), wanted, room), 0)
    grants[a] += taken
    memory[a, owed] -= taken
    if memory[a, owed] < 1.0 or taken == wanted:
        memory[a, owed] = 0.0
        memory[a, due] = line[FRAME] + interval
    return room - taken


@shipped_policy
def giant(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    """Grant by service intervals (Leligou et al. 2006): types 1, 2 and 3 guaranteed, then 4, then 3's surplus.

    An allocation is served when its interval has passed and it reports data (type 1: without asking); the
    grant is rate x interval, rounded down to words. Timers that run out without data wait for the next report.
    """
    bursts = min(line[NUM_ONUS], max(line[CAPACITY] // line[QUANTUM], 1))
    room = line[CAPACITY] - bursts * line[BURST]
    num = grants.size
    first = line[FRAME] % num
    for order in range(1, 4):
        for step in range(num):
            a = (first + step) % num
            kind = int(settings[a, TYPE])
            if (order < 3 and kind != order) or (order == 3 and kind not in (3, 5)):
                continue
            interval = settings[a, GUARANTEED_INTERVAL]
            full = int((settings[a, FIXED] + settings[a, ASSURED]) * interval) // 4 * 4
            wanted = full if kind == 1 else min(reported[a], full)
            room = _serve_interval(a, GUARANTEED_DUE, CREDIT, full, wanted, interval, room, memory, line, grants)
    for kind in (4, 5, 3):
        for step in range(num):
            a = (first + step) % num
            if int(settings[a, TYPE]) != kind:
                continue
            interval = settings[a, SURPLUS_INTERVAL]
            full = int((settings[a, MAXIMUM] - settings[a, FIXED] - settings[a, ASSURED]) * interval) // 4 * 4
            wanted = min(reported[a] - grants[a], full)
            room = _serve_interval(a, SURPLUS_DUE, RATE, full, wanted, interval, room, memory, line, grants)


@shipped_policy
def traffic_monitoring(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    """Grant without reports (G.984.3 5.3): what came back full is doubled, what came back idle is lowered.

    Each ONU has its turn once in as many frames as keep bursts worth their overhead; the guaranteed part is
    kept whatever is seen.
    """
    num = grants.size
    bursts = min(line[NUM_ONUS], max(line[CAPACITY] // line[QUANTUM], 1))
    turns = -(-line[NUM_ONUS] // bursts)
    room = float(line[CAPACITY] - bursts * line[BURST])
    wanted = 0.0
    for a in range(num):
        least = max((settings[a, FIXED] + settings[a, ASSURED]) * turns, 64.0)
        most = min(settings[a, MAXIMUM] * turns, room)
        if memory[a, TARGET] < least:
            memory[a, TARGET] = least
        if owner[a] % turns != line[FRAME] % turns:
            continue
        if received[a] >= 0:
            if 10 * received[a] >= 9 * granted[a]:
                memory[a, TARGET] = min(max(2.0 * granted[a], least), max(most, least))
            else:
                memory[a, TARGET] = max(1.25 * received[a], least)
        wanted += memory[a, TARGET]
    scale = min(1.0, room / wanted) if wanted > 0.0 else 0.0
    for a in range(num):
        if owner[a] % turns == line[FRAME] % turns:
            grants[a] = int(memory[a, TARGET] * scale)


FRAME_POLICY_FUNCTIONS = {
    "static": static,
    "reference": reference,
    "giant": giant,
    "traffic-monitoring": traffic_monitoring,
}
