"""The live what-if of a report: the judged numbers, and the calls that they are held against."""

from __future__ import annotations

from functools import partial

from coefgate.reports.page import LiveBlock
from coefgate.use_cases.report import Report
from coefgate.whatif.live_data import live_data


def live_block(report: Report, *, title: str = "What if?") -> LiveBlock:
    """Its data is made only by formats that show it."""
    head, evidence = report.head, report.scores.predicted.evidence
    return LiveBlock(partial(live_data, head.registry, evidence, version=head.version), title)
