"""What became of a release or a rollback, told in words, or as one object for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coefgate.commands.verdict import tell
from coefgate.core.problems import PASS
from coefgate.core.versions import Version
from coefgate.gates.verdict import EXIT_CODES
from coefgate.reports.pages.release import (
    dry_text,
    going_back_text,
    made_facts,
    made_text,
    plan_facts,
    plan_text,
    pushed_text,
    release_dict,
    verdict_facts,
)
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.progress import progress
from coefgate.reports.render.console import emit, warn
from coefgate.reports.render.json import json_text
from coefgate.use_cases.release import Outcome, delivery_of, push_release
from coefgate.use_cases.releases.branch import UpToDate


def tell_up_to_date(
    root: Path, found: UpToDate, *, said: Sequence[str], push: bool, as_json: bool
) -> int:
    """There is nothing to do; but the last release may still have to be pushed."""
    to = found.destination
    with progress(f"Asking {to.shown} what it has …"):
        left = delivery_of(root, to)
    pushed, words, then = left.pushed, left.words, left.command
    if push and not left.tagged:
        push_release(root, to)
        pushed, words, then = True, pushed_text(to.shown, to.version), None
    if as_json:
        known = {"digest": found.digest, "commit": found.commit, "pushed": pushed, "next": then}
        emit(json_text(release_dict("nothing", to.version, **known)))
    else:
        emit("\n".join([*said, *([words] if words else [])]))
    return PASS


def tell_outcome(root: Path, outcome: Outcome, *, refused: str, push: bool, as_json: bool) -> int:
    """Tell what was made, or would be; push what was made, if that was asked for.

    ``refused``: what follows from a verdict that is no pass.
    """
    plan, report = outcome.plan, outcome.report
    for note in plan.notes:
        warn(note)
    if outcome.status == "refused":
        if as_json:
            _emit(outcome, verdict_facts(report))
        else:
            tell(report, verdict_page(report))
        warn(refused)
        return EXIT_CODES[report.verdict]
    made = outcome.status == "released"
    if not as_json:
        did = made_text(plan, outcome.commits, outcome.files) if made else dry_text(plan)
        emit("\n".join([*_said(outcome), *did]))
    elif not made:
        _emit(outcome, plan_facts(plan, report, to=_back_to(outcome)))
    if made:
        _deliver(root, outcome, push=push, as_json=as_json)
    return PASS


def _said(outcome: Outcome) -> list[str]:
    back, to = outcome.way_back, _back_to(outcome)
    gone = (
        going_back_text(back.to.version, before=back.before, withdrawn=back.withdrawn)
        if back
        else []
    )
    return [*gone, *plan_text(outcome.plan, outcome.report, to=to)]


def _deliver(root: Path, outcome: Outcome, *, push: bool, as_json: bool) -> None:
    """Push it, or say how; a program is told what was made even where the push fails."""
    to, plan = outcome.destination, outcome.plan
    pushed = False
    try:
        if push:
            push_release(root, to)
            pushed = True
    finally:
        if as_json:
            facts = plan_facts(plan, outcome.report, to=_back_to(outcome))
            facts |= made_facts(outcome.commits, outcome.files)
            _emit(outcome, facts, pushed=pushed, next=None if pushed else to.push_command)
    if not as_json:
        emit(pushed_text(to.shown, to.version) if pushed else f"next: {to.push_command}")


def _back_to(outcome: Outcome) -> Version | None:
    return outcome.way_back.to.version if outcome.way_back else None


def _emit(outcome: Outcome, facts: Mapping[str, Any], **more: Any) -> None:
    back = outcome.way_back
    document = release_dict(outcome.status, outcome.plan.version, **facts, **more)
    if back is not None:
        document |= {"back_to": str(back.to.version), "withdrawn": list(back.withdrawn)}
    emit(json_text(document))
