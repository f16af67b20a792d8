"""The picture in the README: the comment under a pull request that lowers one coefficient.

The gate judges the change here, and its Markdown is drawn up to the first part that GitHub folds
away. ``make docs`` draws it anew."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markdown import Markdown
from rich.terminal_theme import TerminalTheme
from rich.theme import Theme

from tests.end_to_end.pages import SHIPPED, run, young_clone

PICTURE: Final = SHIPPED / "docs" / "pictures" / "pull-request.svg"
_CHANGE: Final = "marginal.create.test=1000"
_COLUMNS: Final = 100
_SIGNS: Final = {"❌": "✕", "✅": "✓", "🟡": "≈", "⚠️": "?"}
"""Signs as wide as a letter, which no font draws as a picture of its own."""
_PAPER: Final = TerminalTheme(
    (255, 255, 255),
    (31, 35, 40),
    [(31, 35, 40), *6 * [(9, 105, 218)], (89, 99, 110)],
    [(31, 35, 40), *6 * [(9, 105, 218)], (89, 99, 110)],
)
_STYLES: Final = {"markdown.code": "bold blue", "markdown.h2": "bold", "markdown.h3": "bold"}
_FRAME: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>coefgate/verdict, as a reviewer sees it</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace; }}
.{unique_id}-matrix text {{ white-space: pre; }}
{styles}
</style>
<defs>
{lines}</defs>
<rect width="{width}" height="{height}" rx="6" fill="#ffffff" stroke="#d1d9e0"/>
<g transform="translate({terminal_x}, 12)">{backgrounds}<g class="{unique_id}-matrix">
{matrix}</g></g>
</svg>
"""


def picture(folder: Path) -> str:
    """The SVG; the change is judged in a scratch clone below ``folder``."""
    clone = young_clone(SHIPPED, folder)
    *before, judged = run(
        [
            "git switch -q -c cheaper-tests",
            f"coefgate try {_CHANGE} --write",
            "git commit -q -a -m 'Charge less for a new test file'",
            "coefgate gate --base main --head cheaper-tests --format markdown",
        ],
        cwd=clone,
        home=folder,
    )
    assert [one.code for one in (*before, judged)] == [0, 1, 0, 1], judged.output
    return _drawn(_first_of("\n".join(judged.output)))


def _first_of(markdown: str) -> str:
    """What stands above the second reason why a rule does not pass."""
    table, _, reasons = markdown.partition("**Why**")
    first, *_ = reasons.strip().split("\n- ", 1)
    return f"{table}**Why**\n\n{first}"


def _drawn(markdown: str) -> str:
    for emoji, sign in _SIGNS.items():
        markdown = markdown.replace(emoji, sign)
    console = Console(
        record=True,
        width=_COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    with console.use_theme(Theme(_STYLES)):
        console.print(Markdown(f"{markdown}\n\n…"))
    svg = console.export_svg(theme=_PAPER, code_format=_FRAME, unique_id="coefgate")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"
