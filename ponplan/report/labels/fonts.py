"""A font that has every letter of a text: the planner's own, one of the system, or the one that comes with us."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ponplan.errors import Fault, LabelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# in the order of preference; those with Chinese last, as they are large and slower to embed
NAMES = (
    "DejaVuSans.ttf",
    "NotoSansSC-Regular.ttf",
    "NotoSansSC-Regular.otf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "simhei.ttf",
    "PingFang.ttc",
    "Arial Unicode.ttf",
)
REMEDY = (
    "install one that has them (Debian: apt-get install fonts-noto-cjk or fonts-wqy-zenhei) or name one with --font"
)
SIMPLIFIED = (" SC", " CN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A font file, and the number of the face in it."""

    path: Path
    number: int = 0


def find_font(texts: Iterable[str], *, wanted: Path | None = None) -> Face:
    """Give the first font that has every letter of the texts.

    Raises
    ------
    LabelError
        The wanted font cannot be read or lacks letters, or no font of the system has them all.
    """
    letters = {ord(letter) for text in texts for letter in text if not letter.isspace()}
    if wanted is not None:
        face, has = _letters(wanted)
        missing = letters - has
        if missing:
            raise _lacking(str(wanted), missing)
        return face
    best: set[int] | None = None
    for path in _candidates():
        try:
            face, has = _letters(path)
        except LabelError:
            continue
        missing = letters - has
        if not missing:
            return face
        best = missing if best is None or len(missing) < len(best) else best
    raise _lacking("the fonts of this system", letters if best is None else best)


def _lacking(where: str, missing: set[int]) -> LabelError:
    shown = "".join(chr(code) for code in sorted(missing)[:20])
    problem = f"no letters for {len(missing)} characters of the labels, such as {shown}"
    return LabelError([Fault(file=where, problem=problem, remedy=REMEDY)])


def _letters(path: Path) -> tuple[Face, set[int]]:
    """Give the face to use of a font file, simplified Chinese if there are several, and what letters it has."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        with path.open("rb") as file:
            number = 0
            if path.suffix.lower() in (".ttc", ".otc"):
                names = [font["name"].getDebugName(1) or "" for font in TTCollection(file, lazy=True).fonts]
                number = next((place for place, name in enumerate(names) if name.endswith(SIMPLIFIED)), 0)
            font = TTFont(file, fontNumber=number, lazy=True)
            return Face(path=path, number=number), set(font.getBestCmap() or {})
    except (OSError, TTLibError, KeyError) as error:
        raise LabelError([Fault(file=str(path), problem=f"no font that can be read: {error}")]) from error


def _candidates() -> Iterator[Path]:
    """Give known fonts in the folders where systems keep them, and the Latin one that a library of ours brings."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for root, _, files in os.walk(folder):
            for name in files:
                if name in NAMES and name not in found:
                    found[name] = Path(root) / name
    library = importlib.util.find_spec("matplotlib")
    if library is not None and library.origin is not None:
        # the same file everywhere, so that labels in Latin letters are the same bytes on every machine
        found["DejaVuSans.ttf"] = Path(library.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return (found[name] for name in NAMES if name in found)


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        return [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            home / "AppData/Local/Microsoft/Windows/Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    data = os.environ.get("XDG_DATA_HOME")
    mine = Path(data) / "fonts" if data else home / ".local/share/fonts"
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), mine, home / ".fonts"]
