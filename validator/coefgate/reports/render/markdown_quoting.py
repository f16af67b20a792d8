"""Values and sentences as Markdown that they cannot break out of.

GitHub links mentions, issues, commits and emoji after it has rendered Markdown, but not in code,
where Markdown knows no markup either: whatever others wrote stands in code spans. Source: GitHub
Flavored Markdown, sections "Code spans" and "Tables"; html-pipeline's filters.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import groupby
from typing import Final

from coefgate.core.characters import visible
from coefgate.registry.wording import shortened

LONGEST_VALUE: Final = 160
"""Characters of a value that are shown."""
LONGEST_PROSE: Final = 2000
_YAML: Final = (
    r'(?:acknowledge(?:_settings)?|corrected): [{\[].*?"…"[}\]]+|\{file: [^ ]+, reason: "…"\}'
)
_COMMAND: Final = (
    r"coefgate (?:explain [a-z-]+|[a-z]+(?: add| audit| erase)?(?: [A-Z]{2,})?)"
    r"(?: --write(?=[ );,.]|\Z)| --[a-z-]+ [^ ]+)*"
)
_GIT: Final = r"git (?:fetch|merge) [^ ]*[^ );,.]"
_BETWEEN: Final = r"(?:(?<![^ ])|(?<= \())({})(?=[);,.]*(?: |\Z))"
"""Spaces or brackets, so that no two touch."""
_QUOTED: Final = re.compile(_BETWEEN.format(f"{_YAML}|{_COMMAND}|{_GIT}"))
_EMPTY: Final = "(empty)"
_BACKTICKS: Final = re.compile("`+")
_MOST_BACKTICKS: Final = 8
"""A longer run is escaped: parsers give up counting at 80."""
_PLAIN: Final = re.compile(
    r"(?![0-9a-fA-F]{7,}\Z)"  # could be a commit
    r"(?:[A-Za-z]+(?:['’-][A-Za-z]+)*|P[0-9]{2}|[+−±]?{0}(?:–{0})?|[×→≥≤–…])\Z".replace(
        "{0}", r"[0-9]{1,6}(?:,[0-9]{3})*(?:\.[0-9]{1,6})?%?"
    )
)
_ITEM: Final = re.compile(r"\A([0-9]+)([.)])(?= |\Z)")
"""At the beginning of a line it would be an item of a list."""


def code(text: str, longest: int = LONGEST_VALUE) -> str:
    """``text`` as a code span: as it is, on one line, never markup; fit for a table's cell."""
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


def prose(text: str) -> str:
    """A sentence that may quote values: plain words and figures as they are, all else in code."""
    shown = _bounded(text, LONGEST_PROSE).strip(" ")
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
    found = []
    for plain, group in groupby(text.split(" "), _is_plain):
        words = " ".join(group)
        if not plain:
            core = _core(words)
            before, _, after = words.partition(core)
            words = f"{before}{code(core, len(core))}{after}"
        found.append(words)
    return " ".join(found)


def _is_plain(word: str) -> bool:
    core = _core(word)
    return not core or bool(_PLAIN.match(core))


def _core(words: str) -> str:
    """Without brackets, quotation marks and punctuation around them."""
    return words.lstrip('(“"').rstrip(')”",.;:!?')


def row(*cells: str) -> str:
    """One row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table_head(*columns: str, figures: Container[int] = ()) -> str:
    """The first two lines of a table; ``figures``: the columns that are set to the right."""
    rules = ("---:" if at in figures else "---" for at in range(len(columns)))
    return f"{row(*columns)}\n{row(*rules)}"
