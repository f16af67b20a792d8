"""``coefgate rollback`` where there is nothing to go back to: all stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    LOW,
    TIGHTER,
    Git,
    commit,
    edit,
    minor,
    prepared,
    releasable,
    state,
    three,
)

__all__ = ["minor", "prepared", "releasable", "three"]
DOCS = "coefficients/overhead/docs.yaml"
YANKED = "coefficients/yanked.yaml"


def _changed(root: Path, _git: Git) -> None:
    edit(root, (DOCS, "tokens: 15490", "tokens: 15480"))


def _broken_yanks(root: Path, git: Git) -> None:
    (root / YANKED).write_text("yanked: [\n", "utf-8")
    git("commit", "-qam", "broken")


def _odd_yanks(root: Path, git: Git) -> None:
    (root / YANKED).write_text("? yanked\n: !!seq []\n", "utf-8")
    git("commit", "-qam", "odd")


def _yanked(root: Path, git: Git) -> None:
    rows = '  - {version: 1.0.1, date: "2026-11-01", reason: bad, replacement: null}\n'
    (root / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")


def _nothing(root: Path, git: Git) -> None:
    """All is as it was."""


def _lying(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    git("tag", "-d", "coefficients/v1.0.1")
    message = message.replace('"version":"1.0.0"', '"version":"1.0.1"')
    commit_of = git("rev-list", "-1", "HEAD~3")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.1", commit_of)


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "words"),
    [
        (_changed, [], 2, f"this is not: {DOCS}."),
        (_broken_yanks, [], 3, YANKED),
        (_odd_yanks, [], 3, YANKED),
        (
            _yanked,
            ["1.0.1"],
            2,
            (
                "1.0.1 was withdrawn itself (bad). Those not withdrawn are 1.1.0, 1.0.0: coefgate "
                "rollback VERSION"
            ),
        ),
        (
            _nothing,
            ["1.4.0"],
            2,
            "'1.4.0' is no release of this branch. The releases are 1.1.0, 1.0.1, 1.0.0",
        ),
        (_nothing, ["main"], 2, "'main' is no release"),
        (_nothing, ["--reason", "a\nb"], 2, "a reason is one line of 1 to 500 visible characters"),
        (
            _nothing,
            ["--reason", "a\udce4b"],
            2,
            "a reason is one line of 1 to 500 visible characters",
        ),
        (_nothing, ["--reason", " "], 2, "a reason is one line"),
        (_nothing, ["--push"], 2, "git remote add origin URL"),
        (_nothing, ["--output", "coefficients/x"], 2, "lies in coefficients/"),
        (_lying, ["1.0.1"], 3, "the files of 1.0.1 give the digest"),
    ],
)
def test_what_cannot_be_gone_back_to_leaves_everything_as_it_was(
    prepare: Callable[[Path, Git], None],
    arguments: list[str],
    code: int,
    words: str,
    *,
    three: Path,
    git: Git,
    coefgate: Coefgate,
) -> None:
    prepare(three, git)
    before = state(three, git)
    found = coefgate("rollback", *arguments)
    assert found.code == code, found.err
    assert words in found.err
    assert state(three, git) == before


def test_before_the_first_release_there_is_nothing_to_go_back_to(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    found = coefgate("rollback")
    assert (found.code, "nothing was released yet" in found.err) == (2, True)


def test_a_way_back_that_is_no_restore_is_held_to_the_rules(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(releasable, git, LOW)
    git("tag", "-a", "-m", "by hand", "coefficients/v1.0.0")
    commit(releasable, git, (LOW[0], LOW[2], LOW[1]))
    git("tag", "-a", "-m", "by hand", "coefficients/v1.0.1")
    commit(releasable, git, TIGHTER, (DOCS, "tokens: 15490", "tokens: -1"))
    before = state(releasable, git)
    found = coefgate("rollback")
    assert found.code == 1
    assert "stratum-regression fails" in found.out
    assert found.err.endswith(
        "the rollback to 1.0.0 does not pass the gate; nothing has changed\n"
    )
    assert state(releasable, git) == before
