"""``coefgate samples add``: new calls are stored, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import InvalidInput
from coefgate.registry.wording import count
from coefgate.reports.pages.added import added_dict, added_text
from coefgate.reports.pages.fallback import undeclared_warning
from coefgate.reports.render.console import warn
from coefgate.reports.render.json import json_text
from coefgate.runner.exit_code import emit
from coefgate.samples.facts import stated_facts
from coefgate.samples.line_source import standard_input
from coefgate.samples.status import Audited
from coefgate.samples.store import Added
from coefgate.use_cases.samples import add_samples_of, audit_by_themselves, undeclared_labels


@click.command()
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--origin", metavar="NAME", help="Where the calls were made, for calls that do not say."
)
@click.option(
    "--fact",
    "facts",
    metavar="FIELD=VALUE",
    multiple=True,
    help="A fact for calls that do not state it, such as unit=call or paths=real; may be given "
    "several times.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and write nothing.")
@registry_option
@format_option("text", "json")
def command(
    file: Path,
    origin: str | None,
    facts: Sequence[str],
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Store the calls in FILE, JSON Lines in the sample format, as one new file in samples/.

    A line may leave out unknown facts. They become null, and the report lists them. A line without
    id gets one; without reference it gets its place in FILE. Calls that are already stored are not
    stored twice. If any line is invalid, nothing is stored. Labels that the registry does not
    declare cause a warning. FILE - is standard input.

    \b
    Examples:
      coefgate samples add new-calls.jsonl
      coefgate samples add calls.jsonl --origin agent --fact unit=call --fact paths=real --dry-run
    """
    of_origin = [f"origin={origin}"] if origin is not None else []
    found = add_samples_of(
        standard_input() if file == Path("-") else file,
        root,
        facts=stated_facts([*of_origin, *facts]),
        dry_run=dry_run,
    )
    audited, warnings = _as_the_registry_sees(found, root)
    if output_format == "json":
        emit(json_text(added_dict(found, audited)))
    else:
        emit(added_text(found, audited))
    for warning in warnings:
        warn(warning)


def _as_the_registry_sees(found: Added, root: Path) -> tuple[Sequence[Audited], Sequence[str]]:
    """What new calls are good for, and warnings of their labels, if the registry can be read."""
    try:
        labels = undeclared_labels(found.added, root)
        warnings = [undeclared_warning(*one, stored=found.written) for one in labels]
        return audit_by_themselves(found.added, root), warnings
    except InvalidInput as error:
        problems = count(len(error.problems), "problem")
        return (), [f"{found.path}: labels are not compared: {problems} in coefficients/"]
