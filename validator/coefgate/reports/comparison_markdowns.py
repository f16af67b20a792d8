"""What a change moves, as Markdown: its coefficients, single calls, and kinds of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from coefgate.changes.renames import rename_words
from coefgate.reports.console import short
from coefgate.reports.figures import count_figure
from coefgate.reports.markdown import Part, code, place, table_part
from coefgate.reports.renames import renamed_calls_words
from coefgate.reports.verdict_figures import (
    STRATUM_STEPS,
    PairedStratum,
    changed_strata,
    stratum_steps,
)
from coefgate.reports.verdict_wording import (
    effect_figures,
    mover_call,
    mover_cell,
    mover_figures,
    mover_lists,
    movers_title,
    step_of,
)
from coefgate.use_cases.report import Comparison, Report
from coefgate.whatif.movers import Mover
from coefgate.whatif.renamed_calls import Renamed

_EFFECTS: Final = (
    "Each with its own effect: the figures of head against those of head without it; SMAPE and "
    "missed calls in points."
)


def changes_parts(against: Comparison) -> Iterator[Part]:
    """What categories are called now; every changed coefficient with what it does by itself."""
    if against.renames:
        yield Part(91, "### Names of categories\n", tuple(map(_rename_row, against.renames)))
    if not against.changes:
        return
    columns = (
        "coefficient",
        "base → head",
        "where",
        "calls",
        "SMAPE",
        "missed ≥ / ≤",
        "waste median",
        "waste P90",
    )
    rows = []
    for effect in against.changes:
        figures = [count_figure(effect.counts), *effect_figures(effect)]
        for position, change in enumerate(effect.changes):
            # Those that cannot be taken back alone share their effect.
            shown = figures if position == 0 else ["〃"] * len(figures)
            step = code(step_of(change))
            rows.append((code(change.name), step, place(change.file, change.line), *shown))
    yield table_part(90, columns, rows, figures=range(3, 8), above=f"### Changes\n\n{_EFFECTS}")


def _rename_row(one: Renamed) -> str:
    where = place(one.rename.file, one.rename.line)
    return f"- {where} {rename_words(one.rename, code)}: {renamed_calls_words(one)}"


def movers_parts(against: Comparison) -> Iterator[Part]:
    """Ten calls that get worse, and ten that get better."""
    columns = ("call", "phase", "cell", "files", "actual", "base", "head", "SMAPE", "missed by")
    for what, turned, moved in mover_lists(against.movers):
        weight = 60 if moved is against.movers.worse else 50
        rows, fold = map(_mover_row, moved.first), movers_title(what, turned, moved)
        yield table_part(weight, columns, rows, figures=range(3, 8), fold=fold)


def _mover_row(mover: Mover) -> Sequence[str]:
    return (
        code(short(mover.sample.id)),
        code(mover_call(mover)),
        code(mover_cell(mover)),
        f"{len(mover.sample.deliverables):,}",
        *mover_figures(mover),
    )


def strata_parts(report: Report) -> Iterator[Part]:
    """The kinds of work whose figures move, the largest move first."""
    found = changed_strata(report)
    if found:
        columns = ("by", "value", "calls", *STRATUM_STEPS)
        fold = f"Strata that move: {len(found)}, base → head, by what calls say of themselves"
        yield table_part(40, columns, map(_stratum_row, found), figures=range(2, 6), fold=fold)


def _stratum_row(pair: PairedStratum) -> Sequence[str]:
    return (pair.dimension, code(pair.value), pair.calls, *stratum_steps(pair))
