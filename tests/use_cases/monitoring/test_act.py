"""A proved rollback is carried out on what the server has, once for a week."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from coefgate.use_cases.monitoring.act import Act
from coefgate.use_cases.monitoring.monitor import monitor
from tests.end_to_end.checkouts import git as git_in
from tests.telemetry.tables import MONDAY, SECOND, WEEK
from tests.use_cases.monitoring.conftest import Released
from tests.use_cases.monitoring.served import tag_release

WEEK_48 = MONDAY // 86_400 // SECOND
_watch = partial(monitor, week=WEEK_48, now=MONDAY + WEEK, only=["rollback"])


def acted(root: Path, store: str) -> Act:
    [one] = _watch(root, store, act_on_it=True).acts
    return one


def test_it_is_pushed_and_nothing_here_moves(released: Released, trouble: str) -> None:
    before = released.git("rev-parse", "HEAD"), released.git("tag")
    found = acted(released.root, trouble)
    assert (found.version, found.remote, found.failed) == ("1.0.2", "origin", None)
    assert (released.git("rev-parse", "HEAD"), released.git("tag")) == before
    assert released.git("status", "--porcelain") == ""
    tags = git_in(released.origin, "tag").split()
    assert "coefficients/v1.0.2" in tags
    yanked = git_in(released.origin, "show", "main:coefficients/yanked.yaml")
    assert "2026-W48: " in yanked
    assert git_in(released.origin, "log", "-1", "--format=%an <%ae>", "main") == (
        "A Tester <tester@example.org>"
    )


def test_off_unless_asked(released: Released, trouble: str) -> None:
    assert _watch(released.root, trouble).acts == ()
    assert git_in(released.origin, "tag").split()[-1] == "coefficients/v1.0.1"


def test_another_machine_does_not_do_it_again(
    released: Released, trouble: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git_in(tmp_path, "clone", "-q", str(released.origin), str(other))
    git_in(other, "config", "user.name", "B")
    git_in(other, "config", "user.email", "b@example.org")
    assert acted(released.root, trouble).version == "1.0.2"
    after = git_in(released.origin, "rev-parse", "main")
    for root in (other, released.root):
        found = acted(root, trouble)
        assert (found.version, found.proposal.verdict) == (None, "gone-back")
    assert git_in(released.origin, "rev-parse", "main") == after


def test_something_newer_on_the_server_is_not_withdrawn_unproved(
    released: Released, trouble: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git_in(tmp_path, "clone", "-q", str(released.origin), str(other))
    git_in(other, "config", "user.name", "B")
    git_in(other, "config", "user.email", "b@example.org")
    file = other / "coefficients/overhead/docs.yaml"
    file.write_text(file.read_text("utf-8").replace("tokens: 7000", "tokens: 16000"), "utf-8")
    git_in(other, "commit", "-qam", "mended")
    tag_release(other, "1.0.2")
    git_in(other, "push", "-q", "--tags", "origin", "main")
    found = acted(released.root, trouble)
    assert (found.version, found.proposal.why) == (None, "not-newest")


def test_where_it_is_not_proved_nothing_is_done(released: Released, changed_work: str) -> None:
    assert _watch(released.root, changed_work, act_on_it=True).acts == ()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (["remote", "remove", "origin"], "there is no remote that main is pushed to"),
        (["remote", "set-url", "origin", "../nowhere.git"], "git fetch failed"),
    ],
)
def test_a_server_that_cannot_be_asked_changes_nothing(
    released: Released, trouble: str, spoil: list[str], words: str
) -> None:
    released.git(*spoil)
    found = acted(released.root, trouble)
    assert found.version is None
    assert words in str(found.failed)


def test_a_server_that_takes_nothing_is_told(released: Released, trouble: str) -> None:
    hook = released.origin / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no releases on Mondays >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    found = acted(released.root, trouble)
    assert found.version is None
    assert "was not pushed, and nothing has changed" in str(found.failed)
    assert git_in(released.origin, "tag").split()[-1] == "coefficients/v1.0.1"
