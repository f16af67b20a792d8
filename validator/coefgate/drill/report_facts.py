"""What a report must say beside its verdict, and where it says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from re import Pattern
from typing import Any

ReportFacts = Mapping[str, object]
"""From a place in ``gate --format json`` to what must stand there.

A place is keys and indices with dots between, ``metrics.head.samples`` or ``rules.0.limit``; in a
list of objects a word is the object that holds it as the value of a field, ``rules.smape.head``. A
pattern must be found in the text that stands there, or in one of several; anything else must equal
it, numbers to six decimals."""


def unsaid(report: Any, facts: ReportFacts) -> Iterator[str]:
    """What it does not say as it must, one sentence for each place."""
    for place, expected in facts.items():
        found = _at(report, place)
        if not _says(found, expected):
            wanted = repr(expected.pattern) if isinstance(expected, Pattern) else repr(expected)
            yield f"{place} is {found!r}, not {wanted}"


def _at(report: Any, place: str) -> Any:
    """What stands at a place; ``None`` where there is none."""
    for step in place.split("."):
        if isinstance(report, Mapping):
            report = report.get(step)
        elif isinstance(report, list) and step.isdecimal():
            report = report[int(step)] if int(step) < len(report) else None
        elif isinstance(report, list):
            held = (one for one in report if isinstance(one, Mapping) and step in one.values())
            report = next(held, None)
        else:
            return None
    return report


def _says(found: Any, expected: object) -> bool:
    if isinstance(expected, Pattern):
        texts = found if isinstance(found, list) else [found]
        return any(isinstance(text, str) and expected.search(text) for text in texts)
    if isinstance(found, float) and isinstance(expected, (int, float)):
        return round(found, 6) == round(float(expected), 6)
    return bool(found == expected)
