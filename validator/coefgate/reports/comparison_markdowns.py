"""What a change moves, as Markdown: its coefficients, single calls, and kinds of work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coefgate.gates.movers import Mover
from coefgate.gates.renamed import Renamed
from coefgate.gates.report import Comparison, Report
from coefgate.reports.call_counts import count_figure
from coefgate.reports.console import short
from coefgate.reports.markdown import Part, code, place, row, table_head
from coefgate.reports.renames import rename_words, renamed_calls_words
from coefgate.reports.verdict_figures import STRATUM_STEPS, PairedStratum, changed_strata, stratum_steps
from coefgate.reports.verdict_wording import (
    effect_figures,
    mover_actual,
    mover_call,
    mover_cell,
    mover_lists,
    mover_missed,
    mover_smape,
    movers_title,
    step_of,
)

_EFFECTS: Final = (
    "Each with its own effect: the figures of head against those of head without it; SMAPE and missed calls "
    "in points."
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
            rows.append(row(code(change.name), step, place(change.file, change.line), *shown))
    head = table_head(*columns, figures=range(3, 8))
    yield Part(90, f"### Changes\n\n{_EFFECTS}\n\n{head}", tuple(rows))


def _rename_row(one: Renamed) -> str:
    where = place(one.rename.file, one.rename.line)
    return f"- {where} {rename_words(one.rename, code)}: {renamed_calls_words(one)}"


def movers_parts(against: Comparison) -> Iterator[Part]:
    """Ten calls that get worse, and ten that get better."""
    columns = ("call", "phase", "cell", "files", "actual", "base", "head", "SMAPE", "missed by")
    head = table_head(*columns, figures=range(3, 8))
    for what, turned, moved in mover_lists(against.movers):
        weight = 60 if moved is against.movers.worse else 50
        rows = tuple(map(_mover_row, moved.first))
        yield Part(weight, head, rows, movers_title(what, turned, moved))


def _mover_row(mover: Mover) -> str:
    return row(
        code(short(mover.sample.id)),
        code(mover_call(mover)),
        code(mover_cell(mover)),
        f"{len(mover.sample.deliverables):,}",
        mover_actual(mover),
        f"{mover.base_predicted:,}",
        f"{mover.head_predicted:,}",
        mover_smape(mover),
        mover_missed(mover),
    )


def strata_parts(report: Report) -> Iterator[Part]:
    """The kinds of work whose figures move, the largest move first."""
    found = changed_strata(report)
    if found:
        head = table_head("by", "value", "calls", *STRATUM_STEPS, figures=range(2, 6))
        fold = f"Strata that move: {len(found)}, base → head, by what calls say of themselves"
        yield Part(40, head, tuple(_stratum_row(pair) for pair in found), fold)


def _stratum_row(pair: PairedStratum) -> str:
    return row(pair.dimension, code(pair.value), pair.calls, *stratum_steps(pair))
