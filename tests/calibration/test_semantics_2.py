"""Sizes, factors of models and factors of other attempts, fitted where they say so."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from coefgate.calibration.nested import nested_predictions
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.unseen import UnseenReader
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from tests.calibration.builders import free, procedure, tuning, with_models
from tests.registry.builders import value, with_sizes
from tests.replay.builders import sample

BASE = 110 + 40  # tests.low and one new backend file


def _number(found: Procedure, name: str) -> Fraction:
    key = Key.named(name)
    assert key is not None
    return found.with_tokens(found.whole.numbers[0]).numbers[key].number


def test_a_model_that_needs_twice_as_much_has_twice_the_factor() -> None:
    calls = [
        sample(n, BASE * times, model=f"{name}-1")
        for n, (name, times) in enumerate([("a", 1), ("b", 2)] * 4)
    ]
    found = procedure(calls, {"model": 50}, with_models())
    assert _number(found, "model.a-*") == 1
    assert _number(found, "model.b-*") == 2


def test_a_factor_that_is_held_counts_as_known() -> None:
    one = with_models(kind="prior")
    rules = (
        one.model_rules[0],
        replace(one.model_rules[1], value=value("model.b-*", 2, kind="prior")),
    )
    one = replace(one, model_rules=rules)
    calls = [sample(n, BASE * 2, model="b-1") for n in range(3)]
    found = procedure(calls, {"all": 1}, one)
    assert found.whole.effects == pytest.approx(0)


def test_what_sizes_cost_is_fitted_to_the_bytes_of_rewritten_files() -> None:
    one = with_sizes(free(), "backend", tokens=100, up_to=65_536, assumed=1024)
    calls = [
        sample(
            n,
            110 + 30 + 200 * kilobytes,
            deliverables=(Deliverable("a.py", "modify", 1024 * kilobytes),),
            output_mode="full_file",
        )
        for n, kilobytes in enumerate((10, 20, 40))
    ]
    key = Key("per_kilobyte", ("backend",))
    found = procedure(calls, {"per_kilobyte": 50}, one, prior={**tuning({}).prior, key: 100})
    assert _number(found, "marginal.modify.backend.per_kilobyte") == pytest.approx(200, abs=1)


def test_another_attempt_is_predicted_by_what_covers_the_level_of_those_stored() -> None:
    one = replace(
        free(),
        semantics=2,
        retry={
            "after_complete": value("retry.after_complete", 1),
            "after_cut_off": value("retry.after_cut_off", Fraction(3, 2), kind="prior"),
        },
    )
    calls = []
    for n, needed in enumerate((1000, 1100, 1200, 1300, 1400)):
        again: dict[str, Any] = {"phase_id": f"p{n}", "run_id": "r"}
        calls += [
            sample(2 * n, 1000, attempt=1, **again),
            sample(2 * n + 1, needed, attempt=2, **again),
        ]
    found = procedure(calls, {}, one, level=Fraction(4, 5), cell_from=5)
    # Half way between the fourth of five and the fifth: √(1.3 × 1.4).
    assert _number(found, "retry.after_complete") == Fraction("1.349")
    assert _number(found, "retry.after_cut_off") == Fraction("1.5")
    # Left out with its phase, the largest says nothing of itself; of the others 1.2 covers 4 in 5.
    without = found.without("phase")
    column = found.design.keys.index(Key("retry", ("after_complete",)))
    assert without.fits.numbers[:, column].min() == pytest.approx(1)  # fewer than five: as it was
    # Another level asks for another factor: its fits are no others'.
    reader, half = UnseenReader(found.evidence), replace(found.tuning, level=Fraction(1, 2))
    sides = [
        reader.of(side, table_of(side))
        for side in (replace(one, tuning=found.tuning), replace(one, tuning=half))
    ]
    whole = [float(side.procedure.whole.numbers[0, column]) for side in sides if side]
    assert whole == pytest.approx([1.349, 1.2], abs=0.001)
    # No margin is put on them, so none of them says how large it is to be.
    assert len(found.needs(found.residuals).residual) == 5
    # Nor does any where the margin is chosen anew without a phase.
    nested = nested_predictions(found, "phase")
    assert nested is not None
    assert nested[1::2].min() >= 1000
