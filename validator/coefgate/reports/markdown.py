"""Building blocks of Markdown that no value can break out of.

GitHub links mentions, issues, commits and emoji after it has rendered Markdown, and leaves alone
what stands in code. So whatever others wrote stands in code spans, where Markdown itself knows no
markup either. Source: GitHub Flavored Markdown, sections "Code spans" and "Tables";
html-pipeline's filters.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coefgate.reports.grid import filled
from coefgate.reports.visible import shortened, visible

LONGEST_VALUE: Final = 160
"""Characters of a value that are shown."""
LONGEST_PROSE: Final = 2000
_EMPTY: Final = "(empty)"
_BACKTICKS: Final = re.compile("`+")
_MOST_BACKTICKS: Final = 8
"""A longer run is escaped: parsers give up counting at 80."""
_PLAIN: Final = re.compile(
    r"(?![0-9a-fA-F]{7,}\Z)"  # could be a commit
    r"(?:[A-Za-z]+(?:['’-][A-Za-z]+)*|P[0-9]{2}|[+−±]?[0-9]{1,6}(?:,[0-9]{3})*(?:\.[0-9]{1,6})?%?|[×→≥≤–])\Z"
)
_WORD: Final = re.compile(r"(?P<open>[(“\"]*)(?P<core>.*?)(?P<close>[)”\",.;:!?]*)\Z")
_ITEM: Final = re.compile(r"\A([0-9]+)([.)])(?= |\Z)")
"""At the beginning of a line it would be an item of a list."""
_QUOTED: Final = re.compile(
    r'(?:(?<![^ ])|(?<= \())((?:acknowledge|corrected): [{\[].*?"…"[}\]]+|\{file: [^ ]+, reason: "…"\}'
    r"|coefgate (?:explain [a-z-]+|[a-z]+(?: add| audit)?)(?: --[a-z-]+ [^ ]+)*)(?=[);,.]*(?: |\Z))"
)
"""What our own messages quote as a whole; spaces or brackets stand around it, so no two code spans touch."""


def code(text: str, longest: int = LONGEST_VALUE) -> str:
    """``text`` as a code span: shown as it is, on one line, never markup; fit for a table's cell."""
    # A table's row is cut at pipes before anything else is read, and backslashes before one are
    # counted differently by different readers.
    shown = _bounded(text, longest).replace("|", r"\u007c")
    if not shown:
        return _EMPTY
    runs = [len(run) for run in _BACKTICKS.findall(shown)]
    if max(runs, default=0) > _MOST_BACKTICKS:
        shown, runs = shown.replace("`", r"\u0060"), []
    fence = "`" * (max(runs, default=0) + 1)
    # One space is taken away from both ends, unless there are only spaces.
    pad = " " if shown.strip(" ") and (shown[0] in " `" or shown[-1] in " `") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _bounded(text: str, longest: int) -> str:
    """One visible line; escapes make text longer, so it is shortened before and after."""
    return shortened(visible(shortened(text, longest)), longest)


def prose(text: str, longest: int = LONGEST_PROSE) -> str:
    """A sentence that may quote values: plain words and figures stand as they are, all else in code."""
    shown = _bounded(text, longest).strip(" ")
    if not shown:
        return _EMPTY
    pieces = _QUOTED.split(shown)
    written = [
        code(piece, len(piece)) if index % 2 else _words(piece)
        for index, piece in enumerate(pieces)
    ]
    return _ITEM.sub(r"\1\\\2", "".join(written))


def _words(text: str) -> str:
    """Words of ``text`` with the spaces between them; neighbours that need code share one span."""
    found: list[str] = []
    quoted: list[str] = []
    for word in text.split(" "):
        match = _WORD.match(word)
        core = match["core"] if match else word
        if match and (not core or _PLAIN.match(core)):
            found += [*_spans(quoted), word]
            quoted = []
        else:
            quoted.append(word)
    return " ".join([*found, *_spans(quoted)])


def _spans(quoted: Sequence[str]) -> list[str]:
    if not quoted:
        return []
    text = " ".join(quoted)
    match = _WORD.match(text)
    if match is None or not match["core"]:
        return [code(text, len(text))]
    core = match["core"]
    return [f"{match['open']}{code(core, len(core))}{match['close']}"]


def place(file: str, line: int) -> str:
    """``file:line`` in code."""
    return code(f"{file}:{line}")


def row(*cells: str) -> str:
    """One row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table_head(*columns: str, figures: Iterable[int] = ()) -> str:
    """The first two lines of a table; the columns whose indices are in ``figures`` are set to the right."""
    right = set(figures)
    return (
        f"{row(*columns)}\n{row(*('---:' if n in right else '---' for n in range(len(columns))))}"
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page: what always stands there, and rows that may be left out from the end.

    ``weight``: parts with less lose their rows first. ``fold``: what a reader clicks on to see it;
    plain words of our own.
    """

    weight: int
    head: str
    rows: tuple[str, ...] = ()
    fold: str | None = None
    left_out: int = 0

    @property
    def height(self) -> int:
        """The lines that a reader sees before anything is clicked on, with the empty one below."""
        return 2 if self.fold is not None else str(self).count("\n") + 2

    def __str__(self) -> str:
        lines = [self.head, *self.rows] if self.head else list(self.rows)
        text = "\n".join(lines)
        if self.left_out:
            text += f"\n\n*… and {self.left_out:,} more, left out of this page.*"
        if self.fold is None:
            return text
        return f"<details>\n<summary>{self.fold}</summary>\n\n{text}\n\n</details>"


def table_part(
    weight: int,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    figures: Container[int] = (),
    above: str = "",
    fold: str | None = None,
) -> Part:
    """A part that is one table, without the columns that are empty in every row.

    ``above``: the Markdown over it. The other arguments are those of ``table_head`` and ``Part``.
    """
    cells = tuple(rows)
    shown = filled(columns, cells)
    right = [index for index, at in enumerate(shown) if at in figures]
    head = table_head(*(columns[at] for at in shown), figures=right)
    lines = tuple(row(*(one[at] for at in shown)) for one in cells)
    return Part(weight, f"{above}\n\n{head}" if above else head, lines, fold)


def page(parts: Iterable[Part], longest: int) -> str:
    """The parts, one below the other, with as many rows as fit in ``longest`` UTF-16 units."""
    kept = list(parts)
    for index in sorted(range(len(kept)), key=lambda at: kept[at].weight):
        over = _units(_joined(kept)) - longest
        if over <= 0:
            break
        kept[index] = _shorter(kept[index], over)
    return _joined(kept)


def _joined(parts: Iterable[Part]) -> str:
    return "\n\n".join(str(part) for part in parts)


def _shorter(part: Part, over: int) -> Part:
    """Without as many rows as it takes to save ``over`` units, and what saying so needs."""
    saved, keep = -_SAYING_SO, len(part.rows)
    while keep and saved < over:
        keep -= 1
        saved += _units(part.rows[keep]) + 1
    return replace(part, rows=part.rows[:keep], left_out=part.left_out + len(part.rows) - keep)


_SAYING_SO: Final = 60


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
