"""An accepted change is taken back, which is always let through, and something else comes along with it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, FileChanges, Fileset
from coefgate.drill.kinds.calls import eligible, without
from coefgate.drill.kinds.gate_limits import THRESHOLDS, acknowledged, looser
from coefgate.drill.kinds.parts import judge_file, way_back
from coefgate.drill.plant import Kind, Plant, Planting, regression

Companion = Callable[[Fileset, Random], tuple[str, str, FileChanges]]
"""What comes along: its file, in words, and the changed files."""


def _gates(state: Fileset, rng: Random) -> tuple[str, str, FileChanges]:
    threshold = rng.choice(list(THRESHOLDS.values()))
    old, new = looser(state, rng, threshold)
    content = acknowledged(state, threshold, old, new)
    return GATES, f"{threshold.step(old, new)}, acknowledged", {GATES: content}


def _sample(state: Fileset, rng: Random) -> tuple[str, str, FileChanges]:
    one = rng.choice(eligible(state))
    return one.file, f"the call {one.id[:8]} → gone", without(state, [one])


def _validator(_state: Fileset, rng: Random) -> tuple[str, str, FileChanges]:
    file = judge_file(rng)
    return file, "a new file", {file: b'"""Let everything through."""\n'}


def _with(companion: Companion, rule: str) -> Planting:
    """The companion's rule must object, and so must those that the numbers break: this is no restore."""

    def plant(state: Fileset, rng: Random) -> Plant:
        found, past = way_back(state, rng)
        file, what, files = companion(state, rng)
        rules = found.judgement.measured | {rule}
        what = f"{what}, with {found.what}, as it was before an accepted change"
        return Plant(file, what, {**found.changed, **files}, rules, past)

    return plant


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "restore-with-gates",
        "an accepted change taken back with a loosened threshold",
        _with(_gates, "gates-loosened"),
    ),
    regression(
        "restore-with-sample-removed",
        "an accepted change taken back without the line of a call",
        _with(_sample, "sample-removed"),
    ),
    regression(
        "restore-with-validator",
        "an accepted change taken back with a file of validator/",
        _with(_validator, "judge-and-values"),
    ),
)
