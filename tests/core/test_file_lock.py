"""A lock whose file does not stay: one holder at a time all the same, and nothing left."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from coefgate.core import file_lock
from coefgate.core.problems import EnvironmentProblem


def _count(folder: Path, times: int) -> None:
    for _ in range(times):
        with file_lock.held(folder / "lock", wait=60, remedy="", keep=False):
            counter = folder / "counter"
            counter.write_text(str(int(counter.read_text("utf-8")) + 1), "utf-8")


def test_no_two_processes_hold_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "counter").write_text("0", "utf-8")
    start = multiprocessing.get_context("fork").Process
    processes = [start(target=_count, args=(tmp_path, 50)) for _ in range(4)]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    assert [one.exitcode for one in processes] == [0, 0, 0, 0]
    assert (tmp_path / "counter").read_text("utf-8") == "200"
    assert [path.name for path in tmp_path.iterdir()] == ["counter"]


def test_one_that_was_removed_locks_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with file_lock.held(path, wait=0, remedy=""):
        path.unlink()
        with file_lock.held(path, wait=0, remedy=""):
            assert path.is_file()


def test_who_gives_up_says_why_and_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    before = len([*Path("/dev/fd").iterdir()]) if Path("/dev/fd").is_dir() else 0
    with (
        file_lock.held(path, wait=0, remedy="") as _,
        pytest.raises(EnvironmentProblem, match=r"lock and does not release it\. .*Ask Jo"),
        file_lock.held(path, wait=0, remedy="Ask Jo"),
    ):
        pass
    assert (len([*Path("/dev/fd").iterdir()]) if before else 0) == before
