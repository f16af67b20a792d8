"""Which samples came in after the coefficients did: git says, and nobody can choose."""

from __future__ import annotations

from pathlib import Path

from coefgate.history.arrivals import Arrivals, arrivals
from coefgate.history.repository import Repository
from coefgate.registry.reading import read_registry
from coefgate.registry.snapshot import digest, snapshot
from coefgate.trees import FolderTree

from .conftest import Git


def _arrivals(registry: Path) -> Arrivals:
    with Repository(registry) as repository:
        present = digest(snapshot(read_registry(FolderTree(registry))))
        return arrivals(repository, repository.commit("HEAD"), present)


def _store(registry: Path, name: str, *ids: str) -> None:
    folder = registry / "samples" / "team"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f'{{"id":"{identity}"}}\n' for identity in ids))


def _edit(registry: Path, old: str, new: str) -> None:
    file = registry / "coefficients/registry.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_samples_of_the_commit_that_brought_the_coefficients_are_known(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    _store(registry, "a.jsonl", "a1", "a2")
    git("add", "-A")
    git("commit", "-qm", "samples later")
    assert _arrivals(registry) == Arrivals(first, frozenset(), "")

    _edit(registry, "tokens: 2000", "tokens: 2001")
    _store(registry, "b.jsonl", "b1")
    git("add", "-A")
    git("commit", "-qm", "coefficients with samples")
    second = git("rev-parse", "HEAD")
    _store(registry, "c.jsonl", "c1")
    git("add", "-A")
    git("commit", "-qm", "samples later again")
    assert _arrivals(registry) == Arrivals(second, frozenset({"a1", "a2", "b1"}), "")


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
    assert _arrivals(registry) == Arrivals(git("rev-parse", "HEAD"), frozenset({"a1"}), "")


def test_an_old_state_that_cannot_be_read_is_another_state(registry: Path, git: Git) -> None:
    _edit(registry, "format: 1", "format: 0")
    git("commit", "-qam", "broken")
    _edit(registry, "format: 0", "format: 1")
    _store(registry, "a.jsonl", "a1")
    (registry / "samples/team/b.jsonl").write_text("half a li")
    git("add", "-A")
    git("commit", "-qm", "mended")
    assert _arrivals(registry) == Arrivals(git("rev-parse", "HEAD"), frozenset({"a1"}), "")


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
