"""Every text for people has its translation, compiled."""

import ast
import gettext
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ponplan.catalogue import read_catalogue
from ponplan.report.language import LANGUAGES, LOCALES, words

PACKAGE = Path(__file__).resolve().parents[2] / "ponplan"
FILES = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
OTHERS = [language for language in LANGUAGES if language != "en"]
SAYING = ("_", "mark", "say")


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _marked() -> Iterator[tuple[str, str]]:
    """Give every text that is marked or said, and where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING
            if named and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.args[0].value, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def _descriptions() -> Iterator[tuple[str, str]]:
    """Give the shipped descriptions that a bill shows."""
    for item, row in read_catalogue().prices.items():
        yield row.description, f"prices.csv: {item}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str):
    """What is marked in code, and what the price book says, has words in every language."""
    known = {entry.id for path in FILES if path.parts[-3] == language for entry in _catalogue(path) if entry.string}
    missing = {text: place for text, place in [*_marked(), *_descriptions()] if text and text not in known}
    assert missing == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_compiled_as_written(path: Path):
    """The .mo beside each .po says what Babel makes of it now; nothing is fuzzy and placeholders agree."""
    catalogue = _catalogue(path)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    with path.with_suffix(".mo").open("rb") as file:
        assert _texts(file) == _texts(io.BytesIO(compiled.getvalue())), "run `make language`"
    for entry in catalogue:
        assert not entry.fuzzy, entry.id
        assert _placeholders(entry.id) == _placeholders(entry.string), entry.id


def _texts(file: BinaryIO) -> dict[str, str]:
    """Give the texts of a compiled catalogue without its header, which tells versions and times."""
    return {text: said for text, said in gettext.GNUTranslations(file)._catalog.items() if text}


def _placeholders(text: str) -> list[str]:
    return sorted(part.split("}")[0] for part in text.split("{")[1:]) if text else []


@pytest.mark.parametrize("language", OTHERS)
def test_features_agree_on_a_text(language: str):
    """A text that several features use is translated the same way in all of them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        if path.parts[-3] == language:
            for entry in _catalogue(path):
                found[entry.id].add(entry.string)
    assert {text: said for text, said in found.items() if text and len(said) > 1} == {}


def test_english_is_what_is_written():
    """English needs no catalogue, an unknown text stays as it is, and nothing stays nothing."""
    for language in LANGUAGES:
        _ = words(language)
        assert _("") == ""
        assert _("no catalogue has this") == "no catalogue has this"


def test_an_unknown_language_is_refused():
    """The message names what there is."""
    with pytest.raises(ValueError, match="en, zh"):
        words("tlh")
