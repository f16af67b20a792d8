"""The rules of a verdict on one screen: those that do not pass, or else the four figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coefgate.gates.verdict import RuleResult
from coefgate.registry.wording import listed
from coefgate.reports.brief import cut, fair_shares
from coefgate.reports.page import (
    GAP,
    Item,
    Items,
    Page,
    Paragraph,
    code,
    plain,
    strong,
    unmarked,
)
from coefgate.reports.pages.rules import RULE_FIGURES, SAYS, limits_table, red_rules
from coefgate.reports.quoted import yaml_lines
from coefgate.use_cases.report import Report

_MOST_RED: Final = 4
"""Rules whose objections are shown; the others are named."""
_LINE: Final = 80
_ROOM: Final = 600
"""Characters of all of it: eight lines of a terminal."""
_LONGEST_ANSWER: Final = 2 * _LINE


def brief_rules_blocks(report: Report) -> Page:
    """For the short form of a page alone."""
    red = red_rules(report)
    yield from _red_blocks(red) if red else [limits_table(report, "brief")]


def _red_blocks(red: Sequence[RuleResult]) -> Page:
    """The rules that do not pass, the first objection of each; all of them on one screen."""
    shown, others = red[:_MOST_RED], [rule.rule for rule in red[_MOST_RED:]]
    yield GAP
    yield from _fitting(list(map(_brief_objection, shown)))
    if others:
        yield Paragraph(plain(f"also red: {listed(others)}"), width="brief")
    yield GAP


def _fitting(objections: Sequence[Item], taken: int = 0) -> Page:
    """The objections, cut to the room beside so many lines as are ``taken`` by whole answers."""
    heads = sum(len(unmarked(one.words)) + _place_length(one) for one in objections)
    wanted = [len(unmarked(one.after)) for one in objections]
    rooms = fair_shares(wanted, _ROOM - heads - taken * _LINE)
    shown = [
        replace(one, after=cut(one.after, room))
        for one, room in zip(objections, rooms, strict=True)
    ]
    answers = list(map(_answer_cut_off, objections, shown))
    needed = sum(-(-len(one) // _LINE) for one in answers)
    if needed > taken:
        yield from _fitting(objections, needed)
        return
    for one, answer in zip(shown, answers, strict=True):
        yield Items([one], width="brief")
        if answer:
            yield Items([Item(code(answer))], width="brief", unbroken=True)


def _answer_cut_off(whole: Item, shown: Item) -> str:
    """The first line of YAML that is to be copied and is not shown; none that is too long."""
    there = yaml_lines(shown.after)
    lost = (one for one in yaml_lines(whole.after) if one not in there)
    return next((one for one in lost if len(one) <= _LONGEST_ANSWER), "")


def _place_length(one: Item) -> int:
    return len("{}:{}".format(*one.place)) if one.place else 0


def _brief_objection(rule: RuleResult) -> Item:
    measured, first = rule.rule in RULE_FIGURES, next(iter(rule.findings), None)
    limit = f", limit: {rule.limit}" if measured else ""
    many = f"{len(rule.findings):,} objections, the first: " if len(rule.findings) > 1 else ""
    said = rule.said or rule.told if measured or first is None else f"{many}{first.message}"
    place = None if measured else rule.places[0]  # it says what has made it worse
    return Item((strong(rule.rule), plain(f" {SAYS[rule.status]}{limit}")), place, said)
