"""``coefgate publish``: the gate's verdict as a commit status and one comment on GitHub."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from coefgate.core.problems import PASS
from coefgate.publishing.comments import comment_body, keep_comment
from coefgate.publishing.place import Place, checked_commit, place_of
from coefgate.publishing.statuses import CONTEXT, Announcement, set_status
from coefgate.publishing.verdicts import CONFLICT, announcement_of
from coefgate.reports.console import emit

_CONFLICTED = (
    "## Merge conflict\n\nThis branch cannot be merged into its target as it is, so nothing was "
    "judged. Update the branch: merge the target branch into it, and push."
)
_NO_REPORT = "## No report\n\nThe judge wrote no report; its run says why."


def _checked_outcome(_ctx: click.Context, _parameter: click.Parameter, outcome: str) -> str:
    if outcome != "conflict" and not (outcome.isdecimal() and int(outcome) <= 255):
        raise click.BadParameter(
            f"{outcome!r} is neither an exit code (0 to 255) nor the word conflict."
        )
    return outcome


@click.command()
@click.argument("folder", metavar="REPORT", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--outcome",
    metavar="CODE|conflict",
    required=True,
    callback=_checked_outcome,
    help=(
        "What the gate exited with; conflict if there was nothing to judge because the merge "
        "conflicts."
    ),
)
@click.option(
    "--commit",
    metavar="SHA",
    required=True,
    help="The commit that gets the status: the head of the pull request, in full.",
)
@click.option(
    "--pull-request",
    metavar="NUMBER",
    type=click.IntRange(min=1),
    help="The pull request that gets the comment; without it there is no comment.",
)
@click.option(
    "--author",
    metavar="LOGIN",
    default="github-actions[bot]",
    show_default=True,
    help="Whose comment is updated: the account that the token belongs to.",
)
def command(folder: Path, outcome: str, commit: str, pull_request: int | None, author: str) -> int:
    """Tell GitHub the verdict: a commit status and one comment.

    REPORT is the folder that `coefgate gate --output REPORT` wrote. The environment holds
    GITHUB_TOKEN and GITHUB_REPOSITORY, and GITHUB_API_URL for a server of your own. The comment is
    written first, so a status that says pass always has its report.

    \b
    Example:
      coefgate publish report --outcome 0 --commit "$SHA" --pull-request 12
    """
    place = place_of(os.environ)
    checked_commit(commit)
    conflict = outcome == "conflict"
    judged = _content(folder / "report.json")
    announcement = CONFLICT if conflict else announcement_of(int(outcome), judged)
    link = place.run
    if pull_request is not None:
        report = _CONFLICTED if conflict else _text(_content(folder / "report.md"))
        body = comment_body(report, _footer(place, commit, announcement))
        link = keep_comment(place, pull_request, body, author=author, wait=time.sleep) or link
    set_status(place, commit, announcement, link=link, wait=time.sleep)
    emit(f"{CONTEXT} on {commit}: {announcement.state}, {announcement.description}")
    return PASS


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _text(report: bytes | None) -> str:
    return report.decode("utf-8", "replace") if report else _NO_REPORT


def _footer(place: Place, commit: str, announcement: Announcement) -> str:
    run = f" · [run]({place.run})" if place.run else ""
    return f"---\n`{CONTEXT}`: {announcement.state} for commit {commit}{run}"
