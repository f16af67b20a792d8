"""The estimator: both faces agree on every input, and an estimate explains itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.estimate import estimate
from coefgate.core.retry import Previous, RetryFactor, RetryFactors
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import MAX_CHARGED_BYTES, OPERATIONS, Deliverable
from coefgate.replay.counts import counts_matrix, predict

KINDS = ("backend", "doc", "test")
COMPLEXITIES = ("low", "medium", "high")
NAMES = ("docs", "documentation", "tests", "unheard-of")
MODES = ("full_file", "patch")
PATHS = ("README.md", "src/app.py", "tests/test_app.py", "docs/guide.md", "")


class Call(NamedTuple):
    category: str | None
    complexity: str | None
    deliverables: tuple[Deliverable, ...]
    model: str | None
    output_mode: str | None = None


def _cost(tokens: int, measured: bool) -> dict[str, Any]:
    return {"tokens": tokens, "measured": measured}


costs = st.builds(_cost, st.integers(0, 1_000_000), st.booleans())
margins = st.integers(1000, 10_000)
overheads = st.dictionaries(st.sampled_from(COMPLEXITIES), costs, min_size=1)
calls = st.builds(
    Call,
    st.none() | st.sampled_from(NAMES),
    st.none() | st.sampled_from((*COMPLEXITIES, "extreme")),
    st.lists(
        st.builds(
            Deliverable,
            st.sampled_from(PATHS),
            st.sampled_from(OPERATIONS),
            st.none() | st.integers(0, 9000) | st.just(10**12),
        ),
        max_size=6,
    ).map(tuple),
    st.none() | st.sampled_from(("claude-opus", "gpt-5")),
    st.none() | st.sampled_from(MODES),
)
sizes = st.builds(
    lambda cost, ends, modes: {
        **cost,
        "assumed": min(ends),
        "up_to": max(*ends, 1),
        "output_modes": sorted(modes),
    },
    costs,
    st.tuples(*[st.integers(0, 9000) | st.just(MAX_CHARGED_BYTES)] * 2),
    st.sets(st.sampled_from(MODES), min_size=1),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    cell_margins = st.dictionaries(st.sampled_from(COMPLEXITIES), margins)
    newer = {
        "semantics": 2,
        "output_mode": draw(st.none() | st.sampled_from(MODES)),
        "per_kilobyte": draw(st.dictionaries(st.sampled_from(KINDS), sizes)),
    }
    snapshot = {
        **(newer if draw(st.booleans()) else {"semantics": 1}),
        "fallback": {"overhead": draw(costs)},
        "applies_to": ["claude-*"],
        "complexities": COMPLEXITIES,
        "no_deliverables": {complexity: draw(costs) for complexity in COMPLEXITIES},
        "categories": {
            "docs": {"aliases": ["documentation"], "overhead": draw(overheads)},
            "tests": {"aliases": [], "overhead": draw(overheads)},
        },
        "marginal_costs": {o: {kind: draw(costs) for kind in KINDS} for o in ("create", "modify")},
        "file_kinds": {
            "rules": [{"kind": "test", "paths": ["tests/**"]}, {"kind": "doc", "paths": ["*.md"]}],
            "default": "backend",
        },
        "safety_margins": {"default": draw(margins), "cells": {"docs": draw(cell_margins)}},
        "interval": {
            "below": draw(st.integers(0, 999)),
            "above": draw(st.integers(0, 999)),
            "coverage": None,
        },
    }
    return compile_table(snapshot, registry_version="1.0.0", digest="sha256:0")


@given(tables(), st.lists(calls, max_size=8))
def test_scalar_and_columnar_give_the_same_integer_and_basis(
    table: Table, some: list[Call]
) -> None:
    counts = counts_matrix(some, table)
    one_by_one = [estimate(table, **call._asdict()) for call in some]
    assert predict(counts, table).tolist() == [result.tokens for result in one_by_one]
    assert list(counts.bases) == [result.basis for result in one_by_one]


@given(tables(), calls)
def test_an_estimate_adds_up(table: Table, call: Call) -> None:
    result = estimate(table, **call._asdict())
    parts = result.breakdown
    items = parts.deliverables
    base = parts.overhead + sum(one.tokens + Fraction(one.size_tokens) for one in items)
    thousandths = round(parts.margin * 1000)
    assert (result.tokens - 1) * 1000 < base * thousandths <= result.tokens * 1000
    assert result.interval.low <= result.tokens <= result.interval.high
    assert 0.0 <= result.share_measured <= 1.0
    assert result.basis != "fallback" or result.share_measured == 0.0


@pytest.fixture
def small_table() -> Table:
    """(1,000 + Σ) × 1.5; creating a document costs 100 (measured), modifying one 300."""
    snapshot = {
        "fallback": {"overhead": _cost(2000, False)},
        "applies_to": ["claude-*"],
        "complexities": ["low", "medium"],
        "no_deliverables": {"low": _cost(8000, False), "medium": _cost(9000, False)},
        "categories": {
            "docs": {"aliases": ["documentation"], "overhead": {"low": _cost(1000, True)}}
        },
        "marginal_costs": {
            "create": {"doc": _cost(100, True), "backend": _cost(700, False)},
            "modify": {"doc": _cost(300, False), "backend": _cost(200, False)},
        },
        "file_kinds": {"rules": [{"kind": "doc", "paths": ["*.md"]}], "default": "backend"},
        "safety_margins": {"default": 1300, "cells": {"docs": {"low": 1500}}},
        "interval": {"below": 300, "above": 300, "coverage": 800},
    }
    return compile_table(snapshot, registry_version="1.2.3", digest="sha256:abc")


Ask = Callable[..., Any]


@pytest.fixture
def ask(small_table: Table) -> Ask:
    def answer(*deliverables: Deliverable, **changes: Any) -> Any:
        question: dict[str, Any] = {
            "category": "docs",
            "complexity": "low",
            "deliverables": deliverables,
        }
        return estimate(small_table, **{**question, **changes})

    return answer


def test_the_parts_of_an_estimate(ask: Ask) -> None:
    # (1,000 + 100 + 200) × 1.5 = 1,950; interval 1,365 to 2,535; 1,100 of 1,300 tokens are
    # measured.
    result = ask(Deliverable("a.md", "create"), Deliverable("a.py", "modify"))
    assert result.tokens == 1950
    assert result.interval == (1365, 2535, 0.8)
    assert result.share_measured == 0.84
    assert result.basis == "exact"
    assert [tuple(item) for item in result.breakdown.deliverables] == [
        ("a.md", "create", "doc", 100, 0.0, 0),
        ("a.py", "modify", "backend", 200, 0.0, 0),
    ]
    assert (result.registry_version, result.digest) == ("1.2.3", "sha256:abc")


def test_an_unknown_operation_takes_the_dearer_price_unless_the_workspace_decides(
    ask: Ask,
) -> None:
    doc, code = Deliverable("a.md"), Deliverable("a.py")
    assert [item.tokens for item in ask(doc, code).breakdown.deliverables] == [300, 700]
    there = ask(doc, code, exists=lambda path: path == "a.md")
    assert [(item.operation, item.tokens) for item in there.breakdown.deliverables] == [
        ("modify", 300),
        ("create", 700),
    ]


def test_a_known_operation_is_not_looked_up(ask: Ask) -> None:
    result = ask(Deliverable("a.md", "create"), exists=lambda _: pytest.fail("was asked"))
    assert result.breakdown.deliverables[0].operation == "create"


@pytest.mark.parametrize(
    ("changes", "basis", "tokens"),
    [
        ({"category": "documentation"}, "alias", 1650),  # (1,000 + 100) × 1.5
        ({"category": "poetry"}, "fallback", 2730),  # (2,000 + 100) × 1.3
        ({"category": None}, "fallback", 2730),
        ({"complexity": "medium"}, "fallback", 2730),
        ({"complexity": None}, "fallback", 2730),
        ({"model": "claude-opus"}, "exact", 1650),
        ({"model": "gpt-5"}, "fallback", 2730),
    ],
)
def test_how_it_was_found(ask: Ask, changes: dict[str, Any], basis: str, tokens: int) -> None:
    result = ask(Deliverable("a.md", "create"), **changes)
    assert (result.basis, result.tokens) == (basis, tokens)


@pytest.mark.parametrize(
    ("changes", "basis", "tokens"),
    [
        ({}, "no-deliverables", 8000),
        ({"category": "poetry", "complexity": "medium"}, "no-deliverables", 9000),
        ({"complexity": "extreme"}, "fallback", 9000),
        ({"model": "gpt-5"}, "fallback", 8000),
    ],
)
def test_a_call_without_deliverables(
    ask: Ask, changes: dict[str, Any], basis: str, tokens: int
) -> None:
    result = ask(**changes)
    assert (result.basis, result.tokens, result.breakdown.margin) == (basis, tokens, 1.0)


@pytest.fixture
def with_intervals() -> Table:
    """Docs of low complexity say two shares themselves, docs four, and all calls seven."""
    snapshot = {
        "fallback": {"overhead": _cost(1000, False)},
        "applies_to": ["*"],
        "complexities": ["low", "medium"],
        "no_deliverables": {"low": _cost(1000, False), "medium": _cost(1000, False)},
        "categories": {
            "docs": {"aliases": ["texts"], "overhead": {"low": _cost(1000, True)}},
            "tests": {"aliases": [], "overhead": {"low": _cost(1000, True)}},
        },
        "marginal_costs": {"create": {"doc": _cost(0, True)}, "modify": {"doc": _cost(0, True)}},
        "file_kinds": {"rules": [], "default": "doc"},
        "safety_margins": {"default": 1000, "cells": {}},
        "intervals": {
            "all": _quantiles({50: 200, 100: 300, 500: 800, 800: 1200, 900: 1601, 950: 1900}),
            "categories": {"docs": _quantiles({100: 500, 500: 900, 900: 1500})},
            "cells": {"docs": {"low": _quantiles({500: 1000, 800: 1300})}},
        },
    }
    return compile_table(snapshot, registry_version="2.0.0", digest="sha256:abc")


def _quantiles(factors: dict[int, int]) -> list[dict[str, int]]:
    return [{"share": share, "factor": factor} for share, factor in factors.items()]


@pytest.mark.parametrize(
    ("changes", "interval", "quantiles"),
    [
        # Of the cell 0.5 and 0.8, of the category 0.1 and 0.9, of all calls 0.05 and 0.95.
        (
            {},
            (500, 1500, 0.8),
            ((0.05, 0.2), (0.1, 0.5), (0.5, 1), (0.8, 1.3), (0.9, 1.5), (0.95, 1.9)),
        ),
        (
            {"category": "tests"},
            (300, 1601, 0.8),
            ((0.05, 0.2), (0.1, 0.3), (0.5, 0.8), (0.8, 1.2), (0.9, 1.601), (0.95, 1.9)),
        ),
    ],
)
def test_the_narrowest_scope_that_states_a_share_answers(
    with_intervals: Table, changes: dict[str, Any], interval: object, quantiles: object
) -> None:
    question: dict[str, Any] = {"category": "docs", "complexity": "low", **changes}
    found = estimate(with_intervals, **question, deliverables=[Deliverable("a.md")])
    assert (found.interval, found.quantiles) == (interval, quantiles)
    assert found.risks == (0.05, 0.1, 0.2, 0.5)


@pytest.mark.parametrize(
    ("category", "complexity", "files"),
    [("poetry", "low", 1), ("docs", "medium", 1), ("docs", "low", 0)],
)
def test_what_no_cell_serves_has_the_quantiles_of_all_calls(
    with_intervals: Table, category: str, complexity: str, files: int
) -> None:
    paths = [Deliverable("a.md")] * files
    found = estimate(with_intervals, category=category, complexity=complexity, deliverables=paths)
    assert found.interval == (300, 1601, 0.8)


@pytest.mark.parametrize(
    ("truncated", "interval"), [(True, (901, 1500, 0.8)), (False, (495, 1485, 0.8))]
)
def test_an_interval_is_above_what_an_attempt_was_cut_off_at(
    with_intervals: Table, truncated: bool, interval: object
) -> None:
    # 900 × 1.1 = 990; the cell and its category say 0.5 and 1.5.
    factor = RetryFactor(1100, measured=True)
    table = replace(with_intervals, retry=RetryFactors(factor, factor))
    # The formula says 1,000: no less after an attempt that was cut off.
    found = estimate(
        table,
        category="docs",
        complexity="low",
        deliverables=[Deliverable("a.md")],
        previous=Previous(900, truncated),
    )
    assert found.tokens == (1000 if truncated else 990)
    assert found.interval == interval


@pytest.mark.parametrize("risk", ["0.1", float("nan"), True])
def test_a_risk_that_is_no_share_is_refused_in_a_sentence(ask: Ask, risk: Any) -> None:
    with pytest.raises(ValueError, match=r"it is a share of calls between 0 and 1, such as 0\.1"):
        ask(Deliverable("a.md")).budget(risk)


@pytest.mark.parametrize("limit", [float("nan"), "100", -1])
def test_a_limit_that_is_no_number_of_tokens_is_refused(ask: Ask, limit: Any) -> None:
    found = ask(Deliverable("a.md"))
    with pytest.raises(ValueError, match=r"floor is .*; it is a number of tokens from 0"):
        found.budget(floor=limit)
    with pytest.raises(ValueError, match=r"ceiling is .*; it is a number of tokens from 0"):
        found.budget(ceiling=limit)


def test_an_operation_that_does_not_exist_is_refused(ask: Ask) -> None:
    with pytest.raises(ValueError, match="'delete'; it is create, modify or unknown"):
        ask(Deliverable("a.md", "delete"))  # type: ignore[arg-type]
