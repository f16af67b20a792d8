"""``coefgate build``: the compiled registry as one file."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import registry_or_repository_option
from coefgate.core.problems import PASS
from coefgate.git.checkout_tree import checkout
from coefgate.git.repository import Repository
from coefgate.registry.compiled import snapshot
from coefgate.replay.state import State
from coefgate.reports.console import emit, emit_bytes, short, warn
from coefgate.reports.output_files import keep_out_of_the_registry, write_file
from coefgate.use_cases.registry_folder import registry_folder
from coefgate.use_cases.state import read_state

_STANDARD_OUTPUT = Path("-")


@click.command()
@click.option(
    "--at",
    "revision",
    metavar="REV",
    help="Build a commit, a tag or a branch; the files in the folder unless given.",
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
def command(revision: str | None, output: Path, root: Path) -> int:
    """Compile the registry into one file, the snapshot.

    Canonical JSON: the same coefficients give the same bytes everywhere, and the sha256 of the
    file is the registry's digest. It is printed with the file's name; comments, thresholds and
    withdrawn versions do not move it.

    \b
    Examples:
      coefgate build -o snapshot.json
      coefgate build --at coefficients/v1.4.0 -o - | sha256sum
    """
    to_file = output != _STANDARD_OUTPUT
    if to_file:
        keep_out_of_the_registry(output, root)
    state = _state(root, revision)
    data = snapshot(state.registry).data
    if to_file:
        write_file(output, data)
        emit(f"{state.table.digest}  {output}")
    else:
        emit_bytes(data)
    where = "in the folder" if state.revision == "worktree" else f"at {state.revision[:12]}"
    said = "" if to_file else f", digest {short(state.table.digest)}"
    warn(f"coefficients {state.table.registry_version} {where}{said}")
    return PASS


def _state(root: Path, revision: str | None) -> State:
    if revision is None:
        with checkout(registry_folder(root)) as folder:
            return read_state(folder, folder.repository, calls=False)
    with Repository(root) as repository:
        return read_state(repository.tree(revision), repository, calls=False)
