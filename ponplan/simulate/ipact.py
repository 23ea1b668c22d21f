"""IPACT service disciplines (Kramer, Mukherjee, Pesavento 2002; pon_facts 3.1) and the static grant."""

# ruff: noqa: ANN001, ANN201, ARG001, D103 - all share the signature and the meaning in policy.py

from __future__ import annotations

from ponplan.simulate.policies import (
    CREDIT_BYTES,
    CREDIT_FACTOR,
    MAX_GRANT,
    NUM_ONUS,
    OVERHEAD,
    shipped_policy,
)


@shipped_policy
def fixed(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    grants[subject] = int(settings[subject, MAX_GRANT])


@shipped_policy
def gated(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    grants[subject] = reported[subject] + line[OVERHEAD]


@shipped_policy
def limited(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    grants[subject] = min(reported[subject] + line[OVERHEAD], int(settings[subject, MAX_GRANT]))


@shipped_policy
def constant_credit(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    wanted = reported[subject] + line[OVERHEAD] + int(settings[subject, CREDIT_BYTES])
    grants[subject] = min(wanted, int(settings[subject, MAX_GRANT]))


@shipped_policy
def linear_credit(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    wanted = int(reported[subject] * settings[subject, CREDIT_FACTOR]) + line[OVERHEAD]
    grants[subject] = min(wanted, int(settings[subject, MAX_GRANT]))


@shipped_policy
def elastic(subject, now_ns, reported, received, granted, owner, settings, memory, line, grants):  # type: ignore[no-untyped-def]
    # the last grants of all ONUs, the asking one's included only as what it is about to replace
    others = -granted[subject]
    for onu in range(line[NUM_ONUS]):
        others += granted[onu]
    room = line[NUM_ONUS] * int(settings[subject, MAX_GRANT]) - others
    grants[subject] = min(reported[subject] + line[OVERHEAD], max(room, 0))


IPACT_POLICIES = {
    "fixed": fixed,
    "static": fixed,
    "gated": gated,
    "limited": limited,
    "constant-credit": constant_credit,
    "linear-credit": linear_credit,
    "elastic": elastic,
}
