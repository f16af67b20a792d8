"""What a release is and what became of it, as one object for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from coefgate.core.versions import Version
from coefgate.reports.pages.headline import headline_words
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.report import Report

Status = Literal["released", "planned", "refused", "nothing"]


def release_dict(status: Status, version: Version, **facts: Any) -> dict[str, Any]:
    """``version``: the one that is made, would be made, or, where there is nothing to do, was made last.

    What is not known, or was not done, is null, false or empty.
    """
    nothing: dict[str, Any] = {
        "digest": None,
        "commit": None,
        "files": [],
        "pushed": False,
        "next": None,
    }
    return {"status": status, "version": str(version), "tag": version.tag} | nothing | facts


def plan_facts(plan: Plan, report: Report, *, to: Version | None = None) -> dict[str, Any]:
    """Why it has that number, what it holds, and what the gate says. ``to``: where a rollback goes to."""
    restores = to or plan.restores
    return {
        "last": str(plan.last.version) if plan.last else None,
        "level": plan.bump.level,
        "reasons": list(plan.bump.reasons),
        "restores": str(restores) if restores else None,
        "digest": plan.release.snapshot.digest,
    } | verdict_facts(report)


def verdict_facts(report: Report) -> dict[str, Any]:
    """The verdict with its headline, and the rules that it rests on where it is no pass."""
    failed = [rule.rule for rule in report.rules if rule.status not in {"pass", "skipped"}]
    return {
        "verdict": report.verdict,
        "headline": headline_words(report.headline),
        "failed": failed,
    }


def made_facts(commits: Mapping[str, str], files: Sequence[Path]) -> dict[str, Any]:
    """The commit that the tag names, and the files."""
    return {"commit": list(commits.values())[-1], "files": [str(file) for file in files]}
