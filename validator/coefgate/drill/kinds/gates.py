"""Gates that are opened, or changed as they may be: thresholds, scope, aims and guardrails."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, Fileset
from coefgate.drill.kinds import gate_limits
from coefgate.drill.kinds.gate_limits import LIMITS, gates_draft, loosened_acknowledged
from coefgate.drill.kinds.verbs import small_change, together
from coefgate.drill.numbers import written
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.figures import DEFAULTS
from coefgate.drill.plant import NotPlantable, Plant, one_of, passes, stopped_by
from coefgate.drill.yaml_text import dumped

_LARGER: Final = tuple(Fraction(times, 10) for times in range(12, 60))
_SMALLER: Final = tuple(Fraction(times, 100) for times in range(50, 100, 5))


def _stale(state: Fileset, rng: Random) -> Plant:
    limit = rng.choice(list(LIMITS.values()))
    old, new = limit.looser(state, rng)
    other = old + rng.randint(1, 9)
    what = f"{limit.step(old, new)}, with the acknowledgement of a step from {written(other)}"
    return Plant(what, limit.acknowledged(state, other, new))


def _left_out(state: Fileset, rng: Random) -> Plant:
    """A rule that asks more than it does by default goes; base is made to hold one first."""
    word = rng.choice(("flattered", "swing"))
    stricter = {
        "flattered": Fraction(rng.randint(1, 4)),
        "swing": Fraction(rng.randint(11, 19), 10),
    }
    limit, strict, document = LIMITS[word], stricter[word], gates_draft(state)
    document["rules"].pop(limit.rule, None)
    what = f"{limit.name} {written(strict)} → left out, which is {DEFAULTS[limit.rule, limit.key]}"
    return Plant(what, {GATES: dumped(document)}, past=(limit.set(state, strict),))


def _forgiving(state: Fileset, _rng: Random) -> Plant:
    """A registry that holds changes to every rule lets go of it; base is made to do so first."""
    key, strict, lenient = "when_base_misses", "require-pass", "require-no-worse"
    document = gates_draft(state)
    past = {} if document.get(key) == strict else {GATES: dumped({**document, key: strict})}
    changed = {GATES: dumped({**document, key: lenient})}
    return Plant(f"{key} {strict} → {lenient}", changed, past=(past,))


def _scope(
    state: Fileset, rng: Random, key: str, narrower: Callable[[Fileset, Random, Any], Any]
) -> Plant:
    """A narrower scope; ``narrower``: from what it is to what it becomes."""
    document = gates_draft(state)
    old = document["scope"][key]
    new = document["scope"][key] = narrower(state, rng, old)
    return Plant(f"scope.{key} {old} → {new}", {GATES: dumped(document)})


def _fewer_models(state: Fileset, rng: Random, old: list[str] | None) -> list[str]:
    known = sorted({str(one.fields["model"]) for one in state.stored if one.fields["model"]})
    if known and old is None:
        return [rng.choice(known)]
    return [f"{glob}-2" for glob in old or ["any"]]


def _no_model(state: Fileset, rng: Random, _old: object) -> list[str]:
    if not scored(state):
        raise NotPlantable("no stored call counts already")
    return [f"nobody-{rng.randint(1, 999)}"]


def _later(state: Fileset, rng: Random, old: object) -> str:
    at = {one.fields["observed_at"] for one in state.stored} - {None}
    days = sorted({str(time)[:10] for time in at})
    later = [day for day in days[1:] if old is None or day > str(old)]
    return rng.choice(later or ["2099-12-31"])


def _aims(state: Fileset, rng: Random) -> Plant:
    document = gates_draft(state)
    aims = document["coverage_aims"]
    keys = ("categories", "each_complexity", "five_or_more_deliverables")
    places = [*((key, aims, key) for key in keys)]
    places.append(("eligible_samples.from", aims["eligible_samples"], "from"))
    positive = [place for place in places if place[1][place[2]] > 0]
    name, entry, key = one_of(rng, positive, "no aim can be lowered")
    old = entry[key]
    entry[key] = rng.randrange(old)
    return Plant(f"coverage_aims.{name} {old} → {entry[key]}", {GATES: dumped(document)})


def _tightened(state: Fileset, rng: Random) -> Plant:
    words = ["smape", "underestimation", "waste-band-low", "waste-band-high", "waste-p90"]
    rng.shuffle(words)
    low, high = (LIMITS[word].at(state) for word in ("waste-band-low", "waste-band-high"))
    for word in words:
        limit, by = LIMITS[word], Fraction(rng.randint(10, 100), 1000)
        old = limit.at(state)
        new = limit.rounded(old * (1 + by if word == "waste-band-low" else 1 - by))
        beyond = {"waste-band-low": new >= high, "waste-band-high": new <= low}
        if new != old and not beyond.get(word, False):
            return Plant(limit.step(old, new), limit.set(state, new))
    raise NotPlantable("no threshold can be tightened by a little")


_looser_guardrail: Final = partial(gate_limits.guardrail, times=_LARGER)
_tighter_guardrail: Final = partial(gate_limits.guardrail, times=_SMALLER)

# fmt: off
REGRESSIONS: Final = stopped_by("gates-loosened",
    *(
        (f"{word}-loosened", f"{one.name} made looser", partial(gate_limits.loosened, limit=one))
        for word, one in LIMITS.items()
    ),
    ("base-misses-forgiven", "when_base_misses from require-pass to require-no-worse", _forgiving),
    ("stale-gates", "a threshold loosened with the acknowledgement of another step", _stale),
    ("rule-left-out", "a rule that is stricter than by default left out", _left_out),
    ("models-narrowed", "fewer models in scope",
        partial(_scope, key="models", narrower=_fewer_models)),
    ("scope-emptied", "no model in scope any more",
        partial(_scope, key="models", narrower=_no_model)),
    ("since-later", "a later first day of the scope",
        partial(_scope, key="observed_since", narrower=_later)),
    ("aims-lowered", "a coverage aim lowered", _aims),
    ("loosened-with-coefficient", "a threshold loosened with a coefficient",
        together(loosened_acknowledged, small_change)),
    ("guardrail-loosened", "a guardrail loosened without a reason", _looser_guardrail),
    ("guardrail-with-coefficient", "a guardrail loosened with a coefficient",
        together(_looser_guardrail, small_change)),
)
HARMLESS: Final = (
    passes("gates-tightened", "a threshold made tighter", _tightened),
    passes("gates-loosened-acknowledged", "a threshold loosened by itself, acknowledged",
        loosened_acknowledged),
    passes("guardrail-tightened", "a guardrail made tighter", _tighter_guardrail),
)
# fmt: on
