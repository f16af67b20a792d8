"""The stage of the drill: real git, real processes; what goes wrong is told, nothing stays."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from coefgate.drill.way_back.ledger import DrillFailed
from coefgate.drill.way_back.run import category_file
from coefgate.drill.way_back.stage import RunnerProcess, Stage


def test_what_is_accepted_is_on_the_remote_and_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "GIT_DIR", "/nowhere"
    )  # as inside a hook; the stage has a repository of its own
    with Stage({"coefficients/registry.yaml": b"format: 1\n"}) as stage:
        stage.commit("first")
        stage.write("coefficients/overhead/drill.yaml", category_file("low", 7))
        stage.commit("second")
        assert list((stage.remote / "refs/heads").iterdir()) == [stage.remote / "refs/heads/main"]
        folder = stage.clone.parent
    assert not folder.exists()


def test_a_command_that_does_not_pass_is_told_with_its_words() -> None:
    with (
        Stage({"coefficients/registry.yaml": b"format: nonsense\n"}) as stage,
        pytest.raises(DrillFailed, match=r"(?s)^coefgate check ended with 3:\n.*registry.yaml"),
    ):
        stage.coefgate("check")


def process(tmp_path: Path, program: str) -> RunnerProcess:
    command = (sys.executable, "-c", program)
    return RunnerProcess("runner-1", tmp_path, command, dict(os.environ))


def test_a_runner_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    runner = process(tmp_path, "raise SystemExit('no lock here')")
    with pytest.raises(DrillFailed, match="runner-1 ended with 1: no lock here"):
        runner.wait()
    with pytest.raises(DrillFailed, match="runner-1 ended with 1"):
        runner.read()
    runner.end()


def test_a_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    line = (
        b'{"at": 1.5, "version": "1.0.0", "digest": "sha256:a", "tokens": 7, "cut_off": false}\n'
    )
    runner = process(tmp_path, "import time; time.sleep(60)")
    try:
        assert runner.read() == []
        (tmp_path / "log.jsonl").write_bytes(line + line[:20])
        assert [one.at for one in runner.read()] == [1.5]
        (tmp_path / "log.jsonl").write_bytes(line + line)
        assert [one.tokens for one in runner.read()] == [7, 7]
    finally:
        runner.end()
    assert runner._process.returncode is not None  # it was ended long before its time
