"""The histories of the numbers that a change touches, up to what is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.changes.change import Change
from coefgate.registry.key import Key
from coefgate.registry.number_history import NumberHistory
from coefgate.use_cases.history import histories_of
from tests.git.conftest import Git, git, registry
from tests.git.number_lives import docs_low, numbers_of

__all__ = ["git", "registry"]


def changes(*names: str) -> list[Change]:
    """Of these numbers, and of an alias, which has no history."""
    keys = [Key.named(one) for one in names]
    assert all(keys)
    numbers = [Change(f"{key}", "overhead", key, None, None, "", 1) for key in keys if key]
    return [Change("guides", "alias", "guides", None, None, "", 1), *numbers]


def lives(found: tuple[NumberHistory, ...]) -> dict[str, list[int | None]]:
    return {one.name: numbers_of(one) for one in found}


@pytest.fixture
def lowered(registry: Path, git: Git) -> str:
    """The commit that lowered docs.low; the folder has another number by now."""
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    docs_low(registry, 900)
    return git("rev-parse", "HEAD")


def test_those_of_the_folder_end_with_what_lies_there(registry: Path, lowered: str) -> None:
    found = histories_of(registry, changes("docs.low", "docs.low"), revision="worktree")
    assert lives(found) == {"docs.low": [900, 1000, 15490]}


def test_those_of_the_index_end_with_what_is_staged(
    registry: Path, git: Git, lowered: str
) -> None:
    git("add", "-A")
    docs_low(registry, 800)
    found = histories_of(registry, changes("docs.low"), revision="index")
    assert lives(found) == {"docs.low": [900, 1000, 15490]}


def test_those_of_a_commit_end_with_it(registry: Path, git: Git, lowered: str) -> None:
    found = histories_of(registry, changes("docs.low"), revision=lowered)
    assert lives(found) == {"docs.low": [1000, 15490]}
    first = histories_of(registry, changes("docs.low"), revision=git("rev-parse", "HEAD~1"))
    assert lives(first) == {"docs.low": [15490]}


def test_a_number_that_no_state_has_is_left_out(registry: Path, lowered: str) -> None:
    found = histories_of(registry, changes("music.low", "docs.low"), revision=lowered)
    assert list(lives(found)) == ["docs.low"]


def test_where_nothing_can_be_known_there_is_none(registry: Path) -> None:
    assert histories_of(registry, changes(), revision="worktree") == ()
    assert histories_of(registry, changes("docs.low"), revision="worktree") == ()
