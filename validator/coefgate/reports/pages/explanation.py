"""What one number does: its story, the calls that rest on it, ten percent either way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from coefgate.registry.key import Key
from coefgate.registry.model import Value
from coefgate.registry.number_history import ABSENT, Step
from coefgate.registry.wording import count
from coefgate.replay.figure_text import bounds_of, share
from coefgate.reports.document import call_dict, metrics_dict
from coefgate.reports.estimate_words import unit_words
from coefgate.reports.figures import (
    NOT_MEASURABLE,
    count_words,
    figure,
    figures_beside,
    further,
    number_words,
    short,
)
from coefgate.reports.page import GAP, Cells, Page, Paragraph, TableBlock, plain
from coefgate.reports.pages.fallback import fallback_lines, fallbacks_dict
from coefgate.reports.pages.history import number_text, quoted, step_dict
from coefgate.reports.pages.origin import origin_blocks, origin_dict
from coefgate.reports.pages.replay import CALL_COLUMNS, call_row
from coefgate.reports.render.json import as_json, exactly, picked
from coefgate.use_cases.explain import NumberReport
from coefgate.whatif.explanation import Explanation, Nudge

MOST_CALLS: Final = 20
_NUDGED: Final = {
    "SMAPE mean": "smape_mean",
    "underestimation": "underestimation_kaplan_meier",
    "waste ratio median": "waste_median",
    "waste ratio P90": "waste_p90",
}


def explanation_page(explained: NumberReport) -> Page:
    """The number and its story first, then the calls, then ten percent either way."""
    found = explained.explanation
    yield from map(Paragraph, _value(found.value))
    yield from map(Paragraph, _changed(explained))
    yield GAP
    yield from _calls(found)
    if explained.origin is not None:
        yield from origin_blocks(found.value, explained.origin)
    if found.calls:
        yield _nudges(found)
        yield from map(Paragraph, _remarks(found.value.key, found.nudges))
    yield GAP
    version, digest = explained.state.version, short(explained.state.digest)
    yield Paragraph(f"coefficients {version}, digest {digest}")


def _value(value: Value) -> Iterator[str]:
    key, basis, answer = value.key, value.basis, value.acknowledge
    unit = f" {unit_words(key)}" if unit_words(key) else ""
    number = number_words(value.number, key)
    yield f"{value.name} = {number}{unit}  ({value.file}:{value.line})"
    behind = "" if basis.samples is None else f", {count(basis.samples, 'sample')} behind it"
    ends = f", interval {ends_words(value)}" if basis.interval else ""
    yield f"basis: {basis.kind}{behind}{ends}, {basis.reference}"
    if answer is not None:
        step = f"{number_words(answer.previous, key)} → {number_words(answer.current, key)}"
        yield f"acknowledged: {step}: {answer.reason}"


def ends_words(value: Value) -> str:
    """The interval that a value claims: ``1,210 to 1,840``; empty where it claims none."""
    ends = value.basis.interval or ()
    return " to ".join(number_words(one, value.key) for one in ends)


def _changed(explained: NumberReport) -> Iterator[str]:
    name = explained.explanation.value.name
    if not explained.last:
        yield f"last changed: not known: {explained.unknown_because}"
    for step in explained.last:
        was = _was(name, step)
        if step.commit is None:
            yield f"last changed: in the folder, not committed ({was})"
            continue
        by, when = step.written or step.commit, step.commit.committed_at[:10]
        before = "" if step is explained.last[0] else " before"
        what = "first declared" if step.before == ABSENT else was
        if step.before.problem is not None:
            read = step.before.number is not None
            what = f"{what} in an invalid registry" if read else "it could not be read"
        if explained.cut:
            what = f"{what} as far as this shallow clone knows"
        yield (
            f"last changed{before}: {when} in {short(step.commit.id)} by {quoted(by.author)} "
            f"({what}): {quoted(by.subject)}"
        )


def _was(name: str, step: Step) -> str:
    """``it was 1,500``, or what it was called where only its name has changed."""
    before, after = step.before, step.after
    if before.name is not None and before.name != after.name and before.number == after.number:
        return f"it was called {before.name}"
    return f"it was {number_text(name, before)}"


def _calls(found: Explanation) -> Page:
    name = found.value.name
    if found.labelled is not None:
        labelled = f" labelled {'/'.join(found.value.key.of)}"
        yield from fallback_lines(found.labelled, labelled=labelled)
    if not found.calls:
        yield Paragraph(
            f"no scored call rests on {name}: of {count_words(found.scored)} none would be "
            "predicted differently with another number."
        )
        return
    yield TableBlock(
        CALL_COLUMNS[:6],
        [call_row(call)[:6] for call in found.calls[:MOST_CALLS]],
        f"rest on it: {count_words(found.count)} (of {count_words(found.scored)}), "
        "the largest error first",
        figures=range(3, 6),
        further=further(found.calls, MOST_CALLS, f"coefgate explain {name} --format json"),
    )
    if found.share is not None:
        margin = "a margin of 1" if found.value.key.part == "margin" else "a factor of 1"
        instead = margin if found.value.key.is_factor else "0 tokens"
        lower = "higher" if found.share < 0 else "lower"
        would_be = f"{share(abs(found.share))} {lower} with {instead} instead"
        yield Paragraph(f"their predictions would be {would_be}")


def _nudges(found: Explanation) -> TableBlock:
    key, (lower, higher) = found.value.key, found.nudges
    columns = {
        f"−10%: {number_words(lower.number, key)}": (lower.metrics, lower.moved),
        f"now: {number_words(found.value.number, key)}": (found.metrics, 0),
        f"+10%: {number_words(higher.number, key)}": (higher.metrics, higher.moved),
    }
    forms = figures_beside(bounds_of(found.limits))
    rows: list[Cells] = [
        (
            title,
            *(plain(figure(metrics, name, forms[name][1])) for metrics, _ in columns.values()),
        )
        for title, name in _NUDGED.items()
    ]
    moved = (NOT_MEASURABLE if n is None else f"{n:,}" for _, n in columns.values())
    return TableBlock(
        ("metric", *columns),
        [*rows, ("calls predicted differently", *map(plain, moved))],
        f"All {count_words(found.scored)}, with 10% less and 10% more",
        figures=range(1, 4),
    )


def _remarks(key: Key, nudges: Sequence[Nudge]) -> Iterator[str]:
    unit = "thousandths" if key.is_factor else "whole tokens"
    for nudge in nudges:
        allowed = "{} to {} is allowed".format(*(number_words(end, key) for end in nudge.limits))
        signed = f"{'−' if nudge.percent < 0 else '+'}{abs(nudge.percent)}%"
        number = number_words(nudge.number, key)
        if nudge.moved is None:
            yield f"{signed}: {number} is not possible; {allowed}"
            continue
        if not nudge.allowed:
            yield f"{signed}: {number} alone is not valid; beside its neighbours {allowed}"
        if not nudge.exact:
            yield f"{signed}: rounded to {unit}"


def explanation_dict(explained: NumberReport) -> dict[str, Any]:
    """The number, its story, the calls that rest on it, and ten percent either way."""
    found = explained.explanation
    value = found.value
    answer = value.acknowledge
    return {
        "name": value.name,
        "unit": "factor" if value.key.is_factor else "tokens",
        **exactly(value, "number", "file", "line"),
        "basis": exactly(value.basis, "kind", "samples", "interval", "reference"),
        "acknowledge": answer
        and exactly(answer, **{"from": "previous", "to": "current"}, reason="reason"),
        "registry": picked(explained.state, "version", "digest"),
        "changed": {
            "steps": list(map(step_dict, explained.last)),
            "complete": not explained.cut,
            "reason": explained.unknown_because or None,
        },
        "scored": found.scored.scored,
        "counts": picked(found, "scored", rest="count"),
        "labelled": found.labelled and fallbacks_dict(found.labelled),
        "share": as_json(found.share),
        "origin": explained.origin and origin_dict(explained.origin),
        "samples": list(map(call_dict, found.calls)),
        "metrics": metrics_dict(found.metrics),
        "nudges": [
            exactly(nudge, "percent", "number", "exact", "allowed", "limits", "moved")
            | {"metrics": metrics_dict(nudge.metrics)}
            for nudge in found.nudges
        ],
    }
