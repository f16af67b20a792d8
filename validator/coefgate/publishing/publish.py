"""A verdict told to GitHub: comment, then status, so that a pass always has its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from coefgate.publishing.comments import comment_body, keep_comment
from coefgate.publishing.place import checked_commit, place_of
from coefgate.publishing.statuses import (
    CONFLICT,
    CONTEXT,
    Announcement,
    announcement_of,
    set_status,
)

_CONFLICTED: Final = (
    "## Merge conflict\n\nThis branch cannot be merged into its target as it is, so nothing was "
    "judged. Update the branch: merge the target branch into it, and push."
)
_NO_REPORT: Final = "## No report\n\nThe judge wrote no report; its run says why."


def publish(
    folder: Path,
    *,
    outcome: int | Literal["conflict"],
    commit: str,
    pull_request: int | None = None,
    author: str,
    environment: Mapping[str, str],
) -> Announcement:
    """Set the status of ``commit``, and keep a comment of ``author`` on its pull request, if any.

    ``folder``: what ``coefgate gate --output`` wrote. ``outcome``: what the gate exited with.
    ``environment``: where GitHub is, and the token for it.
    """
    place = place_of(environment)
    checked_commit(commit)
    judged = _content(folder / "report.json")
    announcement = CONFLICT if outcome == "conflict" else announcement_of(outcome, judged)
    link = place.run
    if pull_request is not None:
        report = _content(folder / "report.md").decode("utf-8", "replace") or _NO_REPORT
        run = f" · [run]({place.run})" if place.run else ""
        footer = f"---\n`{CONTEXT}`: {announcement.state} for commit {commit}{run}"
        body = comment_body(_CONFLICTED if outcome == "conflict" else report, footer)
        link = keep_comment(place, pull_request, body, author=author) or link
    set_status(place, commit, announcement, link=link)
    return announcement


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
