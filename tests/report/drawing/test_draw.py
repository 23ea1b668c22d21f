"""A folder of drawings: well-formed, indexed, the same again, in SVG and PDF."""

import csv
import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ponplan.cli.app import app
from ponplan.errors import OutputError
from ponplan.report.drawing.draw import INDEX, Drawing, draw_network
from ponplan.report.drawing.frame import file_name
from ponplan.topology.network import Network

HOSTILE = '</text><script>alert(1)</script>"&\x07\u202e'


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_hostile_names_give_well_formed_svg(full_pon: Network, tmp_path: Path):
    """Names that try to be markup, and characters that XML forbids, stay inside texts."""
    customers = tuple(replace(customer, name=HOSTILE) for customer in full_pon.customers)
    nodes = tuple(replace(node, name=HOSTILE) for node in full_pon.nodes)
    draw_network(replace(full_pon, name=HOSTILE, customers=customers, nodes=nodes), tmp_path / "out")
    found = list((tmp_path / "out").rglob("*.svg"))
    assert len(found) >= 6
    for path in found:
        tags = {node.tag.split("}")[1] for node in ET.parse(path).iter()}  # noqa: S314 - our own
        assert tags <= {"svg", "title", "rect", "polyline", "polygon", "circle", "text"}


def test_same_design_same_bytes(full_pon: Network, tmp_path: Path):
    """Two runs give the same files, SVG and PDF."""
    for form in ("svg", "pdf"):
        for run in ("a", "b"):
            draw_network(full_pon, tmp_path / f"{form}{run}", drawing=Drawing(format=form))
        assert _files(tmp_path / f"{form}a") == _files(tmp_path / f"{form}b")


def test_index_names_every_file(full_pon: Network, tmp_path: Path):
    """The index lists each sheet with its kind and subject, and each file exists."""
    counts = draw_network(full_pon, tmp_path / "out")
    with (tmp_path / "out" / INDEX).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == set(_files(tmp_path / "out")) - {INDEX}
    assert len(rows) == sum(counts.values())


def test_pdf_says_what_svg_says(full_pon: Network, tmp_path: Path, program: Callable[[str], Path]):
    """Pages are as many as sheets, letters come out as they went in, Chinese ones too."""
    customers = (replace(full_pon.customers[0], name="北京银行"), *full_pon.customers[1:])
    named = replace(full_pon, customers=customers)
    program("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    counts = draw_network(
        named, tmp_path / "out", drawing=Drawing(format="pdf", kinds=("single-line",), language="zh")
    )
    tool = program("pdftotext")
    done = subprocess.run(
        [tool, tmp_path / "out" / "single-line.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\f") == counts["single-line"]
    for wanted in ("k1 北京银行", "onu128", "c-home50:1 50.0 m"):
        assert wanted in done.stdout


def test_other_folders_are_left_alone(full_pon: Network, tmp_path: Path):
    """A folder with something else in it is not replaced, even when force is said."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="is not replaced"):
        draw_network(full_pon, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_file_names_are_safe():
    """Names of ports become names of files on every system, and never climb out of the folder."""
    assert file_name("pon", "../../etc/passwd", 7) == "pon-00007-etc-passwd"
    assert file_name("pon", "局端 1:2", 7) == "pon-00007-局端-1-2"
    assert file_name("pon", "///", 7) == "pon-00007-x"


def test_command_draws_what_is_asked(town: Path, tmp_path: Path):
    """`ponplan draw --only maps` writes maps, tells how many, and refuses to do it twice."""
    arguments = ["draw", str(town), "-o", str(tmp_path / "out"), "--only", "maps", "--scale", "2500", "--json"]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told["schema"] == "ponplan.draw/1"
    assert told["sheets"] == {"maps": len(list((tmp_path / "out" / "maps").iterdir()))}
    with pytest.raises(OutputError, match="exists already"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
