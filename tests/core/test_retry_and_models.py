"""Models with factors of their own, and calls that were tried before: both faces agree."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.estimate import estimate
from coefgate.core.retry import Previous
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import MAX_TOKENS, OPERATIONS, Deliverable
from coefgate.replay.attempts import Attempts
from coefgate.replay.counts import counts_matrix, predict

MODELS = ("claude-opus-4", "claude-opus-4-1", "claude-haiku", "gpt-5", "", "Claude-opus-4")
GLOBS = ("claude-opus-*", "claude-*", "*-4", "claude-opus-?", "gpt-5", "[cC]laude-*")


class Call(NamedTuple):
    category: str | None
    complexity: str | None
    deliverables: tuple[Deliverable, ...]
    model: str | None
    output_mode: str | None = None


def _content(**newer: Any) -> dict[str, Any]:
    """(1,000 + Σ) × 1.5 for docs/low; creating a file costs 100, modifying one 300."""

    def cost(tokens: int) -> dict[str, Any]:
        return {"tokens": tokens, "measured": True}

    return {
        "semantics": 2,
        "complexities": ["low"],
        "fallback": {"overhead": cost(2000)},
        "applies_to": ["claude-*", "gpt-*"],
        "no_deliverables": {"low": cost(8000)},
        "categories": {"docs": {"aliases": [], "overhead": {"low": cost(1000)}}},
        "marginal_costs": {"create": {"doc": cost(100)}, "modify": {"doc": cost(300)}},
        "file_kinds": {"rules": [], "default": "doc"},
        "safety_margins": {"default": 1300, "cells": {"docs": {"low": 1500}}},
        "interval": {"below": 300, "above": 300, "coverage": None},
        **newer,
    }


def _table(**newer: Any) -> Table:
    return compile_table(_content(**newer), registry_version="1.0.0", digest="sha256:0")


def _retry(after_complete: int, after_cut_off: int) -> dict[str, Any]:
    return {
        "after_complete": {"factor": after_complete, "measured": True},
        "after_cut_off": {"factor": after_cut_off, "measured": False},
    }


margins = st.integers(1000, 10_000)
model_factors = st.integers(1, 100_000)
tables = st.builds(
    _table,
    model_factors=st.none()
    | st.fixed_dictionaries(
        {
            "rules": st.lists(
                st.fixed_dictionaries(
                    {
                        "models": st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2),
                        "factor": model_factors,
                    }
                ),
                min_size=1,
                max_size=4,
            ),
            "default": model_factors,
        }
    ),
    retry=st.none() | st.builds(_retry, margins, margins),
)
calls = st.builds(
    Call,
    st.sampled_from((None, "docs", "unheard-of")),
    st.sampled_from((None, "low", "extreme")),
    st.lists(st.builds(Deliverable, st.just("a.md"), st.sampled_from(OPERATIONS)), max_size=9).map(
        tuple
    ),
    st.none() | st.sampled_from(MODELS),
)
attempts = st.none() | st.builds(Previous, st.integers(1, MAX_TOKENS), st.booleans())


@given(tables, st.lists(st.tuples(calls, attempts), max_size=8))
def test_both_faces_give_the_same_integer_and_basis(
    table: Table, asked: list[tuple[Call, Previous | None]]
) -> None:
    counts = counts_matrix(
        [call for call, _ in asked], table, Attempts.of([previous for _, previous in asked])
    )
    one_by_one = [estimate(table, **call._asdict(), previous=previous) for call, previous in asked]
    assert predict(counts, table).tolist() == [found.tokens for found in one_by_one]
    assert list(counts.bases) == [found.basis for found in one_by_one]


# --- Models

FACTORS = {
    "rules": [
        {"models": ["claude-opus-4", "claude-opus-5"], "factor": 2000},
        {"models": ["claude-opus-*"], "factor": 1120},
        {"models": ["claude-haiku"], "factor": 500},
    ],
    "default": 900,
}


@pytest.mark.parametrize(
    ("model", "tokens", "basis"),
    [
        # (1,000 + 100) × 1.5 = 1,650
        ("claude-opus-5", 3300, "exact"),
        ("claude-opus-4", 3300, "exact"),  # the first that matches wins
        ("claude-opus-4-1", 1848, "exact"),
        ("claude-haiku", 825, "exact"),  # below 1
        ("claude-sonnet", 1485, "fallback"),  # no rule names it
        ("Claude-haiku", 2457, "fallback"),  # (2,000 + 100) × 1.3 × 0.9: outside applies_to
        (None, 1485, "exact"),
    ],
)
def test_the_first_rule_that_matches_gives_the_factor(
    model: str | None, tokens: int, basis: str
) -> None:
    files = [Deliverable("a.md", "create")]
    found = estimate(
        _table(model_factors=FACTORS),
        category="docs",
        complexity="low",
        deliverables=files,
        model=model,
    )
    assert (found.tokens, found.basis) == (tokens, basis)
    assert found.share_measured == (1.0 if basis == "exact" else 0.0)


def test_margin_and_factor_are_rounded_together_once() -> None:
    # 1,100 × 1.001 × 1.001 = 1,102.2011; two roundings would give 1,104
    rules = {"rules": [{"models": ["m"], "factor": 1001}], "default": 1001}
    table = _table(model_factors=rules, safety_margins={"default": 1001, "cells": {}})
    files = [Deliverable("a.md", "create")]
    found = estimate(table, category="docs", complexity="low", deliverables=files)
    assert found.tokens == 1103
    assert (found.breakdown.margin, found.breakdown.model_factor) == (1.001, 1.001)


def test_a_call_without_deliverables_takes_no_factor() -> None:
    found = estimate(
        _table(model_factors=FACTORS),
        category="docs",
        complexity="low",
        deliverables=[],
        model="claude-opus-4",
    )
    assert (found.tokens, found.basis, found.breakdown.model_factor) == (
        8000,
        "no-deliverables",
        1.0,
    )


# --- Calls that were tried before


@pytest.mark.parametrize(
    ("previous", "tokens"),
    [
        (None, 3300),
        (Previous(100, truncated=False), 130),  # the formula is not asked
        (Previous(101, truncated=False), 132),  # 131.3
        (Previous(100, truncated=True), 3300),  # never below the formula
        (Previous(4000, truncated=True), 6000),
        (Previous(MAX_TOKENS, truncated=True), 1_500_000),
    ],
)
def test_an_attempt_before_decides(previous: Previous | None, tokens: int) -> None:
    table = _table(model_factors=FACTORS, retry=_retry(1300, 1500))
    found = estimate(
        table,
        category="docs",
        complexity="low",
        deliverables=[Deliverable("a.md", "create")],
        model="claude-opus-4",
        previous=previous,
    )
    assert found.tokens == tokens
    assert (found.basis == "retry") == (previous is not None)
    if previous is not None:
        assert found.breakdown.retry == (*_fields(previous), 1.5 if previous.truncated else 1.3)
        assert found.share_measured == float(not previous.truncated)
        assert found.breakdown.overhead == 1000


def _fields(previous: Previous) -> tuple[int, bool]:
    return previous.output_tokens, previous.truncated


def test_it_is_above_where_the_attempt_was_cut_off() -> None:
    found = estimate(
        _table(retry=_retry(1000, 1000)),
        category="docs",
        complexity="low",
        deliverables=[Deliverable("a.md", "create")],
        previous=Previous(5000, truncated=True),
    )
    assert found.tokens == 5001


def test_a_registry_that_states_no_retry_predicts_by_its_formula() -> None:
    found = estimate(
        _table(),
        category="docs",
        complexity="low",
        deliverables=[Deliverable("a.md", "create")],
        previous=Previous(5000, truncated=True),
    )
    assert (found.tokens, found.basis, found.breakdown.retry) == (1650, "exact", None)


@pytest.mark.parametrize(
    ("tokens", "truncated", "message"),
    [
        (
            -1,
            False,
            "the previous attempt ended at -1 output tokens; they are from 1 to",
        ),
        (0, True, "was cut off at 0 output tokens; .* Leave out an attempt that wrote nothing"),
        (0, False, "ended at 0 output tokens"),
        (1_000_001, True, "cut off at 1,000,001 output tokens"),
        (10.0, False, r"are 10\.0; they are a whole number from 1 to 1,000,000"),
        (True, False, "are True; they are a whole number"),
        ("10", False, "are '10'; they are a whole number"),
        (10, None, "truncated of the previous attempt is None; it is True or False"),
        (10, 1, "truncated of the previous attempt is 1; it is True or False"),
    ],
)
def test_an_attempt_that_cannot_have_been_is_refused(
    tokens: Any, truncated: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Previous(tokens, truncated)
