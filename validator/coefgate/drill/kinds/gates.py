"""Gates that are opened, or changed as they may be: limits, scope and aims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, Fileset, dumped, value_at
from coefgate.drill.kinds.verbs import set_to, small_change, together
from coefgate.drill.numbers import acknowledgement, plain, written
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.figures import DEFAULTS, limit
from coefgate.drill.plant import WHY, NotPlantable, Plant, one_of, passes, some, stopped_by
from coefgate.registry.wording import ValuePath


@dataclass(frozen=True, slots=True)
class GateLimit:
    """One number of a rule.

    ``end``: the loosest that it may be, if there is one; ``whole``: it is an integer.
    """

    rule: str
    key: str
    end: int | None = None
    whole: bool = False

    @property
    def name(self) -> str:
        """``smape.mean_below``."""
        return f"{self.rule}.{self.key}"

    def at(self, state: Fileset) -> Fraction:
        """The limit as it stands."""
        return limit(state.document(GATES)["rules"], self.rule, self.key)

    def rounded(self, number: Fraction) -> Fraction:
        """A number as this limit is written."""
        return Fraction(round(number)) if self.whole else Fraction(round(1000 * number), 1000)

    def looser(self, state: Fileset, rng: Random) -> Fraction:
        """A looser number. Raises ``NotPlantable`` if there is none."""
        old, by = self.at(state), Fraction(rng.randint(50, 800), 1000)
        further = 1 + 9 * by if self.whole else by * (old if self.end is None else self.end - old)
        new = self.rounded(old + further)
        if new == old:
            raise NotPlantable(f"{self.name} is as loose as it can be")
        return new

    def loosened(self, state: Fileset, rng: Random, *, acknowledged: bool = False) -> Plant:
        """A looser number for it."""
        new = self.looser(state, rng)
        return self.to(state, new, self.at(state) if acknowledged else None)

    def to(self, state: Fileset, new: Fraction, since: Fraction | None = None) -> Plant:
        """Another number; ``since``: where the step begins that is acknowledged, if one is."""
        old, document = self.at(state), state.draft(GATES)
        limits = {one.key: one.at(state) for one in LIMITS.values() if one.rule == self.rule}
        rule: dict[str, Any] = {key: plain(at) for key, at in (limits | {self.key: new}).items()}
        what = f"{self.name} {written(old)} → {written(new)}"
        if since is not None:
            answer = acknowledgement(since, new)
            rule["acknowledge"] = {self.key: answer} if len(limits) > 1 else answer
            other = f"with the acknowledgement of a step from {written(since)}"
            what += f", {'acknowledged' if since == old else other}"
        document["rules"][self.rule] = rule
        return Plant(what, {GATES: dumped(document)})


LIMITS: Final[dict[str, GateLimit]] = {
    "smape": GateLimit("smape", "mean_below", 200),
    "underestimation": GateLimit("underestimation", "rate_below", 1),
    "waste-band-low": GateLimit("waste-band", "median_from", 0),
    "waste-band-high": GateLimit("waste-band", "median_to"),
    "waste-p90": GateLimit("waste-p90", "p90_to"),
    "stratum-misses": GateLimit("stratum-regression", "misses_from", whole=True),
    "stratum-smape": GateLimit("stratum-regression", "smape_rise_above", 200),
    "stratum-sign-test": GateLimit("stratum-regression", "sign_test_below", 0),
    "stratum-phases": GateLimit("stratum-regression", "phases_from", whole=True),
    "flattered": GateLimit("flattered", "better_by_above", 200),
    "swing": GateLimit("swing", "factor_from"),
}
"""Every limit by the word that the kinds of the drill use for it."""
ORIGINS: Final = ("request", "reply")
"""Where the list of a call's files may come from, as a scope says it."""


def loosened_acknowledged(state: Fileset, rng: Random) -> Plant:
    """Loosen any limit, acknowledged."""
    return rng.choice(list(LIMITS.values())).loosened(state, rng, acknowledged=True)


def with_answer(state: Fileset, rule: str, **subject: str) -> dict[str, bytes]:
    """``gates.yaml`` with one more acknowledgement in the list of a rule."""
    document = state.draft(GATES)
    document[rule] = [*document.get(rule, ()), {**subject, "reason": WHY}]
    return {GATES: dumped(document)}


def _stale(state: Fileset, rng: Random) -> Plant:
    any_limit = rng.choice(list(LIMITS.values()))
    new = any_limit.looser(state, rng)
    return any_limit.to(state, new, any_limit.at(state) + rng.randint(1, 9))


def _left_out(state: Fileset, rng: Random) -> Plant:
    """A rule that asks more than it does by default goes; base is made to hold one first."""
    word = rng.choice(("flattered", "swing"))
    stricter = {
        "flattered": Fraction(rng.randint(1, 4)),
        "swing": Fraction(rng.randint(11, 19), 10),
    }
    one, strict, document = LIMITS[word], stricter[word], state.draft(GATES)
    document["rules"].pop(one.rule, None)
    what = f"{one.name} {written(strict)} → left out, which is {DEFAULTS[one.rule, one.key]}"
    return Plant(what, {GATES: dumped(document)}, past=(one.to(state, strict).changed,))


def _forgiving(state: Fileset, _rng: Random) -> Plant:
    """A registry that holds changes to every rule lets go of it; base is made to do so first."""
    place = ("when_base_misses",)
    past = set_to(state, GATES, place, "require-pass").changed
    return replace(set_to(state.after(past), GATES, place, "require-no-worse"), past=(past,))


def _scope(
    state: Fileset, rng: Random, key: str, narrower: Callable[[Fileset, Random, Any], Any]
) -> Plant:
    """A narrower scope; ``narrower``: from what it is to what it becomes."""
    old = state.document(GATES)["scope"].get(key)
    return set_to(state, GATES, ("scope", key), narrower(state, rng, old))


def _fewer_models(state: Fileset, rng: Random, old: list[str] | None) -> list[str]:
    known = sorted({str(one.fields["model"]) for one in state.stored if one.fields["model"]})
    if known and old is None:
        return [rng.choice(known)]
    return [f"{glob}-2" for glob in old or ["any"]]


def _no_model(state: Fileset, rng: Random, _old: object) -> list[str]:
    some(scored(state), "no stored call counts already")
    return [f"nobody-{rng.randint(1, 999)}"]


def _later(state: Fileset, rng: Random, old: object) -> str:
    at = {one.fields["observed_at"] for one in state.stored} - {None}
    days = sorted({str(time)[:10] for time in at})
    later = [day for day in days[1:] if old is None or day > str(old)]
    return rng.choice(later or ["2099-12-31"])


def _one_origin(_state: Fileset, rng: Random, old: object) -> str:
    return rng.choice([origin for origin in ORIGINS if origin != old])


def _aims(state: Fileset, rng: Random) -> Plant:
    keys = ("categories", "each_complexity", "five_or_more_deliverables")
    places: list[ValuePath] = [("coverage_aims", key) for key in keys]
    places.append(("coverage_aims", "eligible_samples", "from"))
    document = state.document(GATES)
    positive = [place for place in places if value_at(document, place) > 0]
    place = one_of(rng, positive, "no aim can be lowered")
    return set_to(state, GATES, place, rng.randrange(value_at(document, place)))


def _tightened(state: Fileset, rng: Random) -> Plant:
    words = ["smape", "underestimation", "waste-band-low", "waste-band-high", "waste-p90"]
    rng.shuffle(words)
    low, high = (LIMITS[word].at(state) for word in ("waste-band-low", "waste-band-high"))
    for word in words:
        one, by = LIMITS[word], Fraction(rng.randint(10, 100), 1000)
        old = one.at(state)
        new = one.rounded(old * (1 + by if word == "waste-band-low" else 1 - by))
        beyond = {"waste-band-low": new >= high, "waste-band-high": new <= low}
        if new != old and not beyond.get(word, False):
            return one.to(state, new)
    raise NotPlantable("no threshold can be tightened by a little")


# fmt: off
REGRESSIONS: Final = stopped_by("gates-loosened",
    *(
        (f"{word}-loosened", f"{one.name} made looser", one.loosened)
        for word, one in LIMITS.items()
    ),
    ("base-misses-forgiven", "when_base_misses from require-pass to require-no-worse", _forgiving),
    ("stale-gates", "a threshold loosened with the acknowledgement of another step", _stale),
    ("rule-left-out", "a rule that is stricter than by default left out", _left_out),
    ("models-narrowed", "fewer models in scope",
        partial(_scope, key="models", narrower=_fewer_models)),
    ("scope-emptied", "no model left in scope",
        partial(_scope, key="models", narrower=_no_model)),
    ("since-later", "a later first day of the scope",
        partial(_scope, key="observed_since", narrower=_later)),
    ("origin-narrowed", "lists of files of one origin alone in scope, or of the other one",
        partial(_scope, key="deliverables_from", narrower=_one_origin)),
    ("aims-lowered", "a coverage aim lowered", _aims),
    ("loosened-with-coefficient", "a threshold loosened with a coefficient",
        together(loosened_acknowledged, small_change)),
)
HARMLESS: Final = (
    passes("gates-tightened", "a threshold made tighter", _tightened),
    passes("gates-loosened-acknowledged", "a threshold loosened by itself, acknowledged",
        loosened_acknowledged),
)
# fmt: on
