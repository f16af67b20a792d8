"""The calls whose predictions move most, for the worse and for the better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from coefgate.replay.figure_text import points
from coefgate.reports.figures import NOT_MEASURABLE
from coefgate.reports.page import GAP, Block, Span, TableBlock, Width, Words, code, plain
from coefgate.samples.model import Sample
from coefgate.whatif.movers import MOST, Mover, Movers, OneWay

_FIGURES: Final = ("actual", "base", "head", "SMAPE", "missed by")
_ALWAYS: Final = ("call", "cell", *_FIGURES)
_IDENTIFIED: Final = ("sample", *_ALWAYS)
_WIDE: Final = ("sample", "call", "cell", "files", *_FIGURES)


def movers_blocks(found: Movers, narrow: int = 5) -> Iterator[Block]:
    """A table for each direction.

    ``narrow``: the calls that it holds in narrow formats, which are named there if they are all.
    """
    columns = _IDENTIFIED if narrow == MOST else _ALWAYS
    for what, turned, moved, weight in (
        ("get worse", "newly missed", found.worse, 60),
        ("get better", "no longer missed", found.better, 50),
    ):
        if moved.calls:
            yield GAP
            yield _table(_title(what, turned, moved, narrow), moved.first[:narrow], columns)
            title = _title(what, turned, moved, MOST)
            yield _table(title, moved.first, _WIDE, fold=True, weight=weight)
            yield GAP


def _table(title: str, found: Sequence[Mover], columns: Sequence[str], **wide: Any) -> TableBlock:
    rows = [[cells[name] for name in columns] for cells in map(_cells, found)]
    left = columns.index("cell") + 1
    width: Width = "wide" if wide else "narrow"
    return TableBlock(
        columns, rows, title, figures=range(left, len(columns) - 1), width=width, **wide
    )


def _title(what: str, turned: str, moved: OneWay, most: int) -> str:
    """``Calls that get worse: 23, of which 5 are shown; the 3 newly missed first, then …``."""
    shown = min(most, len(moved.first))
    cut = f", of which {shown:,} are shown" if shown < moved.calls else ""
    order = "the largest move first"
    if moved.turns == moved.calls:
        order = f"all {turned}, {order}"
    elif moved.turns:
        order = f"the {moved.turns:,} {turned} first, then the largest move"
    return f"Calls that {what}: {moved.calls:,}{cut}; {order}"


def _cells(mover: Mover) -> Mapping[str, Words]:
    sample = mover.sample
    return {
        "sample": Span(sample.id[:12], "id"),
        "call": code(call_words(sample)),
        "cell": code(f"{sample.category}/{sample.complexity}"),
        "files": plain(f"{len(sample.deliverables):,}"),
        "actual": plain(actual_tokens(sample, at_least=mover.censored)),
        "base": plain(f"{mover.base_predicted:,}"),
        "head": plain(f"{mover.head_predicted:,}"),
        "SMAPE": plain(_smape(mover)),
        "missed by": plain(_missed_by(mover)),
    }


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
    sides = {(True, True): "both", (True, False): "base", (False, True): "head"}
    return sides.get((mover.base_missed, mover.head_missed), "")
