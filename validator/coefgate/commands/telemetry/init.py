"""``coefgate telemetry init``: a store is made, or brought to this program's version."""

from __future__ import annotations

import click

from coefgate.commands.options import store_option
from coefgate.reports.pages.telemetry_store import made_page
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.telemetry_store import make


@click.command()
@store_option
def command(store: str) -> None:
    """Create a store of records, or migrate an older one to this program's version.

    A recorder creates its file by itself. You need this command for a store that others are
    shipped to, and after an update of the program. A failed migration leaves the store unchanged.

    \b
    Examples:
      coefgate telemetry init
      coefgate telemetry init --store postgresql://records@db.example.org/records
    """
    made = make(store)
    show_as("text", lambda: made_page(made), lambda: None)
