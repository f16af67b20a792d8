"""``coefgate explain``: one number, where it comes from, which calls rest on it, and what it does."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.commands.rule_sections import rule_sections
from coefgate.commands.states import (
    State,
    audited_samples,
    revision_with_samples,
    worktree_with_samples,
)
from coefgate.gates.explanation import explanation
from coefgate.history.life import last_steps
from coefgate.history.repository import Repository
from coefgate.problems import PASS, EnvironmentProblem, UsageProblem
from coefgate.registry.closest import hint
from coefgate.registry.lifetime import Step
from coefgate.registry.model import Registry
from coefgate.registry.values import values_of
from coefgate.registry.wording import printable
from coefgate.reports.console import emit, print_report
from coefgate.reports.explanation_dicts import Explained, explain_json
from coefgate.reports.explanations import explain_text
from coefgate.reports.progress import progress
from coefgate.samples.model import SampleStore
from coefgate.trees import FolderTree


@click.command()
@click.argument("name", metavar="NAME|RULE")
@registry_or_bare_option
@format_option("text", "json")
def command(name: str, root: Path, output_format: str) -> int:
    """Say what a value rests on and what 10% more would do, or what a rule asks.

    NAME is one that `coefgate try` takes: docs.low, marginal.create.test, margin.default, margin.docs.low,
    fallback.overhead or no_deliverables.low. What 10% less would do is shown as well. RULE is one of those
    that `coefgate gate` asks: its section of docs/gates.md is printed.

    \b
    Examples:
      coefgate explain docs.low
      coefgate explain marginal.create.test --format json
      coefgate explain swing
    """
    section = rule_sections().get(name)
    if section is not None:
        if output_format == "json":
            raise UsageProblem(f"{name} is a rule, and its section is text. Leave out --format json.")
        emit(section)
        return PASS
    with progress("Looking at the stored calls …"):
        explained = _explained(root, name)
    if output_format == "json":
        emit(explain_json(explained))
    else:
        print_report(explain_text(explained))
    return PASS


def _explained(root: Path, name: str) -> Explained:
    with ExitStack() as stack:
        unknown, repository = "", None
        try:
            repository = stack.enter_context(Repository(root))
        except EnvironmentProblem as error:
            unknown = str(error)
        state, store = _state(root, repository)
        name = _declared(name, state.registry)
        last: tuple[Step, ...] = ()
        if repository is not None:
            last = last_steps(repository, name, folder=None if repository.bare else FolderTree(root))
        return Explained(
            explanation(state.registry, name, audited_samples(store, state.registry)),
            state.table.registry_version,
            state.table.digest,
            last,
            unknown,
            repository is not None and repository.shallow,
        )


def _state(root: Path, repository: Repository | None) -> tuple[State, SampleStore]:
    """The files in the folder; in a bare repository, which has none, HEAD."""
    if repository is not None and repository.bare:
        return revision_with_samples(repository, repository.commit("HEAD"))
    return worktree_with_samples(root)


def _declared(name: str, registry: Registry) -> str:
    """The name of the number itself: ``docs.low`` for ``documentation.low``."""
    values = values_of(registry)
    if name in values:
        return name
    prefix = "margin." if name.startswith("margin.") and name.count(".") > 1 else ""
    label, _, complexity = name.removeprefix(prefix).rpartition(".")
    own = f"{prefix}{registry.canonical_category.get(label, label)}.{complexity}"
    if own in values:
        return own
    who = printable(name) or "an empty name"
    raise UsageProblem(
        f"{who} is no number of this registry. {hint(own, values)} "
        "If it was one, its life is told by: coefgate history NAME"
    )
