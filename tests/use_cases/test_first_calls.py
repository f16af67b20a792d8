"""Whether a registry never had a call is known by its lines and its history, or not at all."""

from __future__ import annotations

from pathlib import Path

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.repository import Repository
from coefgate.samples.model import Sample, SampleStore
from coefgate.use_cases.first_calls import no_calls_yet
from tests.end_to_end.checkouts import git
from tests.replay.builders import sample

NO_GIT = EnvironmentProblem("there is no git")


def stored(*samples: Sample) -> SampleStore:
    return SampleStore(samples, {})


def test_a_call_that_could_be_scored_ends_it() -> None:
    assert no_calls_yet(stored(), NO_GIT, None)
    assert no_calls_yet(stored(sample(1, 100, paths="partial")), NO_GIT, None)
    assert not no_calls_yet(stored(sample(1, 100)), NO_GIT, None)


def test_in_a_shallow_clone_nobody_knows(tmp_path: Path) -> None:
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
            assert no_calls_yet(stored(), repository, repository.head()) is known
