"""`ponplan import netbox`: equipment described for NetBox as rows of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import Force, Json
from ponplan.cli.say import print_json, talk

SCHEMA = "ponplan.import-netbox/1"


def import_netbox_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="NetBox device or module types (YAML), or folders of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of catalogue rows to write.")],
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make chassis and PON cards for --catalogue from NetBox device types; what they do not say is left to fill in.

    Example: ponplan import netbox device-types/Calix -o equipment
    """
    from ponplan.catalogue.netbox import import_netbox
    from ponplan.report.output import refuse, whole_file

    found = import_netbox(files)
    output.mkdir(parents=True, exist_ok=True)
    tables = [table for table, rows in found.rows.items() if rows]
    for table in tables:
        refuse(output / f"{table}.csv", overwrite=force)
    for table in tables:
        with whole_file(output / f"{table}.csv", overwrite=force) as beside:
            beside.write_text(found.csv_text(table), encoding="utf-8", newline="\n")
    if as_json:
        rows = {table: list(found.rows[table]) for table in tables}
        more = {"missing": found.missing, "notes": found.notes, "skipped": found.skipped}
        print_json({"schema": SCHEMA, "rows": rows, **more})
        return
    for note in (*found.notes, *(f"skipped: {file}" for file in found.skipped)):
        talk(note)
    told = ", ".join(f"{len(found.rows[table])} rows in {table}.csv" for table in tables)
    talk(f"{told}; written to {output}")
    for cell in found.missing:
        talk(f"to be filled in before use: {cell}")
