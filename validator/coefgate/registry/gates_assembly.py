"""A valid ``gates.yaml`` → the thresholds, scope, aims and answers that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, Literal

from coefgate.registry.marks import Document, per_document
from coefgate.registry.model import (
    Acknowledgement,
    CoverageAims,
    Gates,
    Limits,
    ListAnswer,
    Named,
    RelativeLimits,
    Scope,
    Threshold,
)

Looser = Literal["higher", "lower", "either"]

GATES_FILE: Final = "coefficients/gates.yaml"
_LIMITED_RULES: Final = ("smape", "underestimation", "waste-band", "waste-p90")
_DEFAULTS: Final[Mapping[str, Mapping[str, Fraction]]] = {
    "stratum-regression": {
        "misses_from": Fraction(RelativeLimits().stratum_misses_from),
        "smape_rise_above": RelativeLimits().stratum_smape_rise_above,
        "sign_test_below": RelativeLimits().stratum_sign_test_below,
        "phases_from": Fraction(RelativeLimits().stratum_phases_from),
    },
    "flattered": {"better_by_above": RelativeLimits().flattered_better_by_above},
    "swing": {"factor_from": RelativeLimits().swing_factor_from},
}
"""Rules that a ``gates.yaml`` may leave out, with what they ask then."""
_SETTINGS: Final = (("when_base_misses",), ("scope", "models"), ("scope", "observed_since"))
"""Where ``Gates.settings`` stand."""
_LOOSER: Final[Mapping[str, Looser]] = {
    "median_from": "lower",
    "sign_test_below": "lower",
    "phases_from": "either",
}
"""In which direction a threshold gets looser; higher where nothing is said, and lower for aims."""


@per_document
def assemble_gates(document: Document) -> Gates:
    """What a valid document says; rules that it leaves out have their defaults."""
    rules = {
        name: {**_DEFAULTS.get(name, {}), **document.mapping_at(("rules", name))}
        for name in _names(document)
    }
    scope, aims = document.data["scope"], document.data["coverage_aims"]
    strata = rules["stratum-regression"]
    return Gates(
        limits=Limits(
            smape_mean_below=Fraction(rules["smape"]["mean_below"]),
            underestimation_rate_below=Fraction(rules["underestimation"]["rate_below"]),
            waste_median_from=Fraction(rules["waste-band"]["median_from"]),
            waste_median_to=Fraction(rules["waste-band"]["median_to"]),
            waste_p90_to=Fraction(rules["waste-p90"]["p90_to"]),
        ),
        limit_lines={rule: _line(document, ("rules", rule)) for rule in _LIMITED_RULES},
        scope=Scope(
            models=_names_or_none(scope["models"]), observed_since=scope["observed_since"]
        ),
        aims=CoverageAims(
            eligible_samples_from=aims["eligible_samples"]["from"],
            eligible_samples_to=aims["eligible_samples"]["to"],
            categories=aims["categories"],
            each_complexity=aims["each_complexity"],
            five_or_more_deliverables=aims["five_or_more_deliverables"],
        ),
        relative=RelativeLimits(
            stratum_misses_from=int(strata["misses_from"]),
            stratum_smape_rise_above=Fraction(strata["smape_rise_above"]),
            stratum_sign_test_below=Fraction(strata["sign_test_below"]),
            stratum_phases_from=int(strata["phases_from"]),
            flattered_better_by_above=Fraction(rules["flattered"]["better_by_above"]),
            swing_factor_from=Fraction(rules["swing"]["factor_from"]),
        ),
        when_base_misses=document.data.get("when_base_misses", "require-no-worse"),
        thresholds={threshold.name: threshold for threshold in _thresholds(document, rules)},
        acknowledged=dict(_acknowledged(document)),
        flattered=tuple(_list_answers(document, "flattered", "file")),
        corrected=tuple(_list_answers(document, "corrected", "id")),
        lines={
            **{rule: _line(document, ("rules", rule)) for rule in _DEFAULTS},
            **{".".join(path): _line(document, path) for path in _SETTINGS},
        },
    )


def _names(document: Document) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*document.mapping_at(("rules",)), *_DEFAULTS)))


def _line(document: Document, path: tuple[str, ...]) -> int:
    """Where the key stands; where it is left out, the line of ``rules``."""
    written = path[-1] in document.mapping_at(path[:-1])
    return document.mark(path if written else ("rules",), key=True)[0]


def _thresholds(document: Document, rules: Mapping[str, Mapping[str, Any]]) -> Iterator[Threshold]:
    for rule, numbers in rules.items():
        several = len([key for key in numbers if key != "acknowledge"]) > 1
        for key, number in numbers.items():
            if key != "acknowledge":
                path = ("rules", rule, key)
                answer = document.at(("rules", rule, "acknowledge", *([key] if several else [])))
                yield _threshold(
                    document, path, Fraction(number), _LOOSER.get(key, "higher"), answer
                )
    for key in ("categories", "each_complexity", "five_or_more_deliverables"):
        yield _aim(document, ("coverage_aims", key))
    for key in ("from", "to"):
        yield _aim(document, ("coverage_aims", "eligible_samples", key))


def _aim(document: Document, path: tuple[str, ...]) -> Threshold:
    return _threshold(
        document, path, Fraction(document.at(path)), "lower", answer_at(document, path)
    )


def _threshold(
    document: Document,
    path: tuple[str, ...],
    value: Fraction,
    looser: Looser,
    answer: Mapping[str, Any] | None,
) -> Threshold:
    return Threshold(".".join(path), value, looser, _line(document, path), of_number(answer))


def _acknowledged(document: Document) -> Iterator[tuple[str, Named]]:
    for path in _SETTINGS:
        answer = named(answer_at(document, path))
        if answer is not None:
            yield ".".join(path), answer


def answer_at(document: Document, path: tuple[str, ...]) -> Any:
    """The acknowledgement of what stands at ``path``, as it is written beside it."""
    return document.at((*path[:-1], "acknowledge", path[-1]))


def of_number(answer: Mapping[str, Any] | None) -> Acknowledgement | None:
    """An acknowledgement of a number, as a value."""
    if answer is None:
        return None
    return Acknowledgement(Fraction(answer["from"]), Fraction(answer["to"]), answer["reason"])


def named(answer: Mapping[str, Any] | None) -> Named | None:
    """An acknowledgement of names or a word, as a value."""
    if answer is None:
        return None
    return Named(_names_or_none(answer["from"]), _names_or_none(answer["to"]), answer["reason"])


def _names_or_none(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _list_answers(document: Document, rule: str, key: str) -> Iterator[ListAnswer]:
    """The answers in the list that is called after a rule; ``key``: what they name."""
    for index, answer in enumerate(document.list_at((rule,))):
        yield ListAnswer(answer[key], answer["reason"], document.mark((rule, index))[0])
