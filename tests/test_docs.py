"""The documentation says what is so: its site builds, its commands and code run, its pages follow their sources."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from typer.testing import CliRunner

from ponplan.cli.app import app

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\S*)[ \t]*(\S*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
RUN = sorted([DOCS / "tutorial.md", *(DOCS / "howto").glob("*.md"), DOCS / "reference" / "api.md"])


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it shows if one is named, its text."""

    language: str
    name: str
    text: str


def blocks(path: Path) -> list[Block]:
    """Give the fenced blocks of a page."""
    return [Block(*found) for found in BLOCK.findall(path.read_text(encoding="utf-8"))]


def commands(path: Path) -> list[str]:
    """Give the lines of all blocks that are to be typed."""
    return [line for block in blocks(path) if block.language == "sh" for line in block.text.splitlines() if line]


def load(path: Path) -> ModuleType:
    """Give a module of the documentation's own."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def type_line(line: str, folder: Path) -> None:
    """Do what a line of a page says: ponplan in this process, folders in this one; setting up has its own test."""
    words = shlex.split(line)
    if words[0] == "ponplan":
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception}"
    elif words[:2] == ["mkdir", "-p"]:
        (folder / words[2]).mkdir(parents=True, exist_ok=True)
    else:
        assert line in ("make setup", 'export PATH="$PWD/.venv/bin:$PATH"'), line


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written, commands typed and Python run in the page's order, where the repository's folders are."""
    for name in ("docs", "topologies", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.language == "text" and block.name:
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            for line in block.text.splitlines():
                type_line(line, tmp_path)
        elif block.language == "python":
            exec(compile(block.text, page.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page


def test_the_tutorial_leads_to_the_report() -> None:
    """Its commands lead from the map over design and check to a report."""
    told = [line.split()[1] for line in commands(DOCS / "tutorial.md") if line.startswith("ponplan")]
    wanted = ["import", "area", "design", "check", "trace", "bom", "report", "export", "quote"]
    assert told == wanted


def test_chinese_pages_type_the_same() -> None:
    """Tutorial and README give the same commands and code in both languages."""
    assert commands(DOCS / "zh" / "tutorial.md") == commands(DOCS / "tutorial.md")
    english, chinese = (
        [(block.language, block.text) for block in blocks(ROOT / name)] for name in ("README.md", "README.zh.md")
    )
    assert set(chinese) <= set(english)
    assert [block for block in chinese if block[0] == "python"] == [
        block for block in english if block[0] == "python"
    ]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readmes_name_every_command(name: str) -> None:
    """Each command of the application has a row in both tables."""
    text = (ROOT / name).read_text(encoding="utf-8")
    root = typer.main.get_command(app)
    for command, one in root.commands.items():
        for second in getattr(one, "commands", {"": None}):
            assert f"| `ponplan {command} {second}".rstrip() in text, f"{command} {second}"


def test_the_town_is_what_its_program_writes(tmp_path: Path) -> None:
    """The bundled map is invented: the program beside it writes it again, byte by byte."""
    load(DOCS / "data" / "town.py").main(tmp_path / "town.osm")
    assert (tmp_path / "town.osm").read_bytes() == (DOCS / "data" / "town.osm").read_bytes()


def test_generated_pages_hold_their_source() -> None:
    """Every command, catalogue column and design-file column is on its page."""
    from ponplan.catalogue.columns import catalogue_columns
    from ponplan.topology.file.schema import TABLES

    pages = load(DOCS / "pages.py")
    catalogue = "\n".join(pages.catalogue_page())
    for column in catalogue_columns():
        assert f"| `{column.name}` |" in catalogue
        assert f"## {column.table}\n" in catalogue
    design = "\n".join(pages.design_file_page())
    for table in TABLES:
        assert f"## {table.name}\n" in design
        assert all(column.meaning.replace("|", "\\|") in design for column in table.columns)
    told = "\n".join(pages.commands_page())
    assert all(f"## ponplan {name}" in told for name in typer.main.get_command(app).commands)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Sphinx finds nothing to complain of: links, tables, docstrings."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-D", "extensions=myst_parser,sphinx.ext.autodoc,sphinx.ext.napoleon", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tutorial.html").exists()


def test_tests_that_pages_point_to_exist() -> None:
    """The method's pages name tests that are there."""
    for page in (DOCS / "method").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        folders: list[str] = []
        for cell in re.findall(r"`((?:tests/\S+/)?(?:test_|exact)\w*\.py)`", text):
            folders += [cell.rpartition("/")[0]] if "/" in cell else []
            path = ROOT / (cell if "/" in cell else f"{folders[-1]}/{cell}")
            assert path.exists(), f"{page.name}: {cell}"


def shown_commands() -> list[tuple[str, str]]:
    """Give every line of every page's blocks that calls ponplan, lines broken by a backslash joined."""
    pages = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "topologies" / "README.md", *DOCS.rglob("*.md")]
    return [
        (page.name, line.strip())
        for page in pages
        if "generated" not in page.parts
        for block in blocks(page)
        if block.language in ("", "sh", "console", "bash")
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.strip().startswith("ponplan ")
    ]


def test_every_command_shown_exists() -> None:
    """Whatever a page lets people type is a command, and its options are the command's."""
    root = typer.main.get_command(app)
    lines = shown_commands()
    assert len(lines) > 20
    for page, line in lines:
        words = shlex.split(line, comments=True)[1:]
        command = root.commands[words[0]]
        if hasattr(command, "commands"):
            command = command.commands[words[1]]
        options = {o for parameter in command.params for o in (*parameter.opts, *parameter.secondary_opts)}
        options.add("--help")
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert used <= options, f"{page}: {line}"
