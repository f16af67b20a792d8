"""The words of a headline, the same everywhere, and how many calls it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coefgate.registry.wording import listed
from coefgate.reports.figures import count_words
from coefgate.use_cases.report import Headline, HeadlineKind, Report

_WORDS: Final[Mapping[HeadlineKind, str]] = {
    "pass": "PASS",
    "alone": "PASS",
    "unchanged": "PASS – nothing changed",
    "no-worse": "NO WORSE",
    "restore": "RESTORE",
    "fail": "FAIL",
    "not-measurable": "NOT MEASURABLE",
}


def headline_words(headline: Headline) -> str:
    """``PASS``, ``NO WORSE – the registry misses smape and waste-band``."""
    words = _WORDS[headline.kind]
    if headline.kind == "no-worse":
        what = (
            f"misses {listed(headline.missed)}"
            if headline.measured
            else "has no call to be measured on"
        )
        words = f"{words} – the registry {what}"
    if headline.alone is None:
        return words
    return f"{words} – judged by itself, nothing was compared ({headline.alone})"


def measured_on(report: Report) -> str:
    """``12 calls + 3 cut off, 9 phases``; empty for a headline that says that there are none."""
    if report.headline.kind == "no-worse" and not report.headline.measured:
        return ""
    return count_words(report.scores.all.calls.count)
