"""What a release is, what it left behind, and what comes next."""

from __future__ import annotations

from typing import Any, Literal

from coefgate.core.versions import Version
from coefgate.reports.figures import short
from coefgate.reports.pages.headline import headline_words
from coefgate.use_cases.release import ReleaseOutcome
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.report import Report


def outcome_text(outcome: ReleaseOutcome) -> str:
    """Where it goes back to, version, why it has that number, digests, verdict, what was made."""
    plan, back, commits, files = outcome.plan, outcome.way_back, outcome.commits, outcome.files
    level = f"{plan.bump.level}: " if plan.bump.level else ""
    lines = [
        f"coefficients {plan.version}{f' after {plan.last.version}' if plan.last else ''}",
        f"why: {level}{'; '.join(plan.bump.reasons)}",
        f"digest: {plan.release.snapshot.digest}{_compared(plan, outcome.restores)}",
        f"gate: {headline_words(outcome.report)}{_how(outcome.report, outcome.restores)}",
    ]
    if back:
        was = back.before or "coefficients that cannot be read"
        lines[:0] = [
            f"back to: {back.to.version}, from {was}",
            f"withdrawn: {', '.join(back.withdrawn) or 'nothing'}",
        ]
    if outcome.status == "released":
        made = " and ".join(f"{commit} ({what})" for what, commit in commits.items())
        lines += [
            f"{'commit' if len(commits) == 1 else 'commits'}: {made}",
            f"tag: {plan.version.tag}",
            f"files: {', '.join(file.name for file in files)} in {files[0].parent}",
        ]
    else:
        section = plan.section.text.rstrip()
        lines += ["", "CHANGELOG.md would get:", "", section, "", "dry run: nothing was written"]
    return "\n".join(lines)


def _compared(plan: Plan, restores: Version | None) -> str:
    if restores is not None:
        return f", which is that of {restores}"
    known = plan.last and plan.last_digest
    return f" ({plan.last.version} has {short(known)})" if plan.last and known else ""


def _how(report: Report, restores: Version | None) -> str:
    """What the verdict was held against; where nothing was compared, the headline says so."""
    against = report.comparison
    if restores is None:
        return f" (against {against.base.version})" if against else ""
    missed = ", ".join(rule.rule for rule in report.missed)
    also = f"; still missed: {missed}" if missed else ""
    return f" ({restores} was released with these values: today's figures block nothing){also}"


def pushed_text(remote: str, version: Version) -> str:
    """The last line, where everything has arrived."""
    return f"pushed: branch and {version.tag} to {remote}"


def release_dict(
    status: Literal["released", "planned", "refused", "nothing"], version: Version, **facts: Any
) -> dict[str, Any]:
    """``version``: the one that is or would be made; where there is nothing to do, the last one.

    What is not known, or was not done, is null, false or empty.
    """
    unknown: dict[str, Any] = {"digest": None, "commit": None, "files": [], "pushed": False}
    told = {"status": status, "version": str(version), "tag": version.tag}
    return {**told, **unknown, "next": None, **facts}


def outcome_dict(outcome: ReleaseOutcome) -> dict[str, Any]:
    """Why it has that number, what it holds, the verdict, and what was made, as far as it was.

    ``failed``: the rules that the verdict rests on where it is no pass.
    """
    plan, report, back = outcome.plan, outcome.report, outcome.way_back
    facts: dict[str, Any] = {
        "verdict": report.verdict,
        "headline": headline_words(report),
        "failed": [one.rule for one in report.rules if one.status != "pass"],
    }
    if outcome.status != "refused":
        why = {
            "last": str(plan.last.version) if plan.last else None,
            "level": plan.bump.level,
            "reasons": list(plan.bump.reasons),
            "restores": str(outcome.restores) if outcome.restores else None,
            "digest": plan.release.snapshot.digest,
        }
        facts = {**why, **facts}
    if outcome.status == "released":
        facts["commit"] = list(outcome.commits.values())[-1]
        facts["files"] = list(map(str, outcome.files))
    facts |= {"pushed": outcome.pushed, "next": outcome.next}
    if back is not None:
        facts |= {"back_to": str(back.to.version), "withdrawn": list(back.withdrawn)}
    return release_dict(outcome.status, plan.version, **facts)
