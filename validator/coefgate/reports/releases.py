"""What a release is, what it left behind, and what comes next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coefgate.gates.report import Report
from coefgate.releases.plan import Plan
from coefgate.releases.version import Version
from coefgate.reports.console import short
from coefgate.reports.verdict_wording import VERDICTS


def plan_text(plan: Plan, report: Report) -> list[str]:
    """Version, why it has that number, digests and verdict."""
    level = "" if plan.bump.level is None else f"{plan.bump.level}: "
    after = f" after {plan.last.version}" if plan.last else ""
    return [
        f"coefficients {plan.version}{after}",
        f"why: {level}{'; '.join(plan.bump.reasons)}",
        f"digest: {plan.release.snapshot.digest}{_before(plan)}",
        f"gate: {VERDICTS[report.verdict]}{_how(report)}",
    ]


def _before(plan: Plan) -> str:
    if plan.last is None or plan.last.digest is None:
        return ""
    same = plan.last.digest == plan.release.snapshot.digest
    return f" (as {plan.last.version})" if same else f" ({plan.last.version} has {short(plan.last.digest)})"


def _how(report: Report) -> str:
    against = report.comparison
    if report.restored is not None:
        how = f"these values were released before, in {report.restored[:12]}: today's figures block nothing"
    else:
        how = "by itself" if against is None else f"against {against.base.version}"
    missed = ", ".join(rule.rule for rule in report.missed)
    return f" ({how})" + (f"; missed all the same: {missed}" if missed else "")


def made_text(plan: Plan, commit: str, files: Sequence[Path]) -> list[str]:
    """Commit, tag and files, which lie in one folder."""
    return [
        f"commit: {commit} (CHANGELOG.md)",
        f"tag: {plan.version.tag}",
        f"files: {', '.join(file.name for file in files)} in {files[0].parent}",
    ]


def dry_text(plan: Plan) -> list[str]:
    """The section that would be written."""
    return ["", "CHANGELOG.md would get:", "", plan.section.rstrip(), "", "dry run: nothing was written"]


def pushed_text(remote: str, version: Version) -> str:
    """The last line, where everything has arrived."""
    return f"pushed: branch and {version.tag} to {remote}"


def going_back_text(
    version: Version, *, before: str | None, after: str, withdrawn: Sequence[str], commit: str | None
) -> list[str]:
    """What a rollback did: the digests show that the old values are back.

    ``before`` is ``None`` where the coefficients could not be read. ``commit``: the one that brings the old
    ones back, if there had to be one.
    """
    was = "coefficients that cannot be read" if before is None else before
    lines = [f"back to: {version}, from {was}", f"digest: {after}, which is that of {version}"]
    if commit is not None:
        lines.append(f"commit: {commit} (coefficients/)")
    return [*lines, f"withdrawn: {', '.join(withdrawn) or 'nothing'}"]
