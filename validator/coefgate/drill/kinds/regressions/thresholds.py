"""Gates that are opened: thresholds, scope, aims and guardrails made looser."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, GUARDRAILS, REGISTRY, FileChanges, Fileset
from coefgate.drill.kinds.drawing import one_of, small_change
from coefgate.drill.kinds.gate_limits import (
    THRESHOLDS,
    GateLimit,
    acknowledged,
    gates_draft,
    looser,
    with_threshold,
)
from coefgate.drill.kinds.guardrails import moved_guardrail
from coefgate.drill.numbers import written
from coefgate.drill.oracle.evidence import calls
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.yaml_text import dumped

_RULE: Final = frozenset(("gates-loosened",))
_LARGER: Final = tuple(Fraction(times, 10) for times in range(12, 60))


def _loosened(threshold: GateLimit) -> Planting:
    def plant(state: Fileset, rng: Random) -> Plant:
        old, new = looser(state, rng, threshold)
        changed = {GATES: with_threshold(state, threshold, new)}
        return Plant(GATES, threshold.step(old, new), changed, _RULE)

    return plant


def _with_coefficient(state: Fileset, rng: Random) -> Plant:
    """Acknowledged, but in one change with a coefficient."""
    threshold = rng.choice(list(THRESHOLDS.values()))
    old, new = looser(state, rng, threshold)
    other = small_change(state, rng)
    changed: FileChanges = {**other.changed, GATES: acknowledged(state, threshold, old, new)}
    what = f"{threshold.step(old, new)}, acknowledged, with {other.what}"
    return Plant(GATES, what, changed, _RULE)


def _stale(state: Fileset, rng: Random) -> Plant:
    """Loosened with the acknowledgement of a step from another value."""
    threshold = rng.choice(list(THRESHOLDS.values()))
    old, new = looser(state, rng, threshold)
    other = old + rng.randint(1, 9)
    changed = {GATES: acknowledged(state, threshold, other, new)}
    what = f"{threshold.step(old, new)}, with the acknowledgement of a step from {written(other)}"
    return Plant(GATES, what, changed, _RULE)


def _left_out(state: Fileset, rng: Random) -> Plant:
    """A rule that asks more than it does by default is left out; base is made to hold one first."""
    word = rng.choice(("flattered", "swing"))
    threshold = THRESHOLDS[word]
    strict = {
        "flattered": Fraction(rng.randint(1, 4)),
        "swing": Fraction(rng.randint(11, 19), 10),
    }[word]
    document = gates_draft(state)
    document["rules"].pop(threshold.rule, None)
    past: tuple[FileChanges, ...] = ({GATES: with_threshold(state, threshold, strict)},)
    what = f"{threshold.name} {written(strict)} → left out, which is {threshold.default}"
    return Plant(GATES, what, {GATES: dumped(document)}, _RULE, past)


def _forgiving(state: Fileset, _rng: Random) -> Plant:
    """A registry that holds every change to every rule lets go of it; base is made to do so first."""
    key, strict, lenient = "when_base_misses", "require-pass", "require-no-worse"
    document = gates_draft(state)
    past: tuple[FileChanges, ...] = ()
    if document.get(key) != strict:
        past = ({GATES: dumped({**document, key: strict})},)
    changed: FileChanges = {GATES: dumped({**document, key: lenient})}
    return Plant(GATES, f"{key} {strict} → {lenient}", changed, _RULE, past)


def _models(state: Fileset, rng: Random) -> Plant:
    document = gates_draft(state)
    old = document["scope"]["models"]
    known = sorted({str(one.fields["model"]) for one in state.stored if one.fields["model"]})
    new = (
        [rng.choice(known)] if known and old is None else [f"{glob}-2" for glob in old or ["any"]]
    )
    document["scope"]["models"] = new
    return Plant(GATES, f"scope.models {old} → {new}", {GATES: dumped(document)}, _RULE)


def _since(state: Fileset, rng: Random) -> Plant:
    document = gates_draft(state)
    old = document["scope"]["observed_since"]
    days = sorted(
        {one.fields["observed_at"][:10] for one in state.stored if one.fields["observed_at"]}
    )
    later = [day for day in days[1:] if old is None or day > str(old)] or ["2099-12-31"]
    new = rng.choice(later)
    document["scope"]["observed_since"] = new
    return Plant(GATES, f"scope.observed_since {old} → {new}", {GATES: dumped(document)}, _RULE)


def _aims(state: Fileset, rng: Random) -> Plant:
    document = gates_draft(state)
    aims = document["coverage_aims"]
    places = [
        (aims, key) for key in ("categories", "each_complexity", "five_or_more_deliverables")
    ]
    places.append((aims["eligible_samples"], "from"))
    entry, key = one_of(
        rng, [(entry, key) for entry, key in places if entry[key] > 0], "no aim can be lowered"
    )
    old = entry[key]
    entry[key] = rng.randrange(old)
    name = "eligible_samples.from" if key == "from" else key
    return Plant(
        GATES, f"coverage_aims.{name} {old} → {entry[key]}", {GATES: dumped(document)}, _RULE
    )


def _blinded(state: Fileset, rng: Random) -> Plant:
    """The scope narrowed to nothing, so that nothing is left to judge by."""
    document = gates_draft(state)
    scope, unit = document["scope"], state.document(REGISTRY)["unit"]
    if not calls(state.stored, state.retired, scope, unit):
        raise NotPlantable("no stored call counts already")
    old, new = scope["models"], [f"nobody-{rng.randint(1, 999)}"]
    scope["models"] = new
    return Plant(GATES, f"scope.models {old} → {new}", {GATES: dumped(document)}, _RULE)


def _guardrail_loosened(state: Fileset, rng: Random) -> Plant:
    what, content = moved_guardrail(state, rng, _LARGER)
    return Plant(GUARDRAILS, what, {GUARDRAILS: content}, _RULE)


def _guardrail_with_coefficient(state: Fileset, rng: Random) -> Plant:
    what, content = moved_guardrail(state, rng, _LARGER)
    other = small_change(state, rng)
    changed: FileChanges = {GUARDRAILS: content, **other.changed}
    return Plant(GUARDRAILS, f"{what}, with {other.what}", changed, _RULE)


KINDS: Final[tuple[Kind, ...]] = (
    *(
        regression(f"{word}-loosened", f"{threshold.name} made looser", _loosened(threshold))
        for word, threshold in THRESHOLDS.items()
    ),
    regression(
        "base-misses-forgiven",
        "when_base_misses from require-pass to require-no-worse",
        _forgiving,
    ),
    regression(
        "stale-gates", "a threshold loosened with the acknowledgement of another step", _stale
    ),
    regression("rule-left-out", "a rule that is stricter than by default left out", _left_out),
    regression("models-narrowed", "fewer models in scope", _models),
    regression("scope-emptied", "no model in scope any more", _blinded),
    regression("since-later", "a later first day of the scope", _since),
    regression("aims-lowered", "a coverage aim lowered", _aims),
    regression(
        "loosened-with-coefficient", "a threshold loosened with a coefficient", _with_coefficient
    ),
    regression("guardrail-loosened", "a guardrail loosened without a reason", _guardrail_loosened),
    regression(
        "guardrail-with-coefficient",
        "a guardrail loosened with a coefficient",
        _guardrail_with_coefficient,
    ),
)
