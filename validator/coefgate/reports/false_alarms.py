"""The audit of false alarms, as tables or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.drill.false_alarms import TOLERATED, Tally, measured
from coefgate.replay.figure_text import from_float, share
from coefgate.reports.console import table
from coefgate.reports.figures import rounded
from coefgate.reports.json_texts import json_text


def false_alarms_json(found: Sequence[Tally], *, seed: int, times: int) -> str:
    """The audit as JSON text; shares from 0 to 1."""
    return json_text({"seed": seed, "times": times, "rows": [_dict(one) for one in found]})


def false_alarms_text(found: Sequence[Tally], again: str) -> list[RenderableType]:
    """What should pass, what should not, and what is wrong; ``again``: the command for the same once more."""
    parts: list[RenderableType] = []
    for title, groups in (
        ("Should pass", ("identical", "harmless", "honest")),
        ("Should be stopped: calls that are predicted to the token", ("easy",)),
    ):
        rows = [_cells(one) for one in found if one.group in groups]
        columns = ("kind", "tries", "stopped", "share", "95% interval", "by")
        parts += [table(*columns, rows=rows, title=title, figures=range(1, 5)), Text("")]
    parts += [Text(f"not planted: {one.kind}: {one.note}") for one in found if not one.tries]
    wrong = [one for one in found if one.complaint]
    for one in wrong:
        told = "; ".join((f"{one.kind}: {one.complaint}", *_why(one)))
        parts.append(Text(f"NOT as it should be: {told}"))
    if not measured(found):
        parts.append(
            Text(
                "Nothing was measured: no honest import could be tried, so nobody knows how many "
                "are stopped."
            )
        )
    elif not wrong:
        parts.append(
            Text(
                f"No false alarm beyond the {TOLERATED:.0%} of honest imports that may be stopped."
            )
        )
    parts.append(Text(f"the same once more: {again}"))
    return parts


def _why(one: Tally) -> Iterator[str]:
    """Which rules stopped what should pass, and what went wrong first."""
    if one.rules and one.group != "easy":
        yield f"stopped by {_rules(one)}"
    if one.note:
        yield one.note


def _rules(one: Tally) -> str:
    return ", ".join(f"{rule} ({times})" for rule, times in one.rules)


def _cells(one: Tally) -> list[str]:
    if not one.tries:
        return [one.kind, "0", "–", "–", "–", ""]
    written = share.beside(from_float(TOLERATED))
    low, high = (written(from_float(end)) for end in one.interval)
    stopped = written(Fraction(one.stopped, one.tries))
    return [one.kind, f"{one.tries}", f"{one.stopped}", stopped, f"{low} to {high}", _rules(one)]


def _dict(one: Tally) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "group": one.group,
        "calls": one.calls,
        "tries": one.tries,
        "stopped": one.stopped,
        "share": rounded(one.stopped / one.tries) if one.tries else None,
        "interval": [rounded(end) for end in one.interval] if one.tries else None,
        "rules": dict(one.rules),
        "note": one.note,
        "complaint": one.complaint,
    }
