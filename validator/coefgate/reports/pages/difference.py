"""What lies between two states: what changed, then what it does to predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from coefgate.changes.change import Change, Content
from coefgate.changes.gate_changes import GatePart
from coefgate.changes.path_rule_changes import GlobStep
from coefgate.registry.numbers import written
from coefgate.registry.wording import count
from coefgate.replay.figure_text import bounds_of
from coefgate.reports.document import metrics_dict, movers_dict, renamed_dict, side_dict
from coefgate.reports.figures import count_figure, count_words, figures_beside
from coefgate.reports.page import GAP, Cells, Item, Items, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.pages.effects import effect_figures, renames_block
from coefgate.reports.pages.movers import movers_blocks
from coefgate.reports.pages.sides import side_words
from coefgate.reports.render.json import exact, exactly, picked, rounded
from coefgate.use_cases.diff import Difference
from coefgate.whatif.attribution import Effect
from coefgate.whatif.movers import MOST

_PARTS: Final[Mapping[GatePart, str]] = {
    "rules": "threshold",
    "scope": "scope",
    "aims": "aim",
    "guardrails": "monitoring",
    "yanks": "version",
}
_GLOBS: Final[Mapping[GlobStep, str]] = {
    "added": "added: {0.glob} → {0.head} (rule {0.head_rule})",
    "removed": "removed: {0.glob} → {0.base} (was rule {0.base_rule})",
    "kind": "another kind: {0.glob} → {0.head} (was {0.base})",
    "moved": "moved: {0.glob} → {0.head} (rule {0.base_rule} → {0.head_rule})",
    "default": "all other paths: {0.base} → {0.head}",
}


def difference_page(found: Difference) -> Page:
    """What changed, by part; then what it does to the predictions of stored calls."""
    if found.same:
        yield Paragraph("no difference: no number, name, path rule or threshold has changed")
        if found.base.digest != found.head.digest:
            why = "a margin that is the default was written out or left out"
            yield Paragraph(f"the digests differ: {why}")
    yield renames_block(found.renames)
    yield from _changes(found.effects)
    rules = [Item(_GLOBS[one.step].format(one), (one.file, one.line)) for one in found.globs]
    yield Items(rules, "Path rules", section=True)
    if found.gates:
        rows: list[Cells] = []
        for one in found.gates:
            nothing = "everything" if one.part == "scope" else "nothing"
            base, head = (_setting(side, nothing) for side in (one.base, one.head))
            place = code(f"{one.file}:{one.line}")
            rows.append((_PARTS[one.part], code(one.name), base, head, place))
        columns = ("part", "setting", "base", "head", "where")
        yield TableBlock(columns, rows, "Gates, which move no prediction")
    yield GAP
    if not found.same:
        yield from _predictions(found)
        yield from movers_blocks(found.movers, narrow=MOST)
        yield GAP
    yield Paragraph(side_words("base", found.base))
    yield Paragraph(side_words("head", found.head))


def _changes(effects: Sequence[Effect]) -> Page:
    rows: list[Cells] = [
        (
            code(change.name),
            _shown(change, change.base),
            _shown(change, change.head),
            plain("" if (factor := _factor(change)) is None else f"× {float(factor):.3g}"),
            code(f"{change.file}:{change.line}"),
            *map(plain, _effect(effect) if change is effect.changes[-1] else ("↓", "", "", "")),
        )
        for effect in effects
        for change in effect.changes
    ]
    if rows:
        told = ("coefficient", "base", "head", "factor", "where")
        yield TableBlock(
            (*told, "calls", "SMAPE", "missed", "waste"),
            rows,
            f"{count(len(rows), 'change')}, each with its own effect; SMAPE and missed calls in "
            "points",
            figures=(1, 2, 3, 5, 6, 7, 8),
        )
    if any(len(effect.changes) > 1 for effect in effects):
        together = "so their effect is that of all of them together"
        yield Paragraph(f"↓: not valid without the one below it, {together}")


def _effect(effect: Effect) -> tuple[str, str, str, str]:
    """Calls that are predicted differently; SMAPE and missed calls in points, median of waste."""
    if not effect.calls:
        return "0", "", "", ""
    smape, missed, waste, _ = effect_figures(effect)
    return count_figure(effect.counts), smape, missed, waste


def _shown(change: Change, content: Content | None) -> str:
    is_factor = change.kind in {"margin", "model", "retry"}
    if isinstance(content, Fraction) and not is_factor:
        return f"{int(content):,}"
    return _setting(content, "default" if change.kind == "margin" else "none")


def _setting(value: Content | None, nothing: str) -> str:
    if isinstance(value, Fraction):
        return written(value)
    return nothing if value is None else ", ".join(value) if isinstance(value, tuple) else value


def _predictions(found: Difference) -> Page:
    scored, before, after = found.pair.head.count, found.pair.base_metrics, found.pair.head_metrics
    bounds = bounds_of(found.head.registry.gates.limits)
    if scored.scored:
        yield Paragraph(
            f"predicted differently: {count_words(found.moved)} (of {count_words(scored)}); "
            f"misses: {found.movers.worse.turns} more, {found.movers.better.turns} fewer"
        )
    else:
        nobody = "so what this does to predictions is not known"
        yield Paragraph(f"no stored call can be scored, {nobody}")
    if found.moved.scored and before and after:
        rows: list[Cells] = [
            (title, *(plain(form(getattr(side, name))) for side in (before, after)))
            for name, (title, form) in figures_beside(bounds).items()
        ]
        yield TableBlock(("metric", "base", "head"), rows, figures=(1, 2))


def difference_dict(found: Difference) -> dict[str, Any]:
    """What changed, and what it does to the predictions of stored calls."""
    return {
        "same": found.same,
        "base": side_dict(found.base),
        "head": side_dict(found.head),
        "renames": list(map(renamed_dict, found.renames)),
        "changes": [
            _change_dict(change, effect) for effect in found.effects for change in effect.changes
        ],
        "path_rules": [
            {
                "step": one.step,
                "glob": one.glob or None,
                "base": picked(one, kind="base", rule="base_rule"),
                "head": picked(one, kind="head", rule="head_rule"),
                **picked(one, "file", "line"),
            }
            for one in found.globs
        ],
        "gates": list(map(exact, found.gates)),
        "calls": {
            **picked(found, scored="pair.head.count.scored", moved="moved.scored"),
            "counts": picked(found, scored="pair.head.count", moved="moved"),
            **picked(found.movers, gained_misses="worse.turns", lost_misses="better.turns"),
        },
        "metrics": {
            "base": metrics_dict(found.pair.base_metrics),
            "head": metrics_dict(found.pair.head_metrics),
        },
        "movers": movers_dict(found.movers),
    }


def _change_dict(change: Change, effect: Effect) -> dict[str, Any]:
    return {
        **exactly(change, "name", "kind", "base", "head"),
        "factor": rounded(_factor(change)),
        **picked(change, "gone", "file", "line"),
        **picked(effect, "calls", "counts"),
        "together_with": [other.name for other in effect.changes if other is not change],
    }


def _factor(change: Change) -> Fraction | None:
    """Head's number over base's, where both are numbers and base's is not 0."""
    if isinstance(change.base, Fraction) and isinstance(change.head, Fraction) and change.base:
        return change.head / change.base
    return None
