"""``coefgate drill``: does the gate bite, and does it let through what harms nothing?"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from secrets import randbelow

import click

from coefgate.commands import cli
from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.core.problems import GATE_FAILED, INTERRUPTED, NOT_MEASURABLE, PASS, UsageProblem
from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.oracle.evidence import CountedCall, counting
from coefgate.drill.plant import Kind
from coefgate.drill.run import Answer, Drill, rows
from coefgate.reports.pages.drill import drill_dict, drill_page
from coefgate.reports.progress import counted, progress
from coefgate.reports.render.console import show
from coefgate.reports.render.formats import rendered
from coefgate.samples.identity import fields_of
from coefgate.samples.reading import read_sample_path
from coefgate.use_cases.drill import accepted_files, scratch_copy

_SEEDS = 2**32


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
    help="Plant this kind alone; may be given several times.",
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
    """Plant regressions and harmless changes in a scratch copy; see what the gate says of each.

    The accepted files, those of HEAD, are copied into a repository in a temporary folder; yours is
    only read. Every kind: docs/drill.md.

    \b
    Examples:
      coefgate drill
      coefgate drill --seed 7 --only overhead-raised --format json
    """
    if context.invoked_subcommand is not None:
        return PASS
    kinds = _named(names) if names else KINDS
    state = Fileset(accepted_files(root))
    seed = randbelow(_SEEDS) if seed is None else seed
    with scratch_copy(state.files) as scratch:
        planted = rows(state, kinds, seed=seed, gate=_gate, scratch=scratch)
        drill = Drill(seed, tuple(counted(planted, len(kinds))))
    again = " ".join(["coefgate drill --seed", str(seed), *(f"--only {name}" for name in names)])
    show(rendered(output_format, lambda: drill_page(drill, again), lambda: drill_dict(drill)))
    if drill.wrong:
        return GATE_FAILED
    return PASS if drill.planted("regression") or drill.planted("harmless") else NOT_MEASURABLE


@command.command()
@click.option(
    "--times",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    help="Drill so often, one after the other.",
)
@click.option(
    "--runners",
    metavar="N",
    type=click.IntRange(1, 20),
    default=3,
    help="Runners that follow; 3 unless given.",
)
@registry_or_bare_option
@format_option("text", "json")
def rollback(times: int, runners: int, root: Path, output_format: str) -> int:
    """Release, break, notice and roll back in a scratch copy with runners; time the way back.

    The accepted files, those of HEAD, go into a remote in a temporary folder. Runners are
    processes of their own; every estimate that they serve is held against the releases.

    \b
    Example:
      coefgate drill rollback
    """
    from coefgate.drill.way_back.run import drilled
    from coefgate.reports.pages.rollback_drill import rollback_drills_dict, rollback_drills_page

    files = accepted_files(root)
    complexity = Fileset(files).document("coefficients/registry.yaml")["complexities"][0]
    drills = []
    for number in range(1, times + 1):
        with progress(f"Drill {number} of {times} ..."):
            drills.append(drilled(files, complexity=complexity, runners=runners))
    show(
        rendered(
            output_format,
            lambda: rollback_drills_page(drills),
            lambda: rollback_drills_dict(drills),
        )
    )
    return GATE_FAILED if any(drill.complaints for drill in drills) else PASS


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
    help="Try each kind so often, one after the other; 5 unless given.",
)
@click.option(
    "--calls",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=(
        "Draw honest imports from the calls of FILE, in the sample format, and not from those "
        "stored."
    ),
)
@registry_or_bare_option
@format_option("text", "json")
def aa(seed: int | None, times: int, calls: Path | None, root: Path, output_format: str) -> int:
    """Count false alarms: propose what changes nothing, harms nothing, or imports calls honestly.

    Each try is judged by the gate in a scratch copy of the accepted files. The share of what it
    stops has its exact 95% interval; calls that are predicted to the token stand beside it, which
    must be stopped.

    \b
    Examples:
      coefgate drill aa
      coefgate drill aa --times 400 --seed 1
    """
    from coefgate.drill.false_alarms import measured, tallies, trials, tried
    from coefgate.reports.pages.false_alarms import false_alarms_dict, false_alarms_page

    state = Fileset(accepted_files(root))
    seed = randbelow(_SEEDS) if seed is None else seed
    which = trials(None if calls is None else _not_stored(state, calls))
    with scratch_copy(state.files) as scratch:
        planted = tried(state, which, seed=seed, times=times, gate=_gate, scratch=scratch)
        found = tallies(which, tuple(counted(planted, len(which) * times)))
    drawn = () if calls is None else ("--calls", str(calls))
    again = shlex.join(
        ["coefgate", "drill", "aa", "--seed", str(seed), "--times", str(times), *drawn]
    )
    show(
        rendered(
            output_format,
            lambda: false_alarms_page(found, again),
            lambda: false_alarms_dict(found, seed=seed, times=times),
        )
    )
    if any(one.complaint for one in found):
        return GATE_FAILED
    return PASS if measured(found) else NOT_MEASURABLE


def _not_stored(state: Fileset, file: Path) -> tuple[CountedCall, ...]:
    """The calls of a file that would count, without those that are stored already."""
    known = {one.id for one in state.stored}
    samples = read_sample_path(file).samples
    return counting(
        state,
        [
            StoredLine(str(file), one.line, fields_of(one))
            for one in samples
            if one.id not in known
        ],
    )


def _named(names: Sequence[str]) -> tuple[Kind, ...]:
    known = {kind.name: kind for kind in KINDS}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            way_on = f"Did you mean {near[0]}?" if near else "All kinds: docs/drill.md"
            raise UsageProblem(f"{name} is no kind of change that the drill plants. {way_on}")
    return tuple(kind for kind in KINDS if kind.name in names)


def _gate(arguments: Sequence[str]) -> Answer:
    """The real command, in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(arguments)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return Answer(code, out.getvalue(), err.getvalue())
