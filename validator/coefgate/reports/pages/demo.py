"""A registry to play with: how it came to be, the verdict on each step, and what to try."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from coefgate.reports.pages.headline import headline_words, measured_on, stakes_sentence
from coefgate.use_cases.demo import BLOCKED, CALLS, Demo, DemoStep


def demo_text(made: Demo) -> str:
    """What was made, each change with its verdict, and three commands."""
    return "\n".join(_lines(made))


def _lines(made: Demo) -> Iterator[str]:
    yield f"A registry to play with, its {CALLS} calls invented: {made.folder}"
    for number, step in enumerate(made.steps, start=1):
        yield f"\n{number}. {step.words}  ({step.branch} {step.commit[:12]})"
        yield from (f"   {line}" for line in _verdict(step))
    yield f"\nnext: {shlex.join(['cd', os.path.relpath(made.folder)])}"
    yield f"next: coefgate gate --base main --head {BLOCKED}"
    yield "next: coefgate explain docs.low"


def _verdict(step: DemoStep) -> Iterator[str]:
    """The headline, what it means for 1,000 calls, and the first rule that objects."""
    report = step.report
    yield f"{headline_words(report)} on {measured_on(report)}"
    if report.stakes is not None:
        yield stakes_sentence(report.stakes, report.comparison)
    red = next((rule for rule in report.rules if rule.status != "pass"), None)
    if red is not None:
        yield f"{red.asks}: {red.message}"
