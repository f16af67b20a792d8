"""Which attempt came before a call: of the same files in the same phase of a run, the last."""

from __future__ import annotations

from typing import Any

import pytest

from coefgate.core.retry import Previous
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.model import Scope
from coefgate.samples.attempts import previous_attempts
from coefgate.samples.model import Retirement, Sample, SampleStore
from coefgate.samples.status import audit
from tests.replay.builders import sample

FILES = (Deliverable("a.py", "create"), Deliverable("b.py", "modify"))


def _attempt(number: int, tokens: int, **fields: Any) -> Sample:
    about: dict[str, Any] = {
        "run_id": "run",
        "phase_id": "phase",
        "attempt": number,
        "deliverables": FILES,
        "model": "claude",
    }
    return sample(number, tokens, **about | fields)


def _found(*samples: Sample, retired: tuple[Sample, ...] = ()) -> dict[int, tuple[int, bool]]:
    """By the number of each sample the tokens of the attempt before; was that cut off?"""
    away = {one.id: Retirement(one.id, "why", "samples/retired.yaml", 1) for one in retired}
    shuffled = samples[1::2] + samples[::2]
    audited = audit(SampleStore(shuffled, away), scope=Scope(None, None), unit="call")
    found = previous_attempts(audited)
    return {
        one.line: (found[one.id].output_tokens, found[one.id].truncated)
        for one in samples
        if one.id in found
    }


def test_the_last_one_by_number() -> None:
    attempts = (_attempt(1, 100), _attempt(2, 200, truncated=True, success=None), _attempt(3, 300))
    assert _found(*attempts) == {2: (100, False), 3: (200, True)}


def test_then_by_time() -> None:
    first = _attempt(1, 100, attempt=1, observed_at="2026-01-01T12:00:00+01:00")
    same = _attempt(2, 200, attempt=1, observed_at="2026-01-01T11:00:00+00:00")
    later = _attempt(3, 300, attempt=1, observed_at="2026-01-01T11:30:00+00:00")
    assert _found(first, same, later) == {3: (200, False)}


def test_by_time_alone_where_one_has_no_number() -> None:
    first = _attempt(1, 100, attempt=None, observed_at="2026-01-01T11:00:00+00:00")
    later = _attempt(2, 200, attempt=1, observed_at="2026-01-01T12:00:00+00:00")
    unknown = _attempt(3, 300, attempt=2)
    assert _found(first, later, unknown) == {2: (100, False)}


@pytest.mark.parametrize(
    "other",
    [
        {"run_id": "another"},
        {"run_id": None},
        {"phase_id": "another"},
        {"phase_id": None},
        {"origin": "there"},
        {"deliverables": FILES[:1]},
        {"deliverables": ()},
        {"paths": "synthetic"},
        {"truncated": None},
        {"actual_output_tokens": 0, "success": False},
        {"unit": "turn"},
        {"stop_reason": "max_tokens"},  # and not cut off: one of both is wrong
    ],
    ids=str,
)
def test_others_tell_nothing(other: dict[str, Any]) -> None:
    tokens = other.pop("actual_output_tokens", 100)
    assert _found(_attempt(1, tokens, **other), _attempt(2, 200)) == {}


@pytest.mark.parametrize(
    "other",
    [
        {"success": False},
        {"paths": "partial"},
        {"model": "gpt-5"},
        {"category": None},
        {"deliverables": FILES[::-1]},
        {"deliverables": tuple(Deliverable(one.path, "unknown") for one in FILES)},
    ],
    ids=str,
)
def test_whatever_else_it_was(other: dict[str, Any]) -> None:
    assert _found(_attempt(1, 100, **other), _attempt(2, 200)) == {2: (100, False)}


def test_lines_of_another_are_passed_over() -> None:
    first, second, third = _attempt(1, 100), _attempt(2, 200), _attempt(3, 300)
    assert _found(first, second, third, retired=(second,)) == {
        2: (100, False),
        3: (100, False),
    }
    again = _attempt(2, 200, duplicate_of=first.id)
    assert _found(first, again, third)[3] == (100, False)


def test_one_cut_off_at_the_same_ceiling_was_tried_all_the_same() -> None:
    first, again = (
        _attempt(number, 8192, truncated=True, success=None, max_output_tokens=8192)
        for number in (1, 3)
    )
    assert _found(first, _attempt(2, 100), again, _attempt(4, 9000))[4] == (8192, True)


def test_it_is_an_attempt_that_an_estimate_takes() -> None:
    stored = audit(
        SampleStore((_attempt(1, 100), _attempt(2, 200)), {}),
        scope=Scope(None, None),
        unit="call",
    )
    assert list(previous_attempts(stored).values()) == [Previous(100, truncated=False)]
