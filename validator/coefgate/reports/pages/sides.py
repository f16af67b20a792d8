"""What a verdict compares: base and head, how base was found, and the anchor."""

from __future__ import annotations

from collections.abc import Iterator

from coefgate.registry.wording import count
from coefgate.replay.state import State
from coefgate.reports.figures import short
from coefgate.reports.page import Page, Paragraph, Span, Width, Words, code, joined, plain
from coefgate.use_cases.report import Report


def sides_blocks(report: Report, width: Width) -> Page:
    """The two states and the anchor; both on one line where there is room, as in a wide format."""
    for words in _wide(report) if width == "wide" else _narrow(report):
        yield Paragraph(words, width=width)
    since = report.comparison and report.comparison.since_anchor
    if since:
        moved = f"{count(since.retired, 'call')} retired and {since.corrected:,} corrected since"
        words = (*_state("anchor", since.anchor), plain(f": {moved}"))
        yield Paragraph(words, width=width)


def _narrow(report: Report) -> Iterator[Words]:
    if report.comparison is None:
        yield side_words("coefficients", report.head)
    else:
        base = report.comparison.base
        yield side_words("base", base, *_found(base))
        yield side_words("head", report.head, *_behind(base))


def _wide(report: Report) -> Iterator[Words]:
    if report.comparison is None:
        yield from _narrow(report)
    else:
        base, head = report.comparison.base, report.head
        there = (*_state("head", head), *_behind(base))
        yield (*_state("base", base), *_found(base), plain(" → "), *there)
        digests = dict.fromkeys(short(side.digest) for side in (base, head))
        yield (plain("digest "), *joined(map(code, digests), " → "))


def judging_state(report: Report) -> Page:
    """For the short form: which base head was compared with."""
    if report.comparison is not None:
        base = report.comparison.base
        name = (code(base.name), plain(" at ")) if _has_name(base) else ()
        yield Paragraph((*name, code(short(base.revision))), label="base", width="brief")


def side_words(name: str, side: State, *told: str | Span) -> Words:
    """One of the two states: ``base 1.2.0 (3f2c1ab0d9e8), digest 0123456789ab``."""
    return (*_state(name, side), *told, plain(", digest "), code(short(side.digest)))


def _state(name: str, side: State) -> tuple[Span, ...]:
    revision = (plain(" ("), code(short(side.revision)), plain(")"))
    return (plain(f"{name} "), code(side.version), *revision)


def _found(base: State) -> tuple[Span, ...]:
    """What base is called, and what named it, as far as that is something else."""
    name = (plain(", "), code(base.name)) if _has_name(base) else ()
    by = (plain(" by "), code(base.found_by)) if base.found_by != base.name else ()
    return (*name, *by)


def _has_name(base: State) -> bool:
    """Is it called anything but its commit?"""
    return not base.revision.startswith(base.name)


def _behind(base: State) -> tuple[Span, ...]:
    commits = count(base.behind, "commit")
    return (plain(f", {commits} behind its target"),) if base.behind else ()
