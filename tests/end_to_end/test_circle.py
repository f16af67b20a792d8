"""The whole circle, with real processes, git, SQLite and PostgreSQL.

Calls are recorded, watched, and lead back to the release before; then they become samples, new
coefficients, and a release that the same processes run on.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest

from tests.end_to_end.checkouts import git as git_in
from tests.end_to_end.conftest import Coefgate, Git, Outcome
from tests.end_to_end.tuning import PAGE, make_tunable

RUNNER: Final = Path(__file__).with_name("recording_runner.py")
LOW: Final = "coefficients/overhead/docs.yaml"
CALLS: Final = 30
"""Of each runner in each week; a week is judged from 50 on."""
THIS_WEEK: Final = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday())
_WEEKS: Final = {ago: THIS_WEEK - timedelta(weeks=ago) for ago in (1, 2, 3)}


def _week(ago: int) -> str:
    year, week, _ = _WEEKS[ago].isocalendar()
    return f"{year}-W{week:02}"


class RunnerProcess:
    """A process that pins the registry, follows it, and records its calls in a file."""

    def __init__(self, folder: Path, records: Path, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, str(RUNNER), str(folder / "coefgate.lock"), str(records), name],
            env={**os.environ, "COEFGATE_CACHE": str(folder / f"cache-{name}")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def obey(self, **order: Any) -> dict[str, Any]:
        """Give it an order; its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return cast("dict[str, Any]", json.loads(self._process.stdout.readline()))

    def end(self) -> int:
        """Let it end by itself; its exit code."""
        self._process.communicate(timeout=60)
        return self._process.returncode


def _work(runner: str, weeks_ago: int, predicted: int) -> list[dict[str, Any]]:
    """Calls of ``docs.low``, one a phase, that need from 33% to 45% of what is predicted."""
    monday = datetime.combine(_WEEKS[weeks_ago], datetime.min.time(), UTC)
    return [
        {
            "category": "docs",
            "complexity": "low",
            "deliverables": [f"create:docs/{runner}-{weeks_ago}-{n}.md"],
            "phase_id": f"{runner}-{weeks_ago}-{n}",
            "run_id": f"{runner}-{weeks_ago}-{n % 4}",
            "attempt": 1,
            "model": "claude-sonnet-4-5",
            "need": predicted * (33 + 12 * (7 * n % CALLS) // CALLS) // 100,
            "at": (monday + timedelta(hours=1 + n)).isoformat(),
        }
        for n in range(CALLS)
    ]


@pytest.fixture
def origin(registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path) -> Path:
    """A server that has 1.0.0, whose numbers are those of its own procedure."""
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    make_tunable(registry)
    git("add", "-A")
    git("commit", "-qm", "a few calls and a procedure")
    _done(coefgate("tune", "--write", "--reference", PAGE, "--level", "0.8"))
    _give_reasons(registry)
    git("commit", "-qam", "a first fit")
    folder = tmp_path / "origin.git"
    git("init", "-q", "--bare", "-b", "main", str(folder))
    git("remote", "add", "origin", str(folder))
    git("push", "-q", "-u", "origin", "main")
    _done(coefgate("release", "--push"))
    return folder


@pytest.fixture
def runners(origin: Path, coefgate: Coefgate, tmp_path: Path) -> Iterator[list[RunnerProcess]]:
    """Two processes that follow the server, with one file of records."""
    platform = tmp_path / "platform"
    platform.mkdir()
    cache = {"COEFGATE_CACHE": str(platform / "cache")}
    _done(coefgate("pin", origin.as_uri(), cwd=platform, environment=cache))
    found = [RunnerProcess(platform, platform / "telemetry.db", one) for one in ("ann", "bob")]
    yield found
    assert [one.end() for one in found] == [0, 0]


def _done(outcome: Outcome) -> str:
    assert outcome.code == 0, outcome.text
    return outcome.out


def _json(outcome: Outcome, code: int = 0) -> dict[str, Any]:
    assert outcome.code == code, outcome.text
    return cast("dict[str, Any]", json.loads(outcome.out))


def _give_reasons(registry: Path) -> None:
    for file in (registry / "coefficients").rglob("*.yaml"):
        text = file.read_text("utf-8").replace('reason: ""', 'reason: "what calls showed"')
        file.write_text(text, "utf-8")


def _predicted(coefgate: Coefgate) -> int:
    asked = ("--category", "docs", "--complexity", "low", "create:docs/a.md")
    return int(_json(coefgate("estimate", *asked, "--format", "json"))["tokens"])


@dataclass(frozen=True)
class Circle:
    """Whoever takes part: a clone, its server, two processes, their file, and a server of stores.

    ``good``: the digest of 1.0.0.
    """

    registry: Path
    git: Git
    coefgate: Coefgate
    origin: Path
    runners: list[RunnerProcess]
    file: str
    server: str
    good: str

    def watch(self, store: str, *options: str, code: int = 0) -> dict[str, Any]:
        """What the monitor says of last week's trigger."""
        words = ("--week", _week(1), "--only", "rollback", "--format", "json", *options)
        return _json(self.coefgate("monitor", "--store", store, *words), code)

    def ship(self) -> None:
        """Bring to the server what it lacks."""
        _done(self.coefgate("telemetry", "ship", self.server, "--store", self.file))

    def propose(self, *options: str) -> dict[str, Any]:
        """Choose among the calls that the server holds."""
        words = ("samples", "propose", "--from-store", "--store", self.server, "--limit", "40")
        return _json(self.coefgate(*words, "--format", "json", *options))


@pytest.fixture
def circle(
    *,
    registry: Path,
    git: Git,
    coefgate: Coefgate,
    origin: Path,
    runners: list[RunnerProcess],
    postgres_url: str,
    tmp_path: Path,
) -> Circle:
    file = str(tmp_path / "platform" / "telemetry.db")
    first = runners[0].obey()
    assert first["version"] == "1.0.0"
    _done(coefgate("telemetry", "init", "--store", postgres_url))
    digest = first["digest"]
    return Circle(registry, git, coefgate, origin, runners, file, postgres_url, digest)


def test_the_circle(circle: Circle) -> None:
    predicted = _predicted(circle.coefgate)
    _calls_are_cut_off(circle, predicted)
    _it_goes_back(circle)
    _everybody_is_back(circle, predicted)
    _calls_become_coefficients(circle)


def _calls_are_cut_off(circle: Circle, predicted: int) -> None:
    """Until a week ago all was well. Then somebody made a number smaller; the gate said no."""
    for weeks_ago in (3, 2):
        for one in circle.runners:
            assert one.obey(calls=_work(one.name, weeks_ago, predicted))["cut_off"] == 0
    text = (circle.registry / LOW).read_text("utf-8")
    text = re.sub(r" *acknowledge: .*from: 15490.*\n", "", text)
    (circle.registry / LOW).write_text(text.replace("tokens: 1500\n", "tokens: 100\n", 1), "utf-8")
    circle.git("commit", "-qam", "cheaper documents")
    assert circle.coefgate("gate").code == 1
    _done(circle.coefgate("release", "--push"))
    for one in circle.runners:
        assert one.obey(look=True)["version"] == "1.0.1"
        assert one.obey(calls=_work(one.name, 1, predicted))["cut_off"] > CALLS // 2


def _it_goes_back(circle: Circle) -> None:
    """Both stores say the same; the monitor goes back by itself, once, and nothing here moves."""
    circle.ship()
    for store in (circle.file, circle.server):
        told = circle.watch(store, code=1)
        assert [one["verdict"] for one in told["proposals"]] == ["roll-back"]
    assert circle.coefgate("runners", "--store", circle.file).code == 4  # no call was made since
    here = circle.git("rev-parse", "HEAD")
    acted = circle.watch(circle.server, "--act", code=1)
    assert [one["version"] for one in acted["acts"]] == ["1.0.2"]
    assert circle.git("rev-parse", "HEAD") == here
    circle.git("pull", "-q", "--ff-only", "--tags", "origin", "main")
    assert circle.watch(circle.file, "--act")["acts"] == []


def _everybody_is_back(circle: Circle, predicted: int) -> None:
    """Who makes a call before the next look is still on it."""
    ann, bob = circle.runners
    of_ann, of_bob = ([{**_work(one.name, 1, predicted)[0], "at": None}] for one in circle.runners)
    ann.obey(calls=of_ann)
    assert ann.obey(look=True)["digest"] == circle.good
    ann.obey(calls=of_ann)
    bob.obey(calls=of_bob)
    behind = _json(circle.coefgate("runners", "--store", circle.file, "--format", "json"), 1)
    states = {one["runner"]: one["state"] for one in behind["runners"]}
    assert states == {"ann": "standing", "bob": "withdrawn"}
    assert bob.obey(look=True)["version"] == "1.0.2"
    bob.obey(calls=of_bob)
    circle.ship()
    back = _json(circle.coefgate("runners", "--store", circle.server, "--format", "json"))
    [rollback] = back["rollbacks"]
    assert (rollback["release"], rollback["versions"]) == ("1.0.2", ["1.0.1"])
    assert {one["state"] for one in rollback["runners"]} == {"back"}
    assert 0 <= rollback["reached_all_after_seconds"] < 600


def _calls_become_coefficients(circle: Circle) -> None:
    """What was recorded is judged, fitted, judged and released; the same processes run on it."""
    git, coefgate = circle.git, circle.coefgate
    proposed = circle.propose()
    assert proposed["calls"] >= 40
    _done(coefgate("gate", "--head", "proposed-samples"))
    git("merge", "-q", "--ff-only", "proposed-samples")
    git("push", "-q", "origin", "main")
    git("checkout", "-q", "-b", "fit")
    _done(coefgate("tune", "--write", "--reference", PAGE, "--level", "0.92"))
    _give_reasons(circle.registry)
    git("commit", "-qam", "fit to what was recorded")
    _done(coefgate("gate", "--base", "main"))
    git("checkout", "-q", "main")
    git("merge", "-q", "--ff-only", "fit")
    _done(coefgate("release", "--push"))
    tag = "coefficients/v1.0.3"
    assert git_in(circle.origin, "tag", "--list", tag).strip() == tag
    served = [one.obey(look=True) for one in circle.runners]
    assert [one["version"] for one in served] == ["1.0.3", "1.0.3"]
    assert {one["digest"] for one in served}.isdisjoint({circle.good})
    assert circle.propose("--dry-run")["source"]["known"]["calls"] == proposed["calls"]
