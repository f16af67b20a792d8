"""What leaves a monitor beside its report: a file for others, and messages to people."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate.commands.cli import run
from coefgate.commands.notify import VARIABLE
from coefgate.telemetry.adding import merge_writers
from coefgate.telemetry.store import open_store
from coefgate.telemetry.times import DAY
from tests.frozen_registry import BY_HAND
from tests.publishing.people import SECRET, People, people
from tests.telemetry.tables import MONDAY
from tests.use_cases.monitoring.cut_off import cut_off_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return cut_off_store(tmp_path_factory.mktemp("outputs") / "t.db")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def us() -> Iterator[People]:
    with people() as heard:
        yield heard


def monitor(store: str, *arguments: str) -> int:
    """The truncation rate of week 48, of which 20 of 100 calls were cut off."""
    asked = ("--store", store, "--registry", str(BY_HAND), "--week", "2026-W48")
    return run(["monitor", *asked, "--only", "truncation-rate", *arguments])


def test_a_file_for_the_collector_is_whole_or_as_it_was(
    store: str, cache: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "textfile" / "coefgate.prom"
    assert monitor(store, "--format", "prometheus", "--output", str(file)) == 1
    assert capfd.readouterr().out == ""
    assert file.read_text("utf-8").endswith("\n")
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    before = file.read_bytes()
    bad = str(tmp_path / "no.db")
    assert monitor(bad, "--format", "prometheus", "--output", str(file)) not in {0, 1, 4}
    assert file.read_bytes() == before
    assert monitor(store, "--format", "prometheus") == 1
    assert 'coefgate_alarm_figure{alarm="truncation-rate"' in capfd.readouterr().out


def test_a_file_of_another_format(
    store: str, cache: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "found.json"
    assert monitor(store, "--format", "json", "--output", str(file)) == 1
    assert json.loads(file.read_bytes())["answer"] == "alert"
    assert monitor(store, "--output", str(file)) == 2
    assert "--format json, markdown, html or prometheus" in capfd.readouterr().err


def test_people_are_told_of_what_is_now(
    store: str,
    cache: Path,
    us: People,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, us.address)
    assert [monitor(store), monitor(store)] == [1, 1]
    (message,) = us.heard
    assert message["title"].startswith("coefgate monitor: ")
    assert "truncation-rate" in message["message"]
    assert "the same figure again: coefgate monitor --store" in message["message"]
    # The command of a receipt is about a moment that is over: it tells nobody.
    assert monitor(store, "--until", "2026-12-01T00:00:00Z") == 1
    assert monitor(store, "--until", "2026-12-01T00:00:00Z", "--notify", us.address) == 2
    assert len(us.heard) == 1
    said = capfd.readouterr()
    assert "leave out --until" in said.err
    assert SECRET not in said.out + said.err


def test_who_cannot_be_told_costs_the_exit_code_only_where_that_is_asked(
    store: str, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = f"json://{SECRET}@127.0.0.1:1"
    assert monitor(store, "--notify", gone) == 1
    assert monitor(store, "--notify", gone, "--require-delivery") == 5
    said = capfd.readouterr().err
    assert said.count("the service could not be reached") == 2
    assert SECRET not in said


def test_without_apprise_the_extra_is_named(
    store: str,
    cache: Path,
    us: People,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert monitor(store, "--notify", us.address) == 5
    said = capfd.readouterr().err
    assert "(extras alerts, telemetry) with: python -m pip install 'apprise>=" in said
    assert monitor(store) == 1


def test_a_registry_without_guardrails_is_held_to_the_defaults(
    store: str, cache: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(BY_HAND / "coefficients", tmp_path / "coefficients")
    (tmp_path / "coefficients" / "guardrails.yaml").unlink()
    assert run(["monitor", "--store", store, "--registry", str(tmp_path), "--week=2026-W48"]) == 1
    said = capfd.readouterr().out
    assert (
        "note: no guardrail is stated in coefficients/guardrails.yaml, so each has its default"
        in said
    )
    assert monitor(store) == 1
    assert "has its default" not in capfd.readouterr().out


def test_a_few_lost_calls_are_told_in_a_note(
    cache: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One of 101 that are declared, of which 5% may be served by the fallback."""
    place = cut_off_store(tmp_path / "t.db")
    ended = ("0" * 32, "host-1", "0.1.0", MONDAY, MONDAY + DAY, 101, True, 0, 0)
    with open_store(place, write=True) as opened, opened.write() as connection:
        merge_writers(connection, [ended])
    asked = ("--store", place, "--registry", str(BY_HAND), "--week", "2026-W48")
    assert run(["monitor", *asked, "--until", "2026-12-01"]) == 1
    said = " ".join(capfd.readouterr().out.split())
    assert "note: 2026-W48: 1 call began and left no record: too few to bring a figure" in said
