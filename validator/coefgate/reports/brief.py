"""The short form of a page: what a reader needs first, on one screen, and where the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from coefgate.core.characters import visible
from coefgate.registry.wording import and_more
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
    joined,
    plain,
    spans,
    unmarked,
)

_MOST_ROWS: Final = 2
"""Rows of a list that is not made for the short form."""
_MOST_WARNINGS: Final = 4
LONGEST: Final = 150
"""Characters of a row: two lines of a terminal of 80 columns."""
_FURTHER: Final = 80
"""Characters that a row may be longer than that, so that its first sentence is whole."""
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
    yield Details([block])
    yield replace(block, width="brief")


def _shortened(block: Block) -> Iterator[Block]:
    width = getattr(block, "width", None)
    if isinstance(block, Paragraph | Items | TableBlock) and width == "brief":
        yield replace(block, width="narrow")
    elif width in {None, "narrow"}:
        match block:
            case Items(unbroken=False):
                yield _list(block)
            case Paragraph():
                yield replace(block, words=whole_sentences(block.words, _LONGEST_PARAGRAPH))
            case TableBlock():
                yield _table(block)
            case _:
                yield block


def _list(block: Items) -> Items:
    most = _MOST_WARNINGS if block.emphasis == "warning" else _MOST_ROWS
    rows = [
        replace(
            one,
            words=whole_sentences(one.words),
            after=whole_sentences(one.after, max(0, LONGEST - len(unmarked(one.words)))),
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


def whole_sentences(words: Words, longest: int = LONGEST) -> Words:
    """As many sentences as ``longest`` characters hold, and the first one anyway.

    Only one that is much longer, as what others wrote may be, is cut.
    """
    pieces = spans(words)
    ends = (
        at for at, two in enumerate(pairwise(pieces), 1) if all(isinstance(x, str) for x in two)
    )
    first, *more = *(pieces[:end] for end in ends), words
    if len(visible(unmarked(first))) > longest + _FURTHER:
        return cut(words, longest)
    return [one for one in (first, *more) if one is first or len(unmarked(one)) <= longest][-1]


def first_parts(parts: Sequence[Words], longest: int) -> Words:
    """As many whole parts as ``longest`` characters hold, and how many more there are."""
    for shown in range(len(parts), 1, -1):
        words = joined(parts[:shown])
        if len(visible(unmarked(words))) <= longest:
            return [*words, plain(and_more(parts, shown))]
    return [*spans(cut(parts[0], longest)), plain(and_more(parts, 1))]


def cut(words: Words, longest: int = LONGEST) -> Words:
    """The first ``longest`` characters, up to the end of a word, and that there are more."""
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
    return text[: longest if end < 0 else end].rstrip(" ")
