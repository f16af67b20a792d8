"""What a site shows: which state, with which history, calls and releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidInput
from coefgate.core.yanks import Yank
from coefgate.registry.key import Key
from coefgate.use_cases.explain import explain
from coefgate.use_cases.site.contents import MOST_CALLS, SiteContents, site_contents
from tests.end_to_end.checkouts import git as git_in
from tests.frozen_registry import copy_registry

Git = Callable[..., str]
DOCS = Key("overhead", ("docs", "low"))
FILE = "coefficients/overhead/docs.yaml"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    root = tmp_path / "registry"
    copy_registry(root)
    return root


@pytest.fixture
def git(registry: Path) -> Git:
    run = partial(git_in, registry)
    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-qm", "first")
    return run


def _lower(registry: Path, tokens: int) -> None:
    text = (registry / FILE).read_text()
    (registry / FILE).write_text(text.replace("tokens: 15490", f"tokens: {tokens}", 1))


def _shown(site: SiteContents) -> object:
    """All but the report, whose columns are not compared."""
    head = site.report.head
    state = (head.revision, head.version, head.digest, head.registry)
    return (state, *(getattr(site, one.name) for one in fields(site) if one.name != "report"))


def test_a_folder_that_holds_what_head_does_is_shown_as_that_commit(
    registry: Path, git: Git
) -> None:
    (registry / "notes.txt").write_text("no part of the registry")
    found = site_contents(registry)
    assert (found.source.commit, found.source.changed) == (git("rev-parse", "HEAD"), ())
    assert _shown(found) == _shown(site_contents(registry, at="HEAD"))
    assert found.report.head.revision == found.source.commit


def test_a_folder_that_differs_is_named_as_not_committed(registry: Path, git: Git) -> None:
    _lower(registry, 15000)
    found = site_contents(registry)
    assert found.source.commit == git("rev-parse", "HEAD")
    assert found.source.changed == (FILE,)
    assert found.registry.numbers[DOCS].number == 15000
    assert [step.commit is None for step in found.lives[DOCS].steps] == [True, False]
    assert site_contents(registry, at="HEAD").registry.numbers[DOCS].number == 15490


def test_a_commit_is_shown_as_it_was(registry: Path, git: Git) -> None:
    before = site_contents(registry)
    _lower(registry, 15000)
    git("commit", "-qam", "lower")
    assert _shown(site_contents(registry, at="HEAD~1")) == _shown(before)
    found = site_contents(registry).lives[DOCS]
    assert [step.commit and step.commit.subject for step in found.steps] == ["lower", "first"]


def test_every_number_has_its_calls_as_explain_names_them(registry: Path, git: Git) -> None:
    git("log", "-1")
    found = site_contents(registry)
    assert found.resting.keys() == found.registry.numbers.keys()
    for name in ("docs.low", "margin.default", "marginal.create.test", "fallback.overhead"):
        key = Key.named(name)
        assert key is not None
        told = explain(registry, name).explanation
        assert found.resting[key].count == told.count
        assert found.resting[key].first == told.calls[:MOST_CALLS]


def test_without_git_there_is_no_history(registry: Path) -> None:
    found = site_contents(registry)
    assert (found.source.commit, found.lives, found.releases.releases) == (None, {}, ())
    assert "git" in found.unknown_because


def test_before_the_first_commit_there_is_no_history(registry: Path) -> None:
    git_in(registry, "init", "-q", "-b", "main")
    found = site_contents(registry)
    assert (found.source.commit, found.lives) == (None, {})
    assert found.unknown_because == "nothing is committed here yet"


def test_a_shallow_clone_says_what_it_lacks(registry: Path, git: Git, tmp_path: Path) -> None:
    _lower(registry, 15000)
    git("commit", "-qam", "lower")
    clone = tmp_path / "clone"
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(clone))
    found = site_contents(clone)
    assert found.cut.startswith("this clone is shallow, so older values, and releases,")
    assert found.lives[DOCS].cut


def test_a_bare_repository_is_shown_at_head(registry: Path, git: Git, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git("clone", "-q", "--bare", str(registry), str(bare))
    assert site_contents(bare).source == site_contents(registry).source


def test_what_is_withdrawn_names_who_and_why(registry: Path, git: Git) -> None:
    (registry / "coefficients/yanked.yaml").write_text(
        'yanked:\n- {version: 1.0.1, date: "2026-11-30", reason: too low, replacement: null}\n'
    )
    git("commit", "-qam", "withdraw it", "--author", "Grace <grace@example.org>")
    (found,) = site_contents(registry).releases.withdrawals
    assert found.yank == Yank("1.0.1", "2026-11-30", "too low", None)
    assert found.by is not None
    assert (found.by.author, found.by.subject) == ("Grace", "withdraw it")
    assert found.release is None


def test_an_invalid_registry_has_no_site(registry: Path, git: Git) -> None:
    (registry / FILE).write_text("category: docs\n")
    git("commit", "-qam", "break it")
    with pytest.raises(InvalidInput):
        site_contents(registry)


def test_a_checkout_that_leaves_files_out_is_refused(registry: Path, git: Git) -> None:
    git("sparse-checkout", "set", "--no-cone", "/*", "!coefficients/overhead/docs.yaml")
    with pytest.raises(EnvironmentProblem, match="is not complete here"):
        site_contents(registry)
