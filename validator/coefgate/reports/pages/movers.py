"""What moves most: single calls, for the worse and for the better, and kinds of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from coefgate.replay.figure_text import points
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import (
    NOT_MEASURABLE,
    call_words,
    cell_words,
    count_figure,
    figure,
    further,
)
from coefgate.reports.page import Cells, Page, Span, TableBlock, Words, code, plain
from coefgate.samples.model import Sample
from coefgate.use_cases.report import Report
from coefgate.whatif.movers import MOST, Mover, Movers, OneWay

_FIGURES: Final = ("actual", "base", "head", "SMAPE", "missed by")
_ALWAYS: Final = ("call", "cell", *_FIGURES)
_WIDE: Final = ("named call", "cell", "files", "actual", "base → head", "SMAPE", "missed by")


def movers_blocks(found: Movers, narrow: int = 5) -> Page:
    """A table for each direction.

    ``narrow``: the calls that it holds in narrow formats, which are named there if they are all.
    """
    for what, turned, moved, weight in (
        ("get worse", "newly missed", found.worse, 60),
        ("get better", "no longer missed", found.better, 50),
    ):
        if moved.calls:
            title = _title(what, turned, moved, narrow)
            identified = ("sample", *_ALWAYS) if narrow == MOST else _ALWAYS
            yield _table(identified, moved.first[:narrow], title)
            whole = _table(_WIDE, moved.first, _title(what, turned, moved, MOST))
            yield replace(whole, fold=True, weight=weight, width="wide")


def _table(columns: Sequence[str], found: Sequence[Mover], title: str) -> TableBlock:
    rows = [[cells[name] for name in columns] for cells in map(_cells, found)]
    figures = range(columns.index("cell") + 1, len(columns) - 1)
    about = []
    if any(mover.censored for mover in found):
        about.append("≥: it was cut off there, so it needed at least that")
    if any(mover.base_missed or mover.head_missed for mover in found):
        about.append("missed by: who predicts less than the call needed")
    names = [name.removeprefix("named ") for name in columns]
    return TableBlock(names, rows, title, "; ".join(about), figures=figures, width="narrow")


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
    missed = {(True, True): "both", (True, False): "base", (False, True): "head"}
    name, identity = code(call_words(sample)), Span(sample.id[:12], "id")
    base, head = f"{mover.base_predicted:,}", f"{mover.head_predicted:,}"
    return {
        "sample": identity,
        "call": name,
        "named call": (name, plain("\n"), identity),
        "cell": code(cell_words(sample)),
        "files": plain(f"{len(sample.deliverables):,}"),
        "actual": plain(actual_tokens(sample, at_least=mover.censored)),
        "base": plain(base),
        "head": plain(head),
        "base → head": plain(f"{base} → {head}"),
        "SMAPE": plain(_smape(mover)),
        "missed by": plain(missed.get((mover.base_missed, mover.head_missed), "")),
    }


def actual_tokens(sample: Sample, *, at_least: bool) -> str:
    """The tokens that a call needed; of one that was cut off, at least."""
    return f"{'≥ ' if at_least else ''}{sample.actual_output_tokens:,}"


def _smape(mover: Mover) -> str:
    """SMAPE before and after; of a call that was cut off nobody knows it."""
    if mover.base_smape is None or mover.head_smape is None:
        return NOT_MEASURABLE
    return f"{points(mover.base_smape)} → {points(mover.head_smape)}"


# --- Kinds of work

_MOST_STRATA: Final = 12
_STRATUM_FIGURES: Final = {
    "SMAPE mean": "smape_mean",
    "missed": "underestimation_kaplan_meier",
    "waste median": "waste_median",
}


@dataclass(frozen=True, slots=True)
class PairedStratum:
    """One slice with the figures of both sides; ``None`` where that side has no such slice."""

    dimension: str
    value: str
    base: Figures | None
    head: Figures | None


def paired_strata(report: Report) -> tuple[PairedStratum, ...]:
    """The strata of head, then those that only base has."""
    against = report.comparison
    sides = (report.scores.strata, against.scores.strata if against else ())
    head, base = ({(one.dimension, one.value): one.figures for one in side} for side in sides)
    return tuple(
        PairedStratum(*key, base.get(key), head.get(key)) for key in dict.fromkeys((*head, *base))
    )


def moved_strata_blocks(report: Report) -> Page:
    """The kinds of work whose figures move, the largest move first."""
    moved = [pair for pair in paired_strata(report) if len(set(_metrics(pair))) > 1]
    if report.comparison is None or not moved:
        return
    found = sorted(moved, key=_rise, reverse=True)
    whole = TableBlock(
        ("by", "value", "calls", *_STRATUM_FIGURES),
        list(map(_stratum_row, found)),
        f"Strata that move: {len(found)}, base → head, by what calls say of themselves",
        "missed: the share that needed more than was predicted; in brackets what it is at least "
        "and at most, where calls were cut off",
        figures=range(2, 6),
        fold=True,
        weight=40,
        width="wide",
    )
    more = further(found, _MOST_STRATA, "coefgate gate --format json")
    yield whole
    yield replace(whole, rows=whole.cells[:_MOST_STRATA], width="narrow", further=more)


def _metrics(pair: PairedStratum) -> Sequence[Metrics | None]:
    return [side.metrics if side else None for side in (pair.base, pair.head)]


def _rise(pair: PairedStratum) -> Fraction:
    """How far the mean SMAPE moved, either way; 200 where one side has none."""
    before, after = _metrics(pair)
    return abs(after.smape_mean - before.smape_mean) if before and after else Fraction(200)


def _stratum_row(pair: PairedStratum) -> Cells:
    known, sides = pair.head or pair.base, _metrics(pair)
    calls = count_figure(known.calls.count) if known else "0"
    steps = (
        " → ".join(figure(side, name) for side in sides) for name in _STRATUM_FIGURES.values()
    )
    return (pair.dimension, code(pair.value), plain(calls), *map(plain, steps))
