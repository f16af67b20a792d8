"""Limits that a fit misses and lands with: they are stated in ``tuning.yaml``, with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coefgate.gates.verdict import RuleResult
from coefgate.registry.tuning import FILE, MissedLimit
from coefgate.registry.value_edit import plain_number
from coefgate.registry.yaml_edit import with_data
from coefgate.registry.yaml_reader import strict_document


@dataclass(frozen=True, slots=True)
class OpenMiss:
    """A missed limit that lacks its reason: the ``figure`` of ``rule``, and where to write it."""

    rule: str
    figure: Fraction
    file: str
    line: int


def with_misses(
    content: bytes, rules: Sequence[RuleResult], stated: Sequence[MissedLimit], reason: str
) -> bytes:
    """``tuning.yaml`` with what has to be stated of these rules; as it was where nothing has.

    ``stated``: what it says already, which stays where the rule is let through by it. ``reason``:
    of the others, empty where somebody has yet to write it.
    """
    if not any(one.to_state for one in rules):
        return content
    kept = {one.rule: one.reason for one in stated}
    missed = [
        {
            "rule": one.rule,
            "figure": plain_number(round(one.head, 3)),
            "reason": reason if one.to_state else kept[one.rule],
        }
        for one in rules
        if one.head is not None and (one.to_state or (one.missed and one.rule in kept))
    ]
    return with_data(content, FILE, {("missed",): missed})


def open_misses(content: bytes) -> Iterator[OpenMiss]:
    """The limits that ``tuning.yaml`` says are missed, and not why."""
    document = strict_document(content, FILE)
    for at, one in enumerate(document.list_at(("missed",))):
        if not one["reason"]:
            line, _ = document.mark(("missed", at, "reason"))
            yield OpenMiss(one["rule"], Fraction(one["figure"]), FILE, line)
