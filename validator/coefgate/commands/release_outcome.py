"""What became of a release or a rollback, told in words, or as one object for programs."""

from __future__ import annotations

from coefgate.commands.gate import tell
from coefgate.core.problems import PASS
from coefgate.gates.verdict import EXIT_CODES
from coefgate.reports.pages.release import outcome_dict, outcome_text, pushed_text, release_dict
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.progress import progress
from coefgate.reports.render.console import warn
from coefgate.reports.render.json import json_text
from coefgate.runner.exit_code import emit
from coefgate.use_cases.release import Outcome
from coefgate.use_cases.releases.branch import UpToDate


def tell_release(found: Outcome | UpToDate, *, nothing: str, push: bool, as_json: bool) -> int:
    """Tell what was made, or would be; push what was made, if that was asked for.

    ``nothing``: what is said where there is nothing to do. A program is told what was made even
    where the push fails.
    """
    if isinstance(found, UpToDate):
        _tell_up_to_date(found, nothing=nothing, push=push, as_json=as_json)
        return PASS
    to, report = found.destination, found.report
    made, refused = found.status == "released", found.status == "refused"
    if refused and not as_json:
        tell(report, verdict_page(report))
    elif not as_json:
        emit(outcome_text(found))
    pushed, then = False, to.push_command if made else None
    try:
        if made and push:
            to.push()
            pushed, then = True, None
    finally:
        if as_json:
            emit(json_text(outcome_dict(found, pushed=pushed, next=then)))
    if made and not as_json:
        emit(pushed_text(to.shown, to.version) if pushed else f"next: {then}")
    if refused:
        back = found.way_back
        way = f"the way back to {back.to.version} does not pass the gate" if back else ""
        warn(f"{way or f'{found.plan.version} is not released'}; nothing has changed")
    return EXIT_CODES[report.verdict]


def _tell_up_to_date(found: UpToDate, *, nothing: str, push: bool, as_json: bool) -> None:
    """The last release may still have to be pushed."""
    to = found.destination
    with progress(f"Asking {to.shown} what it has …"):
        left = to.delivery()
    pushed, words, then = left.pushed, left.words, left.command
    if push and not left.tagged:
        to.push()
        pushed, words, then = True, pushed_text(to.shown, to.version), None
    if as_json:
        known = {"digest": found.digest, "commit": found.commit, "pushed": pushed, "next": then}
        emit(json_text(release_dict("nothing", to.version, **known)))
    else:
        emit(f"{nothing}\n{words}".rstrip())
