"""Honest imports pass, easy calls are stopped; the same predictions split anew are no change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from coefgate.drill.fileset import FileChanges, Fileset
from coefgate.drill.kinds.lines import easy_calls, honest_import, retired
from coefgate.drill.kinds.margins import HARMLESS as SPLITS
from coefgate.drill.numbers import numbers, with_value
from coefgate.drill.oracle.evidence import scored
from tests.drill.conftest import files_of
from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]


@pytest.fixture
def state(registry: Path, git: Git) -> Fileset:
    """The registry, which stands on an accepted first commit."""
    return Fileset(files_of(registry))


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (draws, no secrets)


def _write(registry: Path, changed: FileChanges) -> None:
    for path, content in changed.items():
        assert isinstance(content, bytes)
        (registry / path).write_bytes(content)


def _judged(coefgate: Coefgate) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Exit code, report, and the rules that do not pass."""
    found = coefgate("gate", "--format", "json")
    report = json.loads(found.out)
    return (
        found.code,
        report,
        {one["rule"]: one for one in report["rules"] if one["status"] != "pass"},
    )


@pytest.mark.parametrize(("count", "seed"), [(3, 0), (10, 1), (30, 1), (80, 1)])
def test_an_honest_import_passes_though_a_figure_moves_by_a_rank(
    registry: Path, state: Fileset, coefgate: Coefgate, count: int, seed: int
) -> None:
    # Each moves P90 of the waste by more than 20 points: by one rank, or by two.
    _write(registry, honest_import(scored(state), _random(seed), count))
    code, _, red = _judged(coefgate)
    assert (code, red) == (0, {})


@pytest.mark.parametrize("seed", [1, 2])
def test_thirty_easy_calls_are_stopped_with_what_chance_explains(
    registry: Path, state: Fileset, coefgate: Coefgate, seed: int
) -> None:
    _write(registry, easy_calls(state, state, _random(seed), 30))
    code, _, red = _judged(coefgate)
    assert (code, set(red)) == (4, {"flattered"})
    (finding,) = red["flattered"]["findings"]
    gain = next(one for one in finding["gains"] if one["figure"] == "mean SMAPE")
    assert 0 < gain["by_chance"] < gain["points"]
    assert (gain["of_known"], gain["since"]) == (False, None)
    words = (
        f"mean SMAPE gets better by {gain['points']:.1f} points "
        f"(of which chance explains up to {gain['by_chance']:.1f})"
    )
    assert words in red["flattered"]["message"]
    for form in ("text", "markdown", "github"):
        told = coefgate("gate", "--format", form).out
        assert f"of which chance explains up to {gain['by_chance']:.1f}" in " ".join(told.split())


def test_the_same_predictions_under_another_split_are_no_change(
    registry: Path, state: Fileset, coefgate: Coefgate
) -> None:
    _write(registry, SPLITS[0].plant(state, _random(3)).changed)
    code, report, red = _judged(coefgate)
    assert (code, red) == (0, {})
    assert report["another_split"] is True
    assert len(report["changes"]) > 20
    note = "The same predictions under another split of prices and margins"
    assert note in " ".join(report["notes"])
    for form in ("text", "markdown"):
        assert note in " ".join(coefgate("gate", "--format", form).out.split())


def test_another_split_claims_nothing_new_after_a_call_was_retired(
    registry: Path, git: Git, state: Fileset, coefgate: Coefgate
) -> None:
    behind = [one for one in scored(state) if one.fields["category"] == "configuration"]
    _write(registry, retired(state, [behind[0]]))
    git("add", "-A")
    git("commit", "-qm", "one call less than configuration.high claims")
    _write(registry, SPLITS[0].plant(state, _random(3)).changed)
    code, report, red = _judged(coefgate)
    assert (code, red, report["another_split"]) == (0, {}, True)
    file = registry / "coefficients/overhead/configuration.yaml"
    text = file.read_text("utf-8")
    assert "samples: 4" in text
    file.write_text(text.replace("samples: 4", "samples: 5"), "utf-8")
    code, report, red = _judged(coefgate)
    assert (code, set(red), report["another_split"]) == (1, {"fit-claims"}, True)


def test_a_split_that_does_not_add_up_is_a_change(
    registry: Path, state: Fileset, coefgate: Coefgate
) -> None:
    split = SPLITS[0].plant(state, _random(3)).changed
    other = state.after(split)
    fallback = next(one for one in numbers(other) if one.name == "fallback.overhead")
    _write(registry, {**split, **with_value(other, fallback, fallback.value + 1)})
    code, report, red = _judged(coefgate)
    assert report["another_split"] is False
    assert code != 0
    assert "unmeasured" in red
