"""A proposal to be stopped, in a clone that lacks what it would be judged against."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.draws import small_change
from coefgate.drill.kinds.gate_limits import loosened_acknowledged
from coefgate.drill.kinds.stored_calls import call_removed
from coefgate.drill.kinds.verbs import together
from coefgate.drill.plant import Checkout, Plant, Planting, unanswered

_PROPOSED: Final = "refs/remotes/origin/proposed"


def _three_in(ref: str, depth: int | None) -> Planting:
    """A threshold, a call and a value: by itself, such a state may pass."""
    three = together(loosened_acknowledged, call_removed, small_change)

    def planting(state: Fileset, rng: Random) -> Plant:
        accepted = {"notes.md": b"accepted\n"}
        return replace(three(state, rng), past=({}, accepted), checkout=Checkout(ref, depth))

    return planting


# fmt: off
REGRESSIONS: Final = (
    unanswered("checkout-of-a-pull-request",
        "three regressions in a checkout of a pull request as CI makes it: its merge commit alone",
        _three_in("refs/remotes/pull/7/merge", 1)),
    unanswered("shallow-clone",
        "three regressions in a clone of the last commit of the proposal's branch",
        _three_in(_PROPOSED, 1)),
    unanswered("detached-clone",
        "three regressions in a clone of the last 20 commits, without any branch",
        _three_in("refs/pipelines/1", 20)),
    unanswered("single-branch",
        "three regressions in a clone of the proposal's branch alone, with its whole history",
        _three_in(_PROPOSED, None)),
)
# fmt: on
