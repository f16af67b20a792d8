"""What a correction tells otherwise: the call in a few words, and a line for every field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from coefgate.changes.sample_moves import Correction, FieldChange
from coefgate.core.characters import visible
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.wording import shortened
from coefgate.reports.figures import cell_words
from coefgate.samples.status import Audited

LONGEST_VALUE: Final = 160
"""Characters of one value that are shown."""
_KEPT: Final = 10
"""Characters before the first difference that stay where two long values are cut."""


def correction_words(one: Correction) -> str:
    """What was said of a call, and what is: ``docs/low ≥ 16,384 tokens → docs/low failed``."""
    was, now = _told(one.before), _told(one.after)
    return was if was == now else f"{was} → {now}"


def field_lines(one: Correction, longest: int = LONGEST_VALUE) -> list[str]:
    """``success: null → false`` for every field that differs; last a line for each deliverable.

    A value has at most ``longest`` characters, with a mark where something of it is left out.
    """
    fields = sorted(one.fields, key=lambda each: each.field == "deliverables")
    return [
        f"{each.field}: {' → '.join(_apart(was, now, longest))}"
        for each in fields
        for was, now in _steps(each)
    ] or ["no field differs"]


def _told(one: Audited) -> str:
    sample = one.sample
    tokens = f"{sample.actual_output_tokens:,} tokens"
    what = {"eligible": tokens, "censored": f"≥ {tokens}"}.get(one.status, one.status)
    return f"{cell_words(sample)} {what}"


def _steps(change: FieldChange) -> Iterator[tuple[str, str]]:
    """A field's old and new value; files that are told otherwise, are gone, and are new."""
    was, now = change.before, change.after
    if not (isinstance(was, tuple) and isinstance(now, tuple)):
        yield _content(was), _content(now)
        return
    gone, come = Counter(was) - Counter(now), Counter(now) - Counter(was)
    if not gone and not come:
        yield "as they were", "in another order"
    by_path = {one.path: one for one in come}
    for one in gone.elements():
        other = by_path.pop(one.path, None)
        yield _deliverable(one), _deliverable(other)
        if other is not None:
            come[other] -= 1
    yield from (("none", _deliverable(one)) for one in come.elements())


def _content(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _deliverable(one: Deliverable | None) -> str:
    if one is None:
        return "none"
    size = "" if one.bytes_before is None else f" of {one.bytes_before:,} bytes"
    return f"{one.operation}:{one.path}{size}"


def _apart(was: str, now: str, longest: int) -> tuple[str, str]:
    """Two different values, each on one line and short enough, so that the difference is seen."""
    was, now = visible(was), visible(now)
    pairs = enumerate(zip(was, now, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(was), len(now)))
    if max(len(was), len(now)) > longest and same > longest // 4:
        was, now = (f"…{text[same - _KEPT :]}" for text in (was, now))
    return shortened(was, longest), shortened(now, longest)
