"""Values of foreign records: where they stand, and the numbers and words that they say."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson


class NotUnderstood(ValueError):
    """A value that says something else than was expected of it."""


ABSENT: Final = object()
"""Stands for a value that a record has no place for, which null is not."""

_NOTHING: Final = frozenset({"", "null", "none", "nan", "n/a", "na", "nil", "undefined", "-"})
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:([,_'’ \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_WHOLE: Final = re.compile(r"([+-]?[0-9]{1,18})(?:\.0{1,2})?")
_TOO_MANY: Final = 10**18
"""The first number that has more digits than are read of a text, too; it is no count."""
_YES: Final = """
    true t yes y 1 on ok okay success succeeded successful pass passed
    done complete completed finished
"""
_NO: Final = """
    false f no n 0 off fail failed failure unsuccessful
    error errored exception timeout aborted cancelled canceled
"""
_BOOLEANS: Final = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)


def value_at(fields: Any, column: str) -> Any:
    """What stands at ``column``: a key, or keys with dots between them (``usage.output_tokens``).

    A number leads into a list, and a text that holds JSON is gone into. ``ABSENT``: nothing.
    """
    if type(fields) is dict and column in fields:  # as nearly always
        return fields[column]
    fields = decoded_json(fields)
    if isinstance(fields, dict):
        if column in fields:
            return fields[column]
        for dot in re.finditer(r"\.", column):
            if (first := column[: dot.start()]) in fields:
                found = value_at(fields[first], column[dot.end() :])
                if found is not ABSENT:
                    return found
    elif isinstance(fields, list):
        first, _, rest = column.partition(".")
        if first.isascii() and first.isdecimal() and int(first) < len(fields):
            return value_at(fields[int(first)], rest) if rest else fields[int(first)]
    return ABSENT


def decoded_json(value: Any) -> Any:
    """What a text that is a JSON object or list holds; anything else as it is."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def is_nothing(value: Any) -> bool:
    """Does a value say that nobody knows?"""
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return value is None or value is ABSENT or value in ([], {}) or value != value  # noqa: PLR0124 (NaN)


def text_of(value: Any) -> str | None:
    """A text, or a number as one; of a list with one member the member."""
    if is_nothing(value):
        return None
    if isinstance(value, list) and len(value) == 1:
        return text_of(value[0])
    if isinstance(value, bool | list | dict):
        raise NotUnderstood
    return str(value).strip()


def number_of(value: Any, *, thousands: str | None = None) -> int | None:
    """A whole number, also as ``1,234``, ``1 234``, ``1234.0``; ``thousands`` separates groups.

    ``1.234`` is none unless ``thousands`` is the dot: it could be a fraction.
    """
    if is_nothing(value):
        return None
    if isinstance(value, bool):
        raise NotUnderstood
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and abs(value) < _TOO_MANY:
        return value
    if not isinstance(value, str):
        raise NotUnderstood
    text = value.strip()
    if thousands is not None:
        if re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+", text):
            text = text.replace(thousands, "")
    elif groups := _GROUPS.fullmatch(text):
        text = text.replace(groups[1], "")
    if (found := _WHOLE.fullmatch(text)) is None:
        raise NotUnderstood
    return int(found[1])


def boolean_of(value: Any) -> bool | None:
    """Yes or no in many words, an HTTP status among them; ``None``: nobody knows."""
    if is_nothing(value):
        return None
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    if (found := _BOOLEANS.get(word)) is not None:
        return found
    if re.fullmatch(r"[245][0-9]{2}", word):
        return word[0] == "2"
    raise NotUnderstood
