"""Interrupts, closed pipes, full disks and odd terminals: told, and nothing is half done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED, Coefgate

BASELINE = "7630ee59049c4c33b85ce402418d9b522cb65025"
Git = Callable[..., str]


def _interrupted(
    registry: Path, tmp_path: Path, number: signal.Signals, *, ignored: bool = False
) -> subprocess.CompletedProcess[str]:
    """What becomes of a command that gets a signal just before it writes."""
    calls = tmp_path / "calls.jsonl"
    call = json.loads(
        next((registry / "samples").rglob("*.jsonl")).read_text("utf-8").splitlines()[0]
    )
    del call["id"]
    calls.write_text(json.dumps(call | {"reference": "again.log:1"}) + "\n")
    code = (
        "import os, sys\n"
        "from coefgate.core import atomic_files\n"
        "finish = atomic_files._put_in_place\n"
        "def interrupted(*arguments):\n"
        f"    os.kill(os.getpid(), {number:d})\n"
        "    finish(*arguments)\n"
        "atomic_files._put_in_place = interrupted\n"
        "from coefgate.__main__ import main\n"
        "sys.argv[1:] = ['samples', 'add', sys.argv[1]]\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, str(calls)]
    inherited = signal.signal(number, signal.SIG_IGN) if ignored else None
    try:
        return subprocess.run(command, cwd=registry, capture_output=True, text=True, check=False)
    finally:
        if ignored:
            signal.signal(number, inherited)


SIGNALS = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name
)


@SIGNALS
def test_interrupted_before_it_writes_leaves_nothing_behind(
    registry: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = sorted((registry / "samples").rglob("*"))
    done = _interrupted(registry, tmp_path, number)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False), done.stderr
    assert sorted((registry / "samples").rglob("*")) == before


@SIGNALS
def test_a_signal_that_it_was_started_to_ignore_is_ignored(
    registry: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = sorted((registry / "samples").rglob("*"))
    done = _interrupted(registry, tmp_path, number, ignored=True)
    assert done.returncode == 0, done.stderr
    assert len(sorted((registry / "samples").rglob("*"))) == len(before) + 1


def test_the_tests_interrupt_where_they_were_started_to_ignore_it() -> None:
    """As ``nohup`` and a script's ``&`` start them."""
    test = (
        f"{__file__}::{test_interrupted_before_it_writes_leaves_nothing_behind.__name__}[SIGINT]"
    )
    quick = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    ignoring = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    command = [*ignoring, sys.executable, "-m", "pytest", *quick, test]
    done = subprocess.run(command, cwd=SHIPPED, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("options", [["--at", BASELINE], ["--at", BASELINE, "--format", "json"]])
def test_the_verdict_is_told_even_if_nobody_reads_it(options: list[str]) -> None:
    command = [sys.executable, "-m", "coefgate", "gate", *options]
    with subprocess.Popen(
        command, cwd=SHIPPED, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert (child.returncode, said) == (1, b"")


def test_a_full_disk_is_the_environments_fault(registry: Path) -> None:
    command = [sys.executable, "-m", "coefgate", "gate"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=registry, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 5
    assert b"No space left" in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_without_standard_output(registry: Path) -> None:
    shell = f"exec {sys.executable} -m coefgate gate >&-"
    assert subprocess.run(["sh", "-c", shell], cwd=registry, check=False).returncode == 0


def test_a_terminal_of_another_encoding(coefgate: Coefgate) -> None:
    plain = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    for command in (["gate"], ["replay"], ["coverage"], ["samples", "audit"]):
        assert coefgate(*command, environment=plain).code == 0


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "coefgate", "replay", "--format", "json"]
    with subprocess.Popen(
        command, cwd=SHIPPED, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert said == b""


def test_colour_and_progress_stay_away_from_pipes(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("gate", environment={"TERM": "xterm-256color"})
    assert "\x1b" not in outcome.text
    assert outcome.err == ""


def test_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    for words in ("gate", "pin ./registry"):
        shell = (
            f"mkdir gone && cd gone && rmdir ../gone && exec {sys.executable} -m coefgate {words}"
        )
        done = subprocess.run(
            ["sh", "-c", shell], cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.returncode == 5, done.stderr
        assert done.stderr.startswith("coefgate: the current folder is gone."), done.stderr
