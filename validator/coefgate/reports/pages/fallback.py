"""Calls that the fallback serves, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from coefgate.core.characters import visible
from coefgate.registry.wording import count
from coefgate.replay.fallback import Fallbacks, ToldReason
from coefgate.reports.page import Paragraph, Span, Words, code, joined, plain
from coefgate.reports.render.json import picked

MOST_TOLD: Final = 4


def fallback_words(found: Fallbacks, *, labelled: str = "") -> Sequence[str | Span]:
    """``20 of 40 scored calls use the fallback: model gpt-5.1``.

    Empty where none uses it. ``labelled`` says which calls.
    """
    if not found.calls:
        return []
    alone = len(found.reasons) == 1
    reasons: list[Words] = [_reason(one, alone=alone) for one in found.reasons[:MOST_TOLD]]
    if more := len(found.reasons) - len(reasons) + found.further:
        reasons.append(plain(count(more, "further reason")))
    use = "uses" if found.calls == 1 else "use"
    calls = f"{found.calls:,} of {count(found.of, 'scored call')}"
    return [plain(calls), labelled, plain(f" {use} the fallback: "), *joined(reasons)]


def fallback_lines(found: Fallbacks, *, labelled: str = "") -> list[Paragraph]:
    """The sentence as a line of its own, or nothing."""
    words = fallback_words(found, labelled=labelled)
    return [Paragraph(words)] if words else []


def fallbacks_dict(found: Fallbacks) -> dict[str, Any]:
    """What the fallback serves, and why."""
    names = ("value", "calls", "closest")
    return {
        **picked(found, "calls", "of"),
        "reasons": [{"reason": one.kind, **picked(one, *names)} for one in found.reasons],
        "further_reasons": found.further,
    }


def _reason(one: ToldReason, *, alone: bool) -> Words:
    notes: list[Words] = [] if alone else [plain(f"{one.calls:,}")]
    if one.closest is not None:
        notes.append([plain("did you mean "), code(one.closest), plain("?")])
    value = plain("not said") if one.value is None else code(one.value)
    told = [plain(" ("), *joined(notes, "; "), plain(")")] if notes else []
    return [plain(f"{one.kind} "), value, *told]


def undeclared_warning(one: ToldReason, serves: str, *, stored: bool = True) -> str:
    """What is wrong with a label of new calls, ``stored`` or not yet, and what ``serves`` them."""
    wrong = {
        "model": "is outside applies_to",
        "cell": "has no overhead",
        "model-factor": "is named by no rule of model_factors.yaml",
    }
    meant = f" (did you mean {one.closest}?)" if one.closest is not None else ""
    if one.kind == "model-factor":
        serves = "the default factor"
    they, are, them = ("it", "is", "it") if one.calls == 1 else ("they", "are", "them")
    so = f"{they} {are} stored, and {serves} serves {them}"
    if not stored:
        so = f"{they} would be stored, and {serves} would serve {them}"
    what = f"{one.value or ''} {wrong.get(one.kind, 'is not declared')}{meant}"
    return visible(f"warning: {one.kind} {what}: {count(one.calls, 'call')}; {so}")
