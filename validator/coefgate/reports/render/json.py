"""JSON for programs, fit for a terminal, and how fields and figures stand in it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, Final

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def json_text(document: Any) -> str:
    """``document`` as JSON text.

    Letters of every script stand as they are; what cannot be seen, or would move what can, is
    escaped.
    """
    return _BEYOND_ASCII.sub(_seen, json.dumps(document, indent=2, ensure_ascii=False))


def _seen(found: re.Match[str]) -> str:
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]


def rounded(value: Fraction | float | None) -> float | None:
    """A figure: six decimals."""
    return None if value is None else round(float(value), 6)


def fields(of: object, *names: str) -> dict[str, Any]:
    """Those fields of a value that stand in a document under their own names."""
    return {name: getattr(of, name) for name in names}


def figures(of: object, *names: str) -> dict[str, float | None]:
    """Those that are figures."""
    return {name: rounded(getattr(of, name)) for name in names}


def number_json(number: Fraction | None) -> int | float | None:
    """Tokens as an integer, a factor as a decimal where it has any."""
    if number is None:
        return None
    return number.numerator if number.denominator == 1 else float(number)
