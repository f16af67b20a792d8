"""Values that must agree within one document: acknowledgements, intervals, thresholds, versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from coefgate.problems import Problem
from coefgate.registry.fingerprint import fingerprint
from coefgate.registry.marks import Document
from coefgate.registry.sources import Sources
from coefgate.registry.wording import ValuePath, shown

_VALUE_KEYS: Final = (
    *("tokens", "factor", "mean_below", "rate_below", "p90_to", "better_by_above", "factor_from"),
)
_LEFT_OUT: Final = {"when_base_misses": "require-no-worse"}
_PAIRS: Final[tuple[tuple[str, ValuePath, str, str, str], ...]] = (
    ("gates", ("rules", "waste-band"), "median_from", "median_to", "the band has a width"),
    ("gates", ("coverage_aims", "eligible_samples"), "from", "to", "from is at most to"),
)


def acknowledgements(sources: Sources) -> Iterator[Problem]:
    """An acknowledgement that no longer fits its value is an error: it serves one step."""
    for document in sources.documents:
        for path, mapping in _mappings(document):
            answer = mapping.get("acknowledge")
            if not isinstance(answer, dict):
                continue
            if "overhead" in mapping and "category" in mapping:
                yield from _stale(document, (*path, "acknowledge"), (*path, "aliases"), [])
            elif any(key in mapping for key in _VALUE_KEYS):
                key = next(key for key in _VALUE_KEYS if key in mapping)
                yield from _stale(document, (*path, "acknowledge"), (*path, key))
            else:
                for key in answer:
                    yield from _stale(document, (*path, "acknowledge", key), (*path, key), _LEFT_OUT.get(key))


def _stale(
    document: Document, answer: ValuePath, value: ValuePath, absent: object = None
) -> Iterator[Problem]:
    """``absent``: what holds where the value is left out; ``None`` where it may not be, as schemas tell."""
    beside = document.mapping_at(value[:-1])
    if "to" not in document.mapping_at(answer) or (value[-1] not in beside and absent is None):
        return
    acknowledged, present = document.at((*answer, "to")), beside.get(str(value[-1]), absent)
    readable = _is_readable(acknowledged) and _is_readable(present)
    if readable and _as_set(acknowledged) != _as_set(present):
        yield document.problem(
            (*answer, "to"),
            "stale-acknowledgement",
            found=f"is {_short(acknowledged)}, and {value[-1]} is {_short(present)}",
            allowed="an acknowledgement names the value that stands beside it",
            fix="An acknowledgement that no longer fits has served: remove it.",
        )


def path_rules_acknowledged(sources: Sources) -> Iterator[Problem]:
    """The acknowledgement of the path rules names the fingerprint that they have."""
    document = sources.get("file_kinds")
    if document is None:
        return
    acknowledged, rules = document.at(("acknowledge", "to")), document.list_at(("rules",))
    readable = all(
        isinstance(rule, dict)
        and isinstance(rule.get("kind"), str)
        and isinstance(rule.get("paths"), list)
        and all(isinstance(glob, str) for glob in rule["paths"])
        for rule in rules
    )
    default = document.at(("default",))
    if not _is_fingerprint(acknowledged) or not isinstance(default, str) or not readable:
        return
    present = fingerprint(((rule["kind"], rule["paths"]) for rule in rules), default)
    if acknowledged != present:
        yield document.problem(
            ("acknowledge", "to"),
            "stale-acknowledgement",
            found=f"is {shown(acknowledged)}, and the fingerprint of the rules is {present}",
            allowed="an acknowledgement names the rules that stand beside it",
            fix="An acknowledgement that no longer fits has served: remove it.",
        )


def _is_fingerprint(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{12}", value) is not None


def repeated_answers(sources: Sources) -> Iterator[Problem]:
    """A file of samples is answered for once."""
    document = sources.get("gates")
    if document is None:
        return
    first: dict[str, int] = {}
    for index in range(len(document.list_at(("flattered",)))):
        path: ValuePath = ("flattered", index, "file")
        file, line = document.at(path), document.mark(path)[0]
        if isinstance(file, str) and first.setdefault(file, line) != line:
            yield document.problem(
                path,
                "repeated-answer",
                found=f"is {shown(file)}, as in line {first[file]}",
                allowed="a file is named once",
                fix="Keep one of the two.",
            )


def _is_readable(value: object) -> bool:
    """Is it of a kind that an acknowledgement speaks of? What is not is the schema's to tell."""
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str) or _is_number(value)


def _as_set(value: object) -> object:
    return frozenset(value) if isinstance(value, list) else value


def _short(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else shown(value)


def basis_intervals(sources: Sources) -> Iterator[Problem]:
    """The interval of a basis has its low end first."""
    for document in sources.documents:
        for path, mapping in _mappings(document):
            ends = mapping.get("interval")
            if not isinstance(ends, list) or len(ends) != 2 or not all(map(_is_number, ends)):
                continue
            if ends[0] > ends[1]:
                low, high = map(shown, ends)
                yield document.problem(
                    (*path, "interval"),
                    "interval-order",
                    found=f"goes from {low} down to {high}",
                    allowed="an interval is [low, high]",
                    fix=f"Did you mean [{high}, {low}]?",
                )


def ordered_thresholds(sources: Sources) -> Iterator[Problem]:
    """What reaches from one figure to another is not upside down."""
    for name, path, low, high, allowed in _PAIRS:
        document = sources.get(name)
        if document is None:
            continue
        start, end = document.at((*path, low)), document.at((*path, high))
        if not _is_number(start) or not _is_number(end):
            continue
        if start > end or (start == end and low == "median_from"):
            yield document.problem(
                (*path, high),
                "threshold-order",
                found=f"is {shown(end)}, and {low} is {shown(start)}",
                allowed=allowed,
                fix=f"Write more than {shown(start)}, or lower {low}.",
            )


def yanked_versions(sources: Sources) -> Iterator[Problem]:
    """A version is withdrawn once."""
    document = sources.get("yanked")
    if document is None:
        return
    first: dict[str, int] = {}
    for index in range(len(document.list_at(("yanked",)))):
        path: ValuePath = ("yanked", index, "version")
        version, line = document.at(path), document.mark(path)[0]
        if isinstance(version, str) and version in first:
            yield document.problem(
                path,
                "repeated-version",
                found=f"is {shown(version)}, as in line {first[version]}",
                allowed="a version is withdrawn once",
                fix="Keep one of the two.",
            )
        elif isinstance(version, str):
            first[version] = line


def _mappings(document: Document) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    """Every mapping of a document with its path; a stack, because a document may nest deep."""
    waiting: list[tuple[ValuePath, Any]] = [((), document.data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            yield path, value
            waiting += [((*path, key), item) for key, item in value.items()]


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
