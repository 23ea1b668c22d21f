"""What must hold between the cells of one row, one function per kind of row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.catalogue.cells import format_cell
from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ponplan.catalogue import model
    from ponplan.catalogue.sheet import Record

ROUNDING_DB = 1e-9  # sums of decibels with two decimals are exact to far less than this
Broken = tuple[str, str, str]  # field, problem, limit


def broken_row_rules(table: str, row: model.Row, record: Record) -> Iterator[Fault]:
    """Give the faults of one typed row; `record` says where it stands."""
    rule = ROW_RULES.get(table)
    for field, problem, limit in rule(row) if rule else ():
        value = getattr(row, field)
        yield Fault(file=record.file, row=record.row, field=field, problem=problem, value=value, limit=limit)


def technology_rules(row: model.Technology) -> Iterator[Broken]:
    """Check wavelengths against bands, that direct fibre is not split and that nothing co-exists with itself."""
    for way in ("down", "up"):
        low, nominal, high = (getattr(row, f"{way}_{edge}nm") for edge in ("min_", "", "max_"))
        if not low <= nominal <= high:
            yield f"{way}_nm", "wavelength lies outside its band", f"{low:g} to {high:g} nm"
    if row.is_direct and row.max_split != 1:
        yield "max_split", "a direct fibre is not split", "1"
    if row.id in row.coexists_with:
        yield "coexists_with", "a technology does not co-exist with itself", "other technologies"


def optical_class_rules(row: model.OpticalClass) -> Iterator[Broken]:
    """Check that the loss window follows from the powers, or that the row says why it does not."""
    for low, high in (
        ("olt_tx_min_dbm", "olt_tx_max_dbm"),
        ("onu_tx_min_dbm", "onu_tx_max_dbm"),
        ("onu_sensitivity_dbm", "onu_overload_dbm"),
        ("olt_sensitivity_dbm", "olt_overload_dbm"),
        ("min_loss_db", "max_loss_db"),
    ):
        yield from _at_least(row, high, low)
    if row.exception is None:
        yield from _window_rules(row)


def _window_rules(row: model.OpticalClass) -> Iterator[Broken]:
    most_db = min(
        row.olt_tx_min_dbm - row.onu_sensitivity_dbm - row.down_penalty_db,
        row.onu_tx_min_dbm - row.olt_sensitivity_dbm - row.up_penalty_db,
    )
    least_db = max(row.olt_tx_max_dbm - row.onu_overload_dbm, row.onu_tx_max_dbm - row.olt_overload_dbm)
    if row.max_loss_db > most_db + ROUNDING_DB:
        problem = "more loss than launch, sensitivity and penalty allow"
        yield "max_loss_db", problem, f"up to {most_db:.2f} dB, or a reason in column exception"
    if row.min_loss_db < least_db - ROUNDING_DB:
        problem = "less loss than launch and overload allow"
        yield "min_loss_db", problem, f"from {least_db:.2f} dB, or a reason in column exception"


def fibre_rules(row: model.Fibre) -> Iterator[Broken]:
    """Check that typical attenuation is no worse than the worst."""
    yield from _at_least(row, "max_loss_db_per_km", "typical_loss_db_per_km")


def loss_rules(row: model.Loss) -> Iterator[Broken]:
    """Check that typical loss is no worse than the worst."""
    yield from _at_least(row, "max_loss_db", "typical_loss_db")


def splitter_rules(row: model.Splitter) -> Iterator[Broken]:
    """Check that a tap has two legs and the losses of both, and a splitter with equal legs only one."""
    yield from _at_least(row, "max_loss_db", "typical_loss_db")
    through = (row.through_max_loss_db, row.through_typical_loss_db)
    if row.kind == "tap":
        if None in through:
            yield "through_max_loss_db", "a tap needs the losses of its through leg", "dB"
        elif row.through_max_loss_db < row.through_typical_loss_db:  # type: ignore[operator] # neither is None here
            yield "through_max_loss_db", "less than the typical loss", f"from {row.through_typical_loss_db} dB"
        if (row.inputs, row.outputs) != (1, 2):
            yield "outputs", "a tap has one input and two outputs", "1 input, 2 outputs"
    elif through != (None, None):
        yield "through_max_loss_db", "only a tap has a through leg", "an empty cell"


def cable_rules(row: model.CableType) -> Iterator[Broken]:
    """Check that a tube holds no more fibres than the cable."""
    yield from _at_least(row, "fibres", "fibres_per_tube")


def duct_rules(row: model.DuctType) -> Iterator[Broken]:
    """Check that the bore is narrower than the duct."""
    if row.inner_mm >= row.outer_mm:
        yield "inner_mm", "bore is not narrower than the duct", f"less than {row.outer_mm:g} mm"


def service_rules(row: model.Service) -> Iterator[Broken]:
    """Check that peak covers what is promised and the T-CONT type fits (G.984.3 table 7-1)."""
    yield from _at_least(row, "peak_down_bps", "committed_down_bps")
    yield from _at_least(row, "peak_up_bps", "committed_up_bps")
    fits: Mapping[int, tuple[bool, str]] = {
        1: (row.peak_up_bps == row.committed_up_bps, "type 1 has peak = committed"),
        2: (row.peak_up_bps == row.committed_up_bps, "type 2 has peak = committed"),
        3: (row.peak_up_bps > row.committed_up_bps > 0, "type 3 has peak > committed > 0"),
        4: (row.committed_up_bps == 0, "type 4 has committed = 0"),
        5: (True, ""),
    }
    is_fit, limit = fits[row.tcont_type]
    if not is_fit:
        yield "tcont_type", "T-CONT type does not fit the upstream rates", limit


def price_rules(row: model.Price) -> Iterator[Broken]:
    """Check that a currency is three capital letters."""
    if not (len(row.currency) == 3 and row.currency.isascii() and row.currency.isupper()):
        yield "currency", "not a currency code", "three capital letters, such as EUR"


def _at_least(row: model.Row, high: str, low: str) -> Iterator[Broken]:
    if getattr(row, high) < getattr(row, low):
        yield high, f"less than {low}", f"from {format_cell(getattr(row, low))}"


ROW_RULES: Mapping[str, Callable[[Any], Iterator[Broken]]] = {
    "technologies": technology_rules,
    "optical_classes": optical_class_rules,
    "fibres": fibre_rules,
    "losses": loss_rules,
    "splitters": splitter_rules,
    "cable_types": cable_rules,
    "duct_types": duct_rules,
    "services": service_rules,
    "prices": price_rules,
}
