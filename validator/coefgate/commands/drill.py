"""``coefgate drill``: does the gate bite, and does it let through what harms nothing?"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Final

import click

from coefgate.commands import cli
from coefgate.commands.options import file_option, format_option, registry_or_bare_option
from coefgate.core.problems import GATE_FAILED, INTERRUPTED, NOT_MEASURABLE, PASS
from coefgate.drill.false_alarms import measured
from coefgate.drill.run import Answer
from coefgate.reports.pages import drills as pages
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.drill import count_false_alarms, drill, drill_way_back


@click.group(invoke_without_command=True)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Plant the same values as a drill with this seed; without it, fresh ones.",
)
@click.option(
    "--only",
    "names",
    metavar="NAME",
    multiple=True,
    help="Plant only this kind; may be given several times.",
)
@registry_or_bare_option
@format_option("text", "json")
@click.pass_context
def command(
    context: click.Context,
    seed: int | None,
    names: tuple[str, ...],
    root: Path,
    output_format: str,
) -> int:
    """Plant regressions and harmless changes in a scratch copy, and check the gate's verdicts.

    The files of HEAD are copied into a repository in a temporary folder; your repository is only
    read. docs/reference/drill-kinds.md lists every kind.

    \b
    Examples:
      coefgate drill
      coefgate drill --seed 7 --only overhead-raised --format json
    """
    if context.invoked_subcommand is not None:
        return PASS
    with _drilling():
        found = drill(root, gate=_gate, names=names, seed=seed)
    only = "".join(f" --only {name}" for name in names)
    again = f"coefgate drill --seed {found.seed}{only}"
    show_as(output_format, lambda: pages.drill_page(found, again), lambda: pages.drill_dict(found))
    if found.wrong:
        return GATE_FAILED
    return PASS if found.planted("regression") or found.planted("harmless") else NOT_MEASURABLE


@command.command()
@click.option(
    "--times",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    help="How often to rehearse, one after the other.",
)
@click.option(
    "--runners",
    metavar="N",
    type=click.IntRange(1, 20),
    default=3,
    help="Number of runners that follow; 3 by default.",
)
@registry_or_bare_option
@format_option("text", "json")
def rollback(times: int, runners: int, root: Path, output_format: str) -> int:
    """Rehearse a rollback in a scratch copy with runners, and measure how long it takes.

    The files of HEAD go into a remote in a temporary folder. There they are released, broken,
    found bad and rolled back. Runners are separate processes, and every estimate that they serve
    is checked against the releases.

    \b
    Example:
      coefgate drill rollback
    """
    drills = drill_way_back(root, times=times, runners=runners, progress=progress)
    show_as(
        output_format,
        lambda: pages.rollback_drills_page(drills),
        lambda: pages.rollback_drills_dict(drills),
    )
    return GATE_FAILED if any(one.complaints for one in drills) else PASS


@command.command()
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Draw the same proposals as an audit with this seed; without it, fresh ones.",
)
@click.option(
    "--times",
    metavar="N",
    type=click.IntRange(min=1),
    default=5,
    help="How often to try each kind, one after the other; 5 by default.",
)
@file_option(
    "--calls",
    told="Draw honest imports from the calls of FILE, in the sample format, instead of the "
    "stored calls.",
)
@registry_or_bare_option
@format_option("text", "json")
def aa(seed: int | None, times: int, calls: Path | None, root: Path, output_format: str) -> int:
    """Count false alarms on proposals that change nothing, harm nothing, or import calls honestly.

    The gate judges each proposal in a scratch copy of the files of HEAD. The report shows the
    share that it stops, with an exact 95% interval. As a control it also proposes calls that are
    predicted to the token, which the gate must stop.

    \b
    Examples:
      coefgate drill aa
      coefgate drill aa --times 400 --seed 1
    """
    with _drilling():
        found = count_false_alarms(root, gate=_gate, seed=seed, times=times, calls=calls)
    drawn = () if calls is None else ("--calls", str(calls))
    again = shlex.join(
        ["coefgate", "drill", "aa", "--seed", str(found.seed), "--times", str(times), *drawn]
    )
    show_as(
        output_format,
        lambda: pages.false_alarms_page(found.tallies, again),
        lambda: pages.false_alarms_dict(found.tallies, seed=found.seed, times=times),
    )
    if any(one.complaint for one in found.tallies):
        return GATE_FAILED
    return PASS if measured(found.tallies) else NOT_MEASURABLE


_drilling: Final = partial(progress, "Asking the gate …", patience=0)
"""Starts at once, before what is printed goes to ``_gate``."""


def _gate(arguments: Sequence[str]) -> Answer:
    """The real command, in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(arguments)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return Answer(code, out.getvalue(), err.getvalue())
