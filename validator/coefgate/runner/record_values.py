"""What a caller says of a call → what is recorded: identifiers and whole numbers, no free text."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from coefgate.core.estimate import Estimate
from coefgate.core.redaction import Redactor
from coefgate.core.vocabulary import MAX_TOKENS, Deliverable
from coefgate.runner.call_record import (
    LONGEST_LIST,
    LONGEST_NAME,
    MOST_ATTEMPTS,
    WORDS,
    RecordFault,
)

_NAME: Final = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{LONGEST_NAME}}}")
_DIGITS: Final = 16
_LONGEST_NUMBER: Final = 600
"""Bits; what is longer may be more digits than Python spells."""
_encode: Final = json.JSONEncoder().encode


def now() -> int:
    """The present moment, in microseconds since 1970, UTC, by the clock on the wall."""
    return time.time_ns() // 1000


def name(value: Any) -> str | None:
    """An identifier as it is recorded; ``None``: nothing was said.

    It has at most 200 characters, none of them a space or invisible. Of anything else, which
    might be a prompt, only a hash is kept: it is the same for the same text.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _identifier(str.__str__(value))  # of a member of an enumeration its value
    number = _number(value)
    if number is None:
        return None
    return _identifier(f"{number:x}" if number.bit_length() > _LONGEST_NUMBER else str(number))


@lru_cache(maxsize=1024)  # the calls of a process say the same over and over
def _identifier(said: str) -> str | None:
    if not said or _NAME.fullmatch(said):
        return said or None
    digits = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return f"hashed-{digits[:_DIGITS]}"


def whole(value: Any, fault: RecordFault, faults: list[RecordFault]) -> int | None:
    """A number of tokens from 0 to 1,000,000; what is none is a fault."""
    if value is None:
        return None
    number = value if type(value) is int else _number(value)
    if number is not None and 0 <= number <= MAX_TOKENS:
        return number
    faults.append(fault)
    return None


def attempt_number(value: Any) -> int | None:
    """Which attempt it is, from 1 to 1,000."""
    number = _number(value)
    return number if number is not None and 1 <= number <= MOST_ATTEMPTS else None


def answer(value: Any) -> bool | None:
    """Yes, no, or not known."""
    said = _plain(value)
    return said if said is True or said is False else None


def word(column: str, value: Any, otherwise: str) -> str:
    """One of the words of a column."""
    if value is otherwise or not isinstance(value, str):
        return otherwise
    said = str.__str__(value)
    return said if said in WORDS[column] else otherwise


def _number(value: Any) -> int | None:
    said = _plain(value)
    return said if type(said) is int else None


def _plain(value: Any) -> Any:
    """A scalar of numpy, as tables hold them, as a value of Python."""
    if type(value).__module__ == "numpy":
        with suppress(Exception):  # an array is none
            return value.item()
    return value


def files_text(
    deliverables: Sequence[Deliverable], estimate: Estimate, redact: Redactor | None
) -> tuple[str, int]:
    """The files of a call as they are recorded, and of how many the size would have counted.

    Each has the operation that was priced. The text is empty where there are too many.
    """
    priced = estimate.breakdown.deliverables
    unknown = 0
    said: list[str] = []
    for at, one in enumerate(deliverables):
        cost = priced[at] if priced else None
        operation = one.operation if cost is None else cost.operation
        if cost is not None and cost.size_bytes and one.bytes_before is None:
            unknown += 1
        path = one.path if redact is None else redact(one.path)
        size = "null" if one.bytes_before is None else one.bytes_before
        # Of texts alone: to encode it as a whole takes five times as long.
        said.append(f'{{"path":{_encode(path)},"operation":"{operation}","bytes_before":{size}}}')
    text = f"[{','.join(said)}]"
    return (text if len(text) <= LONGEST_LIST else ""), unknown
