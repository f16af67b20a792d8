from __future__ import annotations

import inspect
import warnings

import pytest

from coefgate import Deliverable, Previous, Registry
from coefgate.core.problems import UsageProblem
from coefgate.integrations.call_facts import (
    NAMES,
    estimate_arguments,
    record_arguments,
    unharmed,
)


def test_facts_are_what_a_registry_takes() -> None:
    facts = {
        "category": "docs",
        "deliverables": [
            "create:docs/guide.md",
            {"path": "README.md", "operation": "modify", "bytes_before": 2048},
        ],
        "previous": {"output_tokens": 900, "truncated": True},
        "phase_id": "p-7",
    }
    made = record_arguments(facts)
    assert made == {
        "category": "docs",
        "complexity": None,
        "deliverables": ["create:docs/guide.md", Deliverable("README.md", "modify", 2048)],
        "previous": Previous(output_tokens=900, truncated=True),
        "phase_id": "p-7",
    }
    assert estimate_arguments(facts) == {
        name: each for name, each in made.items() if name != "phase_id"
    }


def test_every_fact_is_one_that_a_registry_takes() -> None:
    estimated = set(estimate_arguments(dict.fromkeys(NAMES)))
    assert set(NAMES) <= set(inspect.signature(Registry.record).parameters)
    assert estimated <= set(inspect.signature(Registry.estimate).parameters)


@pytest.mark.parametrize("name", ["catgory", "workspace", "exists", "risk", "model"])
def test_a_name_that_is_no_fact_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is not a fact of a call; they are category"):
        record_arguments({name: 1})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UsageProblem("no store is set"), "a place, so the call is not recorded: no store"),
        (ValueError("no operation"), "not recorded: no operation"),
        (RuntimeError("the customer's words"), "not recorded: RuntimeError$"),
    ],
)
def test_nothing_harms_a_call(error: Exception, words: str) -> None:
    with pytest.warns(RuntimeWarning, match=words), unharmed("a place"):
        raise error
    with warnings.catch_warnings(), unharmed("another place"):
        warnings.simplefilter("error")
        raise error


def test_what_goes_wrong_is_told_once_and_quotes_no_prompt() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for number in range(3):
            with unharmed("a third place"):
                Deliverable.parsed(f"the customer's own words {number}: here")
    (warning,) = told
    assert "begins with no operation" in str(warning.message)
    assert "customer" not in str(warning.message)
