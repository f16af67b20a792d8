"""The commit status that a merge waits for: what it says of what the gate left behind.

Only a pass that is proved is a success.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from coefgate.core.problems import (
    BUG,
    ENVIRONMENT,
    GATE_FAILED,
    INTERRUPTED,
    INVALID,
    NOT_MEASURABLE,
    PASS,
    USAGE,
)
from coefgate.publishing.place import PublishingPlace

CONTEXT: Final = "coefgate/verdict"
"""The name of the status; the ruleset asks for it."""

LONGEST_DESCRIPTION: Final = 140
"""Characters that GitHub takes."""

StatusState = Literal["pending", "success", "failure", "error"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a status says. ``success`` alone lets a change in; ``error``: there is no verdict."""

    state: StatusState
    description: str


PENDING: Final = Announcement("pending", "being judged")
NO_VERDICT: Final = Announcement("error", "no verdict: the judge did not finish; its run says why")
CONFLICT: Final = Announcement("failure", "merge conflict: update the branch")

_VERDICTS: Final = {PASS: "pass", GATE_FAILED: "fail", NOT_MEASURABLE: "not-measurable"}
_ERRORS: Final = {
    USAGE: "the judge was called wrongly",
    ENVIRONMENT: "the judge's environment failed",
    BUG: "a bug in Coefgate",
    INTERRUPTED: "the judge was interrupted",
}


def set_status(
    place: PublishingPlace, commit: str, announcement: Announcement, *, link: str | None
) -> None:
    """Set the status of ``commit``. The last one set counts, so a repeated call does no harm."""
    payload = {
        "context": CONTEXT,
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
    if exit_code == INVALID:
        return Announcement(
            "failure", "registry or samples invalid: the report names each problem"
        )
    if exit_code not in _VERDICTS:
        return _no_verdict(f"{_ERRORS.get(exit_code, 'the judge ended unexpectedly')} ({code})")
    document, verdict = _read(report), _VERDICTS[exit_code]
    if document is None and exit_code == NOT_MEASURABLE:
        return Announcement("failure", "NOT MEASURABLE: the report says what is missing")
    if document is None:
        return _no_verdict(f"{code} came without a readable report")
    if document.get("verdict") != verdict:
        return _no_verdict(f"{code} contradicts the report")
    headline = document.get("headline")
    if not isinstance(headline, str):
        return _no_verdict(f"{code} came without a headline")
    if exit_code == PASS:
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
