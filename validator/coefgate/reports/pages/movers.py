"""The calls whose predictions move most, for the worse and for the better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coefgate.replay.figure_text import points
from coefgate.reports.figures import NOT_MEASURABLE
from coefgate.reports.page import GAP, Block, Span, Table, Width, Words, code, plain
from coefgate.samples.model import Sample
from coefgate.whatif.movers import MOST, Moved, Mover, Movers

_NARROW: Final = ("call", "cell", "actual", "base", "head", "SMAPE", "missed by")
_WIDE: Final = ("sample", "call", "cell", "files", *_NARROW[2:])


def movers_blocks(
    found: Movers, most: Mapping[Width, int] = {"narrow": 5, "wide": MOST}
) -> Iterator[Block]:
    """A table for each direction; ``most``: the calls that it holds in formats of each width."""
    for what, turned, moved, weight in (
        ("get worse", "newly missed", found.worse, 60),
        ("get better", "no longer missed", found.better, 50),
    ):
        if moved.calls:
            yield GAP
            for width, number in most.items():
                title = _title(what, turned, moved, number)
                yield _table(title, moved.first[:number], width, weight)
            yield GAP


def _table(title: str, found: Sequence[Mover], width: Width, weight: int) -> Table:
    wide = width == "wide"
    return Table(
        _WIDE if wide else _NARROW,
        [_wide_row(one) if wide else _row(one) for one in found],
        title,
        figures=range(3, 8) if wide else range(2, 6),
        fold=True,
        weight=weight,
        width=width,
    )


def _title(what: str, turned: str, moved: Moved, most: int) -> str:
    """``Calls that get worse: 23, of which 5 are shown; the 3 newly missed first, then the largest move``."""
    shown = min(most, len(moved.first))
    cut = f", of which {shown:,} are shown" if shown < moved.calls else ""
    order = "the largest move first"
    if moved.turns == moved.calls:
        order = f"all {turned}, {order}"
    elif moved.turns:
        order = f"the {moved.turns:,} {turned} first, then the largest move"
    return f"Calls that {what}: {moved.calls:,}{cut}; {order}"


def _wide_row(mover: Mover) -> Sequence[Words]:
    call, cell, *figures = _row(mover)
    files = plain(f"{len(mover.sample.deliverables):,}")
    return (Span(mover.sample.id[:12], "id"), call, cell, files, *figures)


def _row(mover: Mover) -> Sequence[Words]:
    sample = mover.sample
    figures = (
        actual_tokens(sample, at_least=mover.censored),
        f"{mover.base_predicted:,}",
        f"{mover.head_predicted:,}",
        _smape(mover),
        _missed_by(mover),
    )
    cell = code(f"{sample.category}/{sample.complexity}")
    return (code(call_words(sample)), cell, *map(plain, figures))


def call_words(sample: Sample) -> str:
    """The phase of a call with its attempt: ``research-3 #2``."""
    attempt = "" if sample.attempt is None else f" #{sample.attempt}"
    return f"{sample.phase_id or 'unknown phase'}{attempt}"


def actual_tokens(sample: Sample, *, at_least: bool) -> str:
    """The tokens that a call needed; of one that was cut off, at least."""
    return f"{'≥ ' if at_least else ''}{sample.actual_output_tokens:,}"


def _smape(mover: Mover) -> str:
    """SMAPE before and after; of a call that was cut off nobody knows it."""
    if mover.base_smape is None or mover.head_smape is None:
        return NOT_MEASURABLE
    return f"{points(mover.base_smape)} → {points(mover.head_smape)}"


def _missed_by(mover: Mover) -> str:
    """Which side misses it: ``base``, ``head``, ``both``, or nothing where none is sure to."""
    if mover.base_missed and mover.head_missed:
        return "both"
    return "base" if mover.base_missed else "head" if mover.head_missed else ""
