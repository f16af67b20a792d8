"""A valid ``gates.yaml`` or ``guardrails.yaml`` → its thresholds, scope, aims and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

from coefgate.registry import model
from coefgate.registry.marks import Document, per_document

T = TypeVar("T", model.Limits, model.RelativeLimits, model.CoverageAims)
A = TypeVar("A", Fraction, model.Names)

_FIELDS: Final = {
    "smape": "smape",
    "underestimation": "underestimation",
    "waste-band": "waste",
    "waste-p90": "waste",
    "stratum-regression": "stratum",
    "flattered": "flattered",
    "swing": "swing",
}
"""How fields of ``Limits`` and ``RelativeLimits`` begin that hold what a rule asks."""
_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    rule: {
        field.name.removeprefix(f"{prefix}_"): field.default
        for field in fields(model.RelativeLimits)
        if field.name.startswith(f"{prefix}_")
    }
    for rule, prefix in _FIELDS.items()
}
"""What rules ask that a ``gates.yaml`` may leave out."""
_SETTINGS: Final = (("when_base_misses",), ("scope", "models"), ("scope", "observed_since"))
"""Where ``Gates.settings`` stand."""
_AIMS: Final = tuple(
    ("coverage_aims", *aim)
    for aim in (
        *(("categories",), ("each_complexity",), ("five_or_more_deliverables",)),
        *(("eligible_samples", "from"), ("eligible_samples", "to")),
    )
)
_LOOSER: Final[Mapping[str, Literal["lower", "either"]]] = {
    "median_from": "lower",
    "sign_test_below": "lower",
    "phases_from": "either",
    # A longer window hides a bad day, a shorter one may hold too few calls.
    "window_days": "either",
}
"""In which direction a threshold gets looser; higher where nothing is said, and lower for aims."""


@per_document
def gates_of(document: Document) -> model.Gates:
    """What a valid ``gates.yaml`` says; rules that it leaves out have their defaults."""
    rules: dict[tuple[str, ...], Any] = {
        ("rules", rule, key): number
        for rule in dict.fromkeys((*document.data["rules"], *_FIELDS))
        for key, number in {**_DEFAULTS[rule], **document.mapping_at(("rules", rule))}.items()
        if key != "acknowledge"
    }
    aims = {path: document.at(path) for path in _AIMS}
    numbers = {f"{_FIELDS[rule]}_{key}": number for (_, rule, key), number in rules.items()}
    numbers |= {"_".join(path[1:]): aim for path, aim in aims.items()}
    scope = document.data["scope"]
    models = scope["models"]
    return model.Gates(
        limits=_filled(model.Limits, numbers),
        lines={
            **{rule: _line(document, ("rules", rule)) for rule in _FIELDS},
            **{".".join(path): _line(document, path) for path in _SETTINGS},
        },
        scope=model.Scope(None if models is None else tuple(models), scope["observed_since"]),
        aims=_filled(model.CoverageAims, numbers),
        relative=_filled(model.RelativeLimits, numbers),
        when_base_misses=document.data.get("when_base_misses", "require-no-worse"),
        thresholds=_thresholds(document, {**rules, **aims}),
        acknowledged={
            ".".join(path): answer
            for path in _SETTINGS
            if (answer := acknowledged(_answer_at(document, path), names)) is not None
        },
        flattered=answers(document, "flattered", "file"),
        corrected=answers(document, "corrected", "id"),
    )


def guardrails_of(document: Document) -> Mapping[str, model.Threshold]:
    """The thresholds of a valid ``guardrails.yaml`` by their names; none in one of nothing."""
    if document.data is None:
        return {}
    limits = (("limits", key) for key in document.data["limits"] if key != "acknowledge")
    paths = (("window_days",), ("min_calls",), *limits)
    return _thresholds(document, {path: document.at(path) for path in paths}, "guardrails.")


def acknowledged(
    answer: Mapping[str, Any] | None, read: Callable[[Any], A]
) -> model.Acknowledgement[A] | None:
    """An acknowledgement as a value; ``read``: how a number, or names, are read."""
    if answer is None:
        return None
    return model.Acknowledgement(read(answer["from"]), read(answer["to"]), answer["reason"])


def names(written: Any) -> model.Names:
    """A list of names, a word or nothing, as a value."""
    return tuple(written) if isinstance(written, list) else written


def _filled(kind: type[T], numbers: Mapping[str, Any]) -> T:
    """An object of this kind whose fields hold these numbers, as integers or fractions."""
    values: dict[str, Any] = {
        field.name: (int if field.type == "int" else Fraction)(numbers[field.name])
        for field in fields(kind)
    }
    return kind(**values)


def _line(document: Document, path: tuple[str, ...]) -> int:
    """Where the key stands; where it is left out, the line of ``rules``."""
    written = path[-1] in document.mapping_at(path[:-1])
    return document.mark(path if written else ("rules",), key=True)[0]


def _thresholds(
    document: Document, numbers: Mapping[tuple[str, ...], Any], folder: str = ""
) -> Mapping[str, model.Threshold]:
    thresholds = (
        model.Threshold(
            folder + ".".join(path),
            Fraction(number),
            "lower" if path in _AIMS else _LOOSER.get(path[-1], "higher"),
            _line(document, path),
            acknowledged(_answer_at(document, path), Fraction),
            document.file,
        )
        for path, number in numbers.items()
    )
    return {threshold.name: threshold for threshold in thresholds}


def _answer_at(document: Document, path: tuple[str, ...]) -> Any:
    """The acknowledgement of what is at ``path``; beside a single number it needs no key."""
    beside = document.mapping_at((*path[:-1], "acknowledge"))
    return beside if "reason" in beside else beside.get(path[-1])


def answers(document: Document, rule: str, key: str) -> tuple[model.ListAnswer, ...]:
    """The answers in the list called ``rule``; ``key``: what they name."""
    return tuple(
        model.ListAnswer(answer[key], answer["reason"], document.mark((rule, index))[0])
        for index, answer in enumerate(document.list_at((rule,)))
    )
