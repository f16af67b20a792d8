"""``coefgate build``: the compiled registry as one file."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import registry_or_repository_option, revision_option
from coefgate.reports.figures import short
from coefgate.reports.render.console import emit_bytes, warn
from coefgate.runner.exit_code import emit
from coefgate.use_cases.build import build

_STANDARD_OUTPUT = Path("-")


@click.command()
@revision_option(
    "--at",
    "revision",
    told="Build a commit, a tag or a branch; the files in the folder unless given.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write; `-` is standard output.",
)
@registry_or_repository_option
def command(revision: str | None, output: Path, root: Path) -> None:
    """Compile the registry into one file, the snapshot.

    The snapshot is canonical JSON, so the same coefficients give the same bytes everywhere. Its
    sha256 is the registry's digest, which is printed with the file's name. Comments, thresholds
    and withdrawn versions do not change it.

    \b
    Examples:
      coefgate build -o snapshot.json
      coefgate build --at coefficients/v1.4.0 -o - | sha256sum
    """
    to_file = output != _STANDARD_OUTPUT
    built = build(root, at=revision, output=output if to_file else None)
    state, said = built.state, ""
    if to_file:
        emit(f"{state.digest}  {output}")
    else:
        emit_bytes(built.data)
        said = f", digest {short(state.digest)}"
    where = "in the folder" if state.revision == "worktree" else f"at {state.revision[:12]}"
    warn(f"coefficients {state.version} {where}{said}")
