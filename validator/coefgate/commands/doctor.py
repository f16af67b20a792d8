"""``coefgate doctor``: what a registry lacks, found by trying it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import GATE_FAILED, PASS
from coefgate.reports.pages.doctor import doctor_dict, doctor_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.doctor import examine


@click.command()
@click.option(
    "--fix",
    is_flag=True,
    help="Install hooks, and fetch history and the name of the default branch, where these are "
    "missing.",
)
@registry_option
@format_option("text", "json")
def command(fix: bool, root: Path, output_format: str) -> int:
    """Say what the registry lacks, by trying it: settings are not evidence.

    A call is estimated as a runner does it. A commit and a push that break the registry are made
    in a copy, and the hooks must refuse them. The base is looked for, the files of CI, owners,
    ruleset, release and the age of the calls are looked at. Ends with 1 where something is missing
    or broken.

    \b
    Examples:
      coefgate doctor
      coefgate doctor --fix
    """
    with progress("trying what the registry needs"):
        found = examine(root, now=time.time(), fix=fix)
    show_as(output_format, lambda: doctor_page(found), lambda: doctor_dict(found))
    return PASS if found.healthy else GATE_FAILED
