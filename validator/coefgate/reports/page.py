"""What a report says, once for every format: a page is a row of blocks, each set by any format.

Selection, order and wording are decided where a page is made (``reports.pages``); a format
(``reports.render``) decides only how a block looks. Values that others wrote may stand in any
``str``; formats set them as text, never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from coefgate.reports.chart import Chart

Sign = Literal[
    "pass",
    "alone",
    "unchanged",
    "no-worse",
    "no-calls",
    "restore",
    "fail",
    "not-measurable",
    "skipped",
]
"""How good a thing is, for a colour or a picture in front of it."""
SpanMark = Literal["code", "id", "plain", "said", "strong"] | Sign
Shade = Literal[0, 1, 2, 3, 4]
"""From well within a limit, 0, to far beyond it, 4."""
Emphasis = Literal["none", "strong", "warning"]
RemarkLevel = Literal["error", "warning", "notice"]
Width = Literal["narrow", "wide", "whole", "brief"]
"""What a format has room for: ``wide`` ones set tables of ten columns and fold long ones away.

``whole``: for those wide ones that have no end, as a file of its own has none. ``brief``: the
short form of a narrow one, which leaves out each block that is a ``detail``.
"""


Place: TypeAlias = tuple[str, int]
"""A file with a line."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words that are not a sentence of ours: ``code`` was written by others, or is to be typed.

    ``id``: told by its first twelve characters where there is little room. ``plain``: figures and
    words of the program itself. ``said``: a sentence that may quote values, and that is missed
    where it is empty. ``strong``: the name that a sentence is about. A sign: the word that says
    how good something is. ``longest``: characters that are shown of a code. ``shade``: how far
    from good the figure of a cell is, for a colour behind it. ``link``: the way to another page
    of a site, ``anchor``: what links to these words end with, for formats that link. ``place``:
    where a code stands in the registry's files.
    """

    text: str
    mark: SpanMark
    longest: int | None = None
    shade: Shade | None = None
    link: str = ""
    anchor: str = ""
    place: Place | None = None


code: Final = partial(Span, mark="code")
"""A value, a name, a path or a command."""
plain: Final = partial(Span, mark="plain")
"""Figures and words of the program itself."""
strong: Final = partial(Span, mark="strong")
sentence: Final = partial(Span, mark="said")
"""A sentence for a cell of a table, whose column stays where it is empty."""
Words: TypeAlias = str | Span | Sequence[str | Span]
"""A ``str`` is a sentence that may quote values.

One behind another is a sentence of its own, which a short form may leave out.
"""
Cells: TypeAlias = Sequence[Words]


def joined(found: Iterable[Words], by: str = ", ") -> Sequence[str | Span]:
    """One behind the other."""
    return [piece for one in found for piece in (plain(by), *spans(one))][1:]


def spans(words: Words) -> tuple[str | Span, ...]:
    """The pieces of ``words``."""
    return (words,) if isinstance(words, str | Span) else tuple(words)


def unmarked(words: Words) -> str:
    """``words`` as they were written, with nothing escaped."""
    return "".join(one if isinstance(one, str) else one.text for one in spans(words))


@dataclass(frozen=True, slots=True)
class Remark:
    """What a format says that shows single remarks beside the lines of files.

    ``message`` and ``place``: those of the words that it stands with, unless given.
    """

    level: RemarkLevel
    title: str
    message: str = ""
    place: Place | None = None
    column: int | None = None


TELLER: Final = "coefgate gate"
"""The title of a remark that is about no single thing."""


@dataclass(frozen=True, slots=True)
class Title:
    """The first line, and what it ``rests_on``; ``repeated``: below what no screen holds, too."""

    words: str
    sign: Sign
    rests_on: str = ""
    remark: Remark | None = None
    repeated: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sentence or a few; ``label``: what it is (``note``), before it."""

    words: Words
    emphasis: Emphasis = "none"
    label: str = ""
    remark: Remark | None = None
    width: Width | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list: ``words``, where that is, ``after`` that what is said of it.

    ``nested``: rows below it. ``further``: what a wide format says below it besides.
    ``remarks``: the gravest first.
    """

    words: Words
    place: Place | None = None
    after: Words = ()
    nested: Sequence[Words] = ()
    further: Words = ()
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list.

    ``label``: what each row is (``next``), for narrow formats, which show only the title of a
    ``section``: it is a heading. ``weight``: where a page is too long, lists and tables with less
    lose their rows first. ``fold``: a reader need not see it at first. ``shown``: so many rows
    are set by narrow formats; formats of remarks have those of all. ``further``: said below it, of
    rows that are not shown. ``unbroken``: a row is one line on any terminal.
    """

    rows: Sequence[Item]
    title: str = ""
    label: str = ""
    emphasis: Emphasis = "none"
    section: bool = False
    fold: bool = False
    weight: int = 99
    width: Width | None = None
    shown: int | None = None
    further: str = ""
    unbroken: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Rows under headings; a column that is empty in every row is left out.

    ``rows`` may be asked for only where they are shown, since some figures take long to draw.
    ``figures``: the columns that are set to the right. ``about``: a sentence below the title. The
    other fields are those of ``Items``.
    """

    columns: Sequence[str]
    rows: Sequence[Cells] | Callable[[], Sequence[Cells]]
    title: str = ""
    about: str = ""
    figures: Container[int] = ()
    fold: bool = False
    weight: int = 99
    width: Width | None = None
    further: str = ""

    @property
    def cells(self) -> Sequence[Cells]:
        """The rows."""
        return self.rows() if callable(self.rows) else self.rows

    def shown(self) -> tuple[Sequence[str], Sequence[Cells], Container[int]]:
        """Columns, rows and ``figures``, without the columns in which no row says anything."""
        rows = self.cells
        every = range(len(self.columns))
        kept = [at for at in every if not rows or any(_says(row[at]) for row in rows)]
        return (
            [self.columns[at] for at in kept],
            [[row[at] for at in kept] for row in rows],
            {index for index, at in enumerate(kept) if at in self.figures},
        )


MOST_ROWS: Final = 500
"""Rows of a table that a browser lays out at once on any machine."""


def whole(block: TableBlock) -> Iterator[TableBlock]:
    """``block``, or one for each ``MOST_ROWS`` of its rows, which their titles say."""
    rows = block.cells
    if len(rows) <= MOST_ROWS:
        yield block
        return
    for first in range(0, len(rows), MOST_ROWS):
        some = rows[first : first + MOST_ROWS]
        title = f"{block.title}, {first + 1:,} to {first + len(some):,} of {len(rows):,}"
        about = "" if first else block.about
        yield replace(block, rows=some, title=title, about=about)


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart, for formats that draw; the others say the same in their tables.

    ``chart`` is made only where it is drawn. ``about``: a sentence below the title, of how to read
    it. The other fields are those of ``Items``.
    """

    chart: Callable[[], Chart]
    title: str
    about: str = ""
    fold: bool = False
    width: Width | None = "wide"


@dataclass(frozen=True, slots=True)
class LiveBlock:
    """The live what-if, for formats that run a script; the others leave it out.

    ``data``: what ``whatif.live_data`` gives, made only where it is shown.
    """

    data: Callable[[], Mapping[str, Any]]
    title: str = "What if?"
    width: Width | None = "wide"


def _says(cell: Words) -> bool:
    """Does it show anything? A value does, if only that it is empty."""
    return any(
        one if isinstance(one, str) else one.text or one.mark not in {"plain", "strong"}
        for one in spans(cell)
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """Room between two parts where neither is a table, for formats that have none anyway."""


GAP: Final = Gap()
Block: TypeAlias = Title | Paragraph | Items | TableBlock | ChartBlock | LiveBlock | Gap


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that the short form leaves out; they may be made only where they are shown."""

    page: Page | Callable[[], Page]


Page: TypeAlias = Iterable[Block | Details]


def every_block(page: Page) -> Iterator[Block]:
    """The blocks, those of details among them."""
    for one in page:
        if isinstance(one, Details):
            yield from every_block(one.page() if callable(one.page) else one.page)
        else:
            yield one


def fitting(page: Page, *widths: Width) -> Sequence[Block]:
    """The blocks for formats of these widths."""
    return [one for one in every_block(page) if getattr(one, "width", None) in {None, *widths}]


def title_of(page: Iterable[Block]) -> Title | None:
    """What the page ends with where it is long."""
    return next((one for one in page if isinstance(one, Title) and one.repeated), None)
