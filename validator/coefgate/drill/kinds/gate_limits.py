"""The thresholds of ``gates.yaml``: which there are, which way each gets looser, and another in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

import yaml

from coefgate.drill.fileset import GATES, Fileset
from coefgate.drill.kinds.drawing import acknowledgement
from coefgate.drill.numbers import exact, written
from coefgate.drill.plant import NotPlantable
from coefgate.drill.yaml_text import dumped, with_text


@dataclass(frozen=True, slots=True)
class GateLimit:
    """One number of a rule.

    ``default``: what it is where the file leaves the rule out. ``loosen``: from the present number
    and one between 0 and 1 to a looser one; ``whole``: it is an integer.
    """

    rule: str
    key: str
    default: str
    loosen: Callable[[Fraction, Fraction], Fraction]
    whole: bool = False

    @property
    def name(self) -> str:
        """``smape.mean_below``."""
        return f"{self.rule}.{self.key}"

    def at(self, state: Fileset) -> Fraction:
        """The threshold as it stands."""
        rule = state.document(GATES)["rules"].get(self.rule) or {}
        return exact(rule.get(self.key, self.default))

    def rounded(self, number: Fraction) -> Fraction:
        """A number as this threshold is written."""
        return Fraction(round(number)) if self.whole else Fraction(round(1000 * number), 1000)

    def step(self, old: Fraction, new: Fraction) -> str:
        """``smape.mean_below 50 → 60``."""
        return f"{self.name} {written(old)} → {written(new)}"


def _up(old: Fraction, by: Fraction) -> Fraction:
    return old * (1 + by)


def _down(old: Fraction, by: Fraction) -> Fraction:
    return old * (1 - by)


def _towards(highest: int) -> Callable[[Fraction, Fraction], Fraction]:
    return lambda old, by: old + (highest - old) * by


def _further(old: Fraction, by: Fraction) -> Fraction:
    return old + 1 + 9 * by


THRESHOLDS: Final[dict[str, GateLimit]] = {
    "smape": GateLimit("smape", "mean_below", "50", _towards(200)),
    "underestimation": GateLimit("underestimation", "rate_below", "0.1", _towards(1)),
    "waste-band-low": GateLimit("waste-band", "median_from", "1", _down),
    "waste-band-high": GateLimit("waste-band", "median_to", "1.5", _up),
    "waste-p90": GateLimit("waste-p90", "p90_to", "3", _up),
    "stratum-misses": GateLimit("stratum-regression", "misses_from", "2", _further, whole=True),
    "stratum-smape": GateLimit("stratum-regression", "smape_rise_above", "5", _towards(200)),
    "stratum-sign-test": GateLimit("stratum-regression", "sign_test_below", "0.1", _down),
    "stratum-phases": GateLimit("stratum-regression", "phases_from", "5", _further, whole=True),
    "flattered": GateLimit("flattered", "better_by_above", "5", _towards(200)),
    "swing": GateLimit("swing", "factor_from", "2", _up),
}
"""Every threshold by the word that the kinds of the drill use for it."""

_NESTED: Final = frozenset(("waste-band", "stratum-regression"))
"""Rules with several thresholds, of which each is acknowledged by its key."""


def looser(state: Fileset, rng: Random, threshold: GateLimit) -> tuple[Fraction, Fraction]:
    """The threshold as it is and a looser one. Raises ``NotPlantable`` if there is none."""
    old = threshold.at(state)
    new = threshold.rounded(threshold.loosen(old, Fraction(rng.randint(50, 800), 1000)))
    if new == old:
        raise NotPlantable(f"{threshold.name} is as loose as it can be")
    return old, new


def with_threshold(state: Fileset, threshold: GateLimit, new: Fraction) -> bytes:
    """``gates.yaml`` with one threshold changed."""
    rule = state.document(GATES)["rules"].get(threshold.rule) or {}
    if b"acknowledge" in state.files[GATES] or threshold.key not in rule:
        return dumped(_changed(state, threshold, new))
    return with_text(state.files[GATES], ("rules", threshold.rule, threshold.key), written(new))


def acknowledged(state: Fileset, threshold: GateLimit, old: Fraction, new: Fraction) -> bytes:
    """``gates.yaml`` with a threshold changed, and the change acknowledged beside it."""
    document = _changed(state, threshold, new)
    answer = yaml.safe_load(acknowledgement(written(old), written(new)))
    nested = {threshold.key: answer}
    document["rules"][threshold.rule]["acknowledge"] = (
        nested if threshold.rule in _NESTED else answer
    )
    return dumped(document)


def _changed(state: Fileset, threshold: GateLimit, new: Fraction) -> Any:
    document = gates_draft(state)
    known = [one for one in THRESHOLDS.values() if one.rule == threshold.rule]
    rule = {one.key: yaml.safe_load(written(one.at(state))) for one in known}
    document["rules"][threshold.rule] = rule | {threshold.key: yaml.safe_load(written(new))}
    return document


def gates_draft(state: Fileset) -> Any:
    """The data of ``gates.yaml`` without what was acknowledged before, which has served its step."""
    return _without_acknowledgements(state.draft(GATES))


def _without_acknowledgements(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _without_acknowledgements(value)
            for key, value in data.items()
            if key != "acknowledge"
        }
    return data
