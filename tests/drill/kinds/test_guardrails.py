"""Guardrails are planted from a table of the drill's own, with a file of them or without."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from coefgate.drill.fileset import GUARDRAILS, Fileset
from coefgate.drill.kinds.guardrails import GUARDRAILS_HELD, HARMLESS, REGRESSIONS
from coefgate.drill.plant import Kind
from coefgate.registry.guardrails import DEFAULTS
from coefgate.registry.reading import registry_problems
from tests.drill.conftest import FilesTree


def test_the_table_names_every_guardrail_with_its_default() -> None:
    assert {one.place: Fraction(one.default) for one in GUARDRAILS_HELD} == DEFAULTS


@pytest.mark.parametrize(
    "kind", [one for one in (*REGRESSIONS, *HARMLESS) if "coefficient" not in one.name]
)
def test_a_registry_without_the_file_gets_one(kind: Kind, by_hand: Fileset) -> None:
    state = by_hand.after({GUARDRAILS: None})
    plant = kind.plant(state, Random(3))  # noqa: S311 (draws, no secrets)
    assert set(plant.changed) == {GUARDRAILS}
    for changed in (*plant.past, plant.changed):
        state = state.after(changed)
        assert registry_problems(FilesTree(dict(state.files)))[1] == ()
