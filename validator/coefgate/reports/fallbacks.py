"""Calls that the fallback serves, and why: one sentence, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.replay.fallbacks import Fallbacks, ToldReason
from coefgate.reports.console import count
from coefgate.reports.visible import visible

MOST_TOLD: Final = 4


def fallbacks_dict(found: Fallbacks) -> dict[str, Any]:
    """The fields of a count for JSON."""
    return {
        "calls": found.calls,
        "of": found.of,
        "reasons": [
            {"reason": one.kind, "value": one.value, "calls": one.calls, "closest": one.closest}
            for one in found.reasons
        ],
        "further_reasons": found.further,
    }


def fallback_sentence(
    found: Fallbacks, quoted: Callable[[str], str] = str, *, labelled: str = ""
) -> str:
    """``20 of 40 scored calls use the fallback: model gpt-5.1``; how often, where there are several reasons.

    ``quoted`` writes what a call says, ``labelled`` says which calls. Empty where none uses it.
    """
    if not found.calls:
        return ""
    alone = len(found.reasons) == 1
    reasons = [_reason(one, quoted, alone=alone) for one in found.reasons[:MOST_TOLD]]
    if more := len(found.reasons) - len(reasons) + found.further:
        reasons.append(f"{count(more, 'further reason')}")
    uses = "uses" if found.calls == 1 else "use"
    calls = f"{found.calls:,} of {count(found.of, 'scored call')}{labelled}"
    return f"{calls} {uses} the fallback: {', '.join(reasons)}"


def fallback_lines(found: Fallbacks, *, labelled: str = "") -> list[RenderableType]:
    """The sentence as a line of its own, or nothing."""
    sentence = fallback_sentence(found, visible, labelled=labelled)
    return [Text(sentence)] if sentence else []


def _reason(one: ToldReason, quoted: Callable[[str], str], *, alone: bool) -> str:
    notes = [] if alone else [f"{one.calls:,}"]
    if one.closest is not None:
        notes.append(f"did you mean {quoted(one.closest)}?")
    note = f" ({'; '.join(notes)})" if notes else ""
    return f"{one.kind} {'not said' if one.value is None else quoted(one.value)}{note}"


def undeclared_warning(one: ToldReason, quoted: Callable[[str], str], serves: str) -> str:
    """What is wrong with a label of calls that were stored just now, and what ``serves`` them."""
    what = "is outside applies_to" if one.kind == "model" else "is not declared"
    meant = f" (did you mean {quoted(one.closest)}?)" if one.closest is not None else ""
    so = f"they are stored, and {serves} serves them"
    if one.calls == 1:
        so = f"it is stored, and {serves} serves it"
    if one.kind == "cell":
        what = "has no overhead"
    return f"warning: {one.kind} {quoted(one.value or '')} {what}{meant}: {count(one.calls, 'call')}; {so}"
