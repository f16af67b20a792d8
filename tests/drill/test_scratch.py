"""The scratch repository: real git, nobody else's settings, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem
from coefgate.git.repository import Repository
from coefgate.git.scratch_repository import ScratchRepository


def git(folder: str, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_commit_holds_what_it_was_given_over_its_parent() -> None:
    with ScratchRepository() as scratch:
        odd = "samples/with space/ü.jsonl"
        first = scratch.commit({"a.yaml": b"1\r\n", odd: b"", "c": b"c"}, parent=None)
        second = scratch.commit({"a.yaml": "../c", "c": None, "d/e": b"\0e"}, parent=first)
        beside = scratch.commit({"f": b"f"}, parent=first)
        listing = git(
            scratch.folder, "-c", "core.quotePath=false", "ls-tree", "-r", second
        ).splitlines()
        assert [(row.split()[0], row.split("\t")[1]) for row in listing] == [
            ("120000", "a.yaml"),
            ("100644", "d/e"),
            ("100644", odd),
        ]
        with Repository(Path(scratch.folder)) as repository:
            assert repository.tree(first).read("a.yaml") == b"1\r\n"
            assert repository.tree(second).read("d/e") == b"\0e"
            assert repository.tree(second).read("a.yaml") == b"../c"
            assert [entry.path for entry in repository.tree(beside).entries("f")] == ["f"]
        assert git(scratch.folder, "rev-list", "--count", second) == "2"


def test_what_is_checked_out_is_main_and_lies_in_the_folder() -> None:
    with ScratchRepository() as scratch:
        commit = scratch.commit({"coefficients/a.yaml": b"a"}, parent=None)
        scratch.check_out(commit)
        assert (Path(scratch.folder) / "coefficients" / "a.yaml").read_bytes() == b"a"
        assert git(scratch.folder, "rev-parse", "--abbrev-ref", "HEAD") == "main"
        assert git(scratch.folder, "rev-parse", "main") == commit
        assert git(scratch.folder, "remote") == ""


def test_the_same_files_give_the_same_commit() -> None:
    hashes = []
    for _ in range(2):
        with ScratchRepository() as scratch:
            hashes.append(scratch.commit({"a": b"a"}, parent=None))
    assert hashes[0] == hashes[1]


def test_the_folder_is_gone_afterwards_whatever_happened() -> None:
    folders = []

    def interrupted() -> None:
        with ScratchRepository() as scratch:
            scratch.commit({"a": b"a"}, parent=None)
            folders.append(Path(scratch.folder))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [folder.exists() for folder in folders] == [False]


def test_settings_hooks_and_variables_of_the_user_have_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-commit"):
        hook = hooks / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n", "utf-8")
        hook.chmod(0o755)
    config = tmp_path / "config"
    config.write_text(
        f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgSign = true\n[init]\n\ttemplateDir = "
        f"{tmp_path}\n",
        "utf-8",
    )
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    with ScratchRepository() as scratch:
        scratch.check_out(scratch.commit({"a": b"a"}, parent=None))
        assert (Path(scratch.folder) / "a").exists()
    assert not list(tmp_path.glob("ran-*"))
    assert not (tmp_path / "index").exists()
    assert not any((other / ".git" / "refs" / "heads").iterdir())


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(NoRepository, match="git is not installed"), ScratchRepository():
        pass
    assert not list(tmp_path.iterdir())


def test_a_parent_that_is_not_there_is_told() -> None:
    with (
        ScratchRepository() as scratch,
        pytest.raises(EnvironmentProblem, match="git fast-import failed"),
    ):
        scratch.commit({"a": b"a"}, parent="0" * 39 + "1")


@pytest.mark.parametrize("path", ["a\nb", '"a"'])
def test_a_path_that_git_would_read_differently_is_refused(path: str) -> None:
    with ScratchRepository() as scratch, pytest.raises(ValueError, match="cannot be planted"):
        scratch.commit({path: b""}, parent=None)


def test_os_environment_is_left_as_it_was() -> None:
    before = dict(os.environ)
    with ScratchRepository() as scratch:
        scratch.commit({"a": b""}, parent=None)
    assert dict(os.environ) == before


def test_a_release_is_an_annotated_tag_of_the_coefficients() -> None:
    with ScratchRepository() as scratch:
        first = scratch.commit({"a": b"a"}, parent=None)
        scratch.release(first)
        second = scratch.commit({"a": b"b"}, parent=first)
        other = scratch.commit({"a": b"c"}, parent=None)
        scratch.release(other)
        tag = git(scratch.folder, "describe", "--abbrev=0", "--match", "coefficients/v*", second)
        assert git(scratch.folder, "rev-parse", f"{tag}^{{commit}}") == first
        assert git(scratch.folder, "cat-file", "-t", tag) == "tag"
