"""``coefgate samples audit``: which stored calls are scored, and why the others are not."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.reports.pages.audit import audit_dict, audit_page
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.samples import audit_samples


@click.command()
@registry_option
@format_option("text", "json")
def command(root: Path, output_format: str) -> None:
    """Count the stored calls by status, and say why calls are not scored.

    \b
    Example:
      coefgate samples audit
    """
    found = audit_samples(root)
    show_as(output_format, lambda: audit_page(*found), lambda: audit_dict(*found))
