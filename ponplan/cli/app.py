"""The command line: registers the commands and turns complaints into lines and exit codes."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from ponplan.cli.area import new_area_command, show_area_command
from ponplan.cli.availability import availability_command
from ponplan.cli.bom import bom_command
from ponplan.cli.catalogue import catalogue_command
from ponplan.cli.check import check_command
from ponplan.cli.compare import compare_command
from ponplan.cli.cutover import cutover_command
from ponplan.cli.design import design_command
from ponplan.cli.draw import draw_command
from ponplan.cli.explain import explain_command
from ponplan.cli.export import export_command
from ponplan.cli.failover import failover_command
from ponplan.cli.generate import generate_command
from ponplan.cli.import_area import import_csv_command, import_osm_command
from ponplan.cli.import_design import import_design_command
from ponplan.cli.import_netbox import import_netbox_command
from ponplan.cli.labels import labels_command
from ponplan.cli.load import load_command
from ponplan.cli.pack import pack_command
from ponplan.cli.protection import protection_command
from ponplan.cli.quote import quote_command
from ponplan.cli.report import report_command
from ponplan.cli.simulate import simulate_command
from ponplan.cli.stages import stages_command
from ponplan.cli.trace import trace_command
from ponplan.errors import PonplanError

FRESH_OBJECTS = 200_000  # made before the collector looks for rings among them: records of large areas have none
MOST_FAULTS = 1000  # lines on the terminal; nobody reads more at once

app = typer.Typer(
    name="ponplan",
    help="Plan, check and simulate passive optical access networks.",
    epilog="Exit codes: 0 done, 1 a fault of ours, 2 wrong usage, 3 the input is at fault, 4 check found "
    "violations, 5 nothing could be designed, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

imports = typer.Typer(
    help="Areas from maps and tables, designs from exports, equipment from NetBox.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
imports.command("osm")(import_osm_command)
imports.command("csv")(import_csv_command)
imports.command("design")(import_design_command)
imports.command("netbox")(import_netbox_command)

app.add_typer(imports, name="import")
app.command("new")(new_area_command)
app.command("area")(show_area_command)
app.command("generate")(generate_command)
app.command("design")(design_command)
app.command("check")(check_command)
app.command("compare")(compare_command)
app.command("explain")(explain_command)
app.command("load")(load_command)
app.command("trace")(trace_command)
app.command("bom")(bom_command)
app.command("pack")(pack_command)
app.command("labels")(labels_command)
app.command("export")(export_command)
app.command("draw")(draw_command)
app.command("report")(report_command)
app.command("quote")(quote_command)
app.command("cutover")(cutover_command)
app.command("stages")(stages_command)
app.command("simulate")(simulate_command)
app.command("failover")(failover_command)
app.command("availability")(availability_command)
app.command("protection")(protection_command)
app.command("catalogue")(catalogue_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from ponplan import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _ponplan(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; every PonplanError becomes one line per fault and its exit code."""
    gc.set_threshold(FRESH_OBJECTS, 50, 50)
    try:
        app()
    except PonplanError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


def _complain(error: PonplanError) -> None:
    """Write one line per fault; of very many the first ones, and how many more there are."""
    lines = [str(fault) for fault in error.faults] or [str(error)]
    for line in lines[:MOST_FAULTS]:
        sys.stderr.write(f"{line}\n")
    if len(lines) > MOST_FAULTS:
        sys.stderr.write(f"and {len(lines) - MOST_FAULTS} more faults\n")


if __name__ == "__main__":
    main()
