"""What every sheet has: a border, a title block, and where its figures come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ponplan
from ponplan.report.drawing.sheet import PAPER_MM, Sheet, printable

if TYPE_CHECKING:
    from ponplan.report.language import Words
    from ponplan.topology.network import Network

BORDER_MM = 8.0
TITLE_WIDTH_MM, TITLE_HEIGHT_MM = 104.0, 21.0
_UNSAFE = "/\\:*?\"<>|#%&{}$!'@+`= ~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A set of sheets of one network on one paper in one language."""

    network: Network
    paper: str
    words: Words

    def sheet(self, name: str, kind: str, subject: str, *, number: int, count: int, note: str = "") -> Sheet:
        """Give an empty sheet with border and title block."""
        _ = self.words
        width, height = PAPER_MM[self.paper]
        sheet = Sheet(name=name, subject=printable(f"{kind}: {subject}"), width_mm=width, height_mm=height)
        sheet.box(BORDER_MM, BORDER_MM, width - 2 * BORDER_MM, height - 2 * BORDER_MM, pen=0.4)
        x, y = width - BORDER_MM - TITLE_WIDTH_MM, height - BORDER_MM - TITLE_HEIGHT_MM
        sheet.box(x, y, TITLE_WIDTH_MM, TITLE_HEIGHT_MM, fill="#ffffff", pen=0.4)
        inside = TITLE_WIDTH_MM - 4
        sheet.text(x + 2, y + 4.2, self.network.name, 2.8, within_mm=inside)
        sheet.text(x + 2, y + 9.4, f"{kind}: {subject}", 3.6, bold=True, within_mm=inside * 0.9)
        pages = _("sheet {number} of {count}").format(number=number, count=count)
        sheet.text(x + 2, y + 14.2, f"{pages}{'; ' + note if note else ''}", 2.8, within_mm=inside)
        told = f"ponplan {self.network.facts.get('version', ponplan.__version__)}"
        made_from = self.network.facts.get("input_hash")
        sheet.text(x + 2, y + 18.6, f"{told} · {made_from}" if made_from else told, 2.2, colour="#55606c")
        return sheet


def file_name(kind: str, subject: str, number: int) -> str:
    """Give a name of letters that every file system takes; `number` keeps those of like subjects apart."""
    safe = "".join("-" if letter in _UNSAFE or not letter.isprintable() else letter for letter in subject)
    return f"{kind}-{number:05d}-{safe[:40].strip('.-') or 'x'}"
