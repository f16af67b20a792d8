"""The picture in the README: the comment under a pull request that lowers one coefficient.

The gate judges the change here, and a drawing holds the top of its comment as GitHub sets it: the
Markdown as HTML, in a box of the width of a comment, which fades where the comment goes on.
``make docs`` draws it anew."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final
from xml.parsers import expat

import cmarkgfm
from cmarkgfm.cmark import Options

from tests.end_to_end.pages import SHIPPED, run, young_clone

PICTURE: Final = SHIPPED / "docs" / "pictures" / "pull-request.svg"
_CHANGE: Final = "marginal.create.test=1000"
_FRAME: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 912 760" width="912" height="760" role="img">
<title>The comment of coefgate/verdict under a pull request</title>
<style>
div {{ font: 14px/1.5 system-ui, sans-serif; color: #1f2328; margin: 0 16px; }}
h2 {{ font-size: 20px; margin: 12px 0; padding-bottom: 6px; border-bottom: 1px solid #d1d9e0; }}
h3 {{ font-size: 16px; margin: 16px 0 8px; }}
p {{ margin: 8px 0; }}
table {{ border-collapse: collapse; margin: 8px 0; }}
th, td {{ border: 1px solid #d1d9e0; padding: 4px 10px; }}
code {{ font: 85% ui-monospace, Menlo, Consolas, monospace; background: #eff1f3; padding: 2px 4px;
 border-radius: 6px; }}
</style>
<rect x=".5" y=".5" width="911" height="759" rx="6" fill="#ffffff" stroke="#d1d9e0"/>
<foreignObject x="1" y="1" width="910" height="758">
<div xmlns="http://www.w3.org/1999/xhtml">
{comment}
</div>
</foreignObject>
<linearGradient id="more" x2="0" y2="1"><stop stop-color="#ffffff" stop-opacity="0"/>
<stop offset=".7" stop-color="#ffffff"/></linearGradient>
<rect x="1" y="670" width="910" height="89" fill="url(#more)"/>
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
    first = "\n".join(judged.output).partition("<details>")[0]
    html = cmarkgfm.github_flavored_markdown_to_html(first, Options.CMARK_OPT_UNSAFE).replace(
        "<br>", "<br/>"
    )
    drawn = _FRAME.format(comment=html.strip())
    expat.ParserCreate().Parse(drawn, True)  # a browser shows nothing of what is not well-formed
    return drawn


def main() -> None:
    """Draw it anew."""
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(picture(Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
