"""A drill: what was planted on each side, what the gates did with it, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from coefgate.drill.plant import Expected, Side
from coefgate.drill.run import Drill, Row
from coefgate.reports.page import GAP, Block, Cells, Paragraph, Span, TableBlock, plain
from coefgate.reports.render.json import as_json

_EXPECTED: Final[dict[Expected, str]] = {
    "stopped": "1 or 4",
    "refused": "3",
    "unanswered": "5",
    "passes": "0",
}
_MARKS: Final = {
    "ok": Span("ok", "pass"),
    "wrong": Span("NOT", "fail"),
    "not-planted": Span("–", "skipped"),
}
_SIDES: Final[tuple[tuple[Side, str, str], ...]] = (
    ("regression", "regressions", "stopped"),
    ("harmless", "harmless changes", "let through"),
)


def drill_page(drill: Drill, again: str) -> Sequence[Block]:
    """The table of each side, what is wrong or could not be planted, and the counts.

    ``again``: the command that plants the same changes.
    """
    page: list[Block] = []
    for side, name, _ in _SIDES:
        if rows := [row for row in drill.rows if row.side == side]:
            page += [_table(name.capitalize(), rows), GAP]
    not_planted = (row for row in drill.rows if row.status == "not-planted")
    page += [Paragraph(f"not planted: {row.kind}: {row.note}") for row in not_planted]
    page += [
        Paragraph(f"NOT as it should be: {row.kind}: {_complaint(row)}") for row in drill.wrong
    ]
    counts = [
        Paragraph(f"{len(drill.right(side))} of {len(planted)} {name} were {done}.")
        for side, name, done in _SIDES
        if (planted := drill.planted(side))
    ]
    page += counts or [Paragraph("Nothing could be planted, so nothing is proved.")]
    return [*page, Paragraph(f"seed {drill.seed}; the same once more: {again}")]


def _table(title: str, rows: Iterable[Row]) -> TableBlock:
    columns = ("kind", "planted", "right", "exit code", "what objects", "")
    return TableBlock(columns, list(map(_cells, rows)), title)


def _cells(row: Row) -> Cells:
    return (
        row.kind,
        f"{row.file}: {row.planted}" if row.file else row.note,
        plain(_EXPECTED[row.expected]),
        "–" if row.exit_code is None else f"{row.exit_code} {row.verdict}",
        row.objection,
        _MARKS[row.status],
    )


def _complaint(row: Row) -> str:
    found = f"exit code {row.exit_code} ({row.verdict}), right would be {_EXPECTED[row.expected]}"
    return f"{found}; {row.note}" if row.note else found


def drill_dict(drill: Drill) -> dict[str, Any]:
    """What was planted, and what the gates did with it."""
    return {
        "seed": drill.seed,
        "regressions": {
            "planted": len(drill.planted("regression")),
            "stopped": len(drill.right("regression")),
        },
        "harmless": {
            "planted": len(drill.planted("harmless")),
            "passed": len(drill.right("harmless")),
        },
        "rows": as_json(drill.rows),
    }
