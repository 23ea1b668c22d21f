"""Words for people in their language: gettext catalogues beside this module, read at run time.

A module that writes for people takes a language, says `_ = words(language)` and then `_("Total")`; a text that
stands in a constant is marked there, `mark("Total")`, and translated where it is written. Keys, ids, layer names and
CSV headings are never translated. Each feature has its own catalogue, `locales/zh/LC_MESSAGES/<feature>.po`, which
`make language` compiles; a test finds texts without a translation and catalogues that were not compiled.
"""

from __future__ import annotations

import functools
import gettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = Callable[[str], str]

LOCALES = Path(__file__).with_name("locales")
LANGUAGES = ("en", "zh")


def mark(text: str) -> str:
    """Give the text itself: says that it is for people and is translated where it is written."""
    return text


@functools.cache
def words(language: str = "en") -> Words:
    """Give the function that says a text in a language; what it has no words for stays as it is.

    Raises
    ------
    ValueError
        The language is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    catalogue = gettext.NullTranslations()
    for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            found = gettext.GNUTranslations(file)
        found.add_fallback(catalogue)
        catalogue = found
    return lambda text: catalogue.gettext(text) if text else ""  # gettext answers "" with its header
