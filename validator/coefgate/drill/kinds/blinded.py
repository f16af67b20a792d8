"""A worse coefficient, and with it a judge that would not see it: both are to be objected to.

The judge is the base. Each kind here plants a loss that base's thresholds, calls, scope or unit
show, and that those of the proposal would not. In checkouts it is the base that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, Fileset, StoredLine
from coefgate.drill.kinds import verbs
from coefgate.drill.kinds.calls import call_removed
from coefgate.drill.kinds.gates import LIMITS, ORIGINS, loosened_acknowledged
from coefgate.drill.kinds.lines import without
from coefgate.drill.kinds.names import another_unit
from coefgate.drill.kinds.verbs import Drawn, set_to, small_change, together, until
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.figures import METRIC_RULES, is_missed, smape_millionths
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Plant, Planting, Rules, stopped, stopped_by, unanswered

_METRICS: Final = frozenset(METRIC_RULES)
_STRATA: Final = frozenset(("stratum-regression",))
_MOST_REMOVED: Final = 12
_PROPOSED: Final = "refs/remotes/origin/proposed"

_Blindfolds = Callable[[Fileset, Random, Drawn], Iterable[Plant]]
"""Changes of what judges; the rules of each are those that no longer see the loss with it."""


def _with(blindfolds: _Blindfolds) -> Planting:
    """The first blindfold under which one of its rules does not see a loss."""

    def attempt(state: Fileset, rng: Random) -> Plant | None:
        found = verbs.loss(state, rng, among=verbs.is_coefficient)
        broken = found.opinion.broken
        for one in blindfolds(state, rng, found):
            blind = state.after(one.changed)
            if one.rules & broken - Opinion(blind, blind.after(found.changed)).broken:
                what, changed = f"{one.what}, with {found.what}", {**one.changed, **found.changed}
                return Plant(what, changed, broken, at=one.file)
        return None

    return until(attempt, nothing="no loss of these calls can be hidden this way")


def _thresholds(state: Fileset, rng: Random, found: Drawn) -> Iterator[Plant]:
    several = [one for one in LIMITS.values() if one.rule in found.opinion.broken]
    for limit in rng.sample(several, len(several)):
        plant = limit.loosened(state, rng, acknowledged=True)
        yield replace(plant, rules=frozenset((limit.rule,)))


def _removals(state: Fileset, found: Drawn, rules: Rules) -> Iterator[Plant]:
    def harm(call: StoredLine) -> tuple[int, int]:
        before, after = (predicted(side, call.fields) for side in (state, found.opinion.head))
        rise = smape_millionths(after, call.tokens) - smape_millionths(before, call.tokens)
        return is_missed(call, after) - is_missed(call, before), rise

    worst = sorted(scored(state), key=harm, reverse=True)
    for count in range(1, min(_MOST_REMOVED, len(worst) - 1) + 1):
        several = f"the {count} calls that show it best → gone"
        what = several if count > 1 else f"{worst[0].id[:8]} → gone"
        yield Plant(what, without(state, worst[:count]), rules, at=worst[0].file)


def _scopes(state: Fileset, rng: Random, _found: Drawn) -> Iterator[Plant]:
    """Some models, later calls, or lists of one origin; some call is left, to be measured."""
    fields = [call.fields for call in scored(state)]
    models = {("models", (one["model"],)) for one in fields if one["model"]}
    days = {("observed_since", one["observed_at"][:10]) for one in fields if one["observed_at"]}
    origins = {("deliverables_from", one.get("deliverables_from", "request")) for one in fields}
    listed = {one for one in origins if one[1] in ORIGINS}
    several = sorted(models | days | listed, key=str)
    for key, value in rng.sample(several, len(several)):
        plant = set_to(state, GATES, ("scope", key), list(value) if key == "models" else value)
        left = [call for call in scored(state.after(plant.changed)) if not call.censored]
        if left and len(left) < len(fields):
            yield replace(plant, rules=_METRICS | _STRATA)


def _three(state: Fileset, rng: Random, ref: str, depth: int | None) -> Plant:
    """A threshold, a call and a value in a clone: by itself, such a state may pass."""
    three = together(loosened_acknowledged, call_removed, small_change)(state, rng)
    return replace(three, past=({}, {"notes.md": b"accepted\n"}), checkout=(ref, depth))


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("gates-loosened",
        ("threshold-to-fit",
            "a threshold loosened so far that it does not see a worse coefficient",
            _with(_thresholds)),
        ("scope-to-fit", "the calls that show a worse coefficient out of scope", _with(_scopes)),
    ),
    stopped("unit-to-fit", "another unit, in which no call shows a worse coefficient",
        # Without any call no metric rule could be measured, so only the strata see nothing.
        verbs.without_procedure(
            _with(lambda state, rng, _: [replace(another_unit(state, rng), rules=_STRATA)])),
        by="cell-shrunk"),
    *stopped_by("sample-removed",
        ("missed-calls-removed",
            "the calls by which a worse coefficient misses a threshold removed",
            _with(lambda state, _, found: _removals(state, found, _METRICS))),
        ("stratum-calls-removed",
            "the calls by which a worse coefficient harms a kind of work removed",
            verbs.without_procedure(
                _with(lambda state, _, found: _removals(state, found, _STRATA)))),
    ),
)
CHECKOUTS: Final = tuple(
    unanswered(name, f"three regressions in a {of}", partial(_three, ref=ref, depth=depth))
    for name, of, ref, depth in (
        ("checkout-of-a-pull-request",
            "checkout of a pull request as CI makes it: its merge commit alone",
            "refs/remotes/pull/7/merge", 1),
        ("shallow-clone", "clone of the last commit of the proposal's branch", _PROPOSED, 1),
        ("detached-clone", "clone of the last 20 commits, without any branch",
            "refs/pipelines/1", 20),
        ("single-branch", "clone of the proposal's branch alone, with its whole history",
            _PROPOSED, None),
    )
)
# fmt: on
