"""The words of a headline, the same everywhere, and how many calls it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coefgate.registry.wording import listed
from coefgate.reports.figures import count_words
from coefgate.use_cases.report import Headline, Report

_WORDS: Final[Mapping[Headline, str]] = {
    "pass": "PASS",
    "alone": "PASS",
    "unchanged": "PASS – nothing changed",
    "no-worse": "NO WORSE",
    "restore": "RESTORE",
    "fail": "FAIL",
    "not-measurable": "NOT MEASURABLE",
}


def headline_words(report: Report) -> str:
    """``PASS``, ``NO WORSE – the registry misses smape and waste-band``."""
    words = _WORDS[report.headline]
    if report.headline == "no-worse":
        misses = f"misses {listed(report.missed_now_or_then)}"
        measured = report.scores.all.metrics is not None
        what = misses if measured else "has no call to be measured on"
        words = f"{words} – the registry {what}"
    if report.alone is None:
        return words
    return f"{words} – judged by itself, nothing was compared ({report.alone})"


def measured_on(report: Report) -> str:
    """``12 calls + 3 cut off, 9 phases``; empty for a headline that says that there are none."""
    if report.headline == "no-worse" and report.scores.all.metrics is None:
        return ""
    return count_words(report.scores.all.calls.count)
