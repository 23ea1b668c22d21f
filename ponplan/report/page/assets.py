"""The page's scripts and styles, and the content policy that lets exactly these in and nothing out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.metadata import files
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from markupsafe import Markup

from ponplan.errors import Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAFLET = "XStatic-Leaflet"
_URL = re.compile(r"url\([^)]*\)")  # pictures and behaviours that a style would fetch


def leaflet(name: str) -> str:
    """Give a file of the map library as the installed package has it.

    Raises
    ------
    OutputError
        The package is not installed as a whole.
    """
    for path in files(_LEAFLET) or ():
        if path.name == name:
            return path.read_text(encoding="utf-8")
    raise OutputError([Fault(file=name, problem=f"is not in the package {_LEAFLET}", remedy="install it again")])


def own(name: str) -> str:
    """Give a file that stands beside this module."""
    return (resources("ponplan.report.page") / name).read_text(encoding="utf-8")


def without_urls(style: str) -> str:
    """Take everything out of a style that would be fetched."""
    return _URL.sub("none", style)


def without_map_reference(script: str) -> str:
    """Take the source map's address out of a script: browsers with open tools would fetch it."""
    return re.sub(r"//# sourceMappingURL=\S*", "", script)


def as_json(value: object) -> Markup:
    """Give JSON that cannot end the script element it stands in, nor begin a comment there."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for harmful in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(harmful, f"\\u{ord(harmful):04x}")
    return Markup(text)  # noqa: S704 - nothing is left in it that HTML would understand


def content_policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Give a policy under which only these scripts and styles work and no request leaves the file."""
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)};"
        " img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: Iterable[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
