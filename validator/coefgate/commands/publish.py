"""``coefgate publish``: the gate's verdict as a commit status and one comment on GitHub."""

from __future__ import annotations

import os
from pathlib import Path

import click

from coefgate.publishing.comments import CONTEXT
from coefgate.publishing.publish import Conflict, publish
from coefgate.runner.exit_code import emit


def _outcome(_ctx: click.Context, _parameter: click.Parameter, said: str) -> int | Conflict:
    if said == "conflict":
        return "conflict"
    if said.isdecimal() and int(said) <= 255:
        return int(said)
    raise click.BadParameter(f"{said!r} is neither an exit code (0 to 255) nor the word conflict.")


@click.command()
@click.argument("folder", metavar="REPORT", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--outcome",
    metavar="CODE|conflict",
    required=True,
    callback=_outcome,
    help="The exit code of the gate, or conflict if there was nothing to judge because the "
    "merge conflicts.",
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
    "--page",
    metavar="URL",
    help="The address of the whole report, which the comment links to.",
)
@click.option(
    "--author",
    metavar="LOGIN",
    default="github-actions[bot]",
    show_default=True,
    help="The account that the token belongs to; its comment is updated.",
)
@click.option(
    "--status",
    "context",
    metavar="NAME",
    default=CONTEXT,
    show_default=True,
    help="The name of the status. Each registry of a repository needs a different one.",
)
def command(
    folder: Path,
    outcome: int | Conflict,
    commit: str,
    pull_request: int | None,
    page: str | None,
    author: str,
    context: str,
) -> None:
    """Report the verdict to GitHub, as a commit status and one comment.

    REPORT is the folder that `coefgate gate --output REPORT` wrote. Set GITHUB_TOKEN and
    GITHUB_REPOSITORY in the environment, and GITHUB_API_URL for your own server. The comment is
    written first, so there is always a report behind a status that says pass.

    \b
    Example:
      coefgate publish report --outcome 0 --commit "$SHA" --pull-request 12
    """
    announcement = publish(
        folder,
        outcome=outcome,
        commit=commit,
        pull_request=pull_request,
        page=page,
        author=author,
        environment=os.environ,
        context=context,
    )
    emit(f"{context} on {commit}: {announcement.state}, {announcement.description}")
