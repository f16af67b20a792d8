"""The words of a headline: the same in every rendering, in a commit status and after a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coefgate.gates.headline import Headline, HeadlineKind
from coefgate.registry.wording import listed

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
        what = f"misses {listed(headline.missed)}" if headline.measured else "has no call to be measured on"
        words = f"{words} – the registry {what}"
    if headline.alone is None:
        return words
    return f"{words} – judged by itself, nothing was compared ({headline.alone})"
