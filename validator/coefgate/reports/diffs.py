"""What lies between two states, as text: what changed, then what it does to predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.changes.change import Change, Content
from coefgate.changes.gate_changes import GateDifference, Part
from coefgate.changes.path_rule_changes import GlobDifference
from coefgate.changes.renames import rename_words
from coefgate.registry.numbers import written
from coefgate.replay.figure_text import bounds_of
from coefgate.replay.state import State
from coefgate.reports.console import count, short, table
from coefgate.reports.diff_dicts import factor_of
from coefgate.reports.figures import count_figure, count_words, figures_beside
from coefgate.reports.renames import renamed_calls_words
from coefgate.reports.verdict_wording import (
    effect_figures,
    mover_call,
    mover_cell,
    mover_figures,
    mover_lists,
    movers_title,
)
from coefgate.reports.visible import visible
from coefgate.use_cases.diff import Difference
from coefgate.whatif.attribution import Effect
from coefgate.whatif.movers import Mover
from coefgate.whatif.renamed_calls import Renamed

_NUMBERS: Final = ("overhead", "marginal", "margin", "fallback")
_PARTS: Final[Mapping[Part, str]] = {
    "rules": "threshold",
    "scope": "scope",
    "aims": "aim",
    "guardrails": "monitoring",
    "yanks": "version",
}


def diff_text(found: Difference) -> list[RenderableType]:
    """What changed, by part; then what it does to the predictions of stored calls."""
    parts: list[RenderableType] = []
    if found.same:
        parts.append(Text("no difference: no number, name, path rule or threshold has changed"))
        if found.base.digest != found.head.digest:
            parts.append(
                Text(
                    "the digests differ: a margin that is the default was written out or left out"
                )
            )
    for part in (
        _renames(found.renames),
        _changes(found.effects),
        _globs(found.globs),
        _gates(found.gates),
    ):
        lines = list(part)
        parts += [*lines, Text("")] if lines else []
    if not found.same:
        parts += [*_predictions(found), *_movers(found)]
    parts += [Text(_side("base", found.base)), Text(_side("head", found.head))]
    return parts


def _side(name: str, side: State) -> str:
    return f"{name} {side.version} ({side.revision}), digest {short(side.digest)}"


def _renames(found: Sequence[Renamed]) -> Iterator[RenderableType]:
    if found:
        yield Text("Names of categories", style="bold")
    for one in found:
        place = f"{one.rename.file}:{one.rename.line}"
        yield Text(visible(f"{rename_words(one.rename)}: {renamed_calls_words(one)}  ({place})"))


def _changes(effects: Sequence[Effect]) -> Iterator[RenderableType]:
    rows = [
        [
            visible(change.name),
            *_step(change),
            _times(change),
            f"{change.file}:{change.line}",
            *(_effect(effect) if change is effect.changes[-1] else ("↓", "", "", "")),
        ]
        for effect in effects
        for change in effect.changes
    ]
    if rows:
        yield table(
            *(
                "coefficient",
                "base",
                "head",
                "factor",
                "where",
                "calls",
                "SMAPE",
                "missed ≥ / ≤",
                "waste",
            ),
            rows=rows,
            title=(
                f"{count(len(rows), 'change')}, each with its own effect; SMAPE and missed calls "
                "in points"
            ),
            figures=(1, 2, 3, 5, 6, 7, 8),
        )
    if any(len(effect.changes) > 1 for effect in effects):
        yield Text(
            "↓: not valid without the one below it, so their effect is that of all of them "
            "together"
        )


def _effect(effect: Effect) -> tuple[str, str, str, str]:
    """Calls that are predicted differently; SMAPE and missed calls in points, median of waste."""
    if not effect.calls:
        return "0", "", "", ""
    smape, missed, waste, _ = effect_figures(effect)
    return count_figure(effect.counts), smape, missed, waste


def _step(change: Change) -> tuple[str, str]:
    return _shown(change, change.base), _shown(change, change.head)


def _shown(change: Change, content: Content | None) -> str:
    if isinstance(content, Fraction):
        return written(content) if change.kind == "margin" else f"{int(content):,}"
    if content is None:
        return "default" if change.kind == "margin" else "none"
    return visible(", ".join(content) if isinstance(content, tuple) else content)


def _times(change: Change) -> str:
    factor = factor_of(change)
    return "" if factor is None else f"× {float(factor):.3g}"


def _globs(globs: Sequence[GlobDifference]) -> Iterator[RenderableType]:
    if globs:
        yield Text("Path rules", style="bold")
    for one in globs:
        yield Text(f"{_glob_words(one)}  ({one.file}:{one.line})")


def _glob_words(one: GlobDifference) -> str:
    glob = visible(one.glob)
    match one.step:
        case "added":
            return f"added: {glob} → {one.head} (rule {one.head_rule})"
        case "removed":
            return f"removed: {glob} → {one.base} (was rule {one.base_rule})"
        case "kind":
            return f"another kind: {glob} → {one.head} (was {one.base})"
        case "moved":
            return f"moved: {glob} → {one.head} (rule {one.base_rule} → {one.head_rule})"
    return f"all other paths: {one.base} → {one.head}"


def _gates(gates: Sequence[GateDifference]) -> Iterator[RenderableType]:
    if gates:
        rows = [
            [
                *(_PARTS[one.part], one.name),
                *(_setting(side, one.part) for side in (one.base, one.head)),
                f"{one.file}:{one.line}",
            ]
            for one in gates
        ]
        columns = ("part", "setting", "base", "head", "where")
        yield table(*columns, rows=rows, title="Gates, which move no prediction")


def _setting(value: Content | None, part: Part) -> str:
    if value is None:
        return "everything" if part == "scope" else "nothing"
    if isinstance(value, Fraction):
        return written(value)
    return visible(", ".join(value) if isinstance(value, tuple) else value)


def _predictions(found: Difference) -> Iterator[RenderableType]:
    scored, before, after = found.pair.head.count, found.pair.base_metrics, found.pair.head_metrics
    if not scored.scored:
        yield Text("no stored call can be scored, so nobody knows what this does to predictions")
        yield Text("")
        return
    yield Text(
        f"predicted differently: {count_words(found.moved)} (of {count_words(scored)}); "
        f"misses: {found.gained_misses} more, {found.lost_misses} fewer"
    )
    if found.moved.scored and before and after:
        rows = [
            [title, written_as(getattr(before, name)), written_as(getattr(after, name))]
            for name, (title, written_as) in figures_beside(bounds_of(found.limits)).items()
        ]
        yield table("metric", "base", "head", rows=rows, figures=(1, 2))
    yield Text("")


def _movers(found: Difference) -> Iterator[RenderableType]:
    for what, turned, moved in mover_lists(found.movers):
        yield table(
            *("sample", "call", "cell", "base", "head", "actual", "SMAPE", "missed by"),
            rows=map(_mover_row, moved.first),
            title=movers_title(what, turned, moved),
            figures=range(3, 7),
        )
        yield Text("")


def _mover_row(mover: Mover) -> Sequence[str]:
    call, cell = visible(mover_call(mover)), visible(mover_cell(mover))
    actual, base, head, *rest = mover_figures(mover)
    return [short(mover.sample.id), call, cell, base, head, actual, *rest]
