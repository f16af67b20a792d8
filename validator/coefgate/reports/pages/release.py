"""What a release is, what it left behind, and what comes next, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from coefgate.core.versions import Version
from coefgate.reports.figures import short
from coefgate.reports.pages.headline import headline_words
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.report import Report


def plan_text(plan: Plan, report: Report, *, to: Version | None = None) -> list[str]:
    """Version, why it has that number, digests and verdict. ``to``: the release that a rollback goes to."""
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
    """What the verdict was held against; a headline that nothing was compared for says so itself."""
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
    """What a rollback goes back to. ``before`` is ``None`` where the coefficients could not be read."""
    was = "coefficients that cannot be read" if before is None else before
    return [f"back to: {version}, from {was}", f"withdrawn: {', '.join(withdrawn) or 'nothing'}"]
