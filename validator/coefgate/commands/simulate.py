"""``coefgate simulate``: calls drawn from what the registry says, to see what calls can decide."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from coefgate.calibration.noise import Noise
from coefgate.calibration.simulation import MAX_SEED, lines_of
from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import UsageProblem
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.reports.pages.simulation import drawn_text, recovered_dict, recovered_page
from coefgate.reports.render.console import emit_bytes, progress, warn
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.simulate import recover, simulate

MOST_CALLS: Final = 100_000
_STANDARD_OUTPUT: Final = Path("-")


def _tail(_ctx: click.Context, _parameter: click.Parameter, written: str) -> float | None:
    """``normal``, or degrees of freedom."""
    if written == "normal":
        return None
    try:
        degrees = float(written)
        Noise(0, tail=degrees)
    except ValueError:
        said = "it is normal, or the degrees of freedom of a Student t, above 2: --tail 4"
        raise click.BadParameter(f"{written!r}; {said}") from None
    return degrees


@click.command()
@click.option(
    "--calls",
    metavar="N",
    required=True,
    type=click.IntRange(1, MOST_CALLS),
    help=f"Number of calls to draw, from 1 to {MOST_CALLS:,}.",
)
@click.option(
    "--seed",
    metavar="N",
    required=True,
    type=click.IntRange(0, MAX_SEED),
    help="The same seed and options draw the same calls.",
)
@click.option(
    "--scatter",
    metavar="X",
    type=float,
    default=0.35,
    show_default=True,
    help="Standard deviation of ln(need ÷ typical need) among similar calls.",
)
@click.option(
    "--tail",
    metavar="T",
    default="normal",
    show_default=True,
    callback=_tail,
    help="The tail of --scatter: normal, or the degrees of freedom of a Student t, above 2.",
)
@click.option(
    "--phase-effect",
    metavar="X",
    type=float,
    default=0.0,
    help="Standard deviation of what all calls of a phase share; 0 by default.",
)
@click.option(
    "--run-effect",
    metavar="X",
    type=float,
    default=0.0,
    help="Standard deviation of what all calls of a run share; 0 by default.",
)
@click.option(
    "--calls-per-phase",
    metavar="N",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of calls in a phase; they all make the same request.",
)
@click.option(
    "--phases-per-run",
    metavar="N",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Number of phases in a run.",
)
@click.option(
    "--ceiling",
    metavar="TOKENS",
    type=click.IntRange(1, MAX_TOKENS),
    help="Calls that need more are cut off at this number.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write the calls to this file. `-` is standard output, the default without --report.",
)
@click.option(
    "--as-real",
    is_flag=True,
    help="Mark the paths as real, so that the calls are scored. Only for a test registry.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Fit the calls as tuning.yaml says, and show how well the fit recovers the numbers.",
)
@click.option(
    "--draws",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="With --report: how often to draw and fit that many calls.",
)
@registry_option
@format_option("text", "json")
def command(
    calls: int,
    seed: int,
    scatter: float,
    tail: float | None,
    phase_effect: float,
    run_effect: float,
    calls_per_phase: int,
    phases_per_run: int,
    ceiling: int | None,
    output: Path | None,
    as_real: bool,
    report: bool,
    draws: int,
    root: Path,
    output_format: str,
) -> None:
    """Draw calls from the registry's numbers, and see what that many calls can decide.

    The registry's numbers, before any margin, are taken as the truth. The files of each call are
    drawn from the stored calls. The result is JSON Lines in the sample format, with the origin
    `simulated` and synthetic paths, so that these calls are never scored by accident.

    \b
    Examples:
      coefgate simulate --calls 500 --seed 1 --output simulated.jsonl
      coefgate simulate --calls 500 --seed 1 --scatter 0.3 --ceiling 16384 --report
    """
    if report and output == _STANDARD_OUTPUT:
        raise UsageProblem("--report is printed where --output - would be. Name a file for calls.")
    if output_format != "text" and not report:
        raise UsageProblem("--format is of the report; calls are JSON Lines. Add --report.")
    to_file = None if output == _STANDARD_OUTPUT else output
    try:
        noise = Noise(scatter, tail, phase_effect, run_effect)
    except ValueError as error:
        raise UsageProblem(f"{error}.") from None
    with progress("Drawing the calls …"):
        drawn = simulate(
            root,
            noise,
            calls=calls,
            seed=seed,
            ceiling=ceiling,
            calls_per_phase=calls_per_phase,
            phases_per_run=phases_per_run,
            as_real=as_real,
            output=to_file,
        )
    if to_file is not None:
        warn(drawn_text(drawn, to_file))
    if not report:
        if to_file is None:
            emit_bytes(lines_of(drawn.samples))
        return
    with progress("Fitting the calls …"):
        found = recover(drawn, draws)
    show_as(output_format, lambda: recovered_page(found), lambda: recovered_dict(found))
