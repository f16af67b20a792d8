"""The place of a finding about calls: a change that moves them, whatever changed beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import add, is_eligible, new_calls, stored

Git = Callable[..., str]
BACKEND = "coefficients/overhead/backend.yaml"
COSTS = "coefficients/marginal_costs.yaml"
DOCS = "coefficients/overhead/docs.yaml"


@pytest.fixture
def edit(registry: Path, git: Git) -> Callable[..., None]:
    """Exchange a number in a file of the registry, which stands on an accepted first commit."""

    def run(file: str, old: int, new: int) -> None:
        text = (registry / file).read_text("utf-8")
        assert f"tokens: {old}\n" in text
        (registry / file).write_text(
            text.replace(f"tokens: {old}\n", f"tokens: {new}\n", 1), "utf-8"
        )

    return run


Edit = Callable[..., None]


def _rules(coefgate: Coefgate) -> Mapping[str, Any]:
    report = json.loads(coefgate("gate", "--format", "json").out)
    return {rule["rule"]: rule for rule in report["rules"] if rule["status"] != "pass"}


def _places(rule: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(one["file"], one["line"]) for one in rule["findings"]]


def _limit(registry: Path, git: Git, rate: str) -> None:
    """Accept another limit of underestimation."""
    gates = registry / "coefficients/gates.yaml"
    text = gates.read_text("utf-8").replace("rate_below: 0.10", f"rate_below: {rate}")
    gates.write_text(text, "utf-8")
    git("commit", "-qam", "Ask for less underestimation")


def test_a_change_that_moves_no_call_is_not_blamed(
    registry: Path, git: Git, edit: Edit, coefgate: Coefgate
) -> None:
    _limit(registry, git, "0.06")
    edit(BACKEND, 1580, 1500)  # no stored call uses it
    edit(DOCS, 15490, 14200)
    edit(COSTS, 2210, 2000)
    rules = _rules(coefgate)
    strata = rules["stratum-regression"]
    told = {one["message"].partition(":")[0]: one for one in strata["findings"]}
    # A call of docs/low keeps 1,290 tokens less, and 210 for its file; the others have no docs
    # overhead.
    assert (told["low"]["file"], told["low"]["line"]) == (DOCS, 6)
    assert told["low"]["message"].endswith(", made worse by docs.low, then marginal.create.doc")
    assert (told["medium"]["file"], told["medium"]["line"]) == (COSTS, 15)
    assert told["medium"]["message"].endswith(", made worse by marginal.create.doc")
    # Either lifts the estimate; docs.low by more, although the other one makes more misses.
    rate = rules["underestimation"]
    assert "Made worse by docs.low, then marginal.create.doc." in rate["message"]
    assert _places(rate) == [(DOCS, 6)]
    assert _places(rules["unmeasured"]) == [(BACKEND, 6)]  # which is about the value itself
    for output_format, rule in (
        ("text", "stratum-regression"),
        ("markdown", "**stratum-regression**"),
    ):
        out = coefgate("gate", "--format", output_format).out
        about = out.partition(f"{rule} fails")[2].partition("unmeasured")[0]
        assert f"{DOCS}:6" in about
        assert BACKEND not in about
    errors = [
        line
        for line in coefgate("gate", "--format", "github").out.splitlines()
        if "title=stratum-regression" in line
    ]
    assert any(f"file={DOCS},line=6," in line for line in errors)
    assert not any(BACKEND in line for line in errors)


def test_steps_that_add_up_are_laid_at_the_door_of_the_last(
    edit: Edit, git: Git, coefgate: Coefgate
) -> None:
    implementation = "coefficients/overhead/implementation.yaml"
    edit(implementation, 920, 1030)
    git("commit", "-qam", "first step")
    edit(BACKEND, 1580, 1600)  # named before implementation, and moves nothing
    edit(implementation, 1030, 1141)
    strata = _rules(coefgate)["stratum-regression"]
    assert "since " in strata["message"]
    assert set(_places(strata)) == {(implementation, 6)}


def test_a_limit_that_only_easy_calls_meet_is_laid_at_the_door_of_the_values(
    registry: Path, edit: Edit, coefgate: Coefgate
) -> None:
    margins = registry / "coefficients/safety_margins.yaml"
    margins.write_text(
        margins.read_text("utf-8").replace("factor: 1\n", "factor: 1.35\n", 1), "utf-8"
    )
    edit(BACKEND, 1580, 1500)
    like = stored(registry, lambda one: is_eligible(one) and one.category == "implementation")[0]
    add(registry, new_calls(like, 60, actual_output_tokens=10_000))
    diluted = _rules(coefgate)["diluted"]
    assert set(_places(diluted)) == {("coefficients/safety_margins.yaml", 4)}
    assert all(
        one["message"].endswith(", made worse by margin.default") for one in diluted["findings"]
    )


def test_where_no_change_does_harm_the_place_is_that_of_the_limit(
    registry: Path, git: Git, edit: Edit, coefgate: Coefgate
) -> None:
    _limit(registry, git, "0.05")
    edit(DOCS, 15490, 15480)
    lines = coefgate("gate").out.splitlines()
    (told,) = (
        number for number, line in enumerate(lines) if line.startswith("underestimation fails")
    )
    assert "    at coefficients/gates.yaml:5" in lines[told : told + 4]
