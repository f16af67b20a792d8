"""Which samples came in after the coefficients did: git says, and nobody can choose."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.git.accepted_states import AcceptedStates, Arrivals
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from tests.git.conftest import Git


def _arrivals(registry: Path) -> Arrivals:
    with Repository(registry) as repository:
        present = snapshot(read_registry(FolderTree(registry))).digest
        return AcceptedStates(repository, repository.commit("HEAD")).arrivals(present)


def _known(registry: Path) -> tuple[str | None, set[str]]:
    found = _arrivals(registry)
    assert found.known is not None
    return found.since, set(found.known.ids)


def _newest(registry: Path) -> float:
    known = _arrivals(registry).known
    assert known is not None
    return known.newest


def _store(registry: Path, name: str, *ids: str, at: str | None = None) -> None:
    folder = registry / "samples" / "team"
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"id": identity, "observed_at": at}) for identity in ids)
    (folder / name).write_text("".join(f"{line}\n" for line in lines))


def _edit(registry: Path, old: str, new: str) -> None:
    file = registry / "coefficients/registry.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_samples_of_the_commit_that_brought_the_coefficients_are_known(
    registry: Path, git: Git
) -> None:
    first = git("rev-parse", "HEAD")
    _store(registry, "a.jsonl", "a1", "a2")
    git("add", "-A")
    git("commit", "-qm", "samples later")
    assert _known(registry) == (first, set())

    _edit(registry, "tokens: 2000", "tokens: 2001")
    _store(registry, "b.jsonl", "b1")
    git("add", "-A")
    git("commit", "-qm", "coefficients with samples")
    second = git("rev-parse", "HEAD")
    _store(registry, "c.jsonl", "c1")
    git("add", "-A")
    git("commit", "-qm", "samples later again")
    assert _known(registry) == (second, {"a1", "a2", "b1"})


def test_a_comment_does_not_start_a_new_count(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    _edit(registry, "format: 1", "format: 1 # the first")
    git("commit", "-qam", "a comment")
    assert _arrivals(registry).since == first


def test_going_back_starts_a_new_count(registry: Path, git: Git) -> None:
    _edit(registry, "tokens: 2000", "tokens: 2001")
    git("commit", "-qam", "dearer")
    git("revert", "--no-edit", "HEAD")
    assert _arrivals(registry).since == git("rev-parse", "HEAD")


def test_a_merge_counts_from_when_it_reached_the_branch(registry: Path, git: Git) -> None:
    git("checkout", "-qb", "topic")
    _edit(registry, "tokens: 2000", "tokens: 2001")
    git("commit", "-qam", "dearer")
    git("checkout", "-q", "main")
    _store(registry, "a.jsonl", "a1")
    git("add", "-A")
    git("commit", "-qm", "samples meanwhile")
    git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert _known(registry) == (git("rev-parse", "HEAD"), {"a1"})


def test_an_old_state_that_cannot_be_read_is_another_state(registry: Path, git: Git) -> None:
    _edit(registry, "format: 1", "format: 0")
    git("commit", "-qam", "broken")
    _edit(registry, "format: 0", "format: 1")
    _store(registry, "a.jsonl", "a1")
    (registry / "samples/team/b.jsonl").write_text("half a li")
    git("add", "-A")
    git("commit", "-qm", "mended")
    assert _known(registry) == (git("rev-parse", "HEAD"), {"a1"})


def test_what_is_not_committed_has_no_commit(registry: Path, git: Git) -> None:
    _edit(registry, "tokens: 2000", "tokens: 2001")
    found = _arrivals(registry)
    assert found.since is None
    assert "not committed" in found.reason


def test_a_shallow_clone_does_not_know(registry: Path, git: Git, tmp_path: Path) -> None:
    git("commit", "-q", "--allow-empty", "-m", "second")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    found = _arrivals(tmp_path / "shallow")
    assert found.since is None
    assert "git fetch --unshallow" in found.reason


def test_the_newest_call_that_was_stored_with_the_coefficients(registry: Path, git: Git) -> None:
    _store(registry, "a.jsonl", "a1", at="2025-12-29T20:00:00+11:00")
    _store(registry, "b.jsonl", "b1", at="2025-12-29T10:00:00Z")  # an hour after a1
    _store(registry, "c.jsonl", "c1")
    _edit(registry, "tokens: 2000", "tokens: 2001")
    git("add", "-A")
    git("commit", "-qm", "coefficients with samples")
    _store(registry, "d.jsonl", "d1", at="2026-01-01T00:00:00Z")
    git("add", "-A")
    git("commit", "-qm", "samples later")
    assert _newest(registry) == datetime.fromisoformat("2025-12-29T10:00:00+00:00").timestamp()


@pytest.mark.parametrize("ids", [(), ("a1",)], ids=["no call", "no call with a time"])
def test_the_commit_stands_for_calls_without_a_time(
    registry: Path, git: Git, ids: tuple[str, ...]
) -> None:
    _store(registry, "a.jsonl", *ids)
    _edit(registry, "tokens: 2000", "tokens: 2001")
    git("add", "-A")
    git("commit", "-qm", "coefficients")
    assert _newest(registry) == float(git("log", "-1", "--format=%ct"))
