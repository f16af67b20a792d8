"""A drill as a table or as JSON, and a sign of life while it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.drill.plant import Drill, Expected, Row, Side
from coefgate.reports.console import table
from coefgate.reports.json_texts import json_text

_EXPECTED: Final[dict[Expected, str]] = {
    "stopped": "1 or 4",
    "refused": "3",
    "unanswered": "5",
    "passes": "0",
}
_MARKS: Final = {
    "ok": ("ok", "green"),
    "wrong": ("NOT", "bold red"),
    "not-planted": ("–", "yellow"),
}
_SIDES: Final[tuple[tuple[Side, str, str], ...]] = (
    ("regression", "regressions", "stopped"),
    ("harmless", "harmless changes", "let through"),
)


def drill_json(drill: Drill) -> str:
    """A drill as JSON text."""
    content = {
        "seed": drill.seed,
        "regressions": {
            "planted": len(drill.planted("regression")),
            "stopped": len(drill.right("regression")),
        },
        "harmless": {
            "planted": len(drill.planted("harmless")),
            "passed": len(drill.right("harmless")),
        },
        "rows": [asdict(row) for row in drill.rows],
    }
    return json_text(content)


def drill_text(drill: Drill, again: str) -> list[RenderableType]:
    """The table of each side, what is wrong or could not be planted, and the counts.

    ``again``: the command that plants the same changes.
    """
    parts: list[RenderableType] = []
    for side, name, _ in _SIDES:
        if any(row.side == side for row in drill.rows):
            parts += [
                _table(name.capitalize(), [row for row in drill.rows if row.side == side]),
                Text(""),
            ]
    parts += [
        Text(f"not planted: {row.kind}: {row.note}")
        for row in drill.rows
        if row.status == "not-planted"
    ]
    parts += [Text(f"NOT as it should be: {row.kind}: {_complaint(row)}") for row in drill.wrong]
    for side, name, done in _SIDES:
        right, planted = len(drill.right(side)), len(drill.planted(side))
        if planted:
            parts.append(Text(f"{right} of {planted} {name} were {done}."))
    if not any(drill.planted(side) for side, *_ in _SIDES):
        parts.append(Text("Nothing could be planted, so nothing is proved."))
    parts.append(Text(f"seed {drill.seed}; the same once more: {again}"))
    return parts


def _table(title: str, rows: Iterable[Row]) -> RenderableType:
    return table(
        "kind",
        "planted",
        "right",
        "exit code",
        "what objects",
        "",
        rows=map(_cells, rows),
        title=title,
    )


def _cells(row: Row) -> list[str | Text]:
    planted = f"{row.file}: {row.planted}" if row.file else row.note
    verdict = "–" if row.exit_code is None else f"{row.exit_code} {row.verdict}"
    word, style = _MARKS[row.status]
    return [
        row.kind,
        planted,
        _EXPECTED[row.expected],
        verdict,
        _objection(row),
        Text(word, style=style),
    ]


def _objection(row: Row) -> str:
    """The rules that did not pass; of a registry that was refused, the first thing that is wrong with it."""
    if row.rules or row.verdict != "invalid":
        return ", ".join(row.rules)
    _, _, problem = row.note.partition("  ")
    return problem.partition(";")[0]


def _complaint(row: Row) -> str:
    found = f"exit code {row.exit_code} ({row.verdict}), right would be {_EXPECTED[row.expected]}"
    return f"{found}; {row.note}" if row.note else found


def shown_while_running(rows: Iterable[Row], of: int) -> Iterator[Row]:
    """The same rows; on a terminal, each is counted on standard error when it comes."""
    errors = sys.stderr
    if errors is None or not errors.isatty():
        yield from rows
        return
    try:
        for number, row in enumerate(rows, start=1):
            errors.write(f"\r\x1b[K{number} of {of}: {row.kind}")
            errors.flush()
            yield row
    finally:
        errors.write("\r\x1b[K")
        errors.flush()
