"""Messages through the real Apprise, and that no secret of an address gets out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import apprise
import pytest

from coefgate.core.problems import CoefgateError, EnvironmentProblem, UsageProblem
from coefgate.publishing.notifications import Notification, targets_of
from tests.publishing.people import SECRET, People, people

NOTIFICATION = Notification("coefgate monitor: 1 alert", "ALERT: <b>cut off</b> & more", "failure")


@pytest.fixture(scope="module")
def _server() -> Iterator[People]:
    with people() as heard:
        yield heard


@pytest.fixture
def us(_server: People) -> People:
    _server.heard.clear()
    _server.status = 200
    return _server


def test_a_message_arrives_as_it_is(us: People) -> None:
    (target,) = targets_of([us.address])
    assert target.send(NOTIFICATION) is None
    (message,) = us.heard
    assert message["title"] == NOTIFICATION.title
    assert message["message"] == NOTIFICATION.body
    assert message["type"] == "failure"


def test_who_does_not_take_it_says_why_and_nothing_else(
    us: People, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (target,) = targets_of([us.address])
    us.status = 500
    assert target.send(NOTIFICATION) == "the service answered 500"
    (gone,) = targets_of([f"json://{SECRET}:{SECRET}@127.0.0.1:1/{SECRET}"])
    assert gone.send(NOTIFICATION) == "the service could not be reached"
    said = capfd.readouterr()
    assert said.out + said.err == ""
    assert SECRET not in caplog.text
    assert SECRET not in f"{target!r}{target.name}{target.id}{gone!r}"


def test_loggers_are_as_they_were(us: People) -> None:
    loggers = [logging.getLogger(name) for name in (None, "apprise")]
    before = [one.handlers[:] for one in loggers]
    targets_of([us.address])[0].send(NOTIFICATION)
    assert [one.handlers for one in loggers] == before


@pytest.mark.parametrize(
    "given", [f"nonsense://{SECRET}", f"slack://{SECRET}", f"json:/{SECRET}", f"{SECRET}/alerts"]
)
def test_what_is_no_address_is_told_by_its_place(
    given: str, us: People, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageProblem, match=r"target 2 is (not an address|neither)") as raised:
        targets_of([us.address, given])
    assert SECRET not in str(raised.value)
    assert capfd.readouterr().err == ""


def test_a_file_has_an_address_on_each_line(us: People, tmp_path: Path) -> None:
    file = tmp_path / "who.txt"
    file.write_text(f"# on call\n\n  {us.address}\n{us.address}\njson://{us.place}/b\n", "utf-8")
    found = targets_of([str(file), us.address])
    # The same address is told once, under the name of its last place.
    assert [one.name for one in found] == ["alert target 2 (JSON)", f"{file}:5 (JSON)"]
    file.write_text(f"# on call\nnonsense://{SECRET}\n", "utf-8")
    with pytest.raises(UsageProblem, match=r"who\.txt:2 is not an address") as raised:
        targets_of([str(file)])
    assert SECRET not in str(raised.value)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageProblem, match=r"who\.txt:1 is not an address"):
        targets_of([str(file)])


def test_a_file_may_begin_with_a_mark_and_names_somebody(us: People, tmp_path: Path) -> None:
    file = tmp_path / "who.txt"
    file.write_text(f"{us.address}\r\n", "utf-8-sig")
    assert [one.name for one in targets_of([str(file)])] == [f"{file}:1 (JSON)"]
    file.write_text("# nobody yet\n", "utf-8")
    with pytest.raises(UsageProblem, match=r"who\.txt names nobody"):
        targets_of([str(file)])


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "who.txt"
    file.touch()

    def refuse(*_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        targets_of([str(file)])


def test_a_bug_in_apprise_tells_no_secret(us: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(us.address)

    (target,) = targets_of([us.address])
    monkeypatch.setattr(apprise.Apprise, "notify", fail)
    assert target.send(NOTIFICATION) == "Apprise failed with ValueError"
    monkeypatch.setattr(apprise.Apprise, "instantiate", fail)
    with pytest.raises(CoefgateError) as raised:
        targets_of([us.address])
    assert SECRET not in str(raised.value)


def test_a_service_that_says_nothing_of_why(us: People, monkeypatch: pytest.MonkeyPatch) -> None:
    (target,) = targets_of([us.address])
    monkeypatch.setattr(apprise.Apprise, "notify", lambda *_, **__: False)
    assert target.send(NOTIFICATION) == "the service did not take it"
