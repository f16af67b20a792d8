"""The rules of a verdict on one screen: those that do not pass, or else the four figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Final

from coefgate.gates.verdict import RuleResult
from coefgate.registry.wording import listed
from coefgate.reports.brief import cut
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
from coefgate.use_cases.report import Report

_MOST_RED: Final = 4
"""Rules whose objections are shown; the others are named."""
_LINE: Final = 80
_ROOM: Final = 10
"""Lines of a terminal for all of it; one more, if so each rule says what it objects to."""
_LONGEST_FACT: Final = 2 * _LINE
_LONGEST_ANSWER: Final = 2 * _LINE


@dataclass(frozen=True, slots=True)
class _Objection:
    """What is said of a rule behind ``head``.

    ``forms``: the fact and whose doing it is, and then all of it; ``answer``: a line of YAML, to
    be copied.
    """

    head: Item
    forms: Sequence[str]
    answer: str

    def lines(self, form: str) -> int:
        """How many lines of a terminal ``form`` takes, with the answer below it."""
        where = "({}:{}): ".format(*self.head.place) if self.head.place else ""
        text = f"{unmarked(self.head.words)}: {where}{form}"
        return len(wrap(text, _LINE)) + -(-len(self.answer) // _LINE)


def brief_rules_blocks(report: Report) -> Page:
    """For the short form of a page alone."""
    red = red_rules(report)
    yield from _red_blocks(red) if red else [limits_table(report, "brief")]


def _red_blocks(red: Sequence[RuleResult]) -> Page:
    """The rules that do not pass, the first objection of each; all of them on one screen."""
    objections = list(map(_objection, red[:_MOST_RED]))
    while len(objections) > 1 and _left(objections, red) < -1:
        objections.pop()
    yield GAP
    for one, form in zip(objections, _fitting(objections, _left(objections, red)), strict=True):
        yield Items([replace(one.head, after=form)], width="brief")
        if one.answer:
            yield Items([Item(code(one.answer))], width="brief", unbroken=True)
    if others := _also(red[len(objections) :]):
        yield Paragraph(plain(others), width="brief")
    yield GAP


def _also(rules: Sequence[RuleResult]) -> str:
    return f"also red (why: --verbose): {listed(one.rule for one in rules)}" if rules else ""


def _left(objections: Sequence[_Objection], red: Sequence[RuleResult]) -> int:
    """The lines that are left if of each objection the least is said, and the others are named."""
    named = wrap(_also(red[len(objections) :]), _LINE)
    return _ROOM - len(named) - sum(one.lines(one.forms[0]) for one in objections)


def _fitting(objections: Sequence[_Objection], left: int) -> Iterator[str]:
    """The longest form of each that there is room for; the first ones choose first."""
    for one in objections:
        more = {form: one.lines(form) - one.lines(one.forms[0]) for form in one.forms}
        form = next((form for form in one.forms[:0:-1] if more[form] <= left), one.forms[0])
        left -= more[form]
        yield form


def _objection(rule: RuleResult) -> _Objection:
    measured, first = rule.rule in RULE_FIGURES, next(iter(rule.findings), None)
    limit = f", limit: {rule.limit}" if measured else ""
    many, fact, whole, answer = "", rule.fact or rule.found, rule.found, ""
    if first is not None and not measured:
        fact, whole, answer = first.fact or first.said, first.message, first.answer
        several = len(rule.findings) > 1
        many = f"{len(rule.findings):,} objections, the first: " if several else ""
    place = None if measured else rule.places[0]  # it says what has made it worse
    head = Item((strong(rule.rule), plain(f" {SAYS[rule.status]}{limit}")), place)
    # An answer can be copied only where it is a line by itself.
    said = [unmarked(cut(fact, _LONGEST_FACT)), *([] if answer or whole == fact else [whole])]
    shown = answer if len(answer) <= _LONGEST_ANSWER else ""
    return _Objection(head, [f"{many}{one}" for one in said], shown)
