"""``coefgate runners``: who runs on what, held against the tags of a real rollback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coefgate.runner.call_record import CallRecord
from coefgate.runner.record_values import now
from coefgate.telemetry.times import SECOND, second_words
from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.releases import Git, digest_of, once, prepared, succeeded, twice
from tests.replay.documents import errors
from tests.runner.records import record
from tests.telemetry.stores import store_with

__all__ = ["once", "prepared", "twice"]
HOUR = 3_600 * SECOND


@pytest.fixture
def digests(twice: Path, git: Git) -> dict[str, str]:
    """1.0.1 was taken back by 1.0.2 half an hour ago, whose values are those of 1.0.0."""
    return {"good": digest_of(twice, "coefficients/v1.0.0"), "bad": digest_of(twice)}


@pytest.fixture
def at(twice: Path, digests: dict[str, str], coefgate: Coefgate) -> int:
    """When the rollback was released."""
    seconds = now() // SECOND - 1_800
    day = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    dates = {"GIT_COMMITTER_DATE": day, "GIT_AUTHOR_DATE": day}
    succeeded(coefgate("rollback", "1.0.0", environment=dates))
    return seconds * SECOND


def _calls(
    digests: dict[str, str], runner: str, version: str, *moments: int, first: int = 1
) -> list[CallRecord]:
    digest = digests["bad" if version == "1.0.1" else "good"]
    return [
        record(
            sequence=first + n,
            writer=runner.encode().hex().ljust(32, "0"),
            runner=runner,
            registry_version=version,
            digest=digest,
            started_at=moment,
        )
        for n, moment in enumerate(moments)
    ]


def _json(found: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(found.out)
    assert errors("runners", told) == []
    return told


def test_says_who_stayed_behind_and_how_long_the_others_took(
    twice: Path, coefgate: Coefgate, digests: dict[str, str], at: int, tmp_path: Path
) -> None:
    early = at - HOUR
    records = [
        *_calls(digests, "back", "1.0.1", early, at + 250 * SECOND),
        *_calls(digests, "back", "1.0.2", at + 260 * SECOND, first=3),
        *_calls(digests, "behind", "1.0.1", early, at + 900 * SECOND),
        *_calls(digests, "gone", "1.0.1", early),
    ]
    store = store_with(tmp_path / "telemetry.db", records)
    found = coefgate("runners", "--store", store, "--since", "20min")
    assert found.code == 1, found.text
    lines = [" ".join(line.split()) for line in found.out.splitlines()]
    assert lines[0].startswith("ON WITHDRAWN COEFFICIENTS – 1 of 1 runner that made calls since ")
    assert lines[0].endswith(": behind")
    bad, good = (digests[one].removeprefix("sha256:")[:12] for one in ("bad", "good"))
    assert f"behind 1.0.1 {bad} 1 1 {second_words(at + 900 * SECOND)} withdrawn; ON WITHDRAWN" in (
        lines
    )
    assert f"1.0.2 took back 1.0.1 at {second_words(at)}" in lines
    assert f"back {second_words(at + 250 * SECOND)} 4 min 10 s back" in lines
    assert f"behind {second_words(at + 900 * SECOND)} 15 min still on it" in lines
    assert f"gone {second_words(early)} before not seen since" in lines
    assert (
        "not known to have reached everybody: 1 of 3 back, 1 still on it, 1 not seen since"
    ) in lines

    told = _json(coefgate("runners", "--store", store, "--since", "20min", "--format", "json"))
    assert told["answer"] == "alert"
    states = {one["runner"]: (one["state"], one["on_withdrawn"]) for one in told["runners"]}
    assert states == {
        "back": ("silent", False),
        "behind": ("withdrawn", True),
        "gone": ("silent", True),
    }
    assert told["runners"][0]["versions"][0]["digest"] == digests["good"]
    assert told["rollbacks"][0]["reached_all_after_seconds"] is None
    assert good in found.out


def test_everybody_is_back(
    twice: Path, coefgate: Coefgate, digests: dict[str, str], at: int, tmp_path: Path
) -> None:
    records = [
        *_calls(digests, "a", "1.0.1", at - HOUR, at + 250 * SECOND),
        *_calls(digests, "a", "1.0.2", at + 260 * SECOND, first=3),
        *_calls(digests, "b", "1.0.1", at - HOUR),
        *_calls(digests, "b", "1.0.2", at + 10 * SECOND, first=2),
    ]
    store = store_with(tmp_path / "telemetry.db", records)
    found = coefgate("runners", "--store", store)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("2 runners made calls, none on withdrawn coefficients\n")
    assert "reached all 2 runners that were on it after 4 min 10 s" in found.out
    told = _json(coefgate("runners", "--store", store, "--format", "json"))
    assert told["rollbacks"][0]["reached_all_after_seconds"] == 250
    assert told["rollbacks"][0]["made_at"] == second_words(at)
    written = coefgate("runners", "--store", store, "--format", "markdown").out
    assert "| `a` | `1.0.2` |" in written


def test_silence_is_said_as_silence(
    twice: Path, coefgate: Coefgate, digests: dict[str, str], at: int, tmp_path: Path
) -> None:
    empty = store_with(tmp_path / "empty.db", _calls(digests, "old", "1.0.0", at - 900 * HOUR))
    found = coefgate("runners", "--store", empty)
    assert found.code == 4
    assert found.out.startswith("CANNOT TELL – no call was recorded since ")
    assert _json(coefgate("runners", "--store", empty, "--format", "json"))["runners"] == []
    records = [
        *_calls(digests, "a", "1.0.1", at - 30 * HOUR),
        *_calls(digests, "b", "1.0.2", at + SECOND),
    ]
    store = store_with(tmp_path / "telemetry.db", records)
    found = coefgate("runners", "--store", store)
    assert found.code == 4
    assert found.out.splitlines()[0].endswith("the last ones were on withdrawn coefficients: a")
    assert "no call lately: not known" in found.out


def test_a_runner_whose_clock_is_wrong_is_not_taken_for_one_that_is_back(
    twice: Path, coefgate: Coefgate, digests: dict[str, str], at: int, tmp_path: Path
) -> None:
    ahead = _calls(digests, "ahead", "1.0.1", at + 30 * HOUR)
    known = _calls(digests, "b", "1.0.2", at + SECOND)
    nearly = _calls(digests, "nearly", "1.0.2", now() + 60 * SECOND)
    store = store_with(tmp_path / "telemetry.db", [*ahead, *known, *nearly])
    found = coefgate("runners", "--store", store)
    assert found.code == 4
    first, second, *_ = found.out.splitlines()
    assert first == "CANNOT TELL – the clock of 1 runner is wrong"
    assert second == "when these made calls is not known: ahead"
    told = _json(coefgate("runners", "--store", store, "--format", "json"))
    assert (told["answer"], told["wrong_clocks"]) == ("cannot-tell", ["ahead"])
    assert [one["runner"] for one in told["runners"]] == ["b", "nearly"]
    mended = _calls(digests, "ahead", "1.0.2", at + 2 * SECOND, first=2)
    store = store_with(tmp_path / "mended.db", [*ahead, *known, *mended])
    assert coefgate("runners", "--store", store).code == 0
    again = _calls(digests, "ahead", "1.0.1", at + 30 * HOUR, first=3)
    store = store_with(tmp_path / "again.db", [*known, *mended, *again])
    found = coefgate("runners", "--store", store)
    assert (found.code, found.out.splitlines()[1]) == (4, second)


def test_what_waits_beside_the_store_is_said(
    twice: Path, coefgate: Coefgate, digests: dict[str, str], tmp_path: Path
) -> None:
    records = _calls(digests, "a", "1.0.0", now() - HOUR // 2)
    store = store_with(tmp_path / "telemetry.db", records)
    spool = tmp_path / "telemetry.db-spool"
    spool.mkdir()
    (spool / "a.jsonl").write_text("{}\n{}\n")
    ingest = f"coefgate telemetry ingest --store {store}"
    said = coefgate("runners", "--store", store).out
    assert f"2 records beside the store not looked at: {ingest}" in said
    told = _json(coefgate("runners", "--store", store, "--format", "json"))
    assert told["waiting_records"] == 2
    propose = ("samples", "propose", "--from-store", "--store", store, "--dry-run")
    proposed = json.loads(coefgate(*propose, "--format", "json").out)
    assert proposed["source"]["notes"] == [f"without 2 that wait beside the store: {ingest}"]


def test_a_withdrawal_that_was_not_released_holds_too(
    twice: Path, git: Git, coefgate: Coefgate, digests: dict[str, str], tmp_path: Path
) -> None:
    (twice / "coefficients/yanked.yaml").write_text(
        'yanked:\n- {version: 1.0.1, date: "2026-11-30", reason: cuts off, replacement: null}\n'
    )
    moment = now() - HOUR // 2
    store = store_with(tmp_path / "telemetry.db", _calls(digests, "a", "1.0.1", moment))
    told = _json(coefgate("runners", "--store", store, "--format", "json"))
    assert (told["answer"], told["rollbacks"]) == ("alert", [])
    # Outside of git the file says it as well, of the version alone.
    (twice / ".git").rename(tmp_path / "git")
    assert coefgate("runners", "--store", store).code == 1
    (twice / "coefficients/yanked.yaml").unlink()
    assert coefgate("runners", "--store", store).code == 0


def test_what_is_no_moment_and_no_store_is_refused(registry: Path, coefgate: Coefgate) -> None:
    assert coefgate("runners", "--since", "lately").code == 2
    assert coefgate("runners", "--store", "none.db").code == 5
