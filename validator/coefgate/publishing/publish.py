"""A verdict told to GitHub: a comment, then the commit status that a merge waits for.

Only a pass that is proved is a success, and a pass always has its report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from coefgate.core import problems
from coefgate.core.problems import UsageProblem
from coefgate.publishing.comments import CONTEXT, comment_body, keep_comment
from coefgate.publishing.github import PublishingPlace, checked_commit, place_of

_PAGE_FORM: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9_.~-]+)+")
_CONTEXT_FORM: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]{0,99}")
LONGEST_DESCRIPTION: Final = 140
"""Characters that GitHub takes."""

StatusState = Literal["pending", "success", "failure", "error"]
Conflict = Literal["conflict"]
"""What came of a change that cannot be merged into its target: it was not judged."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a status says. ``success`` alone lets a change in; ``error``: there is no verdict."""

    state: StatusState
    description: str


PENDING: Final = Announcement("pending", "being judged")
NO_VERDICT: Final = Announcement("error", "no verdict: the judge did not finish; its run says why")
CONFLICT: Final = Announcement("failure", "merge conflict: update the branch")

_VERDICTS: Final = {
    problems.PASS: "pass",
    problems.GATE_FAILED: "fail",
    problems.NOT_MEASURABLE: "not-measurable",
}
_ERRORS: Final = {
    problems.USAGE: "the judge was called wrongly",
    problems.ENVIRONMENT: "the judge's environment failed",
    problems.BUG: "a bug in Coefgate",
    problems.INTERRUPTED: "the judge was interrupted",
}
_CONFLICTED: Final = (
    "## Merge conflict\n\nThis branch cannot be merged into its target as it is, so nothing was "
    "judged. Update the branch: merge the target branch into it, and push."
)
_NO_REPORT: Final = "## No report\n\nThe judge wrote no report; its run says why."


def publish(
    folder: Path,
    *,
    outcome: int | Conflict,
    commit: str,
    pull_request: int | None = None,
    page: str | None = None,
    author: str,
    environment: Mapping[str, str],
    context: str = CONTEXT,
) -> Announcement:
    """Set the status of ``commit``, and keep a comment of ``author`` on its pull request, if any.

    ``folder``: what ``coefgate gate --output`` wrote. ``outcome``: what the gate exited with.
    ``environment``: where GitHub is, and the token for it. ``context``: the name of the status,
    one for each registry of a repository; each has a comment of its own. ``page``: where the whole
    report is kept, which the comment links.
    """
    place = place_of(environment)
    checked_commit(commit)
    checked_context(context)
    whole = f" · [whole report]({checked_page(page)})" if page else ""
    judged = _content(folder / "report.json")
    announcement = CONFLICT if outcome == "conflict" else announcement_of(outcome, judged)
    link = place.run
    if pull_request is not None:
        report = _content(folder / "report.md").decode("utf-8", "replace") or _NO_REPORT
        run = f" · [run]({place.run})" if place.run else ""
        footer = f"---\n`{context}`: {announcement.state} for commit {commit}{run}{whole}"
        body = comment_body(_CONFLICTED if outcome == "conflict" else report, footer, context)
        link = keep_comment(place, pull_request, body, author=author) or link
    set_status(place, commit, announcement, link=link, context=context)
    return announcement


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def checked_context(context: str) -> str:
    """The name of a status, if it is one. Raises ``UsageProblem``."""
    if not _CONTEXT_FORM.fullmatch(context):
        allowed = "up to 100 letters, digits and _ . / -, such as coefgate/verdict-docs"
        raise UsageProblem(f"the name of a status is {context!r}; expected are {allowed}")
    return context


def checked_page(page: str) -> str:
    """An address that means nothing but itself in a comment. Raises ``UsageProblem``."""
    if not _PAGE_FORM.fullmatch(page):
        allowed = "https:// with a host and a path of letters, digits and _ . ~ -"
        raise UsageProblem(f"the address of the report is {page!r}; expected is {allowed}")
    return page


def set_status(
    place: PublishingPlace,
    commit: str,
    announcement: Announcement,
    *,
    link: str | None,
    context: str = CONTEXT,
) -> None:
    """Set the status of ``commit``. The last one set counts, so a repeated call does no harm."""
    payload = {
        "context": context,
        "state": announcement.state,
        "description": one_line(announcement.description, LONGEST_DESCRIPTION),
        **({"target_url": link} if link else {}),
    }
    place.patiently(lambda: place.call("POST", f"/statuses/{commit}", payload))


def one_line(text: str, longest: int) -> str:
    """``text`` without line breaks and control characters, cut to ``longest`` characters."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def announcement_of(exit_code: int, report: bytes | None) -> Announcement:
    """What to say of a gate that ended with ``exit_code`` and wrote ``report``, if it did.

    An exit code that its report contradicts is an error, never a success.
    """
    code = f"exit code {exit_code}"
    if exit_code == problems.INVALID:
        return Announcement(
            "failure", "registry or samples invalid: the report names each problem"
        )
    if exit_code not in _VERDICTS:
        return _no_verdict(f"{_ERRORS.get(exit_code, 'the judge ended unexpectedly')} ({code})")
    document, verdict = _read(report), _VERDICTS[exit_code]
    if document is None and exit_code == problems.NOT_MEASURABLE:
        return Announcement("failure", "NOT MEASURABLE: the report says what is missing")
    if document is None:
        return _no_verdict(f"{code} came without a readable report")
    if document.get("verdict") != verdict:
        return _no_verdict(f"{code} contradicts the report")
    headline = document.get("headline")
    if not isinstance(headline, str):
        return _no_verdict(f"{code} came without a headline")
    if exit_code == problems.PASS:
        return Announcement("success", f"{headline}{_calls(document)}")
    rules = ", ".join(_rules(document, verdict))
    return Announcement("failure", f"{headline}: {rules}" if rules else headline)


def _no_verdict(why: str) -> Announcement:
    return Announcement("error", f"no verdict: {why}")


def _read(report: bytes | None) -> dict[str, Any] | None:
    try:
        document = json.loads(report) if report is not None else None
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _calls(document: dict[str, Any]) -> str:
    match document:
        case {"metrics": {"head": {"samples": int(samples)}}}:
            return f", on {samples:,} calls"
    return ""


def _rules(document: dict[str, Any], status: str) -> list[str]:
    """Names of the rules with this status, each once, in the order of the report."""
    rules = document.get("rules")
    rules = [one for one in rules if isinstance(one, dict)] if isinstance(rules, list) else []
    return list(
        dict.fromkeys(str(one.get("rule")) for one in rules if one.get("status") == status)
    )
