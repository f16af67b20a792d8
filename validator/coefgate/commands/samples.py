"""``coefgate samples``: look at the stored calls, and add new ones."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import PASS, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.checkout_tree import checkout
from coefgate.registry.compiled import table_of
from coefgate.registry.reading import registry_problems
from coefgate.replay.fallbacks import fallbacks_of, undeclared
from coefgate.reports.audits import added_text, audit_json, audit_text
from coefgate.reports.console import count, emit, print_report, warn
from coefgate.reports.fallbacks import undeclared_warning
from coefgate.reports.visible import visible
from coefgate.samples.layout import FOLDER
from coefgate.samples.store import Added, add_file
from coefgate.use_cases.state import read_state


@click.group()
def command() -> None:
    """Look at the stored calls, and add new ones.

    \b
    Examples:
      coefgate samples audit
      coefgate samples add new-calls.jsonl
    """


@command.command()
@registry_option
@format_option("text", "json")
def audit(root: Path, output_format: str) -> int:
    """Count the stored calls by status, and say why each one that is not scored is not.

    \b
    Example:
      coefgate samples audit
    """
    with checkout(root) as folder:
        state = read_state(folder, folder.repository)
    audited = state.audited()
    fallen = fallbacks_of(audited, state.table)
    if output_format == "json":
        emit(audit_json(audited, fallen))
    else:
        print_report(audit_text(audited, fallen))
    return PASS


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@registry_option
def add(file: Path, root: Path) -> int:
    """Store the calls of FILE, JSON Lines in the sample format, as one new file of samples/.

    A line without an id gets it. Calls that are stored already are not stored twice. Either all of
    FILE is good and stored, or nothing is. A label that the registry does not declare is warned
    of.

    \b
    Example:
      coefgate samples add new-calls.jsonl
    """
    if not file.is_file():
        raise UsageProblem(f"{file} is no regular file. Name a file of JSON Lines.")
    with checkout(root) as folder:
        folder.entries(FOLDER)  # else a call that is left out would be stored twice
        found = add_file(file, root)
        emit(added_text(found))
        _warn_of_labels(found, folder)
    return PASS


def _warn_of_labels(found: Added, folder: Tree) -> None:
    """Say which labels of the new calls the registry has nothing for; what was stored stays stored."""
    if not found.added:
        return
    registry, problems = registry_problems(folder)
    if registry is None:
        warn(
            f"{found.path}: labels are not compared: {count(len(problems), 'problem')} in "
            "coefficients/"
        )
        return
    table = table_of(registry)
    for delivers, serves in ((True, "the fallback"), (False, "no_deliverables")):
        for reason in undeclared(
            (one for one in found.added if bool(one.deliverables) is delivers), table
        ):
            if reason.value is not None:  # what a source does not say is told by the audit
                warn(undeclared_warning(reason, visible, serves))
