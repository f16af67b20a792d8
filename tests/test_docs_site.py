"""The site of docs/: its configuration on a small site, and what finds a dead link in one.

``make docs-site`` builds the whole one, in strict mode."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.repository_files import ROOT, files, text_of


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CONF, CHECK = _module("conf"), _module("check_site")

PAGES = {
    "docs/index.md": "# A site\n\n## First\n\n- [One](one.md)\n",
    "docs/one.md": (
        "# One\n\n## It's `two`\n\nSee [it](#its-two), [the call](../calls.py),"
        " [a page](../more/README.md), [calls.py](../calls.py#L1), [the folder](../more)"
        " and [what is here](figure.py).\n\n```jsonl\n{}\n…\n```\n"
    ),
    "docs/figure.py": "",
    "calls.py": "1\n",
    "more/README.md": "# More\n",
}


def _built(root: Path, pages: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, text in pages.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    shutil.copy(ROOT / "docs/conf.py", root / "docs")
    words = ["-m", "sphinx", "-W", "-n", "-q", "--keep-going", "docs", "site"]
    return subprocess.run(
        [sys.executable, *words], cwd=root, capture_output=True, text=True, check=False
    )


def test_a_site_names_files_of_the_repository_and_links_its_pages(tmp_path: Path) -> None:
    # Takes seconds, most of them to start Sphinx.
    done = _built(tmp_path, PAGES)
    assert (done.returncode, done.stderr) == (0, "")
    assert [*CHECK.problems(tmp_path / "site")] == []
    page = (tmp_path / "site/one.html").read_text("utf-8")
    paths = [part.partition("</span>")[0] for part in page.split('<span class="pre">')]
    assert "the call</span> (<code" in page
    assert {"calls.py", "more/README.md", "more"} <= set(paths)
    assert "_downloads" in page
    assert (tmp_path / "site/_downloads").is_dir()
    index = (tmp_path / "site/index.html").read_text("utf-8")
    assert '<span class="caption-text">First</span>' in index


def test_a_page_that_no_list_names_and_a_dead_link_are_errors(tmp_path: Path) -> None:
    pages = {**PAGES, "docs/two.md": "# Two\n\n[x](../none.py)\n[y](one.md#none)\n"}
    done = _built(tmp_path, pages)
    assert done.returncode == 1
    assert "none.py" in done.stderr
    assert "'none'" in done.stderr
    assert "two.md: WARNING: document isn't included in any toctree" in done.stderr


def test_every_page_stands_in_a_list() -> None:
    listed = {
        (Path("docs", name).parent / found["page"]).as_posix()
        for name, entry in CONF.LISTS.items()
        for found in entry.finditer(text_of(f"docs/{name}.md"))
    }
    pages = {name[:-3] for name in files() if name.startswith("docs/") and name[-3:] == ".md"}
    assert pages - listed == {"docs/index"}, "a new page: list it in docs/index.md"
    assert listed <= pages


SITE = {
    "index.html": (
        '<a href="a/b.html#one">x</a><link href="s.css?v=1"><script src="s.js"></script>'
    ),
    "a/b.html": (
        '<h1 id="one">One</h1><a href="#one">x</a><a href="../index.html">y</a><a href="#">z</a>'
        '<a href="https://example.org/none">w</a>'
    ),
    "s.css": "a { background: url('a.svg') }",
    "s.js": "1",
    "a.svg": "<svg/>",
}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("index.html", '<a href="a/c.html">x</a>', "index.html: a/c.html: is no file here"),
        ("a/b.html", '<a href="#two">x</a>', "a/b.html: #two: has no such anchor"),
        (
            "index.html",
            '<a href="a/b.html#two">x</a>',
            "index.html: a/b.html#two: has no such anchor",
        ),
        ("index.html", '<img src="none.png">', "index.html: none.png: is no file here"),
        (
            "index.html",
            '<script src="https://example.org/x.js"></script>',
            "index.html: https://example.org/x.js: is loaded from elsewhere",
        ),
        (
            "s.css",
            "@import '//example.org/x.css';",
            "s.css: //example.org/x.css: is loaded from elsewhere",
        ),
    ],
)
def test_what_is_wrong_with_a_built_site(tmp_path: Path, name: str, text: str, said: str) -> None:
    for file, right in SITE.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(right, "utf-8")
    assert [*CHECK.problems(tmp_path)] == []
    (tmp_path / name).write_text(SITE[name] + text, "utf-8")
    assert [*CHECK.problems(tmp_path)] == [said]


def test_a_folder_without_a_site(tmp_path: Path) -> None:
    assert [*CHECK.problems(tmp_path)] == [f"{tmp_path}: has no index.html"]
