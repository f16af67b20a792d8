"""The site of docs/: its configuration on a small site.

``make docs-site`` builds the whole one, in strict mode."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.loaded_from_elsewhere import loaded_from_elsewhere
from tests.repository_files import ROOT, files, text_of


def _conf() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_conf", ROOT / "docs/conf.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    words = ["-m", "sphinx", "-W", "-q", "docs", "site"]
    return subprocess.run(
        [sys.executable, *words], cwd=root, capture_output=True, text=True, check=False
    )


def test_a_site_names_files_of_the_repository_and_links_its_pages(tmp_path: Path) -> None:
    # Takes seconds, most of them to start Sphinx.
    done = _built(tmp_path, PAGES)
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "site/one.html").read_text("utf-8")
    paths = [part.partition("</span>")[0] for part in page.split('<span class="pre">')]
    assert "the call</span> (<code" in page
    assert {"calls.py", "more/README.md", "more"} <= set(paths)
    assert "_downloads" in page
    assert (tmp_path / "site/_downloads").is_dir()
    index = (tmp_path / "site/index.html").read_text("utf-8")
    assert '<span class="caption-text">First</span>' in index
    assert loaded_from_elsewhere(tmp_path / "site") == []


DEAD = {
    "[page](none.md)": "'none.md'",
    "[anchor](one.md#gone)": "'gone'",
    "[own](#own)": "'own'",
    "[file](../none.py)": "'../none.py'",
    "![picture](none.png)": "none.png",
}


def test_a_page_that_no_list_names_and_every_dead_link_are_errors(tmp_path: Path) -> None:
    text = "".join(f"\n{link}\n" for link in DEAD)
    done = _built(tmp_path, {**PAGES, "docs/two.md": f"# Two\n{text}"})
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "two.md" in line]
    assert [one for one in DEAD.values() if not any(one in line for line in said)] == []
    assert any("document isn't included in any toctree" in line for line in said)


def test_every_page_stands_in_a_list() -> None:
    listed = {
        (Path("docs", name).parent / found["page"]).as_posix()
        for name, entry in _conf().LISTS.items()
        for found in entry.finditer(text_of(f"docs/{name}.md"))
    }
    pages = {name[:-3] for name in files() if name.startswith("docs/") and name[-3:] == ".md"}
    assert pages - listed == {"docs/index"}, "a new page: list it in docs/index.md"
    assert listed <= pages
