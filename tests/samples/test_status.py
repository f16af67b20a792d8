"""Which samples are scored, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.registry.model import Scope
from coefgate.samples.model import Erasure, Retirement, SampleStore, order_key
from coefgate.samples.reading import read_sample_path
from coefgate.samples.status import STATUSES, Audited, audit, counts_by_status, ever_scored
from tests.frozen_registry import BY_HAND
from tests.replay.builders import sample
from tests.samples.conftest import call, id_of, line, read_lines

EVERYTHING = Scope(models=None, observed_since=None)
AUTOPACK = BY_HAND / "samples" / "autopack" / "2025-12-17-17275740.jsonl"


def _audit(
    *calls: dict[str, Any],
    scope: Scope = EVERYTHING,
    unit: Literal["call", "turn"] = "call",
    retired: tuple[str, ...] = (),
) -> tuple[Audited, ...]:
    samples, problems = read_lines([line(**each) for each in calls])
    assert problems == ()
    retirements = {
        each: Retirement(each, "counted twice", "samples/retired.yaml", 2) for each in retired
    }
    return audit(
        SampleStore(tuple(sorted(samples, key=order_key)), retirements), scope=scope, unit=unit
    )


def _status(**fields: Any) -> tuple[str, str]:
    (audited,) = _audit(call(**fields))
    return audited.status, audited.reason


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({}, "eligible", ""),
        ({"reply_matches": "differs"}, "eligible", ""),
        ({"deliverables": []}, "eligible", ""),
        ({"success": False}, "failed", "the call failed"),
        ({"truncated": True}, "censored", "cut off at 1,218 tokens"),
        ({"truncated": True, "success": False}, "censored", "cut off at 1,218 tokens"),
        ({"truncated": True, "success": None}, "censored", "cut off at 1,218 tokens"),
        ({"success": None}, "undeclared", "its success is not known"),
        ({"truncated": None}, "undeclared", "its truncation is not known"),
        ({"category": None}, "undeclared", "its category is not known"),
        ({"complexity": None}, "undeclared", "its complexity is not known"),
        ({"category": None, "truncated": True}, "undeclared", "its category is not known"),
        ({"paths": "partial"}, "partial", "its paths are not all known"),
        ({"paths": "partial", "category": None}, "partial", "its paths are not all known"),
        ({"paths": "synthetic"}, "synthetic", "its paths are invented"),
        ({"unit": "turn"}, "out-of-scope", "its unit is turn, not call"),
        ({"unit": "turn", "success": None}, "undeclared", "its success is not known"),
        (
            {"stop_reason": "max_tokens"},
            "contradictory",
            'truncated is false and stop_reason is "max_tokens"',
        ),
        (
            {"actual_output_tokens": 32000},
            "contradictory",
            "actual_output_tokens is 32,000 and max_output_tokens is 16,384",
        ),
        ({"stop_reason": "max_tokens", "paths": "partial"}, "contradictory", ANY),
        (
            {"stop_reason": "max_tokens", "duplicate_of": "a" * 32},
            "duplicate",
            "duplicate of aaaaaaaaaaaa",
        ),
        (
            {"truncated": None, "stop_reason": "max_tokens"},
            "undeclared",
            "its truncation is not known",
        ),
        ({"duplicate_of": "0123456789" + "a" * 22}, "duplicate", "duplicate of 0123456789aa"),
        (
            {"duplicate_of": "a" * 32, "paths": "synthetic"},
            "duplicate",
            "duplicate of aaaaaaaaaaaa",
        ),
    ],
)
def test_every_sample_has_one_status_with_its_reason(
    fields: dict[str, Any], status: str, reason: str
) -> None:
    assert _status(**fields) == (status, reason)


def test_a_superseded_sample_gives_way_to_its_correction() -> None:
    correction = call(actual_output_tokens=900, supersedes=id_of())
    audited = {each.sample.actual_output_tokens: each for each in _audit(call(), correction)}
    assert audited[1218].status == "superseded"
    assert audited[1218].reason == f"superseded by {id_of(**correction)[:12]}"
    assert audited[900].status == "eligible"


def test_retirement_comes_before_everything_else() -> None:
    correction = call(actual_output_tokens=900, supersedes=id_of(), paths="partial")
    audited = _audit(call(), correction, retired=(id_of(), id_of(**correction)))
    assert {(each.status, each.reason) for each in audited} == {("retired", "counted twice")}


@pytest.mark.parametrize(
    ("scope", "fields", "reason"),
    [
        (Scope(("claude-*",), None), {}, ""),
        (Scope(("gpt-*", "claude-sonnet-?-5"), None), {}, ""),
        (Scope(("gpt-*",), None), {}, "its model claude-sonnet-4-5 is not in scope"),
        (Scope(("Claude-*",), None), {}, "its model claude-sonnet-4-5 is not in scope"),
        (Scope((), None), {}, "its model claude-sonnet-4-5 is not in scope"),
        (Scope(("*",), None), {"model": None}, "its model is not known"),
        (EVERYTHING, {"model": None}, ""),
        (Scope(None, "2026-03-01"), {}, ""),
        (Scope(None, "2026-03-02"), {}, "it was observed before 2026-03-02"),
        (Scope(None, "2020-01-01"), {"observed_at": None}, "its time is not known"),
        (EVERYTHING, {"observed_at": None}, ""),
    ],
)
def test_scope_takes_samples_out(scope: Scope, fields: dict[str, Any], reason: str) -> None:
    (audited,) = _audit(call(**fields), scope=scope)
    assert (audited.status, audited.reason) == ("out-of-scope" if reason else "eligible", reason)


def test_of_the_cut_off_calls_of_a_phase_and_ceiling_the_one_that_says_most_counts() -> None:
    cut = {"truncated": True, "success": False, "max_output_tokens": 16384}
    calls = [
        call(**cut, attempt=1, actual_output_tokens=1, observed_at="2026-03-01T08:00:00Z"),
        call(**cut, attempt=2, actual_output_tokens=16384, observed_at="2026-03-01T09:00:00Z"),
    ]
    statuses = {each.sample.attempt: each.status for each in _audit(*calls)}
    assert statuses == {1: "duplicate", 2: "censored"}


def test_of_those_that_say_the_same_the_earliest_counts() -> None:
    cut = {"truncated": True, "success": False, "actual_output_tokens": 16384}
    calls = [
        call(**cut, attempt=2, observed_at="2026-03-01T10:00:00Z"),
        call(**cut, attempt=1, observed_at="2026-03-01T09:00:00Z"),
        call(**cut, attempt=3, observed_at=None),
        call(**cut, attempt=4, phase_id="phase-2"),
        call(**cut, attempt=5, max_output_tokens=20480),
    ]
    audited = {each.sample.attempt: each for each in _audit(*calls)}
    assert {attempt: each.status for attempt, each in audited.items()} == {
        1: "censored",
        2: "duplicate",
        3: "duplicate",
        4: "censored",
        5: "censored",
    }
    assert audited[2].reason == audited[3].reason == f"same ceiling as {audited[1].sample.id[:12]}"


def test_an_erasure_changes_nothing_of_which_one_counts() -> None:
    """Of calls of one moment that is the first by the id that it had."""
    calls = [sample(0, 16384, truncated=True, phase_id="phase", id=one * 32) for one in ("a", "b")]
    first, between, last = calls[0].id, "e" * 32, "f" * 32
    erased = {
        old: Erasure(old, new, "a name", "samples/erased.yaml", 2)
        for old, new in ((first, between), (between, last))
    }
    salted = sorted([replace(calls[0], id=last), calls[1]], key=order_key)
    assert salted[1].id == last
    for told, counts in (({}, salted[0]), (erased, salted[1])):
        store = SampleStore(tuple(salted), {}, told)
        audited = audit(store, scope=Scope(None, None), unit="call")
        assert [one.sample for one in audited] == salted
        assert [one.sample for one in audited if one.status == "censored"] == [counts]


def test_without_a_ceiling_the_observed_tokens_are_the_ceiling() -> None:
    cut = {"truncated": True, "max_output_tokens": None}
    calls = [
        call(**cut, attempt=n, actual_output_tokens=tokens)
        for n, tokens in enumerate((4096, 4096, 8192), 1)
    ]
    assert sorted(each.status for each in _audit(*calls)) == ["censored", "censored", "duplicate"]


def test_a_call_of_an_unknown_phase_is_a_phase_of_its_own() -> None:
    cut = {"truncated": True, "phase_id": None}
    assert [each.status for each in _audit(call(**cut), call(**cut, attempt=2))] == [
        "censored",
        "censored",
    ]


def test_a_cut_off_call_out_of_scope_does_not_stand_for_its_phase() -> None:
    cut = {"truncated": True}
    early = call(**cut, model="other", observed_at="2026-01-01T00:00:00Z")
    audited = _audit(early, call(**cut), scope=Scope(("claude-*",), None))
    assert [each.status for each in audited] == ["out-of-scope", "censored"]


@given(st.permutations(range(6)))
def test_the_order_of_files_and_lines_changes_nothing(order: list[int]) -> None:
    cut = {"truncated": True, "success": False}
    calls = [
        call(),
        call(actual_output_tokens=900, supersedes=id_of()),
        call(**cut, attempt=2, observed_at=None),
        call(**cut, attempt=3, observed_at=None),
        call(attempt=4, paths="partial"),
        call(attempt=5, duplicate_of=id_of()),
    ]
    assert _key(_audit(*(calls[index] for index in order))) == _key(_audit(*calls))


def _key(audited: tuple[Audited, ...]) -> list[tuple[str, str, str]]:
    return [(each.sample.id, each.status, each.reason) for each in audited]


def test_counts_name_every_status() -> None:
    counts = counts_by_status(_audit(call(), call(attempt=2, success=False)))
    assert tuple(counts) == STATUSES
    assert counts["eligible"] == counts["failed"] == 1
    assert sum(counts.values()) == 2


def test_the_first_import_has_58_eligible_samples_of_45_phases() -> None:
    # As counted at the source: 152 calls, of which 58 can be scored and 5 say "at least this
    # many".
    audited = audit(read_sample_path(AUTOPACK), scope=EVERYTHING, unit="call")
    assert {status: count for status, count in counts_by_status(audited).items() if count} == {
        "eligible": 58,
        "censored": 5,
        "failed": 13,
        "partial": 37,
        "duplicate": 29,
        "undeclared": 10,
    }
    assert len({each.sample.phase for each in audited if each.status == "eligible"}) == 45


def test_a_call_was_once_good_for_scoring_whatever_became_of_it() -> None:
    """Retired, corrected away, put out of scope, or of another unit: it was one all the same."""
    good, cut_off = sample(1, 100), sample(2, 100, truncated=True, success=None)
    partial = sample(3, 100, paths="partial", supersedes=good.id)
    retired = {good.id: Retirement(good.id, "gone", "samples/retired.yaml", 2)}
    assert ever_scored(SampleStore((good,), retired))
    assert ever_scored(SampleStore((good, partial), {}))
    assert ever_scored(SampleStore((cut_off,), {}))
    assert ever_scored(SampleStore((replace(good, unit="turn"),), {}))
    never: list[dict[str, Any]] = [
        {"paths": "partial"},
        {"category": None},
        {"success": False},
        {"duplicate_of": "0"},
    ]
    assert not ever_scored(SampleStore((), {}))
    assert not any(ever_scored(SampleStore((sample(1, 100, **one),), {})) for one in never)
