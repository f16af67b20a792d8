"""``coefgate monitor``: what it prints, exits with, and gives again from its receipts."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Outcome, run_coefgate
from tests.replay.documents import errors
from tests.use_cases.monitoring.conftest import Released, made, released, trouble

__all__ = ["made", "released", "trouble"]
AT_THE_END = ("--week", "2026-W48", "--until", "2026-11-30")


class Monitor:
    """The command in a registry, on one store."""

    def __init__(self, root: Path, store: str, scratch: Path) -> None:
        self.root, self.store, self.scratch = root, store, scratch

    def __call__(self, *words: str) -> Outcome:
        return run_coefgate(
            self.root, "monitor", "--store", self.store, *words, scratch=self.scratch
        )

    def again(self, command: str) -> Outcome:
        """What a command of a receipt prints."""
        program, *words = shlex.split(command)
        assert program == "coefgate"
        return run_coefgate(self.root, *words, "--format", "json", scratch=self.scratch)

    def json(self, *words: str) -> dict[str, Any]:
        return _json(self(*words, "--format", "json"))


def _json(found: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(found.out)
    assert errors("monitor", told) == []
    return told


@pytest.fixture
def monitor(released: Released, trouble: str, tmp_path: Path) -> Monitor:
    return Monitor(released.root, trouble, tmp_path)


def test_trouble_is_told_with_its_proof_and_the_command_that_ends_it(monitor: Monitor) -> None:
    found = monitor(*AT_THE_END)
    assert found.code == 1, found.text
    lines = found.out.splitlines()
    assert lines[0].startswith("ALERT – ")
    assert lines[1].startswith("rollback: 2026-W48: go back from 1.0.1 to 1.0.0: ")
    [end] = [line for line in lines if line.startswith("go back: ")]
    assert end.startswith("go back: coefgate rollback 1.0.0 --reason '2026-W48: ")
    assert end.endswith("--push")
    assert [line for line in lines if line.startswith("2026-W48  truncation-rate ")]


def test_a_week_without_a_call_is_never_green(monitor: Monitor) -> None:
    found = monitor("--week", "2026-W20")
    assert (found.code, found.out.splitlines()[0][:11]) == (4, "CANNOT TELL")


def test_an_answer_to_one_question(monitor: Monitor) -> None:
    found = monitor("--week", "2026-W47", "--only", "rollback", "--until", "2026-11-23")
    assert (found.code, found.out.splitlines()[0]) == (0, "FINE – 200 calls in 2026-W47")


def test_every_receipt_gives_the_same_figures_again(monitor: Monitor) -> None:
    told = monitor.json(*AT_THE_END)
    alerts = [one for one in told["alarms"] if one["answer"] == "alert"]
    assert {"rollback", "truncation-rate", "release"} <= {one["name"] for one in alerts}
    for command in {one["command"] for one in alerts}:
        again = _json(monitor.again(command))["alarms"]
        names = {one["name"] for one in again}
        assert again == [one for one in told["alarms"] if one["name"] in names]


def test_records_that_came_later_do_not_change_a_receipt(monitor: Monitor) -> None:
    early = monitor.json("--until", "2026-11-27", "--only", "truncation-rate")
    late = monitor.json("--until", "2026-11-29", "--only", "truncation-rate")
    first, second = (
        next(one for one in told["alarms"] if one["week"] == "2026-W48") for told in (early, late)
    )
    assert first["calls"] < second["calls"]
    assert first in _json(monitor.again(first["command"]))["alarms"]


def test_markdown_and_gauges_say_the_same(monitor: Monitor) -> None:
    written = monitor(*AT_THE_END, "--format", "markdown")
    assert written.code == 1
    assert "truncation-rate" in written.out
    gauges = monitor(*AT_THE_END, "--format", "prometheus")
    assert 'coefgate_monitor_answer{answer="alert"} 1' in gauges.out


def test_act_goes_back_once(monitor: Monitor, released: Released) -> None:
    first = monitor(*AT_THE_END, "--only", "rollback", "--act")
    assert first.code == 1
    assert "act: 2026-W48: rolled back to 1.0.0 as 1.0.2, pushed to origin" in first.out
    assert "next: git pull --tags" in first.out
    again = monitor(*AT_THE_END, "--only", "rollback", "--act")
    assert "not rolled back, as the server has more than this clone" in again.out
    released.git("pull", "-q", "--tags", "origin", "main")
    after = monitor(*AT_THE_END, "--only", "rollback", "--act")
    assert (after.code, after.out.splitlines()[0][:4]) == (0, "FINE")


def test_an_act_that_fails_is_told_beside_all_that_was_found(
    monitor: Monitor, released: Released
) -> None:
    released.git("remote", "remove", "origin")
    found = monitor(*AT_THE_END, "--only", "rollback", "--act")
    assert found.code == 5
    assert found.out.startswith("ALERT – ")
    assert "act: 2026-W48: not rolled back: there is no remote" in " ".join(found.out.split())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--week", "2026-W54"], 2, "2026-W54"),
        (["--since", "yesterday"], 2, "yesterday"),
        (["--until", "noon"], 2, "noon"),
        (["--only", "everything"], 2, "everything"),
        (["--receipt", "many"], 2, "many is not a receipt"),
        (["--receipt", "9:0123456789ab", "--only", "rollback"], 2, "give --week and --only"),
        (
            [*AT_THE_END, "--only", "rollback", "--receipt", "9:0123456789ab"],
            3,
            "does not hold the records of this receipt: it is of 9,",
        ),
        (["--store", "no-such.db"], 5, "no-such.db holds no store"),
    ],
)
def test_what_it_cannot_take(monitor: Monitor, words: list[str], code: int, said: str) -> None:
    found = monitor(*words)
    assert found.code == code
    assert said in found.err
