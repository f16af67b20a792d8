"""``NAME=VALUE`` on a command line → numbers as they are to stand in the YAML files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.closest import declared_key
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import rounded_steps, written
from coefgate.registry.wording import printable

_PLAIN: Final = re.compile(
    r"(-?(?:0|[1-9][0-9]{0,2}(?:[,_][0-9]{3})+|[1-9][0-9]*))(?:\.([0-9]+))?"
)
_PERCENT: Final = re.compile(r"([+-])([0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_TIMES: Final = re.compile(r"[x×]([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_FORMS: Final = (
    "a number such as 1800 or 1.25, a change such as +10% or -5%, or a factor such as x1.2"
)


def assignments(words: Sequence[str], registry: Coefficients) -> dict[Key, str]:
    """The text of each number, as it is written in YAML; ``registry`` is what +10% starts from.

    Whether a number is a good one is not asked here: the strict reader decides on the edited file.
    """
    found: dict[Key, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageProblem(f"{printable(word)!r} is not NAME=VALUE, such as docs.low=1800.")
        key = declared_key(name.strip(), registry)
        if key in found:
            raise UsageProblem(f"{key.name} is given twice. Leave out one of the two.")
        found[key] = _text(key, value.strip(), registry)
    return found


def _text(key: Key, value: str, registry: Coefficients) -> str:
    if plain := _PLAIN.fullmatch(value):
        whole, decimals = plain[1].replace(",", "").replace("_", ""), (plain[2] or "").rstrip("0")
        return f"{whole}.{decimals}" if decimals else whole
    if percent := _PERCENT.fullmatch(value):
        share = Fraction(percent[2]) / 100
        factor = 1 + share if percent[1] == "+" else 1 - share
    elif times := _TIMES.fullmatch(value):
        factor = Fraction(times[1])
    else:
        said = f"{key.name}={printable(value)}"
        raise UsageProblem(f"{said}: this is no value. Allowed is {_FORMS}.")
    # Half up, to a whole token or a thousandth.
    return written(key.number(rounded_steps(registry.numbers[key].steps * factor)))
