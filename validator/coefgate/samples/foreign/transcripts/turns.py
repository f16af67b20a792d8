"""The calls of a turn → one sample of it: what an agent needed from a prompt to its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.visible_text import why_uncounted


def turn_of(calls: Sequence[ForeignCall], *, unusable: str | None = None) -> ForeignCall:
    """The sum of ``calls``, one at least, in their order; it ended as the last of them did.

    A turn with a call that is no sample is none either, for the same reason: its sum is too small.
    ``unusable``: another reason that the source gives. Input tokens are not summed up, since every
    request sends the same text again. Its key is that of its first call, so that a turn that is
    told again is known, whatever prompts were called there.
    """
    first, last = calls[0], calls[-1]
    models: Counter[str | None] = Counter()
    for one in calls:
        models[one.model] += one.actual_output_tokens or 0
    (model, _), *_ = models.most_common(1)
    return replace(
        first,
        unit="turn",
        key=_of_turn(first.key),
        call_id=_of_turn(first.call_id),
        actual_output_tokens=_sum(one.actual_output_tokens for one in calls),
        reasoning_tokens=_sum(one.reasoning_tokens for one in calls),
        input_tokens=None,
        max_output_tokens=None,
        model=model,
        files=tuple(file for one in calls for file in one.files),
        paths="real" if all(one.paths == "real" for one in calls) else "partial",
        success=last.success,
        truncated=last.truncated,
        stop_reason=last.stop_reason,
        visible_characters=None,
        hides_thinking=False,
        unusable=next(
            filter(None, (one.unusable or why_uncounted(one) for one in calls)), unusable
        ),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """Of all of them; ``None`` where one is not known."""
    total = 0
    for one in counts:
        if one is None:
            return None
        total += one
    return total


def _of_turn(name: str | None) -> str | None:
    return None if name is None else f"turn of {name}"
