"""The rules of a verdict on one screen: those that do not pass, or else the four figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coefgate.gates.verdict import RuleResult
from coefgate.registry.wording import listed
from coefgate.reports.brief import cut, fair_shares
from coefgate.reports.page import GAP, Item, Items, Page, TableBlock, plain, strong, unmarked
from coefgate.reports.pages.rules import RULE_FIGURES, SAYS, limits_table, red_rules
from coefgate.use_cases.report import Report

_MOST_RED: Final = 4
"""Rules whose objections are shown; the others are named."""
_ROOM: Final = 600
"""Characters of all of it: eight lines of a terminal of 80 columns."""


def brief_rules_blocks(report: Report) -> Page:
    """For the short form of a page alone."""
    red = red_rules(report)
    yield from _red_blocks(red) if red else [_brief_table(report)]


def _red_blocks(red: Sequence[RuleResult]) -> Page:
    """The rules that do not pass, the first objection of each; all of them on one screen."""
    shown, others = red[:_MOST_RED], [rule.rule for rule in red[_MOST_RED:]]
    objections = list(map(_brief_objection, shown))
    room = _ROOM - sum(len(unmarked(one.words)) + _place_length(one) for one in objections)
    rooms = fair_shares([len(unmarked(one.after)) for one in objections], room)
    yield GAP
    yield Items(
        [
            replace(one, after=cut(one.after, room))
            for one, room in zip(objections, rooms, strict=True)
        ],
        width="brief",
        further=f"also red: {listed(others)}" if others else "",
    )
    yield GAP


def _place_length(one: Item) -> int:
    return len("{}:{}".format(*one.place)) if one.place else 0


def _brief_objection(rule: RuleResult) -> Item:
    measured, first = rule.rule in RULE_FIGURES, next(iter(rule.findings), None)
    limit = f", limit: {rule.limit}" if measured else ""
    many = f"{len(rule.findings):,} objections, the first: " if len(rule.findings) > 1 else ""
    said = rule.said or rule.told if measured or first is None else f"{many}{first.message}"
    place = None if measured else rule.places[0]  # it says what has made it worse
    return Item((strong(rule.rule), plain(f" {SAYS[rule.status]}{limit}")), place, said)


def _brief_table(report: Report) -> TableBlock:
    """The four figures without what a terminal of 80 columns has no room for."""
    whole = limits_table(report, "narrow")
    left_out = {"n", "95% interval", "set in"}
    kept = [at for at, name in enumerate(whole.columns) if name not in left_out]
    return replace(
        whole,
        columns=[whole.columns[at] for at in kept],
        rows=lambda: [[row[at] for at in kept] for row in whole.cells],
        width="brief",
    )
