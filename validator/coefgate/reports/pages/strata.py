"""The kinds of work: what both sides say of each, and those whose figures move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.replay.figure_text import Form, points, ratio, share
from coefgate.replay.figures import Figures
from coefgate.reports.figures import NOT_MEASURABLE, count_figure, further
from coefgate.reports.page import GAP, Block, TableBlock, Width, Words, code, plain
from coefgate.use_cases.report import Report

_MOST: Final = 12
_SHOWN: Final[tuple[tuple[str, str, Form], ...]] = (
    ("SMAPE mean", "smape_mean", points),
    ("missed ≥", "underestimation_rate", share),
    ("waste median", "waste_median", ratio),
)


@dataclass(frozen=True, slots=True)
class PairedStratum:
    """One slice with the figures of both sides; ``None`` where that side has no such slice."""

    dimension: str
    value: str
    base: Figures | None
    head: Figures | None

    @property
    def changed(self) -> bool:
        """Does head say something else of this slice?"""
        before, after = (side.metrics if side else None for side in (self.base, self.head))
        return before != after

    @property
    def calls(self) -> str:
        """How many calls it has, and how many that were cut off: ``3 + 2``."""
        known = self.head or self.base
        return count_figure(known.calls.count) if known else "0"

    @property
    def rise(self) -> Fraction:
        """How far the mean SMAPE moved, either way; 200 where one side has none."""
        if not (self.base and self.base.metrics and self.head and self.head.metrics):
            return Fraction(200)
        return abs(self.head.metrics.smape_mean - self.base.metrics.smape_mean)


def paired_strata(report: Report) -> tuple[PairedStratum, ...]:
    """The strata of head, then those that only base has."""
    against = report.comparison
    sides = (report.scores.strata, against.scores.strata if against else ())
    head, base = ({(one.dimension, one.value): one.figures for one in side} for side in sides)
    return tuple(
        PairedStratum(*key, base.get(key), head.get(key)) for key in dict.fromkeys((*head, *base))
    )


def moved_strata_blocks(report: Report) -> Iterator[Block]:
    """The kinds of work whose figures move, the largest move first."""
    changed = (pair for pair in paired_strata(report) if pair.changed)
    found = sorted(changed, key=lambda pair: -pair.rise)
    if report.comparison is None or not found:
        return
    more = further(found, _MOST, "coefgate gate --format json")
    yield GAP
    yield _table(found, len(found), "wide")
    yield _table(found[:_MOST], len(found), "narrow", more)
    yield GAP


def _table(
    shown: Sequence[PairedStratum], all_of_them: int, width: Width, more: str = ""
) -> TableBlock:
    title = f"Strata that move: {all_of_them}, base → head, by what calls say of themselves"
    return TableBlock(
        ("by", "value", "calls", *(title for title, _, _ in _SHOWN)),
        [_row(one) for one in shown],
        title,
        figures=range(2, 6),
        fold=True,
        weight=40,
        width=width,
        further=more,
    )


def _row(pair: PairedStratum) -> Sequence[Words]:
    steps = (
        " → ".join(
            written(getattr(side.metrics, name)) if side and side.metrics else NOT_MEASURABLE
            for side in (pair.base, pair.head)
        )
        for _, name, written in _SHOWN
    )
    return (pair.dimension, code(pair.value), plain(pair.calls), *map(plain, steps))
