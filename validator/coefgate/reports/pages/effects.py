"""What a change changes: names of categories, coefficients and what each does, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from coefgate.changes.change import Change
from coefgate.changes.renames import Renamed, rename_words
from coefgate.gates.acknowledgements import shown
from coefgate.gates.gates_loosened import UNLIMITED
from coefgate.registry.wording import count
from coefgate.reports.brief import first_parts
from coefgate.reports.figures import NOT_MEASURABLE, count_figure, count_words, further
from coefgate.reports.page import (
    Details,
    Item,
    Items,
    Page,
    Paragraph,
    Remark,
    TableBlock,
    Words,
    code,
    joined,
    plain,
    unmarked,
)
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.use_cases.report import Comparison
from coefgate.whatif.attribution import Effect

_MOST: Final = 20
"""Effects that are shown where there is little room, each with all its changes."""
_LONGEST: Final = 130
"""Characters of all changes in the short form: two lines of a terminal of 80 columns."""


def changes_blocks(against: Comparison) -> Page:
    """What categories are called now; every changed coefficient with what it does by itself."""
    yield renames_block(against.renames)
    if not against.changes:
        return
    items = [item for effect in against.changes for item in _items(effect)]
    shown = sum(len(effect.changes) for effect in against.changes[:_MOST])
    narrow = Items(
        items,
        title="Changes, each with its own effect; SMAPE and missed calls in points",
        section=True,
        width="narrow",
        shown=shown,
        further=further(items, shown, "coefgate diff"),
    )
    yield Details([narrow])
    figures = ("calls", "SMAPE", "missed", "waste median", "waste P90")
    columns, aligned = ("coefficient", "base → head", *figures), range(2, 7)
    rows = list(map(_row, against.changes))
    yield TableBlock(
        columns,
        rows[:_MOST],
        "Changes",
        "Each with its own effect: the figures of head against those of head without it; SMAPE "
        "and missed calls in points.",
        figures=aligned,
        weight=90,
        width="wide",
    )
    if others := rows[_MOST:]:
        title = f"{count(len(others), 'more change')}, with the effect of each"
        yield TableBlock(
            columns, others, title, figures=aligned, fold=True, weight=40, width="wide"
        )


def changed_block(against: Comparison) -> Page:
    """For the short form: every changed coefficient without what it does."""
    if against.changes:
        steps = [item.words for effect in against.changes for item in _items(effect)]
        yield Paragraph(first_parts(steps, _LONGEST), label="changed", width="brief")


def _items(effect: Effect) -> Iterator[Item]:
    """Those that cannot be taken back alone share their effect, which the last one tells."""
    words, together = effect_words(effect), len(effect.changes) > 1
    for change in effect.changes:
        others = ", ".join(other.name for other in effect.changes if other is not change)
        alone = f"together with {others}: {words}" if together else words
        title = change.name if together else f"{change.name} by itself"
        last = change is effect.changes[-1]
        yield Item(
            f"{change.name}: {_step(change)}",
            (change.file, change.line),
            nested=[f"{'together: ' if together else ''}{words}"] if last else [],
            remarks=[Remark("notice", title, f"{change.name}: {_step(change)}; {alone}.")],
        )


def _row(effect: Effect) -> Sequence[Words]:
    """Changes that cannot be taken back alone are lines of one row."""
    names = [code(one.name, place=(one.file, one.line)) for one in effect.changes]
    steps = list(map(_codes, effect.changes))
    figures = (count_figure(effect.counts), *effect_figures(effect))
    return (joined(names, "\n"), joined(steps, "\n"), *map(plain, figures))


def _codes(change: Change) -> Words:
    """A step of numbers stays on one line; names may be too long for that."""
    base, head = code(shown(change.base)), code(shown(change.head))
    numbers = isinstance(change.head, Fraction) or isinstance(change.base, Fraction)
    return (base, plain(" → ") if numbers else " → ", head)


def renames_block(found: Sequence[Renamed]) -> Items:
    """Each with what becomes of its calls."""
    return Items(list(map(_rename, found)), "Names of categories", section=True, weight=91)


def _rename(one: Renamed) -> Item:
    rename = rename_words(one.rename, code)
    calls = f"{count_words(one.calls)}; predicted differently: {count_words(one.moved)}"
    remark = Remark("notice", "names of categories", f"{unmarked(rename)}: {calls}.")
    return Item(rename, (one.rename.file, one.rename.line), plain(calls), remarks=[remark])


def _step(change: Change) -> str:
    return f"{shown(change.base)} → {shown(change.head)}"


def answer_words(answer: GivenReason) -> str:
    """``docs.low: 1500 → 700, asked for by swing``."""
    before = UNLIMITED.get(answer.name) if answer.base is None else answer.base
    step = "" if before is answer.head is None else f": {shown(before)} → {shown(answer.head)}"
    rules = " and ".join(answer.asked_by)
    asked = f"asked for by {rules}" if rules else "which no rule asks for"
    if answer.of_call:
        asked += "; the calls of the anchor are read by it"
    return f"{answer.name}{step}, {asked}"


def effect_words(effect: Effect) -> str:
    """What changes do by themselves, in one clause."""
    if not effect.calls:
        return "moves no prediction"
    smape, missed, median, p90 = effect_figures(effect)
    return (
        f"{count_words(effect.counts)} predicted differently: "
        f"SMAPE {smape}, missed {missed}{_ends(effect)}, waste median {median}, waste P90 {p90}"
    )


def effect_figures(effect: Effect) -> tuple[str, str, str, str]:
    """Differences of mean SMAPE and missed calls in points, of waste (median, P90) as they are."""
    return (
        _signed(effect.smape_mean, 1),
        _signed(effect.underestimation_kaplan_meier, 1, 100),
        _signed(effect.waste_median, 2),
        _signed(effect.waste_p90, 2),
    )


def _ends(effect: Effect) -> str:
    """What the lower and the upper end do where not all move alike: ``(+19.0 / +14.3)``."""
    missed, *ends = (
        _signed(one, 1, 100)
        for one in (
            effect.underestimation_kaplan_meier,
            effect.underestimation_rate,
            effect.underestimation_upper,
        )
    )
    told = " / ".join(dict.fromkeys(ends))
    return "" if told == missed else f" ({told})"


def _signed(value: Fraction | None, decimals: int, times: int = 1) -> str:
    """A difference: ``+3.2``, ``±0.0``."""
    if value is None:
        return NOT_MEASURABLE
    text = f"{float(value * times):+.{decimals}f}"
    return f"±{text[1:]}" if not float(text) else text.replace("-", "−")
