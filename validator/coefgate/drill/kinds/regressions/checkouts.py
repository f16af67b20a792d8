"""A proposal to be stopped, in a clone that lacks what it would be judged against."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, Fileset
from coefgate.drill.kinds.calls import eligible, without
from coefgate.drill.kinds.drawing import small_change
from coefgate.drill.kinds.gate_limits import THRESHOLDS, acknowledged, looser
from coefgate.drill.plant import Checkout, Kind, Plant, Planting, unanswered

_PROPOSED: Final = "refs/remotes/origin/proposed"
_DEEP: Final = 20


def _in(checkout: Checkout) -> Planting:
    """A threshold loosened, a call taken out and a value moved: by itself, such a state may pass."""

    def plant(state: Fileset, rng: Random) -> Plant:
        threshold = rng.choice(list(THRESHOLDS.values()))
        old, new = looser(state, rng, threshold)
        one, other = rng.choice(eligible(state)), small_change(state, rng)
        gates = {GATES: acknowledged(state, threshold, old, new)}
        what = f"{threshold.step(old, new)}, {one.id[:8]} → gone, {other.what}"
        changed = {**other.changed, **gates, **without(state, [one])}
        return Plant(
            GATES, what, changed, past=({}, {"notes.md": b"accepted\n"}), checkout=checkout
        )

    return plant


KINDS: Final[tuple[Kind, ...]] = (
    unanswered(
        "checkout-of-a-pull-request",
        "three regressions in a checkout of a pull request as CI makes it: its merge commit alone",
        _in(Checkout("refs/remotes/pull/7/merge", 1)),
    ),
    unanswered(
        "shallow-clone",
        "three regressions in a clone of the last commit of the proposal's branch",
        _in(Checkout(_PROPOSED, 1)),
    ),
    unanswered(
        "detached-clone",
        "three regressions in a clone of the last 20 commits, without any branch",
        _in(Checkout("refs/pipelines/1", _DEEP)),
    ),
    unanswered(
        "single-branch",
        "three regressions in a clone of the proposal's branch alone, with its whole history",
        _in(Checkout(_PROPOSED, None)),
    ),
)
