"""What is planted in a registry of semantics 2 that states intervals, and without any."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from random import Random
from typing import Any

import pytest

from coefgate.drill.fileset import MARGINS, REGISTRY, Fileset, dumped
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.kinds.intervals import CLAIMED
from coefgate.drill.plant import Kind, NotPlantable
from coefgate.registry.reading import registry_problems
from tests.drill.conftest import FilesTree

TAKES_AWAY = (
    *("category-removed", "category-renamed", "category-altered", "renamed-with-alias"),
    *("category-returned-to-absence", "category-taken-back", "cell-emptied"),
)
MOVING = [one for one in KINDS if one.name in TAKES_AWAY]


def scope(*factors: float) -> dict[str, Any]:
    shares = (0.1, 0.5, 0.9)
    return {
        "samples": 12,
        "phases": 9,
        "quantiles": [
            {"share": share, "factor": factor}
            for share, factor in zip(shares, factors, strict=False)
        ],
        "held": {"interval_80": 0.8, "interval_90": None, "budget_90": None},
    }


def of_semantics_2(state: Fileset, intervals: Mapping[str, Any] | None) -> Fileset:
    registry, margins = state.draft(REGISTRY), state.draft(MARGINS)
    registry["semantics"] = 2
    del margins["interval"]
    if intervals is not None:
        margins["intervals"] = intervals
    return state.after({REGISTRY: dumped(registry), MARGINS: dumped(margins)})


@pytest.fixture
def stated(by_hand: Fileset) -> Fileset:
    """Every category and cell has intervals of its own."""
    cells = {
        category: dict.fromkeys(by_hand.document(file)["overhead"], scope(0.5))
        for category, file in by_hand.categories.items()
    }
    every = {"all": scope(0.4, 0.7, 1.3), "cells": cells}
    return of_semantics_2(by_hand, every | {"categories": dict.fromkeys(cells, scope(0.5, 1))})


@pytest.mark.parametrize("kind", [*CLAIMED, *MOVING], ids=lambda one: one.name)
def test_what_is_planted_can_be_read(kind: Kind, stated: Fileset) -> None:
    for seed in range(3):
        plant = kind.plant(stated, Random(seed))  # noqa: S311 (draws, no secrets)
        assert plant.changed
        base = reduce(Fileset.after, filter(None, plant.past), stated)
        tree = FilesTree(dict(base.after(plant.changed).files))
        assert registry_problems(tree)[1] == ()


@pytest.mark.parametrize("kind", CLAIMED, ids=lambda one: one.name)
def test_where_no_intervals_are_stated_none_are_planted(kind: Kind, by_hand: Fileset) -> None:
    with pytest.raises(NotPlantable, match="the registry states no intervals"):
        kind.plant(of_semantics_2(by_hand, None), Random(1))  # noqa: S311 (draws, no secrets)
