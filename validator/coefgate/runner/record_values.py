"""What a caller says of a call → what is recorded: identifiers and whole numbers, no free text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Final

from coefgate.core.estimate import Estimate
from coefgate.core.redaction import Redactor
from coefgate.core.vocabulary import MAX_TOKENS, Deliverable
from coefgate.runner.call_record import LONGEST_LIST, LONGEST_NAME, RecordFault

_NAME: Final = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{LONGEST_NAME}}}")
_DIGITS: Final = 16
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def name(value: Any) -> str | None:
    """An identifier as it is recorded; ``None``: nothing was said.

    It has at most 200 characters, none of them a space or invisible. Of anything else, which
    might be a prompt, only a hash is kept: it is the same for the same text.
    """
    if value is None:
        return None
    if isinstance(value, str) and _NAME.fullmatch(value):
        return str(value)
    said = value if isinstance(value, str) else repr(value) if type(value) is int else None
    if said is None or not said:
        return None
    if type(value) is int:
        return said[:LONGEST_NAME]
    digits = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return f"hashed-{digits[:_DIGITS]}"


def whole(value: Any, fault: RecordFault, faults: list[RecordFault]) -> int | None:
    """A number of tokens from 0 to 1,000,000; what is none is a fault."""
    if value is None:
        return None
    if type(value) is int and 0 <= value <= MAX_TOKENS:
        return value
    faults.append(fault)
    return None


def answer(value: Any) -> bool | None:
    """Yes, no, or not known."""
    return value if value is True or value is False else None


def files_text(
    deliverables: Sequence[Deliverable], estimate: Estimate, redact: Redactor | None
) -> tuple[str, int]:
    """The files of a call as they are recorded, and of how many the size would have counted.

    Each has the operation that was priced. The text is empty where there are too many.
    """
    priced = estimate.breakdown.deliverables
    unknown = 0
    said: list[dict[str, Any]] = []
    for at, one in enumerate(deliverables):
        cost = priced[at] if priced else None
        operation = one.operation if cost is None else cost.operation
        if cost is not None and cost.size_bytes and one.bytes_before is None:
            unknown += 1
        path = one.path if redact is None else redact(one.path)
        said.append({"path": path, "operation": operation, "bytes_before": one.bytes_before})
    text = _encode(said)
    return (text if len(text) <= LONGEST_LIST else ""), unknown
