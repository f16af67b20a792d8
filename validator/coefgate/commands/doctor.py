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
    help="If they are missing, install hooks, and fetch history and the name of the default "
    "branch.",
)
@registry_option
@format_option("text", "json")
def command(fix: bool, root: Path, output_format: str) -> int:
    """Check by trial that estimates, hooks and CI work, and say what is missing.

    The command estimates a call as a runner does. In a copy, it makes a commit and a push that
    break the registry, and the hooks must refuse them. It looks for the base, and checks the files
    for CI, owners, ruleset and releases, and the age of the calls. The exit code is 1 if something
    is missing or broken.

    \b
    Examples:
      coefgate doctor
      coefgate doctor --fix
    """
    with progress("trying what the registry needs"):
        found = examine(root, now=time.time(), fix=fix)
    show_as(output_format, lambda: doctor_page(found), lambda: doctor_dict(found))
    return PASS if found.healthy else GATE_FAILED
