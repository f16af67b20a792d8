"""``coefgate samples propose --from-store``: recorded calls become samples that are reviewed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coefgate.core.trees import FolderTree
from coefgate.samples.reading import read_samples
from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.tuning import make_tunable
from tests.runner.records import WRITER, record
from tests.telemetry.stores import store_with

BRANCH = "proposed-samples"
SALT = {"COEFGATE_PATH_SALT": "0123456789abcdef"}


@pytest.fixture
def git(registry: Path, git: Git) -> Git:
    """Where git knows who commits, with a registry that fits its numbers to a few calls."""
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    make_tunable(registry)
    git("add", "-A")
    git("commit", "-qm", "a few calls")
    return git


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Ten records; all but four are of samples.

    Six are of the cell ``tests.high``, which is empty: five phases, the first in two attempts at
    the same files, cut off and then whole.
    """
    of_tests: dict[str, Any] = {"category": "tests", "complexity": "high"}
    retry = {**of_tests, "phase_id": "t-1", "max_output_tokens": 4_000}
    records = [
        record(
            "create:tests/test_a.py",
            sequence=1,
            attempt=1,
            truncated=True,
            stop_reason="max_tokens",
            actual_output_tokens=4_000,
            **retry,
        ),
        record(
            "create:tests/test_a.py", sequence=2, attempt=2, actual_output_tokens=3_900, **retry
        ),
        *(
            record(
                f"create:tests/test_{n}.py",
                sequence=n,
                phase_id=f"t-{n}",
                actual_output_tokens=2_000 + 100 * n,
                **of_tests,
            )
            for n in (3, 4, 5, 6)
        ),
        record(sequence=7, state="unfinished", actual_output_tokens=None, truncated=None),
        record(sequence=8, fault="clock"),
        record(sequence=9, truncated=None, success=None, stop_reason=None),
        record(sequence=10, category="haiku"),
    ]
    return store_with(tmp_path / "telemetry.db", records)


def _propose(coefgate: Coefgate, store: str, *options: str, **run: Any) -> dict[str, Any]:
    command = ("samples", "propose", "--from-store", "--store", store, "--format", "json")
    found = coefgate(*command, *options, **run)
    assert found.code == 0, found.err
    told: dict[str, Any] = json.loads(found.out)
    return told


def test_recorded_calls_are_proposed_merged_fitted_and_judged(
    registry: Path, git: Git, coefgate: Coefgate, store: str
) -> None:
    told = _propose(coefgate, store)
    source = told["source"]
    tokens = 4_000 + 3_900 + 2_300 + 2_400 + 2_500 + 2_600 + 1_500 + 1_500
    assert source["told"] == {"calls": 10, "tokens": tokens + 1_500}
    assert source["taken"] == {"calls": 8, "tokens": tokens}
    assert source["known"] == {"calls": 0, "tokens": 0}
    assert {why: one["places"] for why, one in source["left_out"].items()} == {
        "no-outcome": [f"telemetry:{WRITER}-7"],
        "clock": [f"telemetry:{WRITER}-8"],
    }
    # The unknown outcome and the unknown category are seen, and are no samples worth storing.
    assert {why: one["count"] for why, one in told["left_out"].items()} == {
        "undeclared": 1,
        "no-cell": 1,
    }
    assert (told["calls"], told["phases"], told["branch"]) == (6, 5, BRANCH)
    (cell,) = (one for one in told["cells"] if one["before"] != one["after"])
    assert (cell["category"], cell["complexity"]) == ("tests", "high")
    assert cell["after"] == {"samples": 5, "censored": 1, "phases": 5}
    [file] = told["files"]
    assert git("show", f"{BRANCH}:{file}").splitlines() == told["lines"][file]

    judged = coefgate("gate", "--base", "main", "--head", BRANCH)
    assert judged.code == 0, judged.text
    git("merge", "-q", "--ff-only", BRANCH)
    stored = {one.reference: one for one in read_samples(FolderTree(registry)).samples}
    assert stored[f"telemetry:{WRITER}-1"].truncated
    again = _propose(coefgate, store)
    assert (again["calls"], again["source"]["known"]["calls"]) == (0, 6)

    fitted = coefgate("tune", "--format", "json")
    assert fitted.code == 0, fitted.err
    numbers = {one["name"]: one for one in json.loads(fitted.out)["numbers"]}
    assert numbers["tests.high"]["calls"] == 6


def test_a_dry_run_prints_each_line_that_would_be_stored_and_writes_nothing(
    registry: Path, git: Git, coefgate: Coefgate, store: str
) -> None:
    command = ("samples", "propose", "--from-store", "--store", store, "--dry-run")
    found = coefgate(*command)
    assert found.code == 0, found.err
    assert "the source holds 10 calls: 8 new, 0 stored before, 2 that make no sample" in (
        found.out
    )
    assert "how the call ended is not stated" in found.out
    printed = [line for line in found.out.splitlines() if line.startswith("{")]
    told = _propose(coefgate, store, "--dry-run")
    assert printed == [line for lines in told["lines"].values() for line in lines]
    assert len(printed) == 6
    assert not git("branch", "--list", BRANCH)
    assert not git("status", "--porcelain")


def test_paths_are_salted_once(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    salted = "tests/test_0123456789ab.py"
    records = [
        record("create:tests/test_secret.py", category="tests", complexity="high"),
        record(f"create:{salted}", sequence=2, redacted=True, category="tests", complexity="high"),
    ]
    store = store_with(tmp_path / "salted.db", records)
    told = _propose(coefgate, store, "--dry-run", "--redact-paths", environment=SALT)
    [lines] = told["lines"].values()
    paths = [json.loads(line)["deliverables"][0]["path"] for line in lines]
    assert salted in paths
    assert len(paths) == 2
    assert "secret" not in str(lines)


def test_only_calls_of_the_time_that_is_asked_for_are_looked_at(
    registry: Path, git: Git, coefgate: Coefgate, store: str
) -> None:
    told = _propose(coefgate, store, "--dry-run", "--since", "2026-11-01T09:00:05Z")
    assert told["source"]["told"]["calls"] == 6


def test_a_phase_that_began_before_is_looked_at_as_a_whole(
    registry: Path, git: Git, coefgate: Coefgate, store: str
) -> None:
    told = _propose(coefgate, store, "--dry-run", "--since", "2026-11-01T09:00:02Z")
    attempts = [
        (found["phase_id"], found["attempt"])
        for lines in told["lines"].values()
        for found in map(json.loads, lines)
    ]
    assert {("t-1", 1), ("t-1", 2)} <= {*attempts}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Calls come from one place"),
        (("--from-store", "calls.jsonl"), "Calls come from one place"),
        (("--from-store", "--as", "csv"), "Leave out --as"),
        (("--from-store", "--fact", "unit=call"), "--fact states what samples leave out"),
        (("calls.jsonl", "--since", "7d"), "--since is of a store"),
        (("--from-store", "--since", "lately"), "lately is not a moment"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    registry: Path, coefgate: Coefgate, arguments: tuple[str, ...], said: str
) -> None:
    found = coefgate("samples", "propose", *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_a_store_that_cannot_be_read_half_way_is_named(
    registry: Path, git: Git, coefgate: Coefgate, store: str
) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE calls SET model = CAST(x'ff' AS TEXT) WHERE sequence = 3")
        connection.commit()
    found = coefgate("samples", "propose", "--from-store", "--store", store)
    assert (found.code, found.out) == (3, "")
    assert f"{store} holds a text that is not UTF-8" in found.err


def test_where_there_is_no_store_nothing_is_made(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    place = tmp_path / "none.db"
    found = coefgate("samples", "propose", "--from-store", "--store", str(place))
    assert (found.code, place.exists()) == (5, False)
    assert "holds no store" in found.err
