"""The page's section on faults: who was dark for how long, which step took the time, what the verdict rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.report.language import mark
from ponplan.report.page.charts import Bar, timeline
from ponplan.report.page.playing import Table
from ponplan.report.page.results import of_schema
from ponplan.report.page.sections import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.report.language import Words
    from ponplan.report.page.results import Result

WORST = 10
STEPS = {
    "detect": mark("detect"),
    "decide": mark("decide"),
    "laser": mark("laser starts"),
    "sync": mark("synchronise"),
    "popup": mark("POPUP"),
    "swift-popup": mark("Swift POPUP"),
    "holdover": mark("holdover"),
    "ranging": mark("ranging"),
    "ranging-serial": mark("ranging, one by one"),
    "ranging-pipelined": mark("ranging, pipelined"),
    "relearn": mark("bearer learns anew"),
    "processing": mark("processing"),
    "first-grant": mark("first grant"),
    "reactivation": mark("activation anew"),
}
COUNTS = (
    ("customers_total", mark("customers")),
    ("customers_affected", mark("customers affected")),
    ("customers_lost", mark("customers lost until repair")),
    ("customers_over_50_ms", mark("customers over 50 ms")),
    ("customers_over_100_ms", mark("customers over 100 ms")),
)
QUANTILES = (
    ("min", mark("shortest outage")),
    ("p50", mark("median outage")),
    ("p99", mark("outage of 99 %")),
    ("max", mark("longest outage")),
)


def outage_tables(results: Sequence[Result], _: Words) -> list[Table]:
    """Give what each fault did, and its worst customers."""
    tables = []
    for result in of_schema(results, "ponplan.failover/1"):
        tables.append(_summary(result, _))
        if any(customer.get("affected") for customer in result.answer["customers"]):
            tables.append(_worst(result, _))
    return tables


def _summary(result: Result, _: Words) -> Table:
    answer = result.answer
    rows = [[_(label), f"{answer[name]:,}"] for name, label in COUNTS if is_number(answer.get(name))]
    rows += [[_(label), milliseconds(answer["outage_ms"].get(name))] for name, label in QUANTILES]
    title = _("{technology}, {scheme} protection, {standby} standby, {recovery}: {file}").format(
        technology=answer["technology"],
        scheme=answer["scheme"],
        standby=answer.get("standby") or "–",
        recovery=answer["recovery"],
        file=result.file,
    )
    return Table(title=title, head=["", ""], rows=rows, charts=_timeline(answer, _), note=_weak(answer, _))


def _timeline(answer: Mapping[str, Any], _: Words) -> list[Any]:
    steps = [
        Bar(
            label=_(STEPS.get(step["name"], step["name"])),
            value=step["to_ms"],
            below=step["from_ms"],
            text=milliseconds(step["to_ms"] - step["from_ms"]),
        )
        for step in answer["steps"]
    ]
    title = _("Steps of the longest outage that ended")
    return [timeline(steps, title=title, axis=_("milliseconds from the fault"))] if steps else []


def _weak(answer: Mapping[str, Any], _: Words) -> str:
    """Name the durations that no standard or data sheet stands behind."""
    names = sorted(
        {basis["step"] for basis in answer.get("rests_on", ()) if basis["trust"] in ("unverified", "illustrative")}
    )
    return _("Durations without a firm source: {names}.").format(names=", ".join(names)) if names else ""


def _worst(result: Result, _: Words) -> Table:
    affected = [customer for customer in result.answer["customers"] if customer.get("affected")]
    affected.sort(key=lambda one: (not one["lost"], -(one["service_outage_ms"] or 0.0), one["id"]))
    rows = [
        [
            customer["id"],
            _("until repair") if customer["lost"] else milliseconds(customer["service_outage_ms"]),
            _(STEPS.get(customer["dominating_step"] or "", customer["dominating_step"] or "–")),
            milliseconds(customer["promise_ms"]),
            {None: "–", True: _("yes"), False: _("no")}[customer["within_promise"]],
        ]
        for customer in affected[:WORST]
    ]
    return Table(
        title=_("Customers dark the longest: {file}").format(file=result.file),
        head=[_("customer"), _("outage"), _("longest step"), _("promise"), _("kept")],
        rows=rows,
    )


def milliseconds(value: object) -> str:
    """Give a duration in words, a dash where it is not known."""
    return f"{value:,.1f} ms" if is_number(value) else "–"
