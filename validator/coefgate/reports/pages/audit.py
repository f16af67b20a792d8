"""Which stored calls are scored, and why the others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.replay.fallback import Fallbacks
from coefgate.reports.figures import call_words, count_words
from coefgate.reports.page import Page, Paragraph, Span, TableBlock, code, plain
from coefgate.reports.pages.fallback import fallback_lines, fallbacks_dict
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.status import (
    Audited,
    CallCount,
    counts_by_label_origin,
    counts_by_origin,
    counts_by_status,
)

_MEANING = {
    "eligible": "scored",
    "censored": "cut off: counted for underestimation only, as “at least”",
    "failed": "scored in a stratum of its own, never with the others",
    "partial": "not scored: not all paths are known",
    "synthetic": "not scored: invented paths",
    "duplicate": "not scored: the same call is stored elsewhere",
    "undeclared": "not scored: a fact that scoring needs is not known",
    "contradictory": "not scored: two of its facts cannot both be true",
    "superseded": "not scored: a later line corrects it",
    "retired": "not scored: retired in samples/retired.yaml",
    "out-of-scope": "not scored: outside the scope of gates.yaml",
}
_FROM = {
    "request": "from the request",
    "reply": "from the reply",
    "unknown": "from an unknown source",
}
"""Where the lists of files of scored calls come from."""
_LABELS: Final = {
    "logged": "logged with the call",
    "reported": "from a report",
    "declared": "declared by whoever stored it",
    "rule": "by a rule of labels.yaml",
    "unknown": "from an unknown source",
}
"""Where the labels of scored calls come from."""


def audit_page(audited: Sequence[Audited], fallen: Fallbacks) -> Page:
    """How many calls have each status, what the fallback serves, then why calls are not scored."""
    others = [
        (Span(one.sample.id, "id"), one.status, code(call_words(one.sample)), one.reason)
        for one in audited
        if one.status != "eligible"
    ]
    yield Paragraph(f"{count(len(audited), 'stored call')}", emphasis="strong")
    yield statuses_table(audited)
    yield from fallback_lines(fallen)
    yield from origin_lines(counts_by_origin(audited))
    yield from label_lines(counts_by_label_origin(audited))
    yield TableBlock(("sample", "status", "call", "why"), others, "Not scored with the others")


def statuses_table(audited: Sequence[Audited], title: str = "") -> TableBlock:
    """How many calls have each status, and what that means."""
    phases = Counter(status for status, _ in {(one.status, one.sample.phase) for one in audited})
    counts = [
        (status, plain(f"{number:,}"), plain(f"{phases[status]:,}"), _MEANING[status])
        for status, number in counts_by_status(audited).items()
    ]
    return TableBlock(("status", "calls", "phases", "meaning"), counts, title, figures=(1, 2))


def audit_dict(audited: Sequence[Audited], fallen: Fallbacks) -> dict[str, Any]:
    """The count of each status, what the fallback serves, and why samples are not eligible."""
    counts = counts_by_status(audited)
    return {
        **{str(status): number for status, number in counts.items()},
        "fallback": fallbacks_dict(fallen),
        "deliverables_from": origins_dict(counts_by_origin(audited)),
        "label_origin": origins_dict(counts_by_label_origin(audited)),
        "not_scored": [
            picked(one.sample, "id", "phase_id") | picked(one, "status", "reason")
            for one in audited
            if one.status != "eligible"
        ],
    }


def origin_lines(counts: Mapping[str, CallCount]) -> list[Paragraph]:
    """How many scored calls are of each origin; nothing where all are of one.

    A list that was read from the reply knows more than a planner could, so the two stand apart.
    """
    return _parted("files read", counts, _FROM)


def label_lines(counts: Mapping[str, CallCount]) -> list[Paragraph]:
    """How many scored calls have their label from where; nothing where all are of one origin."""
    return _parted("labels", counts, _LABELS)


def _parted(
    label: str, counts: Mapping[str, CallCount], words: Mapping[str, str]
) -> list[Paragraph]:
    told = "; ".join(f"{words[origin]} {count_words(found)}" for origin, found in counts.items())
    return [Paragraph(told, label=label)] if len(counts) > 1 else []


def origins_dict(counts: Mapping[str, CallCount]) -> dict[str, Any]:
    """The same for programs, also where all are of one."""
    return {origin: as_json(found) for origin, found in counts.items()}
