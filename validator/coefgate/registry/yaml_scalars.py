"""What a plain (unquoted) scalar means in every YAML version, or a reason to refuse it.

YAML 1.1 and 1.2 disagree about ``yes``, ``0o17``, ``1_000``, ``12:30`` and more. Whatever two
readers could take differently is refused, so that everybody sees the same value.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

from coefgate.registry.document import Fault

MAX_NUMBER_LENGTH: Final = 20
"""Characters of the longest number that is read; keeps arithmetic exact and cheap."""

_LONGEST_SPECIAL: Final = 60
"""No longer plain scalar is anything but a number or a text."""

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_NUMBER_LIKE: Final = re.compile(
    r"""[-+]?(?:
        [0-9][0-9_]*\.?[0-9_]*                      # 1_000  007  1.
      | \.[0-9_]+                                   # .5
      | (?:[0-9][0-9_]*)?\.?[0-9_]+[eE][-+]?[0-9]+  # 1e5  1.5e3
      | [0-9][0-9_]*\.[eE][-+]?[0-9]+               # 1.e5
      | 0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)? # 12:30, base 60 in YAML 1.1
      | \.(?:inf|Inf|INF|nan|NaN|NAN)
    )""",
    re.VERBOSE,
)
_DATE_LIKE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")
_BOOLEAN_LIKE: Final = re.compile(r"y|n|yes|no|on|off|true|false", re.IGNORECASE)
_MAYBE_SPECIAL: Final = frozenset("0123456789+-.~yYnNoOtTfF")
_PLAIN_ANYWHERE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./-]*[A-Za-z0-9])?")


def plain_value(text: str) -> str | int | bool | Decimal | Fault | None:
    """The value of a plain scalar; decimals are exact and keep the digits that were written."""
    if not text:
        fix = "Write one, or null; inside of { } and [ ] quote a text that holds a comma."
        return Fault("no-value", "has no value", "values are written out", fix)
    if text[0] not in _MAYBE_SPECIAL:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        if len(text) <= MAX_NUMBER_LENGTH:
            return Decimal(text) if "." in text else int(text)
        found = f"is a number of {len(text):,} characters"
        allowed = f"numbers have at most {MAX_NUMBER_LENGTH}"
        return Fault("number-too-long", found, allowed, "Round it.")
    return (_refusal(text) if len(text) <= _LONGEST_SPECIAL else None) or text


def listed_scalar(text: str) -> str:
    """``text`` as it can stand in a YAML list: in quotes unless all readers take it as it is."""
    plain = _PLAIN_ANYWHERE.fullmatch(text) is not None and plain_value(text) == text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _refusal(text: str) -> Fault | None:
    if text in {"~", "Null", "NULL"}:
        fix = f'Write null, or "{text}" for the text.'
        return Fault("unclear-null", f"is {text}", "no value is written as null", fix)
    if _BOOLEAN_LIKE.fullmatch(text):
        meant = "true" if text.lower() in {"y", "yes", "on", "true"} else "false"
        found = f"is {text}, a text to some readers and a boolean to others"
        fix = f'Write {meant}, or "{text}" for the text.'
        return Fault("unclear-boolean", found, "booleans are true and false", fix)
    if _DATE_LIKE.fullmatch(text):
        found, allowed = f"is {text} without quotes", "dates are quoted texts"
        return Fault("unquoted-date", found, allowed, f'Write "{text}".')
    if _NUMBER_LIKE.fullmatch(text):
        found = f"is {text}, which YAML readers take differently"
        allowed = "numbers are written in decimal digits, like 1500 or 1.25"
        fix = f'Write it in decimal digits, or "{text}" for the text.'
        return Fault("unclear-number", found, allowed, fix)
    return None
