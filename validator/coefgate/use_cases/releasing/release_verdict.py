"""A report on all that came in since the last release, as a release is held to it.

Why some rules are not asked again: docs/decisions/0034-what-a-release-is-held-to.md
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coefgate.gates.judge import not_asked
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import verdict_of
from coefgate.use_cases.report import Report, with_next

OF_ONE_CHANGE: Final = frozenset(rule.name for rule in RULES.values() if rule.of_one_change)
"""Rules that were asked when each change came in."""
REMOVED: Final = "coefficient-removed"
"""The rule that a major version answers."""


def release_report(report: Report, *, restored: str | None, major: bool) -> Report:
    """The report with the verdict on a release, without the rules that a release is not asked.

    ``restored``: the commit of the earlier release whose digest it has; that is shown and never
    blocks, and what came in after it goes with the rest. ``major``: somebody has said that keys
    may be gone.
    """
    left_out = OF_ONE_CHANGE | {REMOVED} if major or restored is not None else OF_ONE_CHANGE
    rules = tuple(rule for rule in report.rules if rule.rule not in left_out)
    if restored is not None:
        rules = tuple(map(not_asked, rules))
    return with_next(replace(report, rules=rules, verdict=verdict_of(rules), restored=restored))
