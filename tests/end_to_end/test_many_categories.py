"""Hundreds of categories in one proposal are judged like one; more than allowed are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.conftest import Coefgate

PRIOR = "basis: {kind: prior, reference: https://example.org/prior}"


def _write(registry: Path, number: int) -> None:
    for n in range(number):
        name = f"category-{n:04}"
        steps = (("low", 1000 + n), ("medium", 2000 + n), ("high", 3000 + n))
        overhead = "".join(f"  {step}: {{tokens: {tokens}, {PRIOR}}}\n" for step, tokens in steps)
        text = f"category: {name}\noverhead:\n{overhead}"
        (registry / "coefficients/overhead" / f"{name}.yaml").write_text(text, "utf-8")


def test_three_hundred_new_categories_are_judged(
    registry: Path, git: Callable[..., str], coefgate: Coefgate
) -> None:
    _write(registry, 300)
    found = coefgate("gate", "--format", "json")
    changes = json.loads(found.out)["changes"]
    assert found.code == 0, found.err
    assert len(changes) == 900
    assert {(one["calls"], one["effect"]["smape_mean"]) for one in changes} == {(0, 0)}


def test_too_many_categories_are_one_problem(
    registry: Path, git: Callable[..., str], coefgate: Coefgate
) -> None:
    _write(registry, 1000)  # beside those that are there
    for command in ("check", "gate"):
        found = coefgate(command)
        assert found.code == 3
        said = [line for line in found.text.splitlines() if "coefficients/" in line]
        assert len(said) == 1
        assert said[0].startswith(
            "coefficients/overhead:1:1  the folder holds 1,010 categories; a registry has at most "
            "1,000. Give"
        )
