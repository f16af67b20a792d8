"""People are told of alerts once, by however many monitors, and the file remembers it."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coefgate.core import file_lock
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.telemetry.alerts import Alert
from coefgate.telemetry.times import HOUR
from coefgate.telemetry.told_alerts import DueAlerts
from coefgate.use_cases import notify as use_case
from coefgate.use_cases.notify import AlertTarget, ToldAlerts, notify
from tests.telemetry.test_alerts import ALERT

NOW = 1_764_600_000_000_000


@dataclass(frozen=True, slots=True)
class Friend:
    """A target; ``heard``: what came."""

    id: str
    heard: list[DueAlerts] = field(default_factory=list)
    deaf: bool = False

    @property
    def name(self) -> str:
        return f"friend {self.id}"


def told(state: Path, friends: Sequence[Friend], *alerts: Alert, now: int = NOW) -> ToldAlerts:
    by_id = {one.id: one for one in friends}

    def send(target: AlertTarget, due: DueAlerts) -> str | None:
        friend = by_id[target.id]
        friend.heard.append(due)
        return "deaf" if friend.deaf else None

    return notify(alerts, friends, send, state=state, now=now, quiet_hours=24)


def test_the_file_remembers_between_runs(tmp_path: Path) -> None:
    state, us = tmp_path / "new" / "alerts.json", Friend("us")
    assert [one.refusal for one in told(state, [us], ALERT).targets] == [None]
    assert told(state, [us], ALERT, now=NOW + HOUR).targets == ()
    assert told(state, [us], ALERT, now=NOW + 24 * HOUR).targets[0].due.again == (ALERT,)
    assert len(told(state, [us], now=NOW + 25 * HOUR).targets[0].due.over) == 1
    assert told(state, [us], now=NOW + 26 * HOUR).targets == ()
    assert [(len(one.new), len(one.again), len(one.over)) for one in us.heard] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]
    assert json.loads(state.read_bytes())["alerts"] == {}
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_who_did_not_take_it_is_told_the_next_time(tmp_path: Path) -> None:
    state, us, deaf = tmp_path / "alerts.json", Friend("us"), Friend("them", deaf=True)
    first = told(state, [us, deaf], ALERT)
    assert [(one.name, one.refusal) for one in first.undelivered] == [("friend them", "deaf")]
    second = told(state, [us, deaf], ALERT, now=NOW + 1)
    assert [one.name for one in second.targets] == ["friend them"]


def test_who_was_told_is_remembered_though_the_next_one_fails(tmp_path: Path) -> None:
    state, us = tmp_path / "alerts.json", Friend("us")

    def send(target: AlertTarget, due: DueAlerts) -> str | None:
        if target.id == "broken":
            raise KeyboardInterrupt
        return None

    with pytest.raises(KeyboardInterrupt):
        notify([ALERT], [us, Friend("broken")], send, state=state, now=NOW, quiet_hours=24)
    assert [one.name for one in told(state, [us, Friend("broken")], ALERT).targets] == [
        "friend broken"
    ]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"[" * 10_000, b'{"format": 2}'])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    state, us = tmp_path / "alerts.json", Friend("us")
    state.write_bytes(content)
    found = told(state, [us], ALERT)
    assert found.set_aside == tmp_path / "alerts.json.damaged"
    assert found.set_aside.read_bytes() == content
    assert len(us.heard) == 1
    assert told(state, [us], ALERT).set_aside is None


def test_what_is_no_file_is_left_where_it_is(tmp_path: Path) -> None:
    state, us = tmp_path / "alerts.json", Friend("us")
    os.mkfifo(state)
    with pytest.raises(UsageProblem, match=r"no regular file.*--alert-state FILE"):
        told(state, [us], ALERT)
    assert state.is_fifo()
    assert us.heard == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    us = Friend("us")
    with pytest.raises(EnvironmentProblem, match="--alert-state FILE"):
        told(tmp_path / "file" / "alerts.json", [us], ALERT)
    assert us.heard == []


def test_a_monitor_that_does_not_end_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "WAIT", 0)
    lock = tmp_path / "alerts.json.lock"
    us = Friend("us")
    with (
        file_lock.held(lock, wait=0, remedy="") as _,
        pytest.raises(EnvironmentProblem, match=r"another process holds .*--alert-state FILE"),
    ):
        told(tmp_path / "alerts.json", [us], ALERT)
    assert us.heard == []


def _monitor(state: Path, heard: Path) -> None:
    def send(target: AlertTarget, due: DueAlerts) -> str | None:
        with heard.open("a", encoding="utf-8") as file:
            file.write(f"{len(due.new)}\n")
        return None

    notify([ALERT], [Friend("us")], send, state=state, now=NOW, quiet_hours=24)


def test_monitors_at_once_tell_it_once(tmp_path: Path) -> None:
    state, heard = tmp_path / "alerts.json", tmp_path / "heard"
    processes = [
        multiprocessing.get_context("fork").Process(target=_monitor, args=(state, heard))
        for _ in range(4)
    ]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    assert [one.exitcode for one in processes] == [0, 0, 0, 0]
    assert heard.read_text("utf-8") == "1\n"
