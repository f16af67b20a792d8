"""Acknowledgements: one that no longer fits has served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault, per_document
from coefgate.registry.document_set import Documents
from coefgate.registry.model import fingerprint
from coefgate.registry.relations.values import is_number
from coefgate.registry.wording import ValuePath, printable, shown

_NUMBERS: Final = (
    *("tokens", "factor", "mean_below", "rate_below", "p90_to", "better_by_above", "factor_from"),
)
"""Keys of numbers that stand alone, so that their acknowledgement needs no key of its own."""
_LEFT_OUT: Final[dict[str, Any]] = {
    "aliases": [],
    "when_base_misses": "require-no-worse",
    "deliverables_from": None,
    "output_mode": None,
}
"""What holds where a key is left out that may be."""

Sort = Literal["number", "text", "list", "null"]
_NULLABLE: Final[dict[str, Sort]] = {
    "models": "list",
    "observed_since": "text",
    "deliverables_from": "text",
    "output_mode": "text",
}
"""What may be null, and of which sort it is otherwise."""


@per_document
def acknowledged_values(document: Document) -> tuple[Problem, ...]:
    """An acknowledgement that no longer fits its value is an error: it serves one step."""
    return tuple(
        problem
        for path, mapping in document.mappings()
        for answer_path, key in (*_answers(mapping), *_of_settings(mapping))
        for problem in _stale(document, (*path, *answer_path), (*path, key))
    )


def _answers(mapping: dict[str, Any]) -> Iterator[tuple[ValuePath, str]]:
    if isinstance(answer := mapping.get("acknowledge"), dict):
        for path, key in _answered(mapping, answer):
            yield ("acknowledge", *path), key


def _of_settings(mapping: dict[str, Any]) -> Iterator[tuple[ValuePath, str]]:
    """Settings beside a number, whose acknowledgements have a key of their own."""
    answers = mapping.get("acknowledge_settings")
    for key in answers if isinstance(answers, dict) else ():
        yield ("acknowledge_settings", key), key


def _answered(mapping: dict[str, Any], answer: dict[str, Any]) -> list[tuple[ValuePath, str]]:
    """Where each acknowledgement stands within ``acknowledge``, and the key that it is about."""
    if "overhead" in mapping and "category" in mapping:
        return [((), "aliases")]
    alone = next((key for key in _NUMBERS if key in mapping), None)
    return [((key,), key) for key in answer] if alone is None else [((), alone)]


def _stale(document: Document, answer: ValuePath, value: ValuePath) -> Iterator[Problem]:
    name = str(value[-1])
    beside = document.mapping_at(value[:-1])
    if "to" not in document.mapping_at(answer) or (name not in beside and name not in _LEFT_OUT):
        return
    acknowledged, present = document.at((*answer, "to")), beside.get(name, _LEFT_OUT.get(name))
    sorts = {_sort(acknowledged), _sort(present)}
    # Where these differ, one of the two is of a wrong type, and the schema has told so.
    comparable = None not in sorts and (len(sorts) == 1 or sorts == {"null", _NULLABLE.get(name)})
    if comparable and _as_set(acknowledged) != _as_set(present):
        found = f"is {_short(acknowledged)}, and {name} is {_short(present)}"
        yield served(document, (*answer, "to"), found)


def acknowledged_path_rules(documents: Documents) -> Iterator[Problem]:
    """The acknowledgement of the path rules names the fingerprint that they have."""
    document = documents.get("file_kinds")
    acknowledged, rules = document.at(("acknowledge", "to")), document.at(("rules",))
    default = document.at(("default",))
    if _sort(acknowledged) != "text" or not re.fullmatch("[0-9a-f]{12}", acknowledged):
        return  # the schema's to tell
    if not _are_rules(rules) or not isinstance(default, str):
        return
    present = fingerprint(((rule["kind"], rule["paths"]) for rule in rules), default)
    if acknowledged != present:
        found = f"is {shown(acknowledged)}, and the fingerprint of the rules is {shown(present)}"
        yield served(document, ("acknowledge", "to"), found)


def served(document: Document, path: ValuePath, found: str) -> Problem:
    """An acknowledgement at ``path`` that says something else than what stands there."""
    allowed = "an acknowledgement names the value beside it"
    fix = "An acknowledgement that no longer fits is obsolete: remove it."
    return Fault("stale-acknowledgement", found, allowed, fix, path).at(document)


def _sort(value: object) -> Sort | None:
    """``None`` for what no acknowledgement speaks of: that is the schema's to tell."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return "list" if all(isinstance(item, str) for item in value) else None
    if isinstance(value, str):
        return "text"
    return "number" if is_number(value) else None


def _are_rules(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(rule, dict)
        and _sort(rule.get("kind")) == "text"
        and _sort(rule.get("paths")) == "list"
        for rule in value
    )


def _as_set(value: object) -> object:
    return frozenset(value) if isinstance(value, list) else value


def _short(value: object) -> str:
    return printable(f"[{', '.join(value)}]") if isinstance(value, list) else shown(value)
