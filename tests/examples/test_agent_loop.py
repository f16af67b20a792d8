"""The example that users copy runs as it stands, from a snapshot, a lock, and while it follows."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coefgate import Registry
from coefgate.runner.lock import NAME, Lock, Trust, lock_bytes
from coefgate.telemetry.store import open_store
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.telemetry.stores import records_in

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "agent_loop.py"


def _run(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLE), *arguments],
        cwd=cwd,
        env={**os.environ, "COEFGATE_CACHE": str(cwd / "cache")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A source with 1.4.0, and a lock in ``tmp_path`` that pins it."""
    remote = Remote(tmp_path / "remote")
    made = remote.release("1.4.0")
    commit = remote.git("rev-parse", f"{version('1.4.0').tag}^{{commit}}")
    lock = Lock(remote.url, version("1.4.0"), commit, made.digest, Trust())
    (tmp_path / NAME).write_bytes(lock_bytes(lock))
    return remote


def test_asks_for_budgets_from_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_bytes(snapshot().data)
    done = _run(tmp_path, "snapshot.json")
    who = f"0.0.0+unversioned {snapshot().digest[:19]}"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"docs low: 1400 of 2828 tokens (exact, {who})",
        f"implementation medium: 4569 of 4569 tokens, cut off (exact, {who})",
        f"implementation medium: 9000 of 9138 tokens (exact, {who})",  # 2 × 4,569
        f"tests high: 4423 of 4423 tokens, cut off (fallback, {who})",
        f"tests high: 5500 of 8846 tokens (fallback, {who})",  # 2 × 4,423
    ]


def test_records_every_call_for_those_who_watch(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_bytes(snapshot().data)
    assert _run(tmp_path, "snapshot.json").returncode == 0
    with open_store(str(tmp_path / "telemetry.db")) as store, store.read() as connection:
        records = records_in(connection)
    told = [
        (
            *(one.phase_id, one.attempt, one.actual_output_tokens, one.max_output_tokens),
            *(one.truncated, one.success, one.predicted_tokens, one.state),
        )
        for one in records
    ]
    assert told == [
        ("work-1", 1, 1400, 2828, False, True, 2828, "finished"),
        ("work-2", 1, 4569, 4569, True, None, 4569, "finished"),
        ("work-2", 2, 9000, 9138, False, True, 4569, "finished"),
        ("work-3", 1, 4423, 4423, True, None, 4423, "finished"),
        ("work-3", 2, 5500, 8846, False, True, 4423, "finished"),
    ]
    assert {one.digest for one in records} == {snapshot().digest}


def test_is_served_by_what_the_lock_pins(remote: Remote, tmp_path: Path) -> None:
    remote.release("1.4.1", 1600)
    done = _run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"1.4.0 {snapshot().digest[:19]}" in done.stdout
    assert "1.4.1" not in done.stdout


def test_follows_a_rollback(remote: Remote, tmp_path: Path) -> None:
    bad = remote.release("1.4.1", 100)
    done = _run(tmp_path, "--follow", "latest")
    assert (done.returncode, done.stderr) == (0, "swapped: 1.4.1 was released; 1.4.1 serves\n")
    assert f"1.4.1 {bad.digest[:19]}" in done.stdout
    remote.release("1.4.2", yanked=[yank("1.4.1", "1.4.2")])
    done = _run(tmp_path, "--follow", "latest")
    assert (done.returncode, done.stderr) == (0, "swapped: 1.4.2 was released; 1.4.2 serves\n")
    assert f"1.4.2 {snapshot().digest[:19]}" in done.stdout


def test_says_how_to_get_what_is_missing(tmp_path: Path) -> None:
    done = _run(tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith("Write one with: coefgate pin URL@VERSION\n")


def test_says_which_calls_to_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(snapshot().data)
    example: dict[str, Any] = runpy.run_path(str(EXAMPLE))
    long = example["Call"]("docs", "low", ["create:a.md"], 100_000, "work-1")
    registry = Registry.from_snapshot(path)
    registry.record_to(tmp_path / "telemetry.db")
    reply = example["run"](registry, long)
    assert (reply.tokens, reply.cut_off) == (example["CEILING"], True)
    example["main"].__globals__["WORK"] = [long]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["agent_loop.py", str(path)])
    assert example["main"]() == 1
    assert (
        "1 of 1 replies are not whole even at 16384 tokens: split these calls"
        in capsys.readouterr().out
    )
