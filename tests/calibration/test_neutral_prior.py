"""A registry that knows nothing is valid, says so, and is the same for all names."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from coefgate.calibration.movable import movable
from coefgate.calibration.neutral_prior import rising
from coefgate.core.trees import FolderTree
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from tests.neutral_registry import KINDS, write_neutral
from tests.replay.builders import audited, sample


def written(root: Path, **given: Any) -> Coefficients:
    """The registry that the documents make."""
    write_neutral(root / "registry", **given)
    return read_registry(FolderTree(root / "registry"))


def test_a_registry_of_any_names_is_valid_and_claims_nothing(tmp_path: Path) -> None:
    made = written(tmp_path, categories=["bugfix", "chore"])
    assert made.complexities == ("simple", "hard")
    assert {one.basis.kind for one in made.numbers.values()} == {"prior"}
    assert {one.basis.reference for one in made.numbers.values()} == {"README.md"}
    of = {key.name: int(value.number) for key, value in made.numbers.items()}
    assert of["bugfix.simple"] == of["chore.simple"] == 1000
    assert of["bugfix.hard"] == of["chore.hard"] == 1500
    costs = {of[f"marginal.{way}.{kind}"] for way in ("create", "modify") for kind in KINDS}
    assert costs == {300}
    # Of a hard call that names no file: three of them, at the margin.
    assert of["no_deliverables.hard"] == 2 * (1500 + 3 * 300)
    assert of["fallback.overhead"] == 1500
    assert of["margin.default"] == 2


def test_every_number_but_those_of_no_fit_is_free_to_move(tmp_path: Path) -> None:
    made = written(tmp_path)
    assert made.tuning is not None
    assert made.tuning.samples == ()
    evidence = Evidence(audited([sample(1, 4000, category="bugfix", complexity="hard")]))
    free = movable(made, evidence, made.tuning)
    fitted = {key.name for key, one in free.registry.numbers.items() if one.basis.kind == "fit"}
    assert {"bugfix.simple", "bugfix.hard", "margin.default"} <= fitted
    assert set(free.stays.values()) <= {"no-calls"}


def test_what_no_fit_moves_comes_from_the_calls(tmp_path: Path) -> None:
    """Of ten calls the fifth needs 500 tokens and the ninth 900."""
    made = written(tmp_path, needs=[100 * at for at in range(10, 0, -1)])
    assert made.fallback_overhead.number == 500
    assert {one.number for one in made.no_deliverables.values()} == {900}
    assert made.numbers[Key("overhead", ("bugfix", "simple"))].number == 1000


@pytest.mark.parametrize(
    ("calls", "level"),
    [
        (40, "0.913"),  # 3 may need more, so the 37th is covered: 36.5 ÷ 40 = 0.9125
        (0, "0.913"),  # as of 40
        (100, "0.906"),  # 9, the 91st: 0.905
        (24, "0.9"),  # 2, the 22nd: 0.896, and not below nine in ten
    ],
)
def test_the_level_leaves_fewer_than_one_in_ten(tmp_path: Path, calls: int, level: str) -> None:
    made = written(tmp_path, needs=[1000] * calls)
    assert made.tuning is not None
    assert made.tuning.level == Fraction(level)


def test_models_are_told_apart_where_there_are_several(tmp_path: Path) -> None:
    made = written(tmp_path, models=["b-2", "a-1", "b-2"])
    assert [rule.globs for rule in made.model_rules] == [("a-1",), ("b-2",)]
    assert {rule.value.number for rule in made.model_rules} == {1}
    assert made.tuning is not None
    assert made.tuning.spreads["model"] == Fraction(1, 2)


@pytest.mark.parametrize(
    "models",
    [
        [],
        ["a-1"],
        ["a-1", "low"],  # model.low is another number
        ["a-1", "b-*"],  # would take in other models
        [f"m-{at}" for at in range(101)],
    ],
)
def test_other_models_have_one_factor(tmp_path: Path, models: Sequence[str]) -> None:
    made = written(tmp_path, models=models)
    assert made.model_rules == ()
    assert made.tuning is not None
    assert "model" not in made.tuning.spreads


def test_the_usual_complexities_rise_as_everybody_reads_them() -> None:
    assert rising([("high", 10), ("low", 900), ("high", 20)]) == ("low", "high")


def test_other_complexities_rise_with_what_their_calls_need() -> None:
    """Medians 30 and 20: the one call of 5,000 tokens says little."""
    calls = [("simple", 10), ("hard", 30), ("simple", 5000), ("simple", 20), ("hard", 30)]
    assert rising(calls) == ("simple", "hard")
    assert rising([]) == ()
