"""Gates that are opened: thresholds, scope and aims made looser."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any, Final

import yaml

from coefgate.drill.drawing import acknowledgement, one_of, small_change
from coefgate.drill.editing import Place, dumped, with_text
from coefgate.drill.evidence import calls
from coefgate.drill.model import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.numbers import exact, written
from coefgate.drill.state import GATES, REGISTRY, Files, State

RULE: Final = frozenset(("gates-loosened",))
Loosen = Callable[[Fraction, Fraction], Fraction]
"""From the present threshold and a number between 0 and 1 to a looser threshold."""

THRESHOLDS: Final[dict[str, tuple[Place, Loosen]]] = {
    "smape": (("rules", "smape", "mean_below"), lambda old, by: old + (200 - old) * by),
    "underestimation": (("rules", "underestimation", "rate_below"), lambda old, by: old + (1 - old) * by),
    "waste-band-low": (("rules", "waste-band", "median_from"), lambda old, by: old * (1 - by)),
    "waste-band-high": (("rules", "waste-band", "median_to"), lambda old, by: old * (1 + by)),
    "waste-p90": (("rules", "waste-p90", "p90_to"), lambda old, by: old * (1 + by)),
}


def threshold(state: State, place: Place) -> Fraction:
    """A threshold as it stands."""
    value: Any = state.document(GATES)
    for key in place:
        value = value[key]
    return exact(value)


def looser(state: State, rng: Random, name: str) -> tuple[Place, Fraction, Fraction]:
    """Where a threshold stands, what it is, and a looser one. Raises ``NotPlantable`` if there is none."""
    place, loosen = THRESHOLDS[name]
    old = threshold(state, place)
    new = Fraction(round(1000 * loosen(old, Fraction(rng.randint(50, 800), 1000))), 1000)
    if new == old:
        raise NotPlantable(f"{'.'.join(place[1:])} is as loose as it can be")
    return place, old, new


def without_acknowledgements(document: Any) -> Any:
    """``gates.yaml`` without what was acknowledged before; it has served its step."""
    for part in (document["scope"], document["coverage_aims"], *document["rules"].values()):
        if isinstance(part, dict):
            part.pop("acknowledge", None)
    return document


def with_threshold(state: State, place: Place, new: Fraction) -> bytes:
    """``gates.yaml`` with one threshold changed."""
    content = state.files[GATES]
    if b"acknowledge" in content:
        content = dumped(without_acknowledgements(state.draft(GATES)))
    return with_text(content, place, written(new))


def acknowledged(state: State, place: Place, old: Fraction, new: Fraction) -> bytes:
    """``gates.yaml`` with a threshold changed and the change acknowledged beside it."""
    document = without_acknowledgements(state.draft(GATES))
    *_, rule, key = place
    document["rules"][rule][key] = yaml.safe_load(written(new))
    answer = yaml.safe_load(acknowledgement(written(old), written(new)))
    document["rules"][rule]["acknowledge"] = {key: answer} if rule == "waste-band" else answer
    return dumped(document)


def _loosened(name: str) -> Planting:
    def plant(state: State, rng: Random) -> Plant:
        place, old, new = looser(state, rng, name)
        changed = {GATES: with_threshold(state, place, new)}
        return Plant(GATES, f"{'.'.join(place[1:])} {written(old)} → {written(new)}", changed, RULE)

    return plant


def _with_coefficient(state: State, rng: Random) -> Plant:
    """Acknowledged, but in one change with a coefficient."""
    place, old, new = looser(state, rng, rng.choice(sorted(THRESHOLDS)))
    other = small_change(state, rng)
    changed: Files = {**other.changed, GATES: acknowledged(state, place, old, new)}
    what = f"{'.'.join(place[1:])} {written(old)} → {written(new)}, acknowledged, with {other.what}"
    return Plant(GATES, what, changed, RULE)


def _models(state: State, rng: Random) -> Plant:
    document = without_acknowledgements(state.draft(GATES))
    old = document["scope"]["models"]
    known = sorted({str(one.fields["model"]) for one in state.stored if one.fields["model"]})
    new = [rng.choice(known)] if known and old is None else [f"{glob}-2" for glob in old or ["any"]]
    document["scope"]["models"] = new
    return Plant(GATES, f"scope.models {old} → {new}", {GATES: dumped(document)}, RULE)


def _since(state: State, rng: Random) -> Plant:
    document = without_acknowledgements(state.draft(GATES))
    old = document["scope"]["observed_since"]
    days = sorted({one.fields["observed_at"][:10] for one in state.stored if one.fields["observed_at"]})
    later = [day for day in days[1:] if old is None or day > str(old)] or ["2099-12-31"]
    new = rng.choice(later)
    document["scope"]["observed_since"] = new
    return Plant(GATES, f"scope.observed_since {old} → {new}", {GATES: dumped(document)}, RULE)


def _aims(state: State, rng: Random) -> Plant:
    document = without_acknowledgements(state.draft(GATES))
    aims = document["coverage_aims"]
    places = [(aims, key) for key in ("categories", "each_complexity", "five_or_more_deliverables")]
    places.append((aims["eligible_samples"], "from"))
    entry, key = one_of(
        rng, [(entry, key) for entry, key in places if entry[key] > 0], "no aim can be lowered"
    )
    old = entry[key]
    entry[key] = rng.randrange(old)
    name = "eligible_samples.from" if key == "from" else key
    return Plant(GATES, f"coverage_aims.{name} {old} → {entry[key]}", {GATES: dumped(document)}, RULE)


def _blinded(state: State, rng: Random) -> Plant:
    """The scope narrowed to nothing, so that nothing is left to judge by."""
    document = without_acknowledgements(state.draft(GATES))
    scope, unit = document["scope"], state.document(REGISTRY)["unit"]
    if not calls(state.stored, state.retired, scope, unit):
        raise NotPlantable("no stored call counts already")
    old, new = scope["models"], [f"nobody-{rng.randint(1, 999)}"]
    scope["models"] = new
    return Plant(GATES, f"scope.models {old} → {new}", {GATES: dumped(document)}, RULE)


KINDS: Final[tuple[Kind, ...]] = (
    *(
        regression(f"{name}-loosened", f"{'.'.join(place[1:])} made looser", _loosened(name))
        for name, (place, _) in THRESHOLDS.items()
    ),
    regression("models-narrowed", "fewer models in scope", _models),
    regression("scope-emptied", "no model in scope any more", _blinded),
    regression("since-later", "a later first day of the scope", _since),
    regression("aims-lowered", "a coverage aim lowered", _aims),
    regression(
        "loosened-with-coefficient",
        "a threshold loosened with a coefficient",
        _with_coefficient,
    ),
)
