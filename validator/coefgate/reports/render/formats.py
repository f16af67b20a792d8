"""The formats of a report by their names; a new one is a module of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coefgate.reports.brief import brief
from coefgate.reports.page import ChartBlock, Page, TableBlock, Words, every_block, fitting
from coefgate.reports.render.console import show
from coefgate.reports.render.extras import extra
from coefgate.reports.render.github import workflow_commands
from coefgate.reports.render.json import json_text
from coefgate.reports.render.markdown import markdown


def rendered(
    output_format: str,
    page: Callable[[], Page],
    document: Callable[[], object],
    folder: str = "",
    *,
    most: int | None = None,
    title: str = "",
    rest: Words = "",
) -> str | Page:
    """What ``show`` prints: a text, or for ``text`` the page itself, which is set to the terminal.

    ``document``: the same for programs. ``folder``: the way from the top of the repository to
    where places begin, for annotations; of each level no more than ``most``. ``title``: of a
    document whose page has none. ``rest``: how to see what the short form of a text leaves out;
    empty where the whole is wanted.
    """
    match output_format:
        case "json":
            return json_text(document())
        case "markdown":
            return markdown(page())
        case "html":
            return html_format("--format html")(page(), title)
        case "github":
            return workflow_commands(page(), folder, most=most)
        case _:  # what tables draw only when they are asked for rows is drawn now
            return [
                replace(one, rows=one.cells) if isinstance(one, TableBlock) else one
                for one in (brief(page(), rest) if rest else fitting(page(), "narrow"))
            ]


def html_format(what: str) -> Callable[[Page, str], str]:
    """What writes a page with this title as HTML; ``what``: needs its packages."""
    with extra("html", what, "altair", "vl_convert"):
        from coefgate.reports.render.html import Frame, html  # noqa: PLC0415 (few want it)
    return lambda page, title: html(page, Frame(title=title))


def first_chart(page: Page) -> bytes | None:
    """The first chart of a page as PNG; it takes what HTML takes."""
    from coefgate.reports.render.svg import png  # noqa: PLC0415 (few want it)

    found = next((one for one in every_block(page) if isinstance(one, ChartBlock)), None)
    return None if found is None else png(found.chart())


def show_as(
    output_format: str,
    page: Callable[[], Page],
    document: Callable[[], object],
    folder: str = "",
    *,
    title: str = "",
    rest: Words = "",
) -> None:
    """Print what ``rendered`` makes of a result."""
    show(rendered(output_format, page, document, folder, title=title, rest=rest))
