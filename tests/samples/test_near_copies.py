"""What tells a copy, and a near-copy, from another call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.near_copies import NearCopies, compared_call, content_of
from tests.replay.builders import sample

FIRST = sample(1, 1000, model="m", input_tokens=500)


def _is_near(**changes: Any) -> bool:
    known = NearCopies()
    known.add(compared_call(FIRST))
    return known.has(compared_call(replace(FIRST, phase_id="another", **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"actual_output_tokens": 1020},
        {"actual_output_tokens": 980},  # 20 of 1,000
        {"input_tokens": 510},
        {"input_tokens": None},
        {"category": "docs", "run_id": "other", "observed_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_near_copies(changes: dict[str, Any]) -> None:
    assert _is_near(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"actual_output_tokens": 1021},
        {"actual_output_tokens": 979},
        {"input_tokens": 511},
        {"model": "n"},
        {"unit": "turn"},
        {"deliverables": (Deliverable("other.py", "create"),)},
        {"deliverables": (Deliverable("0.py", "modify"),)},
        {"deliverables": ()},
        {"truncated": True},  # its tokens are those of its ceiling
    ],
)
def test_other_calls(changes: dict[str, Any]) -> None:
    assert not _is_near(**changes)


def test_attempts_of_one_phase_are_no_near_copies_of_each_other() -> None:
    known = NearCopies()
    known.add(compared_call(FIRST))
    assert not known.has(compared_call(replace(FIRST, attempt=2)))
    # Nor does one of its own phase hide another.
    known.add(compared_call(replace(FIRST, phase_id="another")))
    assert known.has(compared_call(FIRST))


def test_of_many_counts_the_close_ones_are_found() -> None:
    known = NearCopies()
    for tokens in (100, 200, 1000, 1000, 5000):
        known.add(compared_call(sample(tokens, tokens, input_tokens=tokens)))
    assert known.has(compared_call(sample(1, 1000)))
    assert known.has(compared_call(sample(1, 101, input_tokens=None)))
    assert not known.has(compared_call(sample(1, 1000, input_tokens=7)))
    assert not known.has(compared_call(sample(1, 150)))


def test_a_line_says_the_same_at_another_reference() -> None:
    moved = replace(FIRST, id="0" * 32, reference="other.log:7", file="b", line=9, origin="there")
    assert content_of(moved) == content_of(FIRST)
    at = replace(FIRST, observed_at="2026-01-01T01:00:00+01:00")
    assert content_of(replace(at, observed_at="2026-01-01T00:00:00Z")) == content_of(at)
    for other in (at, replace(FIRST, attempt=2), replace(FIRST, actual_output_tokens=1001)):
        assert content_of(other) != content_of(FIRST)
