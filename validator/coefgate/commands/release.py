"""``coefgate release``: the coefficients get a version."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import release_options
from coefgate.commands.release_outcome import tell_release
from coefgate.core.problems import PASS, UsageProblem
from coefgate.reports.progress import progress
from coefgate.reports.render.console import warn
from coefgate.reports.render.json import json_text
from coefgate.runner.exit_code import emit
from coefgate.use_cases.release import release, release_files


@click.command()
@click.option(
    "--major", is_flag=True, help="Release although something that a runner may name is gone."
)
@click.option(
    "--assets",
    "tag",
    metavar="TAG",
    help="Only write the files of an existing release; its tag must say what its commit holds.",
)
@release_options
def command(
    major: bool,
    tag: str | None,
    dry_run: bool,
    push: bool,
    sign: bool,
    output: Path | None,
    root: Path,
    output_format: str,
) -> int:
    """Give the coefficients a version: judge them, write the changelog, make the tag.

    Works on the commit that is checked out. The number follows from the change: something is gone,
    major; something is new, minor; else patch. Everything is done, or nothing. More:
    docs/releases.md.

    \b
    Examples:
      coefgate release --dry-run
      coefgate release --push
      coefgate release --assets coefficients/v1.4.0 --output dist
    """
    as_json = output_format == "json"
    if tag is not None:
        if dry_run or push or sign or major:
            raise UsageProblem(
                "--assets writes files and nothing else. Leave out the other options."
            )
        return _assets(root, tag, output, as_json=as_json)
    found = release(
        root,
        dry_run=dry_run,
        push=push,
        sign=sign,
        major=major,
        output=output,
        progress=progress,
        tell=warn,
    )
    last = found.destination.version
    nothing = f"nothing to release: {last} has these coefficients and withdraws the same versions"
    return tell_release(found, nothing=nothing, push=push and not dry_run, as_json=as_json)


def _assets(root: Path, tag: str, output: Path | None, *, as_json: bool) -> int:
    files, left_out = release_files(root, tag, output=output)
    for words in left_out:
        warn(words)
    written = [str(file) for file in files]
    emit(json_text({"files": written}) if as_json else "\n".join(written))
    return PASS
