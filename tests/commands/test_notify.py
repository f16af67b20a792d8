"""Options that tell people of alerts, on a command of the test's own; with the real Apprise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from coefgate.commands.cli import exit_code_of
from coefgate.commands.notify import VARIABLE, notify_options, targets_at, tell_people
from tests.publishing.people import SECRET, People, people
from tests.telemetry.test_alerts import ALERT


@click.command()
@click.option("--calm", is_flag=True)
@notify_options
def watch(
    calm: bool, notified: tuple[str, ...], alert_state: Path | None, require_delivery: bool
) -> int:
    return tell_people(
        [] if calm else [ALERT],
        targets_at(notified, moment=None),
        question="telemetry.db",
        quiet_hours=24,
        alert_state=alert_state,
        require_delivery=require_delivery,
    )


def run(*arguments: str) -> int:
    return exit_code_of(lambda: watch.main(arguments, standalone_mode=False), arguments)


@pytest.fixture(scope="module")
def _server() -> Iterator[People]:
    with people() as heard:
        yield heard


@pytest.fixture
def us(_server: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> People:
    _server.heard.clear()
    _server.status = 200
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(VARIABLE, raising=False)
    return _server


def test_an_alert_goes_out_once_and_its_end_once(
    us: People, capfd: pytest.CaptureFixture[str]
) -> None:
    assert [run("--notify", us.address) for _ in range(2)] == [0, 0]
    assert [run("--notify", us.address, "--calm") for _ in range(2)] == [0, 0]
    assert [(one["title"], one["type"]) for one in us.heard] == [
        ("coefgate monitor: 1 alert", "failure"),
        ("coefgate monitor: 1 over", "success"),
    ]
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "coefgate: notified alert target 1 (JSON): coefgate monitor: 1 alert",
        "coefgate: notified alert target 1 (JSON): coefgate monitor: 1 over",
    ]


def test_a_refusal_changes_the_exit_code_where_that_is_asked_for(
    us: People, capfd: pytest.CaptureFixture[str]
) -> None:
    us.status = 503
    assert run("--notify", us.address) == 0
    assert run("--notify", us.address, "--require-delivery") == 5
    us.status = 200
    assert run("--notify", us.address, "--require-delivery") == 0
    assert len(us.heard) == 1
    said = capfd.readouterr().err
    assert said.count("the service answered 503") == 2
    assert SECRET not in said


def test_targets_from_the_environment_and_a_state_of_ones_own(
    us: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, f"{us.address}\n json://{us.place}/other")
    state = tmp_path / "alerts.json"
    assert run("--alert-state", str(state)) == 0
    assert len(us.heard) == 2
    assert SECRET not in state.read_text("utf-8")
    assert not (tmp_path / "cache").exists()
    assert run() == 0
    assert len(us.heard) == 4
    assert len([*(tmp_path / "cache" / "alerts").glob("*.json")]) == 1


def test_without_a_target_nothing_is_remembered(us: People, tmp_path: Path) -> None:
    assert run() == 0
    assert [*tmp_path.iterdir()] == []


def test_a_bad_address_is_told_before_anything_is_sent(
    us: People, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("--notify", us.address, "--notify", f"nonsense://{SECRET}") == 2
    assert us.heard == []
    said = capfd.readouterr().err
    assert "alert target 2 is not an address" in said
    assert SECRET not in said


def test_no_place_to_remember(
    us: People, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COEFGATE_CACHE", "~nobody-at-all/cache")
    assert run("--notify", us.address) == 5
    assert "--alert-state FILE" in capfd.readouterr().err
    assert us.heard == []
