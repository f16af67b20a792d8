"""``coefgate samples add``: new calls are stored, all of them or none."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import registry_option
from coefgate.core.problems import InvalidInput
from coefgate.reports.figures import count
from coefgate.reports.pages.audit import added_text
from coefgate.reports.pages.fallback import undeclared_warning
from coefgate.reports.render.console import warn
from coefgate.runner.exit_code import emit
from coefgate.use_cases.samples import add_samples_of, undeclared_labels


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@registry_option
def command(file: Path, root: Path) -> None:
    """Store the calls of FILE, JSON Lines in the sample format, as one new file of samples/.

    A line without an id gets it. Calls that are stored already are not stored twice. Either all of
    FILE is good and stored, or nothing is. A label that the registry does not declare is warned
    of.

    \b
    Example:
      coefgate samples add new-calls.jsonl
    """
    found = add_samples_of(file, root)
    emit(added_text(found))
    try:
        for reason, serves in undeclared_labels(found.added, root):
            warn(undeclared_warning(reason, serves))
    except InvalidInput as error:
        problems = count(len(error.problems), "problem")
        warn(f"{found.path}: labels are not compared: {problems} in coefficients/")
