"""A worse coefficient, and in the same change a judge that would not see it: both must be objected to.

The judge is the base. Each kind here plants a loss that base's thresholds, calls, scope or unit
show, and that those of the proposal would not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, REGISTRY, FileChanges, Fileset
from coefgate.drill.kinds.calls import eligible, without
from coefgate.drill.kinds.drawing import DRAWS, Drawn, down, draw, is_coefficient, is_worse, up
from coefgate.drill.kinds.gate_limits import THRESHOLDS, acknowledged, gates_draft, looser
from coefgate.drill.oracle.evidence import CountedCall, scored
from coefgate.drill.oracle.figures import METRIC_RULES, is_missed, smape_millionths
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.yaml_text import dumped

_STRATA: Final = frozenset(("stratum-regression",))
_MOST_REMOVED: Final = 12


@dataclass(frozen=True, slots=True)
class _Blindfold:
    """A change of what judges, and the rules that no longer see the loss with it."""

    file: str
    what: str
    changed: FileChanges
    unseeing: frozenset[str]


_Blindfolds = Callable[[Fileset, Random, Drawn], Iterator[_Blindfold]]


def _with(blindfolds: _Blindfolds, rule: str) -> Planting:
    """The first blindfold under which one of its rules does not see a loss that it sees otherwise."""

    def plant(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        for _ in range(DRAWS):
            found = draw(state, rng, rng.choice((up, down)), is_worse, among=is_coefficient)
            broken = found.judgement.broken
            for one in blindfolds(state, rng, found):
                blind = state.after(one.changed)
                if one.unseeing & broken - Opinion(blind, blind.after(found.changed)).broken:
                    changed = {**found.changed, **one.changed}
                    return Plant(
                        one.file, f"{one.what}, with {found.what}", changed, broken | {rule}
                    )
        raise NotPlantable("no loss of these calls can be hidden so")

    return plant


def _thresholds(state: Fileset, rng: Random, found: Drawn) -> Iterator[_Blindfold]:
    several = [one for one in THRESHOLDS.values() if one.rule in found.judgement.broken]
    for threshold in rng.sample(several, len(several)):
        old, new = looser(state, rng, threshold)
        changed = {GATES: acknowledged(state, threshold, old, new)}
        what = f"{threshold.step(old, new)}, acknowledged"
        yield _Blindfold(GATES, what, changed, frozenset((threshold.rule,)))


def _removals(rules: frozenset[str]) -> _Blindfolds:
    """The calls that show the loss best taken out: one, else two, and so on."""

    def blindfolds(state: Fileset, _rng: Random, found: Drawn) -> Iterator[_Blindfold]:
        head = found.judgement.head

        def loss(call: CountedCall) -> tuple[int, int]:
            before, after = (predicted(side, call.stored.fields) for side in (state, head))
            rise = smape_millionths(after, call.actual) - smape_millionths(before, call.actual)
            return is_missed(call, after) - is_missed(call, before), rise

        worst = [call.stored for call in sorted(scored(state), key=loss, reverse=True)]
        for count in range(1, min(_MOST_REMOVED, len(worst) - 1) + 1):
            what = (
                f"the {count} calls that show it best → gone"
                if count > 1
                else f"{worst[0].id[:8]} → gone"
            )
            yield _Blindfold(worst[0].file, what, without(state, worst[:count]), rules)

    return blindfolds


def _scopes(state: Fileset, rng: Random, _found: Drawn) -> Iterator[_Blindfold]:
    """Only some of the models, or only later calls; some call is left, or no rule could be measured."""
    fields = [call.stored.fields for call in scored(state)]
    models = {("models", (one["model"],)) for one in fields if one["model"]}
    days = {("observed_since", one["observed_at"][:10]) for one in fields if one["observed_at"]}
    several = sorted(models | days, key=str)
    for key, new in rng.sample(several, len(several)):
        document = gates_draft(state)
        old = document["scope"][key]
        document["scope"][key] = list(new) if key == "models" else new
        changed = {GATES: dumped(document)}
        left = [call for call in scored(state.after(changed)) if not call.censored]
        if left and len(left) < len(fields):
            what = f"scope.{key} {old} → {document['scope'][key]}"
            yield _Blindfold(GATES, what, changed, frozenset(METRIC_RULES) | _STRATA)


def _units(state: Fileset, _rng: Random, _found: Drawn) -> Iterator[_Blindfold]:
    """Without any call no metric rule could be measured, so only the strata see nothing."""
    document = state.draft(REGISTRY)
    old, new = document["unit"], "turn" if document["unit"] == "call" else "call"
    changed = {REGISTRY: dumped({**document, "unit": new})}
    yield _Blindfold(REGISTRY, f"unit {old} → {new}", changed, _STRATA)


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "threshold-to-fit",
        "a threshold loosened so far that it does not see a worse coefficient",
        _with(_thresholds, "gates-loosened"),
    ),
    regression(
        "scope-to-fit",
        "the calls that show a worse coefficient out of scope",
        _with(_scopes, "gates-loosened"),
    ),
    regression(
        "unit-to-fit",
        "another unit, in which no call shows a worse coefficient",
        _with(_units, "cell-shrunk"),
    ),
    regression(
        "missed-calls-removed",
        "the calls by which a worse coefficient misses a threshold taken out",
        _with(_removals(frozenset(METRIC_RULES)), "sample-removed"),
    ),
    regression(
        "stratum-calls-removed",
        "the calls by which a worse coefficient harms a kind of work taken out",
        _with(_removals(_STRATA), "sample-removed"),
    ),
)
