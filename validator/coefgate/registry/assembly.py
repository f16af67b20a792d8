"""Valid documents → Coefficients: every number becomes a value that knows name and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation
from coefgate.core.yanks import Yank
from coefgate.registry import guardrails, model
from coefgate.registry.document import Document, per_document
from coefgate.registry.document_set import Documents
from coefgate.registry.files import GATES_FILE, GUARDRAILS_FILE
from coefgate.registry.intervals_assembly import interval_lines, intervals_of, widths_of
from coefgate.registry.key import Key
from coefgate.registry.labels import labels_of
from coefgate.registry.tuning import tuning_of

T = TypeVar("T", model.Limits, model.RelativeLimits, model.CoverageAims)
A = TypeVar("A", Fraction, model.Names)

_SETTINGS = ("format", "semantics", "unit", "complexities", "applies_to", "output_mode")
_RULES: Final = (
    *("smape", "underestimation", "waste-band", "waste-p90"),
    *("stratum-regression", "flattered", "swing"),
)
"""With their first words the fields of ``Limits`` and ``RelativeLimits`` begin."""
_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    rule: {
        field.name.partition("_")[2]: field.default
        for field in fields(model.RelativeLimits)
        if field.name.partition("_")[0] == rule.partition("-")[0]
    }
    for rule in _RULES
}
"""What rules ask that a ``gates.yaml`` may leave out."""
_GATE_SETTINGS: Final = (
    *(("when_base_misses",), ("scope", "models"), ("scope", "observed_since")),
    ("scope", "deliverables_from"),
)
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
    "p_below": "lower",
}
"""In which direction a threshold gets looser; higher where nothing is said, and lower for aims."""


def assemble(documents: Documents) -> model.Coefficients:
    """The registry that valid documents describe."""
    about, margins = map(documents.get, ("registry", "safety_margins"))
    kinds, costs = map(documents.get, ("file_kinds", "marginal_costs"))
    factors = documents.get("model_factors")
    data = about.data
    return model.Coefficients(
        format=data["format"],
        semantics=data["semantics"],
        unit=data["unit"],
        complexities=tuple(data["complexities"]),
        applies_to=tuple(data["applies_to"]),
        fallback_overhead=_value(about, Key("fallback")),
        no_deliverables={
            name: _value(about, Key("no_deliverables", (name,))) for name in data["complexities"]
        },
        categories={name: _category(document) for name, document in documents.readable_overheads},
        marginal_costs=dict(_marginal_costs(costs)),
        path_rules=tuple(
            model.PathRule(
                rule["kind"], tuple(rule["paths"]), kinds.file, kinds.mark(("rules", at))[0]
            )
            for at, rule in enumerate(kinds.data["rules"])
        ),
        default_kind=kinds.data["default"],
        default_margin=_value(margins, Key("margin")),
        cell_margins={
            (category, complexity): _value(margins, Key("margin", (category, complexity)))
            for category, cells in margins.data.get("cells", {}).items()
            for complexity in cells
        },
        interval=widths_of(margins),
        intervals=intervals_of(margins),
        gates=gates_of(documents.get("gates")),
        output_mode=data.get("output_mode"),
        per_kilobyte=dict(_per_kilobyte(costs)),
        model_rules=_model_rules(factors),
        default_model_factor=_value(factors, Key("model")) if factors.data else None,
        retry={
            ended: _value(about, Key("retry", (ended,))) for ended in about.mapping_at(("retry",))
        },
        guardrails=_guardrails(documents.get("guardrails")),
        withdrawn=_withdrawn(documents.get("yanked")),
        tuning=tuning_of(documents.get("tuning")),
        label_rules=labels_of(documents.get("labels")),
        acknowledge_rules=acknowledged(kinds.data.get("acknowledge"), names),
        acknowledge_applies_to=acknowledged(about.at(("acknowledge", "applies_to")), names),
        acknowledge_output_mode=acknowledged(about.at(("acknowledge", "output_mode")), names),
        acknowledge_models=acknowledged(factors.at(("acknowledge", "factors")), names),
        lines={
            **{key: about.mark((key,), key=True)[0] for key in _SETTINGS},
            "model_factors": factors.mark(("factors",), key=True)[0],
            **interval_lines(margins),
        },
        places=dict(_places(documents)),
    )


def _places(documents: Documents) -> Iterator[tuple[tuple[str, ...], tuple[str, int]]]:
    def place(document: Document, *path: str) -> tuple[str, int]:
        return document.file, document.mark(path, key=True)[0]

    yield ("no_deliverables",), place(documents.get("registry"), "no_deliverables")
    for category, document in documents.readable_overheads:
        yield ("overhead", category), place(document, "overhead")
    costs = documents.get("marginal_costs")
    for operation in PRICED_OPERATIONS:
        yield ("marginal", operation), place(costs, "marginal_costs", operation)
    yield ("per_kilobyte",), place(costs, "marginal_costs", "modify")
    factors = documents.get("model_factors")
    if factors.data:
        yield ("model",), place(factors, "factors")
    if documents.get("registry").mapping_at(("retry",)):
        yield ("retry",), place(documents.get("registry"), "retry")
    margins = documents.get("safety_margins")
    yield ("margin",), place(margins, "cells")
    for category in margins.data.get("cells", {}):
        yield ("margin", category), place(margins, "cells", category)


def _value(document: Document, key: Key) -> model.Value:
    entry, path = document.at(key.entry_in(document.data)), key.path_in(document.data)
    line, _ = document.mark(path)
    return model.Value(
        key=key,
        number=Fraction(document.at(path)),
        basis=_basis(entry["basis"]),
        acknowledge=acknowledged(entry.get("acknowledge"), Fraction),
        file=document.file,
        line=line,
    )


def _basis(entry: Mapping[str, Any]) -> model.Basis:
    ends = entry.get("interval")
    return model.Basis(**{**entry, "interval": ends and tuple(map(Fraction, ends))})


@per_document
def _category(document: Document) -> model.Category:
    name = document.data["category"]
    named = "aliases" if "aliases" in document.data else "category"
    return model.Category(
        name=name,
        aliases=tuple(document.data.get("aliases", ())),
        overhead={
            complexity: _value(document, Key("overhead", (name, complexity)))
            for complexity in document.data["overhead"]
        },
        acknowledge=acknowledged(document.data.get("acknowledge"), names),
        line=document.mark((named,), key=True)[0],
        file=document.file,
    )


@per_document
def _marginal_costs(document: Document) -> tuple[tuple[tuple[Operation, str], model.Value], ...]:
    return tuple(
        ((operation, kind), _value(document, Key("marginal", (operation, kind))))
        for operation in PRICED_OPERATIONS
        for kind in document.data["marginal_costs"][operation]
    )


def _model_rules(document: Document) -> tuple[model.ModelRule, ...]:
    """The rules of models; none in a document of nothing."""
    globs = (tuple(rule["models"]) for rule in document.list_at(("factors",)))
    return tuple(model.ModelRule(one, _value(document, Key("model", one[:1]))) for one in globs)


@per_document
def _per_kilobyte(document: Document) -> tuple[tuple[str, model.PerKilobyte], ...]:
    def read(key: Key) -> model.PerKilobyte:
        place = key.entry_in(document.data)
        entry = document.at(place)
        return model.PerKilobyte(
            value=_value(document, key),
            up_to=entry["up_to"],
            assumed=entry["assumed"],
            output_modes=tuple(entry["output_modes"]),
            lines={
                name: document.mark((*place, name), key=True)[0]
                for name in ("up_to", "assumed", "output_modes")
            },
            acknowledged={
                name: answer
                for name, one in entry.get("acknowledge_settings", {}).items()
                if (answer := acknowledged(one, _sorted)) is not None
            },
        )

    costs = document.data["marginal_costs"]["modify"]
    stated = (kind for kind, cost in costs.items() if "per_kilobyte" in cost)
    return tuple((kind, read(Key("per_kilobyte", (kind,)))) for kind in stated)


def _sorted(setting: Any) -> Any:
    """A setting to compare: modes in any order are the same."""
    return tuple(sorted(setting)) if isinstance(setting, list) else setting


def _withdrawn(document: Document) -> model.Withdrawn:
    """The versions that are withdrawn; none in a document of nothing."""
    rows = document.list_at(("yanked",))
    return model.Withdrawn(
        yanks={row["version"]: Yank(**row) for row in rows},
        unyanked=answers(document, "acknowledge", "version"),
        line=document.mark(("yanked",), key=True)[0],
        lines={row["version"]: document.mark(("yanked", at))[0] for at, row in enumerate(rows)},
    )


@per_document
def gates_of(document: Document) -> model.Gates:
    """What a valid ``gates.yaml`` says; rules that it leaves out have their defaults."""
    rules: dict[tuple[str, ...], Any] = {
        ("rules", rule, key): number
        for rule in dict.fromkeys((*document.data["rules"], *_RULES))
        for key, number in {**_DEFAULTS[rule], **document.mapping_at(("rules", rule))}.items()
        if key != "acknowledge"
    }
    aims = {path: document.at(path) for path in _AIMS}
    numbers = {"_".join(path[1:]): aim for path, aim in aims.items()}
    for (_, rule, key), number in rules.items():
        numbers[f"{rule.partition('-')[0]}_{key}"] = number
    scope = document.data["scope"]
    models = scope["models"]
    return model.Gates(
        limits=_filled(model.Limits, numbers),
        lines={
            **{rule: _line(document, ("rules", rule)) for rule in _RULES},
            **{".".join(path): _line(document, path) for path in _GATE_SETTINGS},
        },
        scope=model.Scope(
            None if models is None else tuple(models),
            scope["observed_since"],
            scope.get("deliverables_from"),
        ),
        aims=_filled(model.CoverageAims, numbers),
        relative=_filled(model.RelativeLimits, numbers),
        when_base_misses=document.data.get("when_base_misses", "require-no-worse"),
        thresholds=_thresholds(document, {**rules, **aims}, file=GATES_FILE),
        acknowledged={
            ".".join(path): answer
            for path in _GATE_SETTINGS
            if (answer := acknowledged(_answer_at(document, path), names)) is not None
        },
        flattered=answers(document, "flattered", "file"),
        corrected=answers(document, "corrected", "id"),
    )


def _guardrails(document: Document) -> Mapping[str, model.Threshold]:
    """Every threshold of ``guardrails.yaml``; what it leaves out, or is not there, by default."""
    numbers = {
        path: default if (stated := document.at(path)) is None else stated
        for path, default in guardrails.DEFAULTS.items()
    }
    return _thresholds(document, numbers, file=GUARDRAILS_FILE, folder="guardrails.")


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


def _is_written(document: Document, path: tuple[str, ...]) -> bool:
    return path[-1] in document.mapping_at(path[:-1])


def _line(document: Document, path: tuple[str, ...]) -> int:
    """Where the key stands; where it is left out, the line of its section, or of ``rules``."""
    section = path[:1] if len(path) > 1 else ("rules",)
    return document.mark(path if _is_written(document, path) else section, key=True)[0]


def _thresholds(
    document: Document, numbers: Mapping[tuple[str, ...], Any], *, file: str, folder: str = ""
) -> Mapping[str, model.Threshold]:
    thresholds = (
        model.Threshold(
            folder + ".".join(path),
            Fraction(number),
            "lower" if path in _AIMS else _LOOSER.get(path[-1], "higher"),
            _line(document, path),
            acknowledged(_answer_at(document, path), Fraction),
            file,
            stated=_is_written(document, path),
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
