"""The folder of a site: its own files are replaced, those of others never."""

from __future__ import annotations

import json
import multiprocessing
import os
from itertools import count
from pathlib import Path

import pytest

from coefgate.core import file_lock
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.use_cases.site import folder as module
from coefgate.use_cases.site.folder import MANIFEST, own_files, write_site

FIRST = {"index.html": b"one", "values/a.html": b"a", "values/b.html": b"b"}
SECOND = {"index.html": b"two", "values/a.html": b"a"}


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "deep" / "site"
    write_site(folder, FIRST)
    return folder


def test_a_new_folder_holds_the_files(tmp_path: Path) -> None:
    written = write_site(tmp_path / "site", FIRST)
    assert _content(tmp_path / "site") == FIRST
    assert written.files == {"index.html": 3, "values/a.html": 1, "values/b.html": 1}
    assert (written.changed, written.removed) == (tuple(FIRST), ())


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    write_site(tmp_path, FIRST)
    assert _content(tmp_path) == FIRST


def test_a_later_run_changes_what_changed_and_takes_away_what_is_gone(site: Path) -> None:
    before = (site / "values/a.html").stat().st_mtime_ns
    written = write_site(site, SECOND)
    assert _content(site) == SECOND
    assert (written.changed, written.removed) == (("index.html",), ("values/b.html",))
    assert (site / "values/a.html").stat().st_mtime_ns == before


def test_a_folder_that_is_empty_then_goes_too(site: Path) -> None:
    write_site(site, {"index.html": b"one"})
    assert sorted(path.name for path in site.iterdir()) == [MANIFEST, "index.html"]


def test_the_list_says_what_was_written(site: Path) -> None:
    assert sorted(own_files(site)) == sorted(FIRST)


@pytest.mark.parametrize("name", ["notes.txt", "values/c.html", ".git/config", ".index.html.tmp"])
def test_a_folder_with_anything_else_is_refused(site: Path, name: str) -> None:
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("mine")
    with pytest.raises(UsageProblem, match=rf"did not write.*: {name}\. Nothing was changed"):
        write_site(site, SECOND)
    assert _content(site) == {**FIRST, name: b"mine"}


def test_of_many_foreign_files_the_first_are_named(tmp_path: Path) -> None:
    for name in ("b", "d/e", "c", "a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    with pytest.raises(UsageProblem, match=r"or not like this: a, b, c and more\. Nothing"):
        own_files(tmp_path)


def test_a_page_that_somebody_edited_is_theirs(site: Path) -> None:
    (site / "index.html").write_text("mine")
    with pytest.raises(UsageProblem, match=r"or not like this: index\.html"):
        write_site(site, SECOND)
    assert (site / "index.html").read_text() == "mine"


def test_a_page_that_somebody_took_away_comes_back(site: Path) -> None:
    (site / "index.html").unlink()
    write_site(site, FIRST)
    assert _content(site) == FIRST


def test_others_files_without_a_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(UsageProblem, match=r"index\.html"):
        write_site(tmp_path, FIRST)


@pytest.mark.parametrize(
    "listed",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "files": {}}',
        '{"format": 1, "files": []}',
        '{"format": 1, "files": {"a": 1}}',
    ],
)
def test_a_list_that_cannot_be_read_owns_nothing(site: Path, listed: str) -> None:
    (site / MANIFEST).write_text(listed)
    with pytest.raises(UsageProblem, match="is not as this command writes it"):
        write_site(site, SECOND)
    assert _content(site) == FIRST


def test_a_link_is_never_followed(site: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "theirs"
    elsewhere.write_bytes(b"one")
    (site / "index.html").unlink()
    (site / "index.html").symlink_to(elsewhere)
    with pytest.raises(UsageProblem, match=r"index\.html"):
        write_site(site, SECOND)
    assert elsewhere.read_bytes() == b"one"


def test_a_linked_folder_is_never_looked_into(site: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (site / "more").symlink_to(tmp_path / "theirs")
    with pytest.raises(UsageProblem, match="more"):
        write_site(site, SECOND)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    with pytest.raises(UsageProblem, match="is not a folder"):
        write_site(tmp_path / "site", FIRST)


def test_where_no_folder_can_be_made_what_is_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("mine")
    says = rf"site cannot be written: Not a directory\. .* && ls -ld '{tmp_path}/a file'$"
    with pytest.raises(EnvironmentProblem, match=says):
        write_site(tmp_path / "a file" / "deep" / "site", FIRST)
    assert _content(tmp_path) == {"a file": b"mine"}


def test_what_an_interrupted_run_left_is_its_own(site: Path) -> None:
    # It had said what it would write, written one of two files, and left one half of another.
    listed = json.loads((site / MANIFEST).read_text())
    new = write_site(site.parent / "other", SECOND).folder
    added = json.loads((new / MANIFEST).read_text())["files"]["index.html"]
    listed["files"]["index.html"] += added
    (site / MANIFEST).write_text(json.dumps(listed))
    (site / "index.html").write_bytes(b"two")
    (site / "values" / ".a.html.0123456789abcdef.tmp").write_bytes(b"hal")
    write_site(site, SECOND)
    assert _content(site) == SECOND


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that ends midway")
@pytest.mark.parametrize("written", range(4))
def test_a_new_folder_is_finished_by_the_run_after_one_that_was_killed(
    written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, folder = count(), tmp_path / "site"

    def kill(_: int) -> None:
        if next(done) == written:
            os._exit(9)

    monkeypatch.setattr("coefgate.core.atomic_files.os.fsync", kill)
    if (killed := os.fork()) == 0:
        write_site(folder, FIRST)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(killed, 0)[1]) == 9
    monkeypatch.undo()
    assert list(folder.rglob(".*.tmp"))
    write_site(folder, FIRST)
    assert _content(folder) == FIRST


def test_a_failure_leaves_every_file_as_it_was(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coefgate.core.atomic_files.os.fsync", full)
    with pytest.raises(Exception, match="No space left on device"):
        write_site(site, SECOND)
    assert _content(site) == FIRST
    monkeypatch.undo()
    write_site(site, SECOND)
    assert _content(site) == SECOND


# --- Two runs at once


def _write_often(folder: Path, files: dict[str, bytes]) -> None:
    for _ in range(15):
        own_files(folder)
        write_site(folder, files)


def test_runs_at_once_leave_the_whole_site_of_one_of_them(tmp_path: Path) -> None:
    site, start = tmp_path / "site", multiprocessing.get_context("fork").Process
    # Of two commits, and two runs of one of them.
    runs = [start(target=_write_often, args=(site, one)) for one in (FIRST, SECOND, FIRST)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert [one.exitcode for one in runs] == [0, 0, 0]
    assert _content(site) in (FIRST, SECOND)
    assert sorted(own_files(site)) == sorted(_content(site))


def test_a_run_that_does_not_end_is_not_waited_for_for_ever(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT", 0)
    says = rf"another process holds {site}/\S+ and .*name another folder with -o DIR"
    with (
        file_lock.held(site / ".coefgate-page.lock", wait=0, remedy="", keep=False) as _,
        pytest.raises(EnvironmentProblem, match=says),
    ):
        write_site(site, SECOND)
    assert _content(site) == FIRST


def test_the_lock_of_a_run_that_was_killed_hinders_nobody(site: Path) -> None:
    (site / ".coefgate-page.lock").touch()
    write_site(site, SECOND)
    assert _content(site) == SECOND


def test_what_looks_foreign_while_another_run_writes_is_looked_at_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = site / "values" / "new.html"
    foreign.write_bytes(b"new")
    look = module._only_writer

    def when_the_other_is_done(folder: Path) -> object:
        foreign.unlink()
        return look(folder)

    monkeypatch.setattr(module, "_only_writer", when_the_other_is_done)
    assert sorted(own_files(site)) == sorted(FIRST)
