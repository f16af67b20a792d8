"""A verdict as annotations on the lines that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from coefgate.changes.renames import rename_words
from coefgate.changes.sample_moves import Correction
from coefgate.gates.verdict import Finding, RuleResult
from coefgate.reports.annotations import SHOWN, Level, workflow_command
from coefgate.reports.console import count
from coefgate.reports.correction_wording import correction_words, field_lines
from coefgate.reports.fallbacks import fallback_sentence
from coefgate.reports.from_base_to_head import stakes_sentence
from coefgate.reports.headlines import headline_words, measured_on
from coefgate.reports.renames import renamed_calls_words
from coefgate.reports.verdict_wording import (
    SAYS,
    bad_news,
    effect_words,
    restore_sentence,
    step_of,
    whose_coefficients,
)
from coefgate.use_cases.report import Report

_LONGEST_VALUE: Final = 60
"""Characters of a value, so that every field of a correction but many files fits in an annotation."""
_LONGEST_CORRECTION: Final = 3900


def verdict_annotations(report: Report, folder: str = "") -> str:
    """Errors, then warnings, then notices; of each no more than GitHub shows, the gravest first.

    ``folder``: the way to the registry from the top of its repository.
    """
    return "\n".join(
        [
            *_at_most("error", list(_errors(report, folder))),
            *_at_most("warning", list(_warnings(report, folder))),
            *_at_most(
                "notice", [_summary(report), *_renames(report, folder), *_changes(report, folder)]
            ),
        ]
    )


def _at_most(level: Level, lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= SHOWN:
        return lines
    more = count(len(lines) - SHOWN + 1, "more annotation")
    last = workflow_command(level, f"{more}: the report has all of them.", title="coefgate gate")
    return [*lines[: SHOWN - 1], last]


def _errors(report: Report, folder: str) -> Iterator[str]:
    """First the first finding of every rule, then the second ones, so that none hides another rule."""
    red = [rule for rule in report.rules if rule.status != "pass"]
    red.sort(key=lambda rule: rule.status != "fail")
    for row in zip_longest(*(_places(rule) for rule in red)):
        for rule, finding in zip(red, row, strict=True):
            if finding is not None:
                message = f"{finding.message.rstrip('.')}. See: coefgate explain {rule.rule}"
                title = f"{rule.rule} {SAYS[rule.status]}"
                yield workflow_command(
                    "error",
                    message,
                    title=title,
                    file=finding.file,
                    line=finding.line,
                    folder=folder,
                )


def _places(rule: RuleResult) -> Sequence[Finding]:
    return rule.findings or [Finding(f"{rule.asks}: {rule.told}", rule.file, rule.line)]


def _warnings(report: Report, folder: str) -> Iterator[str]:
    for rule, message in bad_news(report):
        text = f"{whose_coefficients(report)} {rule.asks}: {message}"
        yield workflow_command(
            "warning",
            text,
            title=f"{rule.rule} is missed",
            file=rule.file,
            line=rule.line,
            folder=folder,
        )
    if fallen := fallback_sentence(report.scores.fallback):
        yield workflow_command("warning", f"{fallen}.", title="the fallback serves calls")
    for one in report.comparison.retired if report.comparison else ():
        yield workflow_command(
            "warning",
            f"Sample {one.id} is no longer scored: {one.reason}",
            title="retired by this change",
            file=one.file,
            line=one.line,
            folder=folder,
        )
    for each in report.comparison.corrected if report.comparison else ():
        yield workflow_command(
            "warning",
            _told_otherwise(each),
            title="corrected by this change",
            file=each.after.sample.file,
            line=each.after.sample.line,
            folder=folder,
        )
    for note in report.notes:
        yield workflow_command("warning", note, title="coefgate gate")


def _told_otherwise(one: Correction) -> str:
    """A correction with a line for each field, as many as an annotation holds."""
    told = f"A stored call is told otherwise: {correction_words(one)}"
    lines = field_lines(one, _LONGEST_VALUE)
    for number, line in enumerate(lines):
        if len(told) + len(line) > _LONGEST_CORRECTION:
            return f"{told}\nand {count(len(lines) - number, 'more line')}: the report has all of them."
        told += f"\n{line}"
    return told


def _summary(report: Report) -> str:
    said = [f"{headline_words(report.headline)}{measured_on(report, ', on ')}."]
    if report.restored is not None:
        said.append(restore_sentence(report.restored))
    if report.stakes is not None:
        said.append(stakes_sentence(report.stakes, report.comparison))
    return workflow_command("notice", " ".join(said), title="coefgate gate")


def _renames(report: Report, folder: str) -> Iterator[str]:
    for one in report.comparison.renames if report.comparison else ():
        yield workflow_command(
            "notice",
            f"{rename_words(one.rename)}: {renamed_calls_words(one)}.",
            title="names of categories",
            file=one.rename.file,
            line=one.rename.line,
            folder=folder,
        )


def _changes(report: Report, folder: str) -> Iterator[str]:
    for effect in report.comparison.changes if report.comparison else ():
        together = len(effect.changes) > 1
        for change in effect.changes:
            others = ", ".join(other.name for other in effect.changes if other is not change)
            words = (
                f"together with {others}: {effect_words(effect)}"
                if together
                else effect_words(effect)
            )
            yield workflow_command(
                "notice",
                f"{change.name}: {step_of(change)}; {words}.",
                title=f"{change.name} by itself" if not together else change.name,
                file=change.file,
                line=change.line,
                folder=folder,
            )
