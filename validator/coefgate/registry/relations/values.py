"""Values that must agree within one document: intervals, thresholds, versions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault, per_document
from coefgate.registry.document_set import Documents
from coefgate.registry.wording import ValuePath, shown

_PAIRS: Final[tuple[tuple[str, ValuePath, str, str, str], ...]] = (
    ("gates", ("rules", "waste-band"), "median_from", "median_to", "the band has a width"),
    ("gates", ("coverage_aims", "eligible_samples"), "from", "to", "from is at most to"),
)
_NAMED_ONCE: Final = (
    ("gates", "flattered", "file", "repeated-answer", "a file is named once"),
    ("gates", "corrected", "id", "repeated-answer", "a line is named once"),
    ("tuning", "missed", "rule", "repeated-answer", "a rule is named once"),
    ("yanked", "yanked", "version", "repeated-version", "a version is withdrawn once"),
)
"""Lists whose items name something, each once: document, list, key, code, what is allowed."""


@per_document
def basis_intervals(document: Document) -> tuple[Problem, ...]:
    """The interval of a basis has its low end first."""
    problems = []
    for path, mapping in document.mappings():
        ends = mapping.get("interval")
        if isinstance(ends, list) and len(ends) == 2 and all(map(is_number, ends)):
            low, high = map(shown, ends)
            found, fix = f"goes from {low} down to {high}", f"Did you mean [{high}, {low}]?"
            allowed, place = "an interval is [low, high]", (*path, "interval")
            if ends[0] > ends[1]:
                problems.append(Fault("interval-order", found, allowed, fix, place).at(document))
    return tuple(problems)


def ordered_thresholds(documents: Documents) -> Iterator[Problem]:
    """What reaches from one figure to another is not upside down."""
    for name, path, low, high, allowed in _PAIRS:
        document = documents.get(name)
        start, end = document.at((*path, low)), document.at((*path, high))
        if not is_number(start) or not is_number(end):
            continue
        if start > end or (start == end and low == "median_from"):
            found = f"is {shown(end)}, and {low} is {shown(start)}"
            fix = f"Write more than {shown(start)}, or lower {low}."
            yield Fault("threshold-order", found, allowed, fix, (*path, high)).at(document)


def assumed_sizes(documents: Documents) -> Iterator[Problem]:
    """No more bytes are assumed of a file than are charged at most."""
    document = documents.get("marginal_costs")
    for kind in document.mapping_at(("marginal_costs", "modify")):
        path = ("marginal_costs", "modify", kind, "per_kilobyte")
        assumed, up_to = (document.at((*path, name)) for name in ("assumed", "up_to"))
        if is_number(assumed) and is_number(up_to) and assumed > up_to:
            found, fix = f"is {assumed:,}, and up_to is {up_to:,}", f"Write at most {up_to}."
            allowed, place = "no more bytes are assumed than are charged", (*path, "assumed")
            yield Fault("assumed-more", found, allowed, fix, place).at(document)


def named_once(documents: Documents) -> Iterator[Problem]:
    """A file of samples, a retirement, or a correction, is answered for once; so is a yank."""
    for name, of, key, code, allowed in _NAMED_ONCE:
        document = documents.get(name)
        paths: list[ValuePath] = [(of, at, key) for at in range(len(document.list_at((of,))))]
        for path, line in document.repeats(paths):
            found = f"is {shown(document.at(path))}, as in line {line}"
            yield Fault(code, found, allowed, "Keep one of the two.", path).at(document)


def is_number(value: object) -> bool:
    """Is it a number, as YAML is read here?"""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
