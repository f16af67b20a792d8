"""What a site loads from elsewhere is found, wherever it stands; what a reader follows is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.loaded_from_elsewhere import loaded_from_elsewhere, main
from tests.repository_files import text_of

ELSEWHERE = {
    "a.html": (
        '<script src="https://x.org/a.js"></script>',
        '<link rel="stylesheet" href="//x.org/a.css">',
        '<link rel="preload" as="font" href="HTTP://x.org/a.woff2" />',
        '<img alt="" srcset="a.png 1x,//x.org/b.png 2x">',
        '<form action="https://x.org/"></form>',
        "<style>@import 'https://x.org/a.css';</style>",
        "<style>p { background: url( //x.org/a.png) }</style>",
        '<p style="background: url(https://x.org/a.png)"></p>',
        '<svg><image href="https://x.org/a.png"/></svg>',
    ),
    "a.svg": ('<svg><rect fill="url(https://x.org/a.svg#b)"/></svg>',),
    "deep/a.css": ('@font-face { src: url("https://x.org/a.woff2") }', "@import url(//x.org)"),
}
HERE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" />'
    '<link rel="icon" href="data:,//">'
    '<script src="../a.js?v=1"></script><style>p { background: url("data:image/svg+xml,<svg'
    " xmlns='http://www.w3.org/2000/svg'/>\") }</style></head><body><img src=a.png alt='//'>"
    '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(#a)"/></svg><hr>'
    '<a href="https://x.org">https://x.org</a><pre>url(https://x.org)</pre></body></html>'
)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in ELSEWHERE.items() for text in texts]
)
def test_whatever_is_loaded_from_elsewhere_is_named(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, "utf-8")
    (found,) = loaded_from_elsewhere(tmp_path)
    assert found.startswith(f"{name}: ")
    assert main(str(tmp_path)) == 1
    assert found in capsys.readouterr().out


def test_what_is_here_and_what_a_reader_follows_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(HERE, "utf-8")
    (tmp_path / "a.js").write_text("// https://x.org", "utf-8")
    assert loaded_from_elsewhere(tmp_path) == []
    assert main(str(tmp_path)) == 0


def test_it_is_held_where_the_site_of_docs_is_built() -> None:
    site = "build/docs"
    makefile = text_of("Makefile")
    assert f"sphinx --fail-on-warning --quiet docs {site}\n" in makefile
    assert f"python -m tests.loaded_from_elsewhere {site}\n" in makefile
