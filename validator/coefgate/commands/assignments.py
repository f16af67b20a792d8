"""``NAME=VALUE`` on a command line → numbers as they are to stand in the YAML files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from coefgate.problems import UsageProblem
from coefgate.registry.model import Registry
from coefgate.registry.moving import number_of, steps_of, written
from coefgate.registry.sources import OVERHEAD_FOLDER
from coefgate.registry.values import values_of
from coefgate.registry.wording import listed, printable

_PLAIN: Final = re.compile(r"(-?(?:0|[1-9][0-9]{0,2}(?:[,_][0-9]{3})+|[1-9][0-9]*))(?:\.([0-9]+))?")
_PERCENT: Final = re.compile(r"([+-])([0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_TIMES: Final = re.compile(r"[x×]([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_FORMS: Final = "a number such as 1800 or 1.25, a change such as +10% or -5%, or a factor such as x1.2"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value's name, and the number that is tried in its place, as it is written in YAML."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}={self.text}"


def assignments(words: Sequence[str], registry: Registry) -> tuple[Assignment, ...]:
    """Read the words; relative values start from what ``registry`` holds.

    Whether a number is a good one is not asked here: the strict reader decides on the edited file.
    """
    found: dict[str, Assignment] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageProblem(f"{printable(word)!r} is not NAME=VALUE, such as docs.low=1800.")
        name = declared_name(name.strip(), registry)
        if name in found:
            raise UsageProblem(f"{name} is given twice. Leave out one of the two.")
        found[name] = Assignment(name, _text(name, value.strip(), registry))
    return tuple(found.values())


def _text(name: str, value: str, registry: Registry) -> str:
    if plain := _PLAIN.fullmatch(value):
        whole, decimals = plain[1].replace(",", "").replace("_", ""), (plain[2] or "").rstrip("0")
        return f"{whole}.{decimals}" if decimals else whole
    present = steps_of(values_of(registry)[name])
    if percent := _PERCENT.fullmatch(value):
        share = Fraction(percent[2]) / 100
        return _rounded(name, present * (1 + share if percent[1] == "+" else 1 - share))
    if times := _TIMES.fullmatch(value):
        return _rounded(name, present * Fraction(times[1]))
    raise UsageProblem(f"{name}={printable(value)}: this is no value. Allowed is {_FORMS}.")


def _rounded(name: str, steps: Fraction) -> str:
    """Half up, to a whole token or a thousandth."""
    return written(number_of(name, (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)))


def declared_name(name: str, registry: Registry) -> str:
    """``name``, if it is one of a number that the registry declares; a usage error with a hint if not."""
    if name in values_of(registry):
        return name
    raise UsageProblem(
        f"{printable(name) or 'an empty name'} is no number of this registry. {_hint(name, registry)}"
    )


def _hint(name: str, registry: Registry) -> str:
    match name.split("."):
        case ["margin", category, complexity] if _is_cell(category, complexity, registry):
            return (
                f"The cell {category}.{complexity} has no margin of its own, so margin.default serves it. "
                f"Give it one under cells in coefficients/safety_margins.yaml, then try other numbers."
            )
        case [label, complexity] if label in registry.canonical_category:
            category = registry.canonical_category[label]
            if category != label:
                return f"{label} is an alias of {category}: write {category}.{complexity}."
            return (
                f"{category} declares {listed(registry.categories[category].overhead)}. "
                f"Add {printable(complexity)} in {OVERHEAD_FOLDER}/{category}.yaml, then try other numbers."
            )
    near = get_close_matches(name, values_of(registry), 3, 0.5)
    if near:
        return f"Did you mean {listed(near, 'or')}?"
    return "Numbers are named like docs.low, marginal.create.test, margin.default or fallback.overhead."


def _is_cell(category: str, complexity: str, registry: Registry) -> bool:
    return category in registry.categories and complexity in registry.categories[category].overhead
