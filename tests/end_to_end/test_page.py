"""``coefgate page``: a site of one commit, the same bytes everywhere, nothing but text in it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.end_to_end.conftest import Coefgate, Edit, Git, run_coefgate
from tests.end_to_end.releases import minor, once, prepared, releasable, succeeded, three, twice
from tests.frozen_registry import FIRST_IMPORT
from tests.html_document import Document
from tests.loaded_from_elsewhere import loaded_from_elsewhere

__all__ = ["minor", "once", "prepared", "releasable", "three", "twice"]
DOCS = "coefficients/overhead/docs.yaml"
SCRIPT = "<script>alert(1)</script>"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _text(site: Path, name: str) -> str:
    return " ".join(Document((site / name).read_text("utf-8")).text.split())


# --- What it shows


def test_a_site_has_a_page_for_each_value_and_each_rule(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    site = registry.parent / "site"
    done = coefgate("page", "-o", str(site))
    assert done.code == 0, done.text
    commit = git("rev-parse", "HEAD")
    assert done.out.splitlines()[1].startswith("coefficients 0.0.0+1.g")
    assert f"commit {commit[:12]}" in done.out
    assert done.out.splitlines()[-1] == f"next: open {site / 'index.html'}"
    names = _files(site).keys()
    assert {
        *("index.html", "values.html", "calls.html", "calls/1.html", "releases.html"),
        *("gates.html", "search.html", "what-if.html", "coefgate-page.json"),
        *("values/docs.low.html", "values/margin.default.html", "gates/swing.html"),
    } <= names
    assert not [path for path in registry.iterdir() if path.name == "site"]


def test_the_command_that_opens_it_can_be_copied_whatever_the_folder_is_called(
    registry: Path, coefgate: Coefgate
) -> None:
    site = registry.parent / "q'\"uote  d"
    done = coefgate("page", "-o", str(site))
    assert done.code == 0, done.text
    command = done.out.splitlines()[-1].removeprefix("next: ")
    assert shlex.split(command) == ["open", str(site / "index.html")]


def test_every_link_leads_to_a_page_and_a_place_of_the_site(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    links, ids = {}, {}
    for name, data in _files(site).items():
        if name.endswith("html"):
            page = Document(data.decode())
            links[name], ids[name] = page.values("href"), set(page.values("id"))
    for name, found in links.items():
        for link in found:
            to, _, place = link.partition("#")
            where = os.path.normpath(Path(name).parent / unquote(to)) if to else name
            assert where in links, (name, link)
            assert not place or place in ids[where], (name, link)
    reached, waiting = set(), ["index.html"]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            ways = (link.partition("#")[0] for link in links[name])
            waiting += [os.path.normpath(Path(name).parent / to) for to in ways if to]
    assert reached == links.keys()


def test_a_value_says_what_it_was_who_set_it_and_what_rests_on_it(
    registry: Path, git: Git, coefgate: Coefgate, edit: Edit
) -> None:
    edit(DOCS, ("tokens: 15490", "tokens: 15000"))
    git("commit", "-qam", "Lower it, as three guides weighed too much", "--author=Grace <g@x.org>")
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    said = _text(site, "values/docs.low.html")
    assert "15,000 tokens" in said
    assert f"{DOCS}:6" in said
    assert "Lower it, as three guides weighed too much" in said
    assert "Grace" in said
    assert "15,490" in said
    explained = json.loads(coefgate("explain", "docs.low", "--format", "json").out)
    for call in explained["samples"]:
        assert call["id"][:12] in said
    assert "Grace" in _text(site, "values.html")


def test_releases_say_what_was_withdrawn_by_whom_and_why(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback", "1.0.0", "--reason", "cuts replies off"))
    site = three.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    said = _text(site, "releases.html")
    for version in ("1.0.0", "1.0.1", "1.1.0", "1.1.1"):
        assert version in said
    assert "cuts replies off" in said
    assert "A Tester" in said
    assert "Withdrawn: 2" in said


def test_files_that_are_not_committed_are_named(
    registry: Path, git: Git, coefgate: Coefgate, edit: Edit
) -> None:
    edit(DOCS, ("tokens: 15490", "tokens: 15000"))
    site = registry.parent / "site"
    done = succeeded(coefgate("page", "-o", str(site)))
    assert "1 file not committed" in done.out
    assert f"Not committed: {DOCS}." in _text(site, "index.html")
    assert "not committed" in _text(site, "values/docs.low.html")


def test_without_git_the_pages_say_that_there_is_no_history(
    registry: Path, coefgate: Coefgate
) -> None:
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    assert "No history is shown" in _text(site, "index.html")
    assert "Its history is unknown" in _text(site, "values/docs.low.html")


def test_a_registry_without_calls_has_a_site(registry: Path, git: Git, coefgate: Coefgate) -> None:
    shutil.rmtree(registry / "samples")
    git("commit", "-qam", "without calls")
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    assert "No scored call uses it" in _text(site, "values/docs.low.html")
    assert not (site / "calls/1.html").exists()


def test_for_programs(registry: Path, git: Git, coefgate: Coefgate) -> None:
    site = registry.parent / "site"
    done = coefgate("page", "-o", str(site), "--at", "HEAD", "--format", "json")
    found = json.loads(done.out)
    assert found["commit"] == found["registry"]["revision"] == git("rev-parse", "HEAD")
    sizes = {name: len(data) for name, data in _files(site).items()}
    del sizes[found["manifest"]]
    assert {one["file"]: one["bytes"] for one in found["files"]} == sizes
    again = json.loads(coefgate("page", "-o", str(site), "--format", "json").out)
    assert not [one for one in again["files"] if one["changed"]]


# --- The same bytes

ENVIRONMENTS: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONUTF8": "0"},
)


def test_the_same_commit_gives_the_same_bytes(
    three: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = tmp_path / "another place" / "clone"
    git("clone", "-q", str(three), str(clone))
    sites = []
    for root, environment, mask in zip((three, clone), ENVIRONMENTS, (0o022, 0o077), strict=True):
        site = tmp_path / f"site-{mask:o}"
        before = os.umask(mask)
        try:
            done = run_coefgate(
                root, "page", "-o", str(site), scratch=tmp_path, environment=environment
            )
        finally:
            os.umask(before)
        assert done.code == 0, done.text
        sites.append(_files(site))
    assert sites[0] == sites[1]
    for name, data in sites[0].items():
        for said in (tmp_path, three, Path.cwd()):
            assert str(said).encode() not in data, name


def test_a_commit_is_shown_alike_after_later_ones(
    registry: Path, git: Git, coefgate: Coefgate, edit: Edit
) -> None:
    first, second = registry.parent / "first", registry.parent / "second"
    succeeded(coefgate("page", "-o", str(first)))
    edit(DOCS, ("tokens: 15490", "tokens: 15000"))
    git("commit", "-qam", "lower")
    succeeded(coefgate("page", "-o", str(second), "--at", "HEAD~1"))
    assert _files(first) == _files(second)


# --- Nothing but text


def test_a_hostile_registry_shows_nothing_but_text(
    registry: Path, git: Git, coefgate: Coefgate, edit: Edit
) -> None:
    page = f"docs/{SCRIPT.replace('/', '-')}.md"
    (registry / "docs").mkdir(exist_ok=True)
    edit(
        DOCS,
        ("tokens: 15490", "tokens: 15000"),
        ("aliases: [documentation]", "aliases: [documentation, '<b>bold</b>']"),
    )
    document = (registry / DOCS).read_text()
    document = re.sub(r"reference: [^\s},]+", f"reference: '{page}'", document, count=1)
    (registry / DOCS).write_text(document)
    first = (registry / FIRST_IMPORT).read_text().partition('"id":"')[2][:32]
    (registry / "samples/retired.yaml").write_text(
        f'retired:\n- {{id: "{first}", reason: "{SCRIPT} [x](javascript:alert(1))"}}\n'
    )
    (registry / "coefficients/yanked.yaml").write_text(
        'yanked:\n- {version: 9.0.0, date: "2026-11-30", '
        f'reason: "{SCRIPT}", replacement: null}}\n'
    )
    git("add", "-A")
    git("commit", "-qm", f"{SCRIPT} \u202e", f"--author={SCRIPT.replace('<', '&lt;')} <a@b.c>")
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    for name, data in _files(site).items():
        if not name.endswith("html"):
            continue
        page_of = Document(data.decode())
        scripts = len(re.findall(rb"<script", data))
        assert SCRIPT.encode() not in data, name
        assert b"<b>" not in data, name
        assert not {"img", "iframe", "object", "base"} & {tag for tag, _ in page_of.elements}, name
        attributes = {one for _, found in page_of.elements for one in found}
        assert not [one for one in attributes if one.startswith("on") or one == "style"]
        assert not [
            link for link in page_of.values("href") if ":" in link or link.startswith("//")
        ], name
        assert "\u202e".encode() not in data, name
        assert scripts <= 3, name
    assert loaded_from_elsewhere(site) == []
    assert SCRIPT in _text(site, "values/docs.low.html")
    assert SCRIPT in _text(site, "releases.html")
    assert SCRIPT in _text(site, "calls.html")


# --- Where it is written


@pytest.mark.parametrize("place", ["coefficients/site", "samples", "coefficients"])
def test_never_into_the_registry(registry: Path, git: Git, coefgate: Coefgate, place: str) -> None:
    done = coefgate("page", "-o", place)
    assert done.code == 2
    assert "which holds nothing else" in done.err
    assert git("status", "--short") == ""


def test_a_folder_of_somebody_else_is_refused_at_once(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / DOCS).write_text("category: docs\n")  # what takes long is not even begun
    site = registry.parent / "site"
    site.mkdir()
    (site / "index.html").write_text("mine")
    done = coefgate("page", "-o", str(site))
    assert done.code == 2
    assert "index.html" in done.err
    assert (site / "index.html").read_text() == "mine"


def test_an_invalid_registry_leaves_the_site_as_it_was(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    site = registry.parent / "site"
    succeeded(coefgate("page", "-o", str(site)))
    before = _files(site)
    (registry / DOCS).write_text("category: docs\n")
    done = coefgate("page", "-o", str(site))
    assert done.code == 3
    assert f"{DOCS}:" in done.err
    assert _files(site) == before


def test_a_commit_that_is_not_there(registry: Path, git: Git, coefgate: Coefgate) -> None:
    done = coefgate("page", "-o", str(registry.parent / "site"), "--at", "nowhere")
    assert done.code == 2
    assert not (registry.parent / "site").exists()
