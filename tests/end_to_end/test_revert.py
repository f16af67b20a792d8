"""A plain ``git revert`` does at the gate and at a release what docs/how-to/releases.md says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.releases import (
    ALIAS,
    BETTER,
    Git,
    commit,
    digest_of,
    minor,
    once,
    prepared,
    releasable,
    release_of,
    released,
    succeeded,
    twice,
)
from tests.end_to_end.test_gate_places import red, report

__all__ = ["minor", "once", "prepared", "releasable", "twice"]

LESS = ("coefficients/marginal_costs.yaml", "tokens: 4860", "tokens: 4850")
STORE = "samples/autopack"


def _gate(coefgate: Coefgate, base: str) -> Outcome:
    return coefgate("gate", "--base", base, "--head", "HEAD", "--format", "json")


def test_of_the_last_change_it_is_a_restore_and_gives_the_old_digest(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(once, git, ALIAS)
    assert released(coefgate) == "1.1.0"
    before = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD~1")
    found = _gate(coefgate, before)
    assert (found.code, report(found)["restore"]) == (0, True)
    shown = succeeded(coefgate("release"))
    assert shown.out.startswith(
        "coefficients 1.1.1 after 1.1.0\nwhy: patch: it has the values of 1.0.0 again\n"
    )
    release = release_of(once, "1.1.1")
    assert (release.snapshot.digest, release.yanked) == (
        digest_of(once, "coefficients/v1.0.0"),
        (),
    )


@pytest.fixture
def among_three(minor: Path, git: Git, coefgate: Coefgate) -> Path:
    """After 1.0.0 three changes, each released: 1.0.1 and 1.1.1 of values, 1.1.0 of an alias."""
    commit(minor, git, LESS)
    assert released(coefgate) == "1.1.1"
    return minor


def test_of_one_change_among_three_it_gives_a_new_digest(
    among_three: Path, git: Git, coefgate: Coefgate
) -> None:
    before = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "coefficients/v1.1.0~1")
    found = _gate(coefgate, before)
    assert (found.code, report(found)["restore"]) == (0, False)
    shown = succeeded(coefgate("release"))
    assert shown.out.startswith(
        "coefficients 2.0.0 after 1.1.1\nwhy: major: category manual is gone\n"
    )
    release = release_of(among_three, "2.0.0")
    assert release.yanked == ()
    versions = ("1.0.0", "1.0.1", "1.1.0", "1.1.1")
    earlier = {release_of(among_three, version).snapshot.digest for version in versions}
    assert release.snapshot.digest not in earlier


@pytest.mark.usefixtures("among_three")
def test_of_one_value_among_three_it_is_a_patch(git: Git, coefgate: Coefgate) -> None:
    before = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "coefficients/v1.0.1~1")
    found = _gate(coefgate, before)
    assert (found.code, report(found)["restore"], red(found)) == (0, False, [])
    assert succeeded(coefgate("release")).out.startswith(
        "coefficients 1.1.2 after 1.1.1\nwhy: patch: only values"
    )


@pytest.fixture
def with_samples(once: Path, git: Git, coefgate: Coefgate, tmp_path: Path) -> str:
    """A released change of values that brought a stored call along; the commit."""
    line = json.loads(next((once / STORE).glob("*.jsonl")).read_text("utf-8").splitlines()[-1])
    facts = {
        **line,
        "run_id": "later",
        "phase_id": "later-1",
        "reference": "later.log:1",
        "duplicate_of": None,
    }
    del facts["id"]
    (tmp_path / "new.jsonl").write_text(json.dumps(facts) + "\n", "utf-8")
    succeeded(coefgate("samples", "add", str(tmp_path / "new.jsonl")))
    change = commit(once, git, BETTER)
    assert released(coefgate) == "1.0.1"
    return change


def test_of_a_change_that_brought_samples_the_gate_keeps_the_samples(
    with_samples: str, releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    before = git("rev-parse", "HEAD")
    git("revert", "--no-edit", with_samples)
    found = _gate(coefgate, before)
    assert found.code == 1
    assert "sample-removed" in red(found)
    git("reset", "-q", "--hard", before)
    # What works: the samples stay, the values go back.
    git("revert", "--no-commit", with_samples)
    git("checkout", "HEAD", "--", "samples")
    git("commit", "-q", "--no-edit")
    found = _gate(coefgate, before)
    assert (found.code, report(found)["restore"]) == (0, True)
    assert released(coefgate) == "1.0.2"
    release = release_of(releasable, "1.0.2")
    assert (release.snapshot.digest, release.yanked) == (
        digest_of(releasable, "coefficients/v1.0.0"),
        (),
    )


def test_a_rollback_of_a_change_that_brought_samples_keeps_them(
    with_samples: str, releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    before = git("rev-parse", "HEAD")
    succeeded(coefgate("rollback"))
    assert git("diff", "--name-only", before, "HEAD", "--", "samples") == ""
    assert digest_of(releasable) == digest_of(releasable, "coefficients/v1.0.0")


def test_who_has_reverted_by_hand_withdraws_with_a_rollback(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.0.2"
    succeeded(coefgate("rollback", "1.0.0", "--reason", "cuts off"))
    release = release_of(twice, "1.0.3")
    assert [(yank.version, yank.replacement) for yank in release.yanked] == [("1.0.1", "1.0.3")]
