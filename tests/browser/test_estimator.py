"""The estimator of the page: the frozen vectors, and drawn calls with drawn numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.retry import Previous
from coefgate.core.table import compile_table
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import snapshot, table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.replay.evidence import Evidence
from coefgate.whatif.live_data import live_data
from coefgate.whatif.page_snapshot import page_snapshot
from tests.browser.arithmetic import Arithmetic, Steps
from tests.browser.registries import EVERYTHING, STORED, changes, stored
from tests.core.test_vectors import FOLDER
from tests.registry.builders import registry

EACH: Final = "({snapshot, calls}) => calls.map((one) => coefgate.estimate(snapshot, one))"


def _said(one: Estimate) -> dict[str, Any]:
    """An estimate as the page has it."""
    parts = one.breakdown
    shares = {share: one.budget(round(1 - share, 3)) for share, _ in one.quantiles if share >= 0.5}
    return {
        "tokens": one.tokens,
        "share_measured": one.share_measured,
        "basis": one.basis,
        "interval": one.interval._asdict(),
        "quantiles": [quantile._asdict() for quantile in one.quantiles],
        "budgets": list(shares.values()),
        "breakdown": {
            **parts._asdict(),
            "deliverables": [file._asdict() for file in parts.deliverables],
            "retry": parts.retry and parts.retry._asdict(),
        },
    }


def _found(one: dict[str, Any]) -> dict[str, Any]:
    tokens = [quantile.pop("tokens") for quantile in one["quantiles"]]
    shares = [quantile["share"] for quantile in one["quantiles"]]
    budgets = [each for share, each in zip(shares, tokens, strict=True) if share >= 0.5]
    return {**one, "budgets": budgets}


@pytest.mark.parametrize("semantics", [1, 2])
def test_frozen_vectors(arithmetic: Arithmetic, semantics: int) -> None:
    frozen = json.loads((FOLDER / f"semantics-{semantics}.json").read_text("utf-8"))
    table = compile_table(frozen["snapshot"], registry_version="", digest="")
    calls = frozen["vectors"]
    given = {"snapshot": page_snapshot(frozen["snapshot"]), "calls": calls}
    for call, found in zip(calls, arithmetic.ask(EACH, given), strict=True):
        expected = call["expected"]
        assert found["tokens"] == expected["tokens"]
        assert found["basis"] == expected["basis"]
        assert found["interval"]["low"] == expected["low"]
        assert found["interval"]["high"] == expected["high"]
        previous = call.get("previous")
        got = estimate(
            table,
            category=call["category"],
            complexity=call["complexity"],
            model=call["model"],
            deliverables=[Deliverable(**one) for one in call["deliverables"]],
            output_mode=call.get("output_mode"),
            previous=previous and Previous(**previous),
        )
        assert _found(found) == _said(got)
        for risk, tokens in expected.get("budgets", {}).items():
            assert got.budget(float(risk)) == tokens


PATHS: Final = (
    "README.md",
    "docs/guide.rst",
    "src/app.py",
    "tests/test_a.py",
    "a b/ü.tsx",
    "📄.md",
)


def _calls(one: Coefficients) -> st.SearchStrategy[list[dict[str, Any]]]:
    names = [*one.canonical_category, "constructor", "unheard-of"]
    return st.lists(
        st.fixed_dictionaries(
            {
                "category": st.none() | st.sampled_from(names),
                "complexity": st.none() | st.sampled_from([*one.complexities, "constructor"]),
                "model": st.none()
                | st.sampled_from(["claude-opus-4", "gpt-5", "x-4", "gpt-4.1-mini", "other"]),
                "output_mode": st.none() | st.sampled_from(["full_file", "patch"]),
                "deliverables": st.lists(
                    st.builds(
                        Deliverable,
                        st.sampled_from(PATHS),
                        st.sampled_from(["create", "modify", "unknown"]),
                        st.none() | st.integers(0, 2**40),
                    ),
                    max_size=4,
                ),
                "previous": st.none()
                | st.builds(Previous, st.integers(1, 1_000_000), st.booleans()),
            }
        ),
        min_size=20,
        max_size=20,
    )


REGISTRIES: Final[dict[str, Callable[[], Coefficients]]] = {
    "semantics 1": registry,
    "everything": lambda: EVERYTHING,
    **{name: lambda name=name: stored(STORED[name])[0] for name in STORED},  # type: ignore[misc]
}


@pytest.mark.parametrize("read", REGISTRIES.values(), ids=REGISTRIES)
def test_drawn_calls_with_other_numbers(
    arithmetic: Arithmetic, read: Callable[[], Coefficients]
) -> None:
    one = read()
    data = live_data(one, Evidence([]))

    @settings(max_examples=8)
    @given(_calls(one), changes(one))
    def agree(calls: Sequence[dict[str, Any]], steps: Steps) -> None:
        other = table_of(moved(one, {key: key.number(each) for key, each in steps.items()}))
        found = arithmetic.ask(
            """({data, calls, steps}) => {
                const model = coefgate.load(data);
                return calls.map((one) => model.estimate(one, model.steps(steps)));
            }""",
            {
                "data": data,
                "steps": {key.name: each for key, each in steps.items()},
                "calls": [
                    {
                        **call,
                        "deliverables": [asdict(file) for file in call["deliverables"]],
                        "previous": call["previous"] and asdict(call["previous"]),
                    }
                    for call in calls
                ],
            },
        )
        for call, each in zip(calls, found, strict=True):
            assert _found(each) == _said(estimate(other, **call))

    agree()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"deliverables": [{"path": "a", "operation": "modify", "bytes_before": 1.5}]}, "1.5"),
        ({"deliverables": [], "previous": {"output_tokens": 0, "truncated": False}}, "wrote 0"),
    ],
)
def test_what_no_call_can_be_is_refused(
    arithmetic: Arithmetic, call: dict[str, Any], said: str
) -> None:
    asked = """({snapshot, call}) => {
        try { return coefgate.estimate(snapshot, call) } catch (error) { return error.message }
    }"""
    given = {"snapshot": page_snapshot(snapshot(EVERYTHING).content), "call": call}
    assert said in arithmetic.ask(asked, given)
