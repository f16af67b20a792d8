"""The short form of a page: what a reader needs first, on one screen, and where the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from coefgate.core.characters import visible
from coefgate.reports.page import (
    Block,
    Details,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Words,
    fitting,
    plain,
    spans,
    unmarked,
)
from coefgate.reports.quoted import last_whole

_MOST_ROWS: Final = 2
"""Rows of a list that is not made for the short form."""
_MOST_WARNINGS: Final = 4
LONGEST: Final = 150
"""Characters of a row: two lines of a terminal of 80 columns."""
_LONGEST_PARAGRAPH: Final = 3 * LONGEST
_MOST_IN_A_TABLE: Final = 8


def brief(page: Page, rest: Words) -> Sequence[Block]:
    """The page without its details; ``rest``, where something is left out: how to see that."""
    given = list(page)
    blocks = [one for one in given if not isinstance(one, Details)]
    kept = [short for one in blocks for short in _shortened(one)]
    if len(blocks) < len(given) or kept != fitting(blocks, "narrow"):
        kept.append(Paragraph(rest))
    return kept


def never_cut(block: Items | TableBlock) -> Page:
    """The block, which the short form has with all its rows: somebody has asked for it."""
    yield replace(block, detail=True)
    yield replace(block, width="brief")


def _shortened(block: Block) -> Iterator[Block]:
    width = getattr(block, "width", None)
    if isinstance(block, Paragraph | Items | TableBlock) and width == "brief":
        yield replace(block, width="narrow")
    elif width in {None, "narrow"} and not getattr(block, "detail", False):
        match block:
            case Items(unbroken=False):
                yield _list(block)
            case Paragraph():
                yield replace(block, words=cut(block.words, _LONGEST_PARAGRAPH))
            case TableBlock():
                yield _table(block)
            case _:
                yield block


def _list(block: Items) -> Items:
    most = _MOST_WARNINGS if block.emphasis == "warning" else _MOST_ROWS
    rows = [
        replace(
            one,
            words=cut(one.words),
            after=cut(one.after, max(0, LONGEST - len(unmarked(one.words)))),
            nested=one.nested[:0],
        )
        for one in block.rows[:most]
    ]
    if rows == list(block.rows):
        return block
    more = len(block.rows) - len(rows)
    return replace(block, rows=rows, shown=None, further=f"… and {more:,} more" if more else "")


def _table(block: TableBlock) -> TableBlock:
    cells = block.cells
    more = len(cells) - _MOST_IN_A_TABLE
    if more <= 0:
        return block
    return replace(block, rows=cells[:_MOST_IN_A_TABLE], further=f"… and {more:,} more")


def cut(words: Words, longest: int = LONGEST) -> Words:
    """The first ``longest`` characters, up to the end of a word, and that there are more.

    A command, or another thing to be copied, is there as a whole or not at all.
    """
    if len(visible(unmarked(words))) <= longest:
        return words
    left, kept = longest, list[str | Span]()
    for piece in spans(words):
        text = visible(piece if isinstance(piece, str) else piece.text)
        short = text if len(text) <= left else _first_words(text, left)
        kept.append(short if isinstance(piece, str) else replace(piece, text=short))
        left -= len(text)
        if left <= 0:
            break
    return [*kept, plain(" …")]


def _first_words(text: str, longest: int) -> str:
    end = text.rfind(" ", 0, longest)
    return text[: last_whole(text, longest if end < 0 else end)].rstrip(" ")


def fair_shares(wanted: Sequence[int], room: int) -> Sequence[int]:
    """How much each gets of ``room``: all that it wants, or as much as any other that wants more.

    ``[10, 90, 90]`` of 100 are ``[10, 45, 45]``.
    """
    given, least_first = dict[int, int](), sorted(range(len(wanted)), key=wanted.__getitem__)
    for done, at in enumerate(least_first):
        given[at] = min(wanted[at], (room - sum(given.values())) // (len(wanted) - done))
    return [given[at] for at in range(len(wanted))]
