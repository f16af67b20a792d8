"""A lock edited by hand: what is known to be wrong is refused, the unknown is called unchecked."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bare import Runner, remote, runner
from tests.replay.documents import errors
from tests.runner.remotes import Remote, snapshot, yank

__all__ = ["remote", "runner"]

LOADS = """
from coefgate import Registry
registry = Registry.from_lock()
made = registry.estimate(category="docs", complexity="low", deliverables=["create:docs/guide.md"])
print(made.registry_version)
"""


@pytest.fixture
def edit(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Edit keys of the lock by hand; gives what it held before."""

    def work(**changes: object) -> dict[str, Any]:
        path = tmp_path / "work/coefgate.lock"
        before: dict[str, Any] = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(before | changes), "utf-8")
        return before

    return work


def test_a_version_that_contradicts_the_cache(
    runner: Runner,
    remote: Remote,
    edit: Callable[..., dict[str, Any]],
    bare_python: Path,
    tmp_path: Path,
) -> None:
    """Each reader names both facts and the command that mends it; it works without the source."""
    runner("pin", f"{remote.url}@1.0.0")
    lock = edit(version="9.9.9")
    same = f"{lock['digest']} of the commit {lock['commit']}"
    for command in (
        ("verify",),
        ("verify", "--strict"),
        ("verify", "--online"),
        ("verify", "--format", "json"),
        ("show", "--offline"),
        ("show",),
        ("update",),
    ):
        done = runner(*command)
        assert (done.returncode, done.stdout) == (3, ""), command
        assert (
            f"says that 9.9.9 is {same}, and its source said that 1.0.0 is {same}" in done.stderr
        )
        assert done.stderr.endswith(f"with: coefgate pin {remote.url}@1.0.0\n")
    loaded = subprocess.run(
        [bare_python, "-I", "-c", LOADS],
        cwd=tmp_path / "work",
        env={"HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.stdout == ""
    assert "InvalidDocument" in loaded.stderr
    assert runner("pin", f"{remote.url}@1.0.0").returncode == 0
    assert runner("verify", "--strict").returncode == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"commit": "b" * 40}, "the lock was edited, or the version was moved"),
        ({"digest": snapshot(11).digest}, "the lock was edited, or the version was moved"),
        ({"version": None}, "commit is given without a version"),
        ({"commit": None}, "commit is null beside a version"),
        ({"version": None, "commit": None}, "names no version, and its source has many"),
        (
            {"url": "https://example.org/c-1.1.0.json"},
            "says that it pins 1.0.0, and its url names 1.1.0",
        ),
        (
            {
                "url": "https://example.org/c.json",
                "trust": {"allowed_signers": ["a ssh-ed25519 b"]},
            },
            "url or trust was edited",
        ),
    ],
)
def test_each_field_edited_alone(
    runner: Runner,
    remote: Remote,
    edit: Callable[..., dict[str, Any]],
    changes: dict[str, object],
    words: str,
) -> None:
    runner("pin", f"{remote.url}@1.0.0")
    edit(**changes)
    done = runner("verify")
    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert "coefgate pin " in done.stderr
    assert runner("pin", f"{remote.url}@1.0.0").returncode == 0
    assert runner("verify", "--strict").returncode == 0


def test_what_nothing_here_says_is_unchecked(
    runner: Runner, remote: Remote, edit: Callable[..., dict[str, Any]]
) -> None:
    """A rollback brings back a digest under another version: both are right, one is unknown."""
    runner("pin", f"{remote.url}@1.0.0")
    lock = edit()
    remote.release("1.1.1", 10, yanked=[yank("1.1.0", "1.1.1")])
    rolled_back = remote.git("rev-parse", "coefficients/v1.1.1^{commit}")
    edit(version="1.1.1", commit=rolled_back)
    done = runner("verify")
    assert done.returncode == 0
    assert " is unchecked: 1.1.1 (" in done.stdout
    assert (
        f"nothing here says that {lock['digest']} is 1.1.1; it is known as 1.0.0. Ask"
        in done.stderr
    )
    assert done.stderr.endswith("with: coefgate verify --online\n")
    told = json.loads(runner("verify", "--format", "json").stdout)
    assert (told["checked"], told["cached"], told["version"]) == ("no", True, "1.1.1")
    assert runner("verify", "--strict").returncode == 4
    assert "\nchecked    no: " in runner("show", "--offline").stdout
    assert runner("verify", "--online", "--strict").returncode == 0
    assert runner("verify", "--strict").returncode == 0
    assert json.loads(runner("verify", "--format", "json").stdout)["checked"] == "cache"
    assert (
        json.loads(runner("verify", "--online", "--format", "json").stdout)["checked"] == "source"
    )


def test_a_cache_that_lost_its_memory_is_unchecked(
    runner: Runner, remote: Remote, edit: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    runner("pin", f"{remote.url}@1.0.0")
    edit(version="9.9.9")
    [memory] = (tmp_path / "home/.cache/coefgate/sources").iterdir()
    memory.write_text("{}")
    assert runner("verify").returncode == 0
    assert runner("verify", "--strict").returncode == 4
    done = runner("verify", "--online")
    assert done.returncode == 3
    assert "has no tag coefficients/v9.9.9" in done.stderr
    shutil.rmtree(remote.folder)
    assert runner("show").returncode == 0


def test_a_source_says_now_what_the_version_is(
    runner: Runner, remote: Remote, edit: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Nothing was known; the newest release has the commit that the lock calls 9.9.9."""
    runner("pin", remote.url)
    edit(version="9.9.9")
    shutil.rmtree(tmp_path / "home/.cache/coefgate/sources")
    for command in ("show", "update"):
        done = runner(command)
        assert done.returncode == 3
        assert done.stderr.endswith(f"with: coefgate pin {remote.url}@1.1.0\n")
    assert runner("update", "--to", "1.1.0").returncode == 0
    assert runner("verify", "--strict").returncode == 0


def test_a_lock_is_believed_only_where_nothing_else_is_known(
    runner: Runner, remote: Remote, edit: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Moved at the source, or edited: without a memory nobody can tell, so nothing is written."""
    runner("pin", f"{remote.url}@1.0.0")
    edit(digest=snapshot(11).digest)
    shutil.rmtree(tmp_path / "home/.cache/coefgate/sources")
    done = runner("pin", f"{remote.url}@1.0.0")
    assert done.returncode == 3
    assert "the version was moved, or the lock was edited" in done.stderr
    (tmp_path / "work/coefgate.lock").unlink()
    assert runner("pin", f"{remote.url}@1.0.0").returncode == 0


def test_each_command_answers_in_json(runner: Runner, remote: Remote) -> None:
    def told(schema: str, *arguments: str) -> dict[str, Any]:
        done = runner(*arguments, "--format", "json")
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        assert errors(schema, document) == []
        return document

    first = told("pin", "pin", f"{remote.url}@1.0.0")
    assert (first["version"], first["changed"], first["before"]) == ("1.0.0", True, None)
    assert told("pin", "update", "--channel", "pinned")["changed"] is False
    second = told("pin", "update")
    assert (second["version"], second["before"]["version"]) == ("1.1.0", "1.0.0")
    assert told("show", "show") == told("show", "verify", "--online")
    assert told("show", "verify") == told("show", "show", "--offline")
    remote.release("1.1.1", 12, yanked=[yank("1.1.0", "1.1.1")])
    assert told("show", "show")["yanked"]["replacement"] == "1.1.1"
