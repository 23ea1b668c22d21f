"""Sections of the page from other commands' results: packets, faults and variants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.report.language import mark
from ponplan.report.page.charts import Bar, Chart, Series, bars, curves
from ponplan.report.page.results import of_schema
from ponplan.report.page.sections import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.report.language import Words
    from ponplan.report.page.results import Result

WAYS = {"upstream": mark("upstream"), "downstream": mark("downstream")}
USES = {
    "payload": mark("payload"),
    "guard": mark("guard times"),
    "headers": mark("headers"),
    "fec": mark("error correction"),
    "idle": mark("idle"),
    "report": mark("reports"),
}
COMPARED = (
    ("customers_served", mark("customers served"), 0),
    ("cost_total", mark("cost"), 2),
    ("cost_bound", mark("lower bound"), 2),
    ("gap_percent", mark("gap, %"), 2),
    ("trench_km", mark("trench dug, km"), 3),
    ("fibre_km", mark("lit fibre, km"), 3),
    ("olt_ports", mark("PON ports"), 0),
    ("splitters", mark("splitters"), 0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its heading row; the first column is text, the others are numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    charts: Sequence[Chart] = ()
    note: str = ""


def traffic_tables(results: Sequence[Result], _: Words) -> list[Table]:
    """Give what each simulation found."""
    single = [_traffic(result, _) for result in of_schema(results, "ponplan.simulate/1")]
    return single + [_sweep(result, _) for result in of_schema(results, "ponplan.simulate-sweep/1")]


def _traffic(result: Result, _: Words) -> Table:
    answer = result.answer
    ways = [name for name in WAYS if answer.get(name)]
    heading = "{technology}, {policy}: {file}"
    return Table(
        title=heading.format(technology=answer["technology"], policy=answer["policy"], file=result.file),
        head=["", *(_(WAYS[name]) for name in ways)],
        rows=[[label, *(show(answer[name]) for name in ways)] for label, show in _traffic_rows(_)],
        charts=[_use_chart(answer[name], _(WAYS[name]), _) for name in ways],
    )


def _traffic_rows(_: Words) -> list[tuple[str, Any]]:
    def delay(name: str) -> Any:  # noqa: ANN401 - a function of one direction's answer
        return lambda way: _us(way["delay_us"].get(name))

    return [
        (_("offered, share of rate"), lambda way: f"{way['offered']:.4f}"),
        (_("carried, share of rate"), lambda way: f"{way['carried']:.4f}"),
        (_("lost, share of rate"), lambda way: f"{way['lost']:.4f}"),
        (_("mean delay"), delay("mean")),
        (_("interval of 95 per cent, ±"), delay("ci95")),
        (_("delay of 99 %"), delay("p99")),
        (_("delay of 99.9 %"), delay("p999")),
        (_("longest delay"), delay("max")),
        (_("packets carried"), lambda way: f"{way['packets']:,}"),
    ]


def _us(value: object) -> str:
    return f"{float(value):,.1f} µs" if is_number(value) else "–"  # type: ignore[arg-type]


def _use_chart(way: Mapping[str, Any], direction: str, _: Words) -> Chart:
    uses = {"payload": way["payload"], **way["overhead"]}
    rows = [
        Bar(label=_(USES.get(use, use)), value=share, text=f"{share:.2%}") for use, share in uses.items() if share
    ]
    return bars(rows, title=_("What the line carries, {direction}").format(direction=direction))


def _sweep(result: Result, _: Words) -> Table:
    field, points = result.answer["field"], result.answer["points"]
    xs = [float(point["value"]) for point in points]
    ways = [name for name in WAYS if any(point.get(name) for point in points)]
    rows = [
        [f"{point['value']:g} · {_(WAYS[name])}", *_sweep_cells(point[name])]
        for point in points
        for name in ways
        if point.get(name)
    ]
    return Table(
        title=_("Sweep of {field}: {file}").format(field=field, file=result.file),
        head=[field, _("offered"), _("carried"), _("lost"), _("mean delay"), _("delay of 99 %")],
        rows=rows,
        charts=[_share_curves(field, xs, points, ways, _), _delay_curves(field, xs, points, ways, _)],
    )


def _sweep_cells(way: Mapping[str, Any]) -> Iterator[str]:
    for name in ("offered", "carried", "lost"):
        yield f"{way[name]:.4f}"
    for name in ("mean", "p99"):
        yield _us(way["delay_us"].get(name))


def _share_curves(field: str, xs: list[float], points: Sequence[Any], ways: list[str], _: Words) -> Chart:
    series = [
        Series(label=_(WAYS[name]), values=[point[name]["carried"] if point.get(name) else None for point in points])
        for name in ways
    ]
    return curves(xs, series, title=_("Carried, share of rate"), axis=field)


def _delay_curves(field: str, xs: list[float], points: Sequence[Any], ways: list[str], _: Words) -> Chart:
    texts = {"mean": _("mean delay"), "p99": _("delay of 99 %")}
    series = [
        Series(
            label=f"{_(WAYS[name])}, {texts[kind]}",
            values=[point[name]["delay_us"].get(kind) if point.get(name) else None for point in points],
        )
        for name in ways
        for kind in texts
    ]
    return curves(xs, series, title=_("Delay in microseconds"), axis=field, logarithmic=True)


def variant_table(own: Mapping[str, Any], variants: Sequence[tuple[str, Mapping[str, Any]]], _: Words) -> Table:
    """Compare key figures of this design with those of others; what a variant does not tell is a dash."""
    rows = []
    for name, label, digits in COMPARED:
        cells = [_cell(own.get(name), digits)]
        for _name, facts in variants:
            cells.append(_cell(facts.get(name), digits) + _difference(facts.get(name), own.get(name)))
        rows.append([_(label), *cells])
    return Table(
        title=_("Variants"),
        head=["", _("this design"), *(name for name, _facts in variants)],
        rows=rows,
        note=_("In brackets: difference from this design."),
    )


def _cell(value: object, digits: int) -> str:
    return f"{value:,.{digits}f}" if is_number(value) else "–"


def _difference(value: object, own: object) -> str:
    if not is_number(value) or not is_number(own) or not own:
        return ""
    return f" ({100.0 * (value - own) / own:+.1f} %)"  # type: ignore[operator]


def point_to_point_table(facts: Mapping[str, Any], served: int, _: Words) -> Table | None:
    """Compare the design with a fibre of its own for every customer; None where the design does not say."""
    other = facts.get("point_to_point")
    if not isinstance(other, dict):
        return None
    rows = [
        [_("cost"), _cell(facts.get("cost_total"), 0), _cell(other.get("cost_total"), 0)],
        [_("cost per customer"), _each(facts.get("cost_total"), served), _each(other.get("cost_total"), served)],
        [_("lit fibre, km"), _cell(facts.get("fibre_km"), 1), _cell(other.get("fibre_km"), 1)],
        [_("fibres from the office"), _cell(facts.get("olt_ports"), 0), _cell(other.get("fibres"), 0)],
        [_("duct, km of bore"), _cell(facts.get("duct_km"), 1), _cell(other.get("duct_bores_km"), 1)],
        [_("fill of the fullest duct, %"), "–", _cell(other.get("duct_fill_most_percent"), 1)],
        [_("rack units in the office"), "–", _cell(other.get("rack_units"), 1)],
        [_("power at both ends, W"), "–", _cell(other.get("power_w"), 0)],
    ]
    return Table(
        title=_("Compared with a fibre for every customer"),
        head=["", _("this design"), _("point to point")],
        rows=rows,
        note=_("Point to point is priced over the same trenches with the same price book; a dash is not counted."),
    )


def _each(cost: object, served: int) -> str:
    return f"{cost / served:,.0f}" if is_number(cost) and served else "–"  # type: ignore[operator]
