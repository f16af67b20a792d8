"""What a site of the registry shows: one state with its calls, its history and its releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import EnvironmentProblem
from coefgate.core.trees import Tree
from coefgate.git.commit_log import committed_at
from coefgate.git.number_history import lives_of
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree, checkout, folder_differences
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.number_history import NumberHistory
from coefgate.registry.reading import Memo
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.samples.model import moment
from coefgate.use_cases.judge import judge_tree
from coefgate.use_cases.registry_folder import folder_or_bare
from coefgate.use_cases.releases.overview import NO_RELEASES, ReleaseOverview, release_overview
from coefgate.use_cases.report import Report
from coefgate.use_cases.site.origins import CallOrigin, origins_of
from coefgate.whatif.resting_calls import RestingCalls, resting_calls

MOST_CALLS: Final = 50
"""Calls that are shown of each value."""
_WHY: Final = "this page is about one state"


@dataclass(frozen=True, slots=True)
class ShownSource:
    """Where the files come from.

    ``commit``: of the files, or the one that the folder stands on; ``None`` without git, or before
    the first commit. ``committed_at``: its time in UTC. ``changed``: the files of the registry in
    the folder that are not as that commit has them; none where the commit itself is shown.
    """

    commit: str | None = None
    committed_at: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteContents:
    """One state of a registry with everything that a site says of it.

    ``lives``: the history of each number, by its key; empty where there is none, which
    ``unknown_because`` explains, as it does of releases. ``cut``: what a shallow clone lacks.
    """

    report: Report
    source: ShownSource
    lives: Mapping[Key, NumberHistory]
    resting: Mapping[Key, RestingCalls]
    releases: ReleaseOverview
    origins: tuple[CallOrigin, ...]
    unknown_because: str = ""
    cut: str = ""

    @property
    def registry(self) -> Coefficients:
        """The registry that is shown."""
        return self.report.head.registry


def site_contents(root: Path, *, at: str | None = None) -> SiteContents:
    """Everything about the registry in the folder ``root``, or at the commit ``at``.

    A folder that holds what HEAD does is shown as that commit. Raises ``InvalidInput`` with every
    problem of coefficients and samples.
    """
    memo: Memo = {}
    with _shown(root, at) as (tree, repository, source):
        report = judge_tree(tree, repository, alone=_WHY, memo=memo)
        registry = report.head.registry
        lives: Mapping[Key, NumberHistory] = {}
        releases, unknown, cut = NO_RELEASES, "", ""
        if isinstance(repository, EnvironmentProblem):
            unknown = str(repository)
        elif source.commit is None:
            unknown = "nothing is committed here yet"
        else:
            names = {value.name: key for key, value in registry.numbers.items()}
            folder = tree if source.changed else None
            found = lives_of(repository, names, commit=source.commit, folder=folder, memo=memo)
            lives = {key: found[name] for name, key in names.items()}
            releases = release_overview(repository, source.commit, registry.withdrawn, memo)
            if repository.shallow:
                cut = shallow_clone("so older values, and releases, may be missing")
        return SiteContents(
            report=report,
            source=source,
            lives=lives,
            resting=resting_calls(registry, report.scores.predicted, most=MOST_CALLS),
            releases=releases,
            origins=origins_of(report.scores.predicted.evidence.given),
            unknown_because=unknown,
            cut=cut,
        )


_Shown = tuple[Tree, Repository | EnvironmentProblem, ShownSource]


@contextmanager
def _shown(root: Path, at: str | None) -> Iterator[_Shown]:
    """The files to show, and where they come from; their repository is open until the end."""
    if at is not None:
        with Repository(root) as repository:
            commit = repository.commit(at)
            yield repository.tree(commit), repository, _source(repository, commit)
        return
    with checkout(folder_or_bare(root)) as folder:
        yield _folder_or_head(folder)


def _folder_or_head(folder: CheckoutTree) -> _Shown:
    repository = folder.repository
    if isinstance(repository, EnvironmentProblem) or (head := repository.head()) is None:
        return folder, repository, ShownSource()
    changed: tuple[str, ...] = ()
    if not repository.bare:
        folder.entries(FOLDER)  # raises where the checkout left some of it out
        changed = tuple(sorted(folder_differences(repository, head, FOLDER, SAMPLES)))
    source = _source(repository, head, changed)
    return (folder if changed else repository.tree(head)), repository, source


def _source(repository: Repository, commit: str, changed: tuple[str, ...] = ()) -> ShownSource:
    return ShownSource(commit, moment(committed_at(repository, commit)), changed)
