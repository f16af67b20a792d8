"""Whether a registry never had a call is known by its lines and its history, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.trees import FolderTree
from coefgate.git.repository import Repository
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.replay.state import State, state_of
from coefgate.samples.model import Sample, SampleStore
from coefgate.use_cases.first_calls import no_calls_yet
from tests.end_to_end.checkouts import git
from tests.frozen_registry import BY_HAND
from tests.neutral_registry import write_neutral
from tests.replay.builders import sample

NO_GIT = EnvironmentProblem("there is no git")


@pytest.fixture(scope="module")
def neutral(tmp_path_factory: pytest.TempPathFactory) -> Coefficients:
    root = tmp_path_factory.mktemp("neutral")
    write_neutral(root)
    return read_registry(FolderTree(root))


def with_calls(registry: Coefficients, *samples: Sample) -> State:
    return state_of(registry, SampleStore(samples, {}), revision="worktree")


def test_a_call_that_could_be_scored_ends_it(neutral: Coefficients) -> None:
    assert no_calls_yet(with_calls(neutral), NO_GIT, None)
    assert no_calls_yet(with_calls(neutral, sample(1, 100, paths="partial")), NO_GIT, None)
    assert not no_calls_yet(with_calls(neutral, sample(1, 100)), NO_GIT, None)


def test_numbers_that_were_fitted_had_calls() -> None:
    assert not no_calls_yet(with_calls(read_registry(FolderTree(BY_HAND))), NO_GIT, None)


def test_in_a_shallow_clone_nobody_knows(tmp_path: Path, neutral: Coefficients) -> None:
    origin = tmp_path / "origin"
    (origin / "coefficients").mkdir(parents=True)
    git(origin, "init", "-q", "-b", "main")
    for at in range(2):
        (origin / "coefficients/x.yaml").write_text(f"{at}\n")
        git(origin, "add", "-A")
        git(origin, "commit", "-qm", f"{at}")
    git(tmp_path, "clone", "-q", "--depth", "1", origin.as_uri(), "shallow")
    for name, known in ("origin", True), ("shallow", False):
        with Repository(tmp_path / name) as repository:
            assert no_calls_yet(with_calls(neutral), repository, repository.head()) is known
