"""``coefgate release --assets``: the files of a tag, held against its commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    BETTER,
    Git,
    commit,
    once,
    prepared,
    releasable,
    released,
    succeeded,
    twice,
    withdraw,
)

__all__ = ["once", "prepared", "releasable", "twice"]


def test_files_of_a_tag_are_those_that_the_release_wrote(
    twice: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    for name in ("coefficients/v1.0.1", "refs/tags/coefficients/v1.0.1", "1.0.1", "v1.0.1"):
        found = succeeded(coefgate("release", "--assets", name, "--output", str(tmp_path / "out")))
        for file in found.out.splitlines():
            assert Path(file).read_bytes() == (twice / "dist" / Path(file).name).read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 3


def _lying(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    commit(root, git, BETTER)
    git("tag", "-d", "coefficients/v1.0.0")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.0")


def _quiet_about_yanks(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    withdraw(root, "0.9.0")
    git("commit", "-qam", "yank")
    git("tag", "-d", "coefficients/v1.0.0")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.0")


def _flattened(root: Path, git: Git) -> None:
    git("update-ref", "refs/tags/coefficients/v1.0.0", "HEAD")


def _by_hand(root: Path, git: Git) -> None:
    git("tag", "-a", "-f", "-m", "by hand", "coefficients/v1.0.0")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_lying, "holds coefficients with the digest"),
        (_quiet_about_yanks, "withdraws other versions than coefficients/yanked.yaml"),
        (_flattened, "is not annotated here"),
        (_by_hand, "carries no snapshot"),
    ],
)
def test_a_tag_that_says_something_else_than_its_commit_gets_no_files(
    prepare: Callable[[Path, Git], None],
    words: str,
    *,
    once: Path,
    git: Git,
    coefgate: Coefgate,
    tmp_path: Path,
) -> None:
    prepare(once, git)
    found = coefgate(
        "release", "--assets", "coefficients/v1.0.0", "--output", str(tmp_path / "out")
    )
    assert (found.code, words in found.err) == (3, True), found.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--assets", "main"], "is no release"),
        (["--assets", "1.9.0"], "names no commit here"),
        (["--assets", "1.0.0", "--push"], "Leave out the other options"),
    ],
)
def test_only_a_release_has_files(
    arguments: list[str], words: str, git: Git, releasable: Path, coefgate: Coefgate
) -> None:
    found = coefgate("release", *arguments)
    assert (found.code, words in found.err) == (2, True)


def test_an_index_says_which_release_it_leaves_out(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("tag", "-a", "-m", "by hand", "coefficients/v0.9.0")
    commit(releasable, git, BETTER)
    assert released(coefgate) == "0.9.1"
    found = succeeded(coefgate("release", "--assets", "0.9.1"))
    assert (
        "the index leaves out 0.9.0: the tag coefficients/v0.9.0 carries no snapshot" in found.err
    )
