"""What a change moves, as text: its coefficients, single calls, and kinds of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from coefgate.changes.renames import rename_words
from coefgate.reports.console import table
from coefgate.reports.renames import renamed_calls_words
from coefgate.reports.verdict_figures import (
    STRATUM_STEPS,
    PairedStratum,
    changed_strata,
    stratum_steps,
)
from coefgate.reports.verdict_wording import (
    effect_words,
    mover_call,
    mover_cell,
    mover_figures,
    mover_lists,
    movers_title,
    step_of,
)
from coefgate.reports.visible import visible
from coefgate.use_cases.report import Comparison, Report
from coefgate.whatif.movers import Mover
from coefgate.whatif.renamed_calls import Renamed

_MOST_CHANGES: Final = 20
_MOST_STRATA: Final = 12
_MOST_MOVERS: Final = 5


def line(text: str, style: str = "") -> Text:
    """Words that may quote what others wrote."""
    return Text(visible(text), style=style)


def indented(text: str) -> RenderableType:
    """The same, below the line that it belongs to."""
    return Padding(line(text), (0, 0, 0, 4), expand=False)


def changes_text(against: Comparison) -> Iterator[RenderableType]:
    """What categories are called now; every changed coefficient with what it does by itself."""
    yield from renames_text(against.renames)
    if not against.changes:
        return
    yield Text("Changes, each with its own effect; SMAPE and missed calls in points", style="bold")
    for effect in against.changes[:_MOST_CHANGES]:
        for change in effect.changes:
            yield line(f"{change.name}: {step_of(change)}  ({change.file}:{change.line})")
        together = "together: " if len(effect.changes) > 1 else ""
        yield indented(f"{together}{effect_words(effect)}")
    if len(against.changes) > _MOST_CHANGES:
        yield Text(f"… and {len(against.changes) - _MOST_CHANGES:,} more: coefgate diff")
    yield Text("")


def renames_text(found: Sequence[Renamed]) -> Iterator[RenderableType]:
    """What categories are called now, each with what becomes of its calls."""
    if found:
        yield Text("Names of categories", style="bold")
        for one in found:
            yield line(f"{rename_words(one.rename)}  ({one.rename.file}:{one.rename.line})")
            yield indented(renamed_calls_words(one))
        yield Text("")


def movers_text(against: Comparison) -> Iterator[RenderableType]:
    """The calls that move most; all twenty are in the other renderings."""
    lists = list(mover_lists(against.movers))
    for what, turned, moved in lists:
        yield Text("")
        yield table(
            *("call", "cell", "actual", "base", "head", "SMAPE", "missed by"),
            rows=[_mover_row(mover) for mover in moved.first[:_MOST_MOVERS]],
            title=movers_title(what, turned, moved, _MOST_MOVERS),
            figures=range(2, 6),
        )
    if lists:
        yield Text("")


def _mover_row(mover: Mover) -> Sequence[str | Text]:
    return [line(mover_call(mover)), line(mover_cell(mover)), *mover_figures(mover)]


def strata_text(report: Report) -> Iterator[RenderableType]:
    """The kinds of work whose figures move, the largest move first."""
    found = changed_strata(report)
    if not found:
        return
    yield table(
        *("by", "value", "calls", *STRATUM_STEPS),
        rows=[_stratum_row(pair) for pair in found[:_MOST_STRATA]],
        title="Strata that move, base → head, by what calls say of themselves",
        figures=range(2, 6),
    )
    if len(found) > _MOST_STRATA:
        yield Text(f"… and {len(found) - _MOST_STRATA} more: coefgate gate --format json")
    yield Text("")


def _stratum_row(pair: PairedStratum) -> Sequence[str | Text]:
    return [pair.dimension, line(pair.value), pair.calls, *stratum_steps(pair)]
