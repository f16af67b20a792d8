"""A line of foreign JSON, with what Python and JavaScript write beyond the standard."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

_BEYOND: Final = re.compile(rb"\bNaN\b|\bInfinity\b|\\u[dD][89a-fA-F]")
_HALF: Final = re.compile(
    r"(\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""One half of a character that takes two; the group is what is whole."""
_UNKNOWN: Final = r"\ufffd"


def foreign_json(line: bytes) -> Any:
    """What a line holds. Raises ``ValueError`` where it is no JSON.

    ``NaN`` means nothing, as null does. Half of a character, where a text was cut in its middle,
    is an unknown one: neither spoils the rest of a record.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        if _BEYOND.search(line) is None:
            raise
    text = _HALF.sub(lambda found: found[1] or _UNKNOWN, line.decode())
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError from error
