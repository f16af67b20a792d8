"""Values that must agree within one document: acknowledgements, intervals, thresholds, versions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from coefgate.problems import Problem
from coefgate.registry.marks import Document
from coefgate.registry.sources import Sources
from coefgate.registry.wording import ValuePath, shown

_VALUE_KEYS: Final = ("tokens", "factor", "mean_below", "rate_below", "p90_to")
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
            if any(key in mapping for key in _VALUE_KEYS):
                key = next(key for key in _VALUE_KEYS if key in mapping)
                yield from _stale(document, (*path, "acknowledge"), (*path, key))
            else:
                for key in answer:
                    yield from _stale(document, (*path, "acknowledge", key), (*path, key))


def _stale(document: Document, answer: ValuePath, value: ValuePath) -> Iterator[Problem]:
    acknowledged, present = document.at((*answer, "to")), document.at(value)
    if _is_number(acknowledged) and _is_number(present) and acknowledged != present:
        yield document.problem(
            (*answer, "to"),
            "stale-acknowledgement",
            found=f"is {shown(acknowledged)}, and {value[-1]} is {shown(present)}",
            allowed="an acknowledgement names the value that stands beside it",
            fix="An acknowledgement that no longer fits has served: remove it.",
        )


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
