"""Stored calls as columns: which, in which order, and counted how often."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from coefgate.replay.evidence import Evidence
from coefgate.samples.status import CallCount, count_of
from tests.replay.builders import audited, sample, table

CALLS = [
    sample(1, 900, phase_id="b"),
    sample(2, 700, phase_id="a", success=False),
    sample(3, 800, phase_id="c", truncated=True),
    sample(4, 600, paths="synthetic"),
    sample(5, 500, phase_id="a", creates=0),
]


def _numbers(evidence: Evidence) -> list[int]:
    return [one.line for one in evidence.samples]


def test_eligible_and_censored_calls_are_judged_and_failed_ones_stand_apart() -> None:
    evidence = Evidence(audited(CALLS))
    assert _numbers(evidence) == [1, 3, 5]
    assert evidence.actual.tolist() == [900, 800, 500]
    assert evidence.censored.tolist() == [False, True, False]
    assert [one.line for one in evidence.eligible] == [1, 5]
    assert _numbers(evidence.predicted(table()).failed.evidence) == [2]
    # 1,000 + 100; the one without deliverables gets 8,000
    assert evidence.predicted(table()).calls.predicted.tolist() == [1100, 1100, 8000]
    assert evidence.predicted(table(2000)).failed.calls.predicted.tolist() == [2200]


def test_calls_stand_in_the_order_given_and_a_phase_has_the_number_of_its_name() -> None:
    (alone,) = Evidence(audited(CALLS[:1])).phase.tolist()
    for given in permutations(audited(CALLS)):
        evidence = Evidence(given)
        assert _numbers(evidence) == [
            one.sample.line for one in given if one.sample.line in (1, 3, 5)
        ]
        of_call = dict(zip(_numbers(evidence), evidence.phase.tolist(), strict=True))
        assert len(set(of_call.values())) == 3
        assert of_call[1] == alone


def test_tables_that_differ_in_numbers_only_share_their_counts() -> None:
    evidence = Evidence(audited(CALLS))
    counts = evidence.counts(table())
    assert evidence.counts(table(2000, {"tests": {"low": 3000}})) is counts


@pytest.mark.parametrize("without", ["cells", "canonical_category", "no_deliverables"])
def test_tables_that_tell_other_things_apart_do_not(without: str) -> None:
    evidence, whole = Evidence(audited(CALLS)), table()
    fewer: dict[str, Any] = {without: dict(list(getattr(whole, without).items())[:-1])}
    other = replace(whole, **fewer)
    assert evidence.counts(other) is not evidence.counts(whole)


def test_calls_and_their_columns_are_counted_alike() -> None:
    """Two of one phase, one of which was cut off; two of no known phase, which are one each."""
    stored = [
        sample(1, 1000, phase_id="a"),
        sample(2, 1000, phase_id="a", truncated=True),
        sample(3, 1000, phase_id=None),
        sample(4, 1000, phase_id=None),
        sample(5, 1000, success=False),
    ]
    evidence = Evidence(audited(stored))
    assert count_of(evidence.audited) == evidence.count(range(4)) == CallCount(3, 1, 3)
    assert count_of([]) == evidence.count([]) == CallCount()
