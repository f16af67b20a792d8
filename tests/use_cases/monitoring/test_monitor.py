"""What is found in the records of a store, and what a trigger comes to."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Never

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.registry.guardrails import Guardrails
from coefgate.runner.record_spool import spool_folder
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.watching import ProofWindow
from coefgate.use_cases.monitoring.monitor import Monitored, ToldAlarm, monitor, propose
from tests.end_to_end.checkouts import git as git_in
from tests.frozen_registry import copy_registry
from tests.telemetry.stores import store_with
from tests.telemetry.tables import MONDAY, SECOND, WEEK
from tests.use_cases.monitoring.conftest import Released
from tests.use_cases.monitoring.served import served, tag_release

WEEK_48 = MONDAY // 86_400 // SECOND
at_the_end = partial(monitor, week=WEEK_48, now=MONDAY + WEEK)
trigger = partial(at_the_end, only=["rollback"])


def alarm(found: Monitored, name: str) -> Alarm:
    return next(one.alarm for one in found.alarms if one.alarm.name == name)


def test_a_good_week_is_fine(released: Released, trouble: str) -> None:
    found = monitor(released.root, trouble, week=WEEK_48 - 7, now=MONDAY)
    assert [one.alarm.name for one in found.alarms if one.alarm.answer == "alert"] == []
    assert alarm(found, "rollback").answer == "fine"
    assert (found.proposals, found.acts, found.calls) == ((), (), {WEEK_48 - 7: 200})


def test_going_back_is_proposed_where_it_would_have_helped(
    released: Released, trouble: str
) -> None:
    found = at_the_end(released.root, trouble)
    fired = alarm(found, "rollback")
    assert (found.answer, fired.answer, fired.digest) == ("alert", "alert", released.low.digest)
    [proposal] = found.proposals
    assert (proposal.verdict, proposal.accused, proposal.to) == ("roll-back", "1.0.1", "1.0.0")
    assert proposal.reason.startswith("2026-W48: ")
    assert proposal.command == (f"coefgate rollback 1.0.0 --reason '{proposal.reason}' --push")
    assert [one.week for one in proposal.own_weeks] == [WEEK_48 - 14, WEEK_48 - 7]
    assert proposal.proof is not None
    assert proposal.proof.outcome == "better"
    # What was really cut off is what is replayed of it.
    assert proposal.proof.now.at_least == proposal.proof.now.at_most
    assert proposal.proof.before.expected < proposal.proof.now.at_least / 4


def test_where_the_work_has_changed_a_fit_is_proposed(
    released: Released, changed_work: str
) -> None:
    [proposal] = trigger(released.root, changed_work).proposals
    assert (proposal.verdict, proposal.command) != ("roll-back", None)
    assert proposal.proof is not None
    assert proposal.proof.outcome in {"not-better", "undecided"}


def test_the_same_numbers_again_would_not_have_done_better(
    released: Released, tmp_path: Path
) -> None:
    """1.0.1 gives nearly what 1.0.0 does, and all calls need twice as much."""
    released.git("reset", "-q", "--hard", "coefficients/v1.0.0")
    released.git("tag", "-d", "coefficients/v1.0.1")
    file = released.root / "coefficients/overhead/docs.yaml"
    file.write_text(file.read_text("utf-8").replace("tokens: 15490", "tokens: 15480"), "utf-8")
    released.git("commit", "-qam", "nearly the same")
    same = tag_release(released.root, "1.0.1")
    store = store_with(
        tmp_path / "calls.db",
        [
            *served(released.good, 100, start=MONDAY - WEEK, writer="a" * 32),
            *served(same, 100, start=MONDAY, needs=1.4, writer="b" * 32),
        ],
    )
    [proposal] = trigger(released.root, store).proposals
    assert (proposal.verdict, proposal.command) == ("tune", "coefgate tune")


def test_a_week_that_was_answered_is_fine(released: Released, trouble: str) -> None:
    yanked = released.root / "coefficients/yanked.yaml"
    row = '{version: 1.0.1, date: "2026-11-30", reason: "2026-W48: too low", replacement: null}'
    yanked.write_text(f"yanked: [{row}]\n", "utf-8")
    released.git("commit", "-qam", "withdraw")
    found = trigger(released.root, trouble)
    assert (found.answer, alarm(found, "rollback").why) == ("fine", "withdrawn")
    [proposal] = found.proposals
    assert (proposal.verdict, proposal.reason) == ("gone-back", "2026-W48: too low")


def test_the_answer_to_one_release_does_not_hide_that_the_next_is_in_trouble(
    released: Released, tmp_path: Path
) -> None:
    yanked = released.root / "coefficients/yanked.yaml"
    row = '{version: 1.0.1, date: "2026-11-26", reason: "2026-W48: too low", replacement: 1.0.2}'
    yanked.write_text(f"yanked: [{row}]\n", "utf-8")
    file = released.root / "coefficients/overhead/docs.yaml"
    file.write_text(file.read_text("utf-8").replace("tokens: 7000", "tokens: 7100"), "utf-8")
    released.git("commit", "-qam", "a little more")
    more = tag_release(released.root, "1.0.2")
    served_by = partial(served, normal=released.good)
    store = store_with(
        tmp_path / "calls.db",
        [
            *served(released.good, 200, start=MONDAY - WEEK, writer="a" * 32),
            *served_by(released.low, 120, start=MONDAY, writer="b" * 32),
            *served_by(more, 100, start=MONDAY, writer="c" * 32),
        ],
    )
    found = trigger(released.root, store, act_on_it=True)
    assert (found.answer, found.acts) == ("alert", ())
    verdicts = {one.accused: (one.verdict, one.why) for one in found.proposals}
    assert verdicts == {"1.0.1": ("gone-back", ""), "1.0.2": ("none", "answered")}


def test_what_is_not_the_newest_release_is_not_taken_back(
    released: Released, trouble: str
) -> None:
    file = released.root / "coefficients/overhead/docs.yaml"
    file.write_text(file.read_text("utf-8").replace("tokens: 7000", "tokens: 16000"), "utf-8")
    released.git("commit", "-qam", "mended")
    tag_release(released.root, "1.0.2")
    [proposal] = trigger(released.root, trouble).proposals
    assert (proposal.verdict, proposal.why, proposal.command) == ("none", "not-newest", None)


def test_without_a_release_that_did_well_there_is_nothing_to_go_back_to(
    released: Released, tmp_path: Path
) -> None:
    few = served(released.good, 40, start=MONDAY - WEEK, writer="a" * 32)
    low = served(released.low, 100, start=MONDAY, normal=released.good, writer="b" * 32)
    store = store_with(tmp_path / "calls.db", [*few, *low])
    [proposal] = trigger(released.root, store).proposals
    assert (proposal.verdict, proposal.why) == ("none", "none-known-good")


def test_outside_git_there_is_no_release(trouble: str, tmp_path: Path) -> None:
    copy_registry(tmp_path / "bare")
    [proposal] = trigger(tmp_path / "bare", trouble).proposals
    assert (proposal.verdict, proposal.why) == ("none", "no-release")


def lacking(root: Path, store: str) -> tuple[str | None, ...]:
    """What is said of a release whose tag is not here."""
    [one] = trigger(root, store, act_on_it=True).proposals
    assert (one.verdict, one.why) == ("none", "tag-missing")
    return one.accused, one.to, one.command


def test_no_older_release_takes_the_place_of_one_whose_tag_is_missing(
    released: Released, tmp_path: Path
) -> None:
    released.git("tag", "-d", "coefficients/v1.0.1")
    low = tag_release(released.root, "1.0.2")
    between = served(released.good, 100, start=MONDAY - WEEK, writer="b" * 32)
    unknown = {"registry_version": "1.0.1", "digest": "sha256:" + "f" * 64}
    store = store_with(
        tmp_path / "calls.db",
        [
            *served(released.good, 100, start=MONDAY - 2 * WEEK),
            *(replace(one, **unknown) for one in between),  # type: ignore[arg-type]
            *served(low, 200, start=MONDAY, normal=released.good, writer="c" * 32, seed=3),
        ],
    )
    assert lacking(released.root, store) == ("1.0.2", "1.0.1", "git fetch --tags")
    # Nobody goes back to what was withdrawn, whether or not its tag is here.
    row = '{version: 1.0.1, date: "2026-11-26", reason: "too high", replacement: 1.0.2}'
    (released.root / "coefficients/yanked.yaml").write_text(f"yanked: [{row}]\n", "utf-8")
    released.git("add", "-A")
    released.git("commit", "-qm", "withdraw 1.0.1")
    [proposal] = trigger(released.root, store).proposals
    assert (proposal.verdict, proposal.to) == ("roll-back", "1.0.0")


def test_a_clone_that_lacks_tags_or_history_says_how_to_get_them(
    released: Released, trouble: str, tmp_path: Path
) -> None:
    shallow = tmp_path / "shallow"
    released.git("clone", "-q", "--depth=1", f"file://{released.origin}", str(shallow))
    whole = "git fetch --tags --unshallow"
    assert lacking(shallow, trouble) in {("1.0.1", "1.0.0", whole), ("1.0.1", None, whole)}
    git_in(shallow, "fetch", "-q", "--tags", "--depth=1")
    assert lacking(shallow, trouble) == ("1.0.1", "1.0.0", whole)
    git_in(shallow, "fetch", "-q", "--tags", "--unshallow")
    [proposal] = trigger(shallow, trouble).proposals
    assert (proposal.verdict, proposal.to) == ("roll-back", "1.0.0")
    git_in(shallow, "tag", "-d", "coefficients/v1.0.1")
    assert lacking(shallow, trouble) == ("1.0.1", None, "git fetch --tags")


def test_where_there_is_nothing_to_go_back_to_no_old_record_is_read(
    released: Released, trouble: str
) -> None:
    def read(*_: object) -> Never:
        raise AssertionError

    [told] = trigger(released.root, trouble).alarms
    released.git("tag", "-d", *released.git("tag").split())
    window = ProofWindow(records=read, own=read, served=lambda: ())
    found = propose(released.root, window, told.alarm, Guardrails())
    assert (found.verdict, found.why) == ("none", "no-release")


def test_as_it_was_at_a_moment(released: Released, trouble: str) -> None:
    """A day into the week: what ended later was not there, and nothing of it is told."""
    found = monitor(released.root, trouble, now=MONDAY + WEEK // 7, only=["truncation-rate"])
    assert list(found.calls) == [WEEK_48 - 7, WEEK_48]
    assert found.calls[WEEK_48] == 29  # 200 calls in seven days, the one that just ends as well


def test_receipts_name_the_records(released: Released, trouble: str) -> None:
    [told] = trigger(released.root, trouble).alarms
    assert isinstance(told, ToldAlarm)
    assert told.records is not None
    assert (str(told.records.first), told.records.count) == (f"{'c' * 32}:1", 200)
    assert {one.writer for one in told.worst} == {"c" * 32}


@pytest.mark.parametrize(
    ("since", "weeks"),
    [(WEEK_48 - 7, 3), (WEEK_48 - 21, 4), (-719_162, 4), (WEEK_48 + 70, 1), (None, 2)],
)
def test_which_weeks_are_judged(
    released: Released, trouble: str, since: int | None, weeks: int
) -> None:
    """The first records are of two weeks before; nobody asks what was before these."""
    found = monitor(released.root, trouble, since=since, now=MONDAY + WEEK, only=["silence"])
    assert len(found.calls) == weeks
    assert max(found.calls) == WEEK_48 + 7


def test_a_week_that_has_not_begun_is_never_fine(released: Released, trouble: str) -> None:
    with pytest.raises(UsageProblem, match=r"2026-W49 has not begun.*current week is 2026-W48"):
        monitor(released.root, trouble, week=WEEK_48 + 7, now=MONDAY + WEEK - 1)


def test_what_waits_beside_the_store_is_taken_in_first(released: Released, tmp_path: Path) -> None:
    place = tmp_path / "calls.db"
    records = list(served(released.good, 60, start=MONDAY, writer="a" * 32))
    store = store_with(place, records[:-1])
    spool = spool_folder(place)
    spool.mkdir()
    line = json.dumps(asdict(records[-1]))
    (spool / f"{'a' * 32}-1.jsonl").write_text(f"{line}\n", "utf-8")
    found = at_the_end(released.root, store, only=["spool-waiting", "rollback"])
    assert alarm(found, "spool-waiting").answer == "fine"
    assert alarm(found, "rollback").calls == 60


def test_what_cannot_be_taken_in_is_told(released: Released, tmp_path: Path) -> None:
    place = tmp_path / "calls.db"
    store = store_with(place, served(released.good, 60, start=MONDAY, writer="a" * 32))
    spool_folder(place).mkdir()
    lines = b"{}\n{}\n"
    (spool_folder(place) / f"{'a' * 32}.jsonl").write_bytes(lines)  # its recorder lives
    found = at_the_end(released.root, store, only=["spool-waiting"])
    assert (found.answer, alarm(found, "spool-waiting").counted) == ("cannot-tell", 2)


def test_records_on_a_server_say_the_same(released: Released, postgres_url: str) -> None:
    good = served(released.good, 60, start=MONDAY - WEEK, writer="a" * 32)
    low = served(released.low, 60, start=MONDAY, normal=released.good, writer="b" * 32)
    found = trigger(released.root, store_with(postgres_url, [*good, *low]))
    [proposal] = found.proposals
    assert (found.answer, proposal.verdict, proposal.to) == ("alert", "roll-back", "1.0.0")
