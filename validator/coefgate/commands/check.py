"""``coefgate check``: strict reading, every problem at once. Imports neither pandas nor numpy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import INVALID, PASS, EnvironmentProblem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.checkout_tree import checkout
from coefgate.git.repository import Repository
from coefgate.registry.reading import registry_problems
from coefgate.reports.audits import contradictory_note
from coefgate.reports.console import emit, warn
from coefgate.reports.problems import render_check
from coefgate.reports.progress import progress
from coefgate.samples.eligibility import audit
from coefgate.samples.reading import contradiction_problems, sample_problems
from coefgate.samples.stored import stored
from coefgate.use_cases.head import head_of
from coefgate.use_cases.registry_folder import folder_in_repository


@click.command()
@click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path, exists=True)
)
@click.option(
    "--head",
    metavar="STATE",
    help="What is read: `worktree` (the default), `index` for what is staged, a commit, or `hook` inside a "
    "pre-commit hook.",
)
@registry_option
@format_option("text", "json", "github")
def command(paths: tuple[Path, ...], head: str | None, root: Path, output_format: str) -> int:
    """Read coefficients and samples strictly, and name every problem.

    Coefficients are always read as a whole, because they refer to each other. PATH limits which
    sample files are read; without it all are.

    \b
    Examples:
      coefgate check
      coefgate check coefficients/overhead/docs.yaml
      coefgate check --head index
      coefgate check --format github
    """
    only = _below_root(paths, root) if paths else None
    with progress("Reading coefficients and samples …"), _read(root, head) as (tree, before):
        registry, problems = registry_problems(tree)
        store, in_samples = sample_problems(tree, only=only)
        files = len(tree.entries("coefficients"))
        audited = (
            audit(store, scope=registry.gates.scope, unit=registry.unit)
            if registry and store
            else ()
        )
        contradictory = [one.sample for one in audited if one.status == "contradictory"]
        if contradictory:
            let_in = before()
            new = [one for one in contradictory if let_in is not None and one.id not in let_in]
            in_samples += contradiction_problems(tree, new)
    problems = tuple(sorted(problems + in_samples))
    samples = len(store.samples) if store else None
    folder = folder_in_repository(root) if output_format == "github" else ""
    if not problems and (note := contradictory_note(audited)):
        warn(note)
    emit(render_check(problems, output_format, files=files, samples=samples, folder=folder))
    return INVALID if problems else PASS


@contextmanager
def _read(
    root: Path, head: str | None
) -> Iterator[tuple[Tree, Callable[[], Collection[str] | None]]]:
    """The files that are read, and the samples (ids) of the commit that they are, or stand on.

    Git is asked for these when they are wanted; ``None`` where it does not answer.
    """
    if head is None:
        with checkout(root) as folder:
            yield folder, lambda: _committed(folder.repository)
        return
    with Repository(root) as repository:
        found = head_of(repository, head, None)
        yield found.tree, lambda: _stored_at(repository, found.commit)


def _committed(repository: Repository | EnvironmentProblem) -> Collection[str] | None:
    if isinstance(repository, EnvironmentProblem):
        return None
    try:
        return _stored_at(repository, repository.head())
    except EnvironmentProblem:
        return None


def _stored_at(repository: Repository, commit: str | None) -> Collection[str]:
    return () if commit is None else stored(repository.tree(commit)).ids


def _below_root(paths: tuple[Path, ...], root: Path) -> tuple[str, ...]:
    below = []
    for path in paths:
        try:
            below.append(path.resolve().relative_to(root).as_posix())
        except ValueError:
            raise UsageProblem(
                f"{path} is not in the registry {root}. Name its registry with --registry FOLDER."
            ) from None
        if below[-1].partition("/")[0] not in (".", "coefficients", "samples"):
            raise UsageProblem(
                f"{path} is part of neither coefficients/ nor samples/, so there is nothing to "
                "check it against. Leave it out, or see how to store calls with: coefgate samples "
                "add --help"
            )
    return tuple(below) if "." not in below else ("coefficients", "samples")
