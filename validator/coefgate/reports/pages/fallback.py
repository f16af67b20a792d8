"""Calls that the fallback serves, and why."""

from __future__ import annotations

from typing import Final

from coefgate.replay.serving import Fallbacks, ToldReason
from coefgate.reports.figures import count
from coefgate.reports.page import Paragraph, Span, code, plain
from coefgate.reports.visible import visible

MOST_TOLD: Final = 4


def fallback_words(found: Fallbacks, *, labelled: str = "") -> list[str | Span]:
    """``20 of 40 scored calls use the fallback: model gpt-5.1``.

    How often each, where there are several reasons. ``labelled`` says which calls. Empty where
    none uses it.
    """
    if not found.calls:
        return []
    alone = len(found.reasons) == 1
    calls = f"{found.calls:,} of {count(found.of, 'scored call')}"
    said: list[str | Span] = [
        plain(calls),
        labelled,
        plain(f" {'uses' if found.calls == 1 else 'use'} the fallback: "),
    ]
    reasons = [_reason(one, alone=alone) for one in found.reasons[:MOST_TOLD]]
    if more := len(found.reasons) - len(reasons) + found.further:
        reasons.append([plain(f"{count(more, 'further reason')}")])
    for reason in reasons:
        said += [*([] if reason is reasons[0] else [plain(", ")]), *reason]
    return said


def fallback_lines(found: Fallbacks, *, labelled: str = "") -> list[Paragraph]:
    """The sentence as a line of its own, or nothing."""
    words = fallback_words(found, labelled=labelled)
    return [Paragraph(words)] if words else []


def _reason(one: ToldReason, *, alone: bool) -> list[str | Span]:
    notes: list[list[str | Span]] = [] if alone else [[plain(f"{one.calls:,}")]]
    if one.closest is not None:
        notes.append([plain("did you mean "), code(one.closest), plain("?")])
    said: list[str | Span] = [
        plain(f"{one.kind} "),
        plain("not said") if one.value is None else code(one.value),
    ]
    for at, note in enumerate(notes):
        said += [plain("; " if at else " ("), *note]
    return [*said, *([plain(")")] if notes else [])]


def undeclared_warning(one: ToldReason, serves: str) -> str:
    """What is wrong with a label of calls that were stored just now, and what ``serves`` them."""
    what = "is outside applies_to" if one.kind == "model" else "is not declared"
    meant = f" (did you mean {one.closest}?)" if one.closest is not None else ""
    so = f"they are stored, and {serves} serves them"
    if one.calls == 1:
        so = f"it is stored, and {serves} serves it"
    if one.kind == "cell":
        what = "has no overhead"
    return visible(
        f"warning: {one.kind} {one.value or ''} {what}{meant}: {count(one.calls, 'call')}; {so}"
    )
