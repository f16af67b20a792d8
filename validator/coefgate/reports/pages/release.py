"""What a release is, what it left behind, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from coefgate.core.versions import Version
from coefgate.reports.figures import short
from coefgate.reports.pages.headline import headline_words
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.report import Report


def plan_text(plan: Plan, report: Report, *, to: Version | None = None) -> list[str]:
    """Version, why it has that number, digests and verdict. ``to``: where a rollback goes to."""
    level = "" if plan.bump.level is None else f"{plan.bump.level}: "
    after = f" after {plan.last.version}" if plan.last else ""
    restores = to or plan.restores
    return [
        f"coefficients {plan.version}{after}",
        f"why: {level}{'; '.join(plan.bump.reasons)}",
        f"digest: {plan.release.snapshot.digest}{_compared(plan, restores)}",
        f"gate: {headline_words(report.headline)}{_how(report, restores)}",
    ]


def _compared(plan: Plan, restores: Version | None) -> str:
    if restores is not None:
        return f", which is that of {restores}"
    if plan.last is None or plan.last_digest is None:
        return ""
    return f" ({plan.last.version} has {short(plan.last_digest)})"


def _how(report: Report, restores: Version | None) -> str:
    """What the verdict was held against; where nothing was compared, the headline says so."""
    against, how = report.comparison, ""
    if restores is not None:
        how = f" ({restores} was released with these values: today's figures block nothing)"
    elif against is not None:
        how = f" (against {against.base.version})"
    missed = ", ".join(rule.rule for rule in report.missed) if restores else ""
    return how + (f"; missed all the same: {missed}" if missed else "")


def made_text(plan: Plan, commits: Mapping[str, str], files: Sequence[Path]) -> list[str]:
    """Commits, each with what it changes, tag and files, which lie in one folder."""
    name = "commit" if len(commits) == 1 else "commits"
    return [
        f"{name}: {' and '.join(f'{commit} ({what})' for what, commit in commits.items())}",
        f"tag: {plan.version.tag}",
        f"files: {', '.join(file.name for file in files)} in {files[0].parent}",
    ]


def dry_text(plan: Plan) -> list[str]:
    """The section that would be written."""
    return [
        "",
        "CHANGELOG.md would get:",
        "",
        plan.section.rstrip(),
        "",
        "dry run: nothing was written",
    ]


def pushed_text(remote: str, version: Version) -> str:
    """The last line, where everything has arrived."""
    return f"pushed: branch and {version.tag} to {remote}"


def going_back_text(
    version: Version, *, before: str | None, withdrawn: Sequence[str]
) -> list[str]:
    """What a rollback goes back to. ``before``: ``None`` where that could not be read."""
    was = "coefficients that cannot be read" if before is None else before
    return [f"back to: {version}, from {was}", f"withdrawn: {', '.join(withdrawn) or 'nothing'}"]


Status = Literal["released", "planned", "refused", "nothing"]


def release_dict(status: Status, version: Version, **facts: Any) -> dict[str, Any]:
    """``version``: the one that is or would be made; where there is nothing to do, the last one.

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
    """Why it has that number, what it holds, and the verdict. ``to``: where a rollback goes to."""
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
