"""The one comment on a pull request that carries the report and is kept up to date."""

from __future__ import annotations

import re
from typing import Any, Final

from coefgate.publishing.github import PublishingFailed, PublishingPlace, Refused

CONTEXT: Final = "coefgate/verdict"
"""The name of the status, which the ruleset asks for, unless another one is given."""

LONGEST_BODY: Final = 65_536
"""Characters that GitHub takes; counted as UTF-16 units, which are never fewer."""

_PER_PAGE: Final = 100
_MOST_PAGES: Final = 50
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_RESERVED: Final = 300
"""Room for what closes a block that was cut open."""


def marker(context: str = CONTEXT) -> str:
    """The first line of the comment about a status; a reader does not see it."""
    return f"<!-- {context}: coefgate publish keeps this comment up to date -->"


def keep_comment(
    place: PublishingPlace, pull_request: int, body: str, *, author: str
) -> str | None:
    """Write ``body``, which ``comment_body`` made, into the comment; return its address, if any.

    The comment is the first that begins with the marker *and* was written by ``author``: who
    copies the marker gets neither the report nor the comment's place. After a passing fault the
    comment is looked for again, so that a repeated call leaves no second one.
    """
    own = body.partition("\n")[0]
    comments = f"/issues/{pull_request}/comments"

    def once() -> Any:
        number = _own_comment(place, comments, author, own)
        if number is not None:
            try:
                return place.call("PATCH", f"/issues/comments/{number}", {"body": body})
            except Refused as error:
                if error.status != 404:  # 404: deleted in this moment
                    raise
        return place.call("POST", comments, {"body": body})

    answer = place.patiently(once)
    link = answer.get("html_url") if isinstance(answer, dict) else None
    return link if isinstance(link, str) and link.startswith("https://") else None


def comment_body(report: str, footer: str, context: str = CONTEXT) -> str:
    """Marker, report, footer; a report that is too long is cut, and says so."""
    ends = len(f"{marker(context)}\n\n\n{footer}\n")
    kept = cut_to_fit(report.strip(), LONGEST_BODY - ends)
    return f"{marker(context)}\n{kept}\n\n{footer}\n"


def cut_to_fit(text: str, longest: int) -> str:
    """``text`` if it has at most ``longest`` UTF-16 units; else its first lines, and word of it.

    A code block or a fold that the cut leaves open is closed, so that what follows is read as it
    is meant.
    """
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * longest:
        return text
    kept = units[: 2 * (longest - _RESERVED)].decode("utf-16-le", "ignore")
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    fence = _open_fence(kept)
    folds = max(0, kept.count("<details>") - kept.count("</details>"))
    closing = (f"\n{fence}" if fence else "") + "\n</details>" * min(folds, 8)
    told = "**The report is longer than a comment may be; the run has all of it.**"
    return f"{kept}{closing}\n\n{told}"


def _own_comment(place: PublishingPlace, comments: str, author: str, marked: str) -> int | None:
    for page in range(1, _MOST_PAGES + 1):
        found = place.call("GET", f"{comments}?per_page={_PER_PAGE}&page={page}")
        if not isinstance(found, list):
            raise PublishingFailed(
                f"GET /repos/{place.repository}{comments}: the answer is not a list of comments. "
                "Check GITHUB_API_URL."
            )
        for comment in found:
            if _is_own(comment, author, marked):
                return int(comment["id"])
        if len(found) < _PER_PAGE:
            break
    return None


def _is_own(comment: object, author: str, marked: str) -> bool:
    match comment:  # the user is null once an account is deleted
        case {"id": int(), "user": {"login": login}, "body": str(body)}:
            return bool(login == author) and body.startswith(marked)
    return False


def _open_fence(text: str) -> str:
    """The fence of the code block that ``text`` leaves open, or nothing."""
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
    return fence
