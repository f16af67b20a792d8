"""The gates: each rule with its thresholds, and for each what it asks, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Threshold
from coefgate.registry.numbers import written
from coefgate.reports.page import (
    Cells,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Words,
    code,
    plain,
)
from coefgate.reports.pages.rules import verdict_words
from coefgate.reports.pages.site.addresses import BELOW, TOP, rule_page
from coefgate.reports.pages.site.markdown_words import first_sentence, markdown_blocks
from coefgate.use_cases.site.contents import SiteContents

_LOOSER: Final = {
    "higher": "a higher number",
    "lower": "a lower number",
    "either": "another number",
}


def gates_page(site: SiteContents, sections: Mapping[str, str]) -> Page:
    """Every rule, what it asks in short, its thresholds, and where the registry stands.

    ``sections``: what docs/reference/gates.md says of each.
    """
    yield Paragraph(
        "The accepted state judges a change: thresholds and stored calls are those of the target "
        "branch. The first four rules check figures, the others check the change itself."
    )
    results = {one.rule: one for one in site.report.rules}
    yield TableBlock(
        ("rule", "requires", "thresholds", "set in", "today"),
        [
            (
                TOP.link(rule, rule_page(rule), "plain"),
                first_sentence(sections.get(rule, "")),
                plain("\n".join(_threshold_words(site, rule))),
                plain("\n".join(dict.fromkeys(map(_place, _thresholds(site, rule))))),
                _today(results.get(rule)),
            )
            for rule in RULES
        ],
        f"{len(RULES)} rules",
        "“Today” is the verdict on the state that this site shows. Rules without one apply to "
        "changes only.",
    )
    yield Items(
        [Item((plain("Judge a change in a clone: "), code("coefgate gate")))], title="Next"
    )


def rule_blocks(site: SiteContents, rule: str, section: str) -> Page:
    """Where a rule stands today, its thresholds, and its section of docs/reference/gates.md."""
    for one in site.report.rules:
        if one.rule == rule:
            yield Paragraph((_today(one), plain(": "), one.message))
    yield from markdown_blocks(
        section.partition("\n")[2],
        lambda to: f"{BELOW.up}{rule_page(to[1:])}" if to[1:] in RULES and to[0] == "#" else "",
    )
    rows = [_threshold_row(one) for one in _thresholds(site, rule)]
    if rows:
        columns = ("threshold", "number", "looser with", "set in", "acknowledged")
        yield TableBlock(columns, rows, "Thresholds", figures=(1,))
    else:
        yield Paragraph("This rule has no threshold.")
    command = (plain("The same in a terminal: "), code(f"coefgate explain {rule}"))
    yield Items([Item(command)], title="Next")


def _thresholds(site: SiteContents, rule: str) -> Iterator[Threshold]:
    begin = f"rules.{rule}."
    return (one for name, one in site.registry.thresholds.items() if name.startswith(begin))


def _threshold_words(site: SiteContents, rule: str) -> Iterator[str]:
    for one in _thresholds(site, rule):
        yield f"{one.name.rpartition('.')[2]} {written(one.value)}"


def _place(one: Threshold) -> str:
    return f"{one.file}:{one.line}"


def _threshold_row(one: Threshold) -> Cells:
    place: Words = code(_place(one))
    if not one.stated:
        place = (plain("by default; to be set at "), code(_place(one)))
    return (
        plain(one.name.rpartition(".")[2]),
        plain(written(one.value)),
        plain(_LOOSER[one.looser]),
        place,
        one.acknowledge.reason if one.acknowledge else "",
    )


def _today(result: RuleResult | None) -> Span:
    return plain("") if result is None else verdict_words(result)
