"""Strict reading of coefficients and samples, every problem at once; imports no numpy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.repository import Repository
from coefgate.git.working_tree import checkout
from coefgate.registry.reading import registry_problems
from coefgate.registry.tuning import FILE as TUNING
from coefgate.registry.wording import count
from coefgate.registry.yaml_reader import strict_document
from coefgate.samples.reading import contradiction_problems, sample_problems, stored_ids
from coefgate.samples.status import Audited, audit
from coefgate.use_cases.head import head_of


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``problems``: all of them, in their order. ``files``: how many hold coefficients.

    ``samples``: how many were read, ``None`` where they cannot be counted. ``notes``: sentences
    on what is valid and yet not as it should be.
    """

    problems: tuple[Problem, ...]
    files: int
    samples: int | None
    notes: tuple[str, ...]


def check(root: Path, *, head: str | None = None, paths: Sequence[Path] = ()) -> CheckResult:
    """Read the folder ``root``, or its state ``head`` (a revision, ``index`` or ``hook``).

    Coefficients are always read as a whole. ``paths`` limits which files of samples are. Raises
    ``UsageProblem`` where one of them is no part of the registry.
    """
    only = _below(root, paths) if paths else None
    with ExitStack() as stack:
        repository: Repository | EnvironmentProblem
        if head is None:
            tree: Tree = (folder := stack.enter_context(checkout(root)))
            repository, commit = folder.repository, None
        else:
            repository = stack.enter_context(Repository(root))
            found = head_of(repository, head)
            tree, commit = found.tree, found.commit
        registry, problems = registry_problems(tree)
        store, in_samples = sample_problems(tree, only=only)
        files = len(tree.entries("coefficients"))
        audited: tuple[Audited, ...] = ()
        if registry and store:
            audited = audit(store, scope=registry.gates.scope, unit=registry.unit)
        contradictory = [one.sample for one in audited if one.status == "contradictory"]
        if contradictory:
            names = store.names_today if store else {}
            let_in = _let_in(repository, commit, names, of_folder=head is None)
            new = [one for one in contradictory if let_in is not None and one.id not in let_in]
            in_samples += contradiction_problems(tree, new)
        notes = list(contradictory_notes(audited))
        if store and registry and registry.tuning is not None:
            stored = {one.file for one in store.samples}
            notes += _without_calls(tree, registry.tuning.samples, stored)
    samples = len(store.samples) if store else None
    return CheckResult(tuple(sorted(problems + in_samples)), files, samples, tuple(notes))


def _without_calls(tree: Tree, named: Sequence[str], stored: Collection[str]) -> Iterator[str]:
    """Sentences on files that numbers were fitted on, it is said, and that hold no call."""
    document = strict_document(tree.read(TUNING), TUNING)
    for at, file in enumerate(named):
        if file not in stored:
            line, column = document.mark(("samples", at))
            told = f"{TUNING}:{line}:{column} samples names {file}, which holds no stored call"
            yield f"{told}. Name files that do: coefgate tune --write"


def contradictory_notes(audited: Iterable[Audited]) -> tuple[str, ...]:
    """A sentence on stored calls that contradict themselves; nothing where there is none."""
    number = sum(one.status == "contradictory" for one in audited)
    if not number:
        return ()
    says = "contradicts itself, so it is" if number == 1 else "contradict themselves, so they are"
    calls = count(number, "stored call")
    return (f"{calls} {says} not scored. See the facts with: coefgate samples audit",)


def _let_in(
    repository: Repository | EnvironmentProblem,
    commit: str | None,
    names_today: Mapping[str, str],
    *,
    of_folder: bool,
) -> Collection[str] | None:
    """The samples (ids) of the commit that is read, or stands below what is read.

    ``names_today``: the ids of lines that stand in the place of erased ones. ``None`` where git
    does not answer.
    """
    try:
        if isinstance(repository, EnvironmentProblem):
            raise repository
        commit = repository.head() if of_folder else commit
        return () if commit is None else stored_ids(repository.tree(commit), names_today).ids
    except EnvironmentProblem:
        if of_folder:
            return None
        raise


def _below(root: Path, paths: Sequence[Path]) -> tuple[str, ...]:
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
    return ("coefficients", "samples") if "." in below else tuple(below)
