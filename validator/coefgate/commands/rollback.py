"""``coefgate rollback``: the coefficients of an earlier release again, under a new version."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import release_options
from coefgate.commands.release import tell_release
from coefgate.core.json_shapes import is_line
from coefgate.core.problems import InvalidInput
from coefgate.core.yanks import MAX_REASON
from coefgate.reports.render.console import progress, warn
from coefgate.use_cases.release import Made, ReleaseOutcome
from coefgate.use_cases.releases.branch import UpToDate
from coefgate.use_cases.rollback import roll_back

_NOT_BROUGHT_BACK = (
    "nothing has changed: gates, guardrails, withdrawn versions and samples stay as they are, so "
    "they must be readable. Restore such a file with: git checkout TAG -- FILE && git commit; "
    "then do this again"
)


def _checked_reason(
    _ctx: click.Context, _parameter: click.Parameter, reason: str | None
) -> str | None:
    if reason is None:
        return None
    reason = reason.strip()
    if not is_line(reason, MAX_REASON):
        raise click.BadParameter(f"a reason is one line of 1 to {MAX_REASON} visible characters.")
    return reason


@click.command()
@click.argument("version", metavar="[VERSION]", required=False)
@click.option(
    "--reason",
    metavar="TEXT",
    callback=_checked_reason,
    help="The reason, in one line; runners that have pinned a withdrawn version show it.",
)
@release_options
def command(
    version: str | None,
    reason: str | None,
    dry_run: bool,
    push: bool,
    sign: bool,
    output: Path | None,
    root: Path,
    output_format: str,
) -> int:
    """Restore the coefficients of an earlier release, and withdraw the later ones.

    VERSION defaults to the newest earlier release with other values that is not withdrawn. A
    second rollback goes no further. Samples, gates and guardrails stay. The command makes one
    commit with the old values, which is judged like any other, and then a patch release. Either
    everything is done or nothing. See docs/how-to/releases.md.

    \b
    Examples:
      coefgate rollback --dry-run
      coefgate rollback 1.4.0 --reason "docs is underestimated by half" --push
    """

    def carry_out(made: Made) -> ReleaseOutcome | UpToDate:
        try:
            return roll_back(
                root,
                version,
                reason=reason,
                dry_run=dry_run,
                push=push,
                sign=sign,
                output=output,
                progress=progress,
                tell=warn,
                made=made,
            )
        except InvalidInput:
            warn(_NOT_BROUGHT_BACK)
            raise

    nothing = (
        "nothing to do: these coefficients are released, and what came after them is withdrawn"
    )
    if version is None:
        nothing += "\nto go further back: coefgate rollback VERSION"
    return tell_release(carry_out, nothing=nothing, as_json=output_format == "json")
