"""The limits of gates.yaml and guardrails.yaml: which there are, and what makes each looser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, Final

import yaml

from coefgate.drill.fileset import GATES, GUARDRAILS, Fileset
from coefgate.drill.kinds.lines import WHY
from coefgate.drill.kinds.verbs import acknowledgement
from coefgate.drill.numbers import exact, written
from coefgate.drill.oracle.figures import limit
from coefgate.drill.plant import NotPlantable, Plant, one_of
from coefgate.drill.yaml_text import dumped, value_at, with_text


@dataclass(frozen=True, slots=True)
class GateLimit:
    """One number of a rule.

    ``loosen``: from the present number and one between 0 and 1 to a looser one; ``whole``: it is
    an integer.
    """

    rule: str
    key: str
    loosen: Callable[[Fraction, Fraction], Fraction]
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

    def step(self, old: Fraction, new: Fraction) -> str:
        """``smape.mean_below 50 → 60``."""
        return f"{self.name} {written(old)} → {written(new)}"

    def looser(self, state: Fileset, rng: Random) -> tuple[Fraction, Fraction]:
        """The limit as it is and a looser one. Raises ``NotPlantable`` if there is none."""
        old = self.at(state)
        new = self.rounded(self.loosen(old, Fraction(rng.randint(50, 800), 1000)))
        if new == old:
            raise NotPlantable(f"{self.name} is as loose as it can be")
        return old, new

    def set(self, state: Fileset, new: Fraction) -> dict[str, bytes]:
        """``gates.yaml`` with another number."""
        rule = state.document(GATES)["rules"].get(self.rule) or {}
        if b"acknowledge" in state.files[GATES] or self.key not in rule:
            return self._rewritten(state, new, {})
        place = ("rules", self.rule, self.key)
        return {GATES: with_text(state.files[GATES], place, written(new))}

    def acknowledged(self, state: Fileset, old: Fraction, new: Fraction) -> dict[str, bytes]:
        """``gates.yaml`` with another number, and an acknowledgement of the step beside it."""
        answer = yaml.safe_load(acknowledgement(written(old), written(new)))
        answer = {self.key: answer} if self.rule in _NESTED else answer
        return self._rewritten(state, new, {"acknowledge": answer})

    def _rewritten(
        self, state: Fileset, new: Fraction, beside: Mapping[str, Any]
    ) -> dict[str, bytes]:
        document = gates_draft(state)
        values = {one.key: one.at(state) for one in LIMITS.values() if one.rule == self.rule}
        values[self.key] = new
        rule = {key: yaml.safe_load(written(value)) for key, value in values.items()}
        document["rules"][self.rule] = {**rule, **beside}
        return {GATES: dumped(document)}


def _up(old: Fraction, by: Fraction) -> Fraction:
    return old * (1 + by)


def _down(old: Fraction, by: Fraction) -> Fraction:
    return old * (1 - by)


def _towards(highest: int) -> Callable[[Fraction, Fraction], Fraction]:
    return lambda old, by: old + (highest - old) * by


def _further(old: Fraction, by: Fraction) -> Fraction:
    return old + 1 + 9 * by


LIMITS: Final[dict[str, GateLimit]] = {
    "smape": GateLimit("smape", "mean_below", _towards(200)),
    "underestimation": GateLimit("underestimation", "rate_below", _towards(1)),
    "waste-band-low": GateLimit("waste-band", "median_from", _down),
    "waste-band-high": GateLimit("waste-band", "median_to", _up),
    "waste-p90": GateLimit("waste-p90", "p90_to", _up),
    "stratum-misses": GateLimit("stratum-regression", "misses_from", _further, whole=True),
    "stratum-smape": GateLimit("stratum-regression", "smape_rise_above", _towards(200)),
    "stratum-sign-test": GateLimit("stratum-regression", "sign_test_below", _down),
    "stratum-phases": GateLimit("stratum-regression", "phases_from", _further, whole=True),
    "flattered": GateLimit("flattered", "better_by_above", _towards(200)),
    "swing": GateLimit("swing", "factor_from", _up),
}
"""Every limit by the word that the kinds of the drill use for it."""

_NESTED: Final = frozenset(("waste-band", "stratum-regression"))
"""Rules with several limits, of which each is acknowledged by its key."""

_GUARDRAILS: Final[tuple[tuple[tuple[str, ...], int], ...]] = (
    (("min_calls",), 10**9),
    (("limits", "truncation_rate_to"), 1),
    (("limits", "underestimation_rate_below"), 1),
    (("limits", "waste_median_to"), 1000),
)
"""Those that get looser when they get larger, each with the largest that may be written."""


def loosened(state: Fileset, rng: Random, limit: GateLimit) -> Plant:
    """Loosen a limit, without a reason."""
    old, new = limit.looser(state, rng)
    return Plant(limit.step(old, new), limit.set(state, new))


def loosened_acknowledged(state: Fileset, rng: Random) -> Plant:
    """Loosen any limit, acknowledged."""
    limit = rng.choice(list(LIMITS.values()))
    old, new = limit.looser(state, rng)
    return Plant(f"{limit.step(old, new)}, acknowledged", limit.acknowledged(state, old, new))


def guardrail(state: Fileset, rng: Random, times: Sequence[Fraction]) -> Plant:
    """Multiply one guardrail by one of ``times``."""
    document = state.draft(GUARDRAILS) if GUARDRAILS in state.files else {}
    candidates = []
    for (path, most), factor in product(_GUARDRAILS if document else (), times):
        old = exact(value_at(document, path))
        parts = 1 if most > 1000 else 1000  # whole calls, or thousandths
        new = Fraction(round(parts * old * factor), parts)
        if 0 < new <= most and new != old:
            candidates.append((path, old, new))
    path, old, new = one_of(rng, candidates, "there are no guardrails that can be moved")
    beside = value_at(document, path[:-1])
    beside[path[-1]] = int(new) if new.denominator == 1 else float(new)
    beside.pop("acknowledge", None)
    what = f"{'.'.join(path)} {written(old)} → {written(new)}"
    return Plant(what, {GUARDRAILS: dumped(document)})


def gates_draft(state: Fileset) -> Any:
    """The data of ``gates.yaml`` without acknowledgements, which have served their steps."""
    return _without_acknowledgements(state.draft(GATES))


def _without_acknowledgements(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    kept = ((key, value) for key, value in data.items() if key != "acknowledge")
    return {key: _without_acknowledgements(value) for key, value in kept}


def with_answer(state: Fileset, rule: str, **subject: str) -> dict[str, bytes]:
    """``gates.yaml`` with one more acknowledgement in the list of a rule."""
    document = state.draft(GATES)
    document[rule] = [*document.get(rule, ()), {**subject, "reason": WHY}]
    return {GATES: dumped(document)}
