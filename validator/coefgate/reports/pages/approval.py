"""What a reviewer of a change has to judge, since no rule can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from coefgate.registry.wording import and_more, count
from coefgate.reports.figures import cell_words
from coefgate.reports.page import Item, Items, Page, Words, code, joined, plain
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.use_cases.report import Comparison, Report

_MOST_NAMES: Final = 5
_GATES: Final = "gates-loosened"


def approval_blocks(report: Report) -> Page:
    """What has to be true, each about something that this change does."""
    against = report.comparison
    if against is None or against.unchanged:
        return
    title = "Approve if" if report.verdict == "pass" else "Once every rule passes, approve if"
    found = [Item(words) for words in _conditions(report, against)]
    yield Items(found, title=title, weight=92, width="wide")


def _conditions(report: Report, against: Comparison) -> Iterator[Words]:
    if report.restored is not None:
        yield plain("going back is what is wanted: nothing that is measured blocks a restore")
    looser = [one for one in against.acknowledged if _GATES in one.asked_by]
    others = [one for one in against.acknowledged if _GATES not in one.asked_by]
    if looser:
        yield from _about("the registry is to be held to less from now on", _named(looser))
    if others:
        yield from _about("the reason given is true, and reason enough", _named(others))
    by_hand = [
        change.name
        for effect in against.changes
        for change in effect.changes
        if not effect.calls and isinstance(change.head, Fraction)
    ]
    if by_hand:
        yield from _about(
            "somebody can say why these numbers are right, as no stored call uses them", by_hand
        )
    if against.retired:
        samples = count(len(against.retired), "retired sample")
        yield plain(f"{samples} can show nothing about new work, as said above")
    if against.corrected:
        calls = count(len(against.corrected), "corrected call")
        yield plain(f"what is now stored of {calls} is what happened")
    if against.erased:
        lines = count(len(against.erased), "erased line")
        yield plain(f"the names in {lines} must not be read by anybody")
    if against.gained:
        cells = [cell_words(one) for one in against.gained]
        yield from _about("the new calls are real work under the right labels", cells)


def _about(words: str, names: Sequence[str]) -> Iterator[Words]:
    shown = joined(code(name) for name in names[:_MOST_NAMES])
    yield (plain(f"{words}: "), *shown, plain(and_more(names, _MOST_NAMES)))


def _named(found: Sequence[GivenReason]) -> Sequence[str]:
    return [one.name for one in found]
