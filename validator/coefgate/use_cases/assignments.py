"""``NAME=VALUE`` on a command line → numbers as they are to stand in the YAML files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.closest import declared_name
from coefgate.registry.model import Registry
from coefgate.registry.moving import number_of, rounded_steps, steps_of, written
from coefgate.registry.values import values_of
from coefgate.registry.wording import printable

_PLAIN: Final = re.compile(
    r"(-?(?:0|[1-9][0-9]{0,2}(?:[,_][0-9]{3})+|[1-9][0-9]*))(?:\.([0-9]+))?"
)
_PERCENT: Final = re.compile(r"([+-])([0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_TIMES: Final = re.compile(r"[x×]([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_FORMS: Final = (
    "a number such as 1800 or 1.25, a change such as +10% or -5%, or a factor such as x1.2"
)


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
    return written(number_of(name, rounded_steps(steps)))
