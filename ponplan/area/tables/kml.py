"""KML whose data have names in other letters than English ones, which GDAL would write as underscores."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import unescape

if TYPE_CHECKING:
    from pathlib import Path

KML_ENDINGS = (".kml", ".kmz")
KML_FIELDS = frozenset(
    {"timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
)
NAMED = re.compile(r"""(<(?:\w+:)?(?:Data|SimpleData|SimpleField)\b[^>]*?\bname\s*=\s*)("[^"]*"|'[^']*')""")
DECLARED = re.compile(r"""^\ufeff?(<\?xml[^>]*?)\s+encoding\s*=\s*("[^"]*"|'[^']*')""")


def spelt_for_gdal(path: Path) -> tuple[bytes, dict[str, str]] | None:
    """Give the document with a plain word for every name that GDAL cannot spell, and the name behind each word.

    None where all names are plain, or the file is none that could be read so.
    """
    text = _text_of(path)
    if text is None:
        return None
    words: dict[str, str] = {}

    def plain(match: re.Match[str]) -> str:
        name = unescape(match[2][1:-1], {"&quot;": '"', "&apos;": "'"})
        if name.isascii():
            return match[0]
        return f'{match[1]}"{words.setdefault(name, f"column_{len(words) + 1}_of_others")}"'

    spelt = DECLARED.sub(r'\1 encoding="UTF-8"', NAMED.sub(plain, text), count=1)
    return (spelt.encode(), {word: name for name, word in words.items()}) if words else None


def _text_of(path: Path) -> str | None:
    """Give the text of a KML, or of the first one in a KMZ."""
    try:
        if path.suffix.casefold() == ".kmz":
            with zipfile.ZipFile(path) as archive:
                inner = [name for name in archive.namelist() if name.casefold().endswith(".kml")]
                content = (
                    archive.read(min(inner, key=lambda name: (name.count("/"), name != "doc.kml"))) if inner else b""
                )
        else:
            content = path.read_bytes()
    except (OSError, zipfile.BadZipFile, RuntimeError):
        return None
    said = re.match(rb"""[^>]*?encoding\s*=\s*["']([\w.-]+)["']""", content)
    try:
        return content.decode(said[1].decode() if said else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return None
