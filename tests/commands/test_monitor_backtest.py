"""``coefgate monitor --backtest``: how often alarms would have fired, before and now."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coefgate.commands.cli import run
from tests.end_to_end.checkouts import git as git_in
from tests.frozen_registry import copy_registry
from tests.replay.documents import errors
from tests.telemetry.stores import store_with
from tests.telemetry.tables import MONDAY, WEEK, invented, records_of

NOW = "2026-11-24T00:00:00Z"
"""In week 48, on its Tuesday."""
RAILS = "coefficients/guardrails.yaml"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Six weeks of calls, 43 to 48; in the last week but one calls need 1.8 times as much."""
    table = invented(
        900,
        np.random.default_rng(5),
        weeks=6,
        start=MONDAY - 5 * WEEK,
        shift=1.8,
        shifted_from=4 / 6,
        budget=2.0,
    )
    return store_with(tmp_path_factory.mktemp("backtest") / "t.db", records_of(table))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with its guardrails committed."""
    root = tmp_path_factory.mktemp("registry")
    copy_registry(root)
    (root / RAILS).write_text("rollback: {truncation_rate_above: 0.5}\n", "utf-8")
    git = partial(git_in, root)
    git("init", "-q", "-b", "main")
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    git("add", "-A")
    git("commit", "-qm", "first")
    return root


def backtest(root: Path, store: str, *arguments: str) -> int:
    asked = ("--store", store, "--registry", str(root), "--until", NOW, "--backtest")
    return run(["monitor", *asked, *arguments])


def read(capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert errors("monitor_backtest", found) == []
    return found


def weeks(histories: list[dict[str, Any]], name: str, answer: str = "fired") -> list[str]:
    [one] = [one for one in histories if one["name"] == name]
    found: list[str] = one[answer]
    return found


def test_every_week_that_is_over_is_judged(
    root: Path, store: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert backtest(root, store, "--format", "json") == 0
    found = read(capfd)
    assert found["weeks"] == [f"2026-W{one}" for one in range(43, 48)]
    assert weeks(found["alarms"], "drift") == ["2026-W47"]
    assert weeks(found["alarms"], "drift", "cannot_tell") == ["2026-W43"]
    assert weeks(found["alarms"], "rollback") == []
    assert found["base"] is None
    assert found["not_replayed"] == ["lost-calls", "spool-waiting"]


def test_a_change_of_guardrails_shows_what_fires_before_it_is_merged(
    root: Path, store: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = root / RAILS
    before = file.read_text("utf-8")
    file.write_text("rollback: {truncation_rate_above: 0.01}\n", "utf-8")
    try:
        asked = ("--base", "HEAD", "--only", "rollback")
        assert backtest(root, store, *asked) == 0
        page = capfd.readouterr().out
        assert backtest(root, store, *asked, "--format", "json") == 0
    finally:
        file.write_text(before, "utf-8")
    assert "guardrails.rollback.truncation_rate_above: 0.5 → 0.01" in page
    assert "fired before" in page
    assert "+2026-W47" in page
    found = read(capfd)
    assert weeks(found["base"], "rollback") == []
    assert "2026-W47" in weeks(found["alarms"], "rollback")
    assert [one["name"] for one in found["changed"]] == [
        "guardrails.rollback.truncation_rate_above"
    ]
    assert backtest(root, store, "--base", "HEAD", "--only", "rollback") == 0
    assert "The guardrails are the same as at the base." in capfd.readouterr().out


def test_weeks_from_one_on(root: Path, store: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert backtest(root, store, "--since", "2026-W46", "--only", "smape") == 0
    page = capfd.readouterr().out
    assert "2 weeks, 2026-W46 to 2026-W47" in page


def test_without_a_week_that_is_over_nobody_can_tell(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    young = store_with(
        tmp_path / "t.db", records_of(invented(20, np.random.default_rng(1), weeks=1))
    )
    assert backtest(root, young) == 4
    assert "no week of records is over" in capfd.readouterr().out
    assert backtest(root, young, "--base", "HEAD", "--format", "json") == 4
    found = read(capfd)
    assert found["weeks"] == weeks(found["base"], "rollback", "cannot_tell") == []


@pytest.mark.parametrize(
    "arguments", [["--act"], ["--week", "2026-W47"], ["--format", "prometheus"]]
)
def test_a_backtest_does_nothing_and_tells_nobody(
    root: Path, store: str, arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert backtest(root, store, *arguments) == 2
    assert "--backtest only looks at the past" in capfd.readouterr().err


def test_a_base_is_for_a_backtest(
    root: Path, store: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["monitor", "--store", store, "--registry", str(root), "--base", "HEAD"]) == 2
    assert "--base needs --backtest" in capfd.readouterr().err


def test_outside_git_nobody_knows_since_when_samples_were_known(
    store: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy_registry(tmp_path)
    assert backtest(tmp_path, store, "--only", "drift", "--format", "json") == 0
    assert weeks(read(capfd)["alarms"], "drift", "cannot_tell") == ["2026-W43"]
