"""The audit of false alarms: what should pass, what should be stopped, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from coefgate.drill.false_alarms import TOLERATED, Tally, measured
from coefgate.replay.figure_text import from_float, share
from coefgate.reports.page import GAP, Block, Cells, Paragraph, TableBlock, plain
from coefgate.reports.render.json import as_json, picked, rounded


def false_alarms_page(found: Sequence[Tally], again: str) -> Sequence[Block]:
    """What should pass, what should not, and what is wrong; ``again``: the command for it."""
    page: list[Block] = []
    for title, groups in (
        ("Should pass", ("identical", "harmless", "honest")),
        ("Should be stopped: calls that are predicted to the token", ("easy",)),
    ):
        rows = [_cells(one) for one in found if one.group in groups]
        columns = ("kind", "tries", "stopped", "share", "95% interval", "by")
        page += [TableBlock(columns, rows, title, figures=range(1, 5)), GAP]
    page += [Paragraph(f"not planted: {one.kind}: {one.note}") for one in found if not one.tries]
    wrong = [one for one in found if one.complaint]
    for one in wrong:
        told = "; ".join((f"{one.kind}: {one.complaint}", *_why(one)))
        page.append(Paragraph(f"NOT as it should be: {told}"))
    said = []
    if not measured(found):
        none = "no honest import could be tried, so nobody knows how many are stopped"
        said = [f"Nothing was measured: {none}."]
    elif not wrong:
        may = f"the {TOLERATED:.0%} of honest imports that may be stopped"
        said = [f"No false alarm beyond {may}."]
    return [*page, *map(Paragraph, (*said, f"the same once more: {again}"))]


def _why(one: Tally) -> Iterator[str]:
    """Which rules stopped what should pass, and what went wrong first."""
    if one.rules and one.group != "easy":
        yield f"stopped by {_rules(one)}"
    if one.note:
        yield one.note


def _rules(one: Tally) -> str:
    return ", ".join(f"{rule} ({times})" for rule, times in one.rules)


def _cells(one: Tally) -> Cells:
    if not one.tries:
        return (one.kind, *map(plain, ("0", "–", "–", "–", "")))
    written = share.beside(from_float(TOLERATED))
    low, high = (written(from_float(end)) for end in one.interval)
    stopped = written(Fraction(one.stopped, one.tries))
    figures = (f"{one.tries}", f"{one.stopped}", stopped, f"{low} to {high}")
    return (one.kind, *map(plain, figures), _rules(one))


def false_alarms_dict(found: Sequence[Tally], *, seed: int, times: int) -> dict[str, Any]:
    """How often what should pass was stopped; shares from 0 to 1."""
    return {"seed": seed, "times": times, "rows": [_tally_dict(one) for one in found]}


def _tally_dict(one: Tally) -> dict[str, Any]:
    return {
        **picked(one, "kind", "group", "calls", "tries", "stopped"),
        "share": rounded(one.stopped / one.tries) if one.tries else None,
        "interval": as_json(one.interval) if one.tries else None,
        "rules": dict(one.rules),
        **picked(one, "note", "complaint"),
    }
