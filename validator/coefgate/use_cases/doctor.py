"""What a registry lacks to be safe and of use, found by trying it: settings are no evidence."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from coefgate.core.estimate import estimate
from coefgate.core.problems import CoefgateError, EnvironmentProblem, InvalidInput
from coefgate.core.vocabulary import Deliverable
from coefgate.git.hooks import Hook, hook_file, install_hooks, words_of_refusal
from coefgate.git.release_tags import merged_tags, registry_version
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.wording import count
from coefgate.replay.state import State
from coefgate.runner.registry import Registry
from coefgate.samples.model import instant
from coefgate.samples.status import SCORED, Audited, count_of
from coefgate.use_cases.ci_files import examined_ci
from coefgate.use_cases.examination import Examination, broken, lacking, unseen, working
from coefgate.use_cases.head import head_of
from coefgate.use_cases.new_registry.program_source import installed_from
from coefgate.use_cases.new_registry.surroundings import PRE_COMMIT
from coefgate.use_cases.state import state_at

OLDEST_DAYS: Final = 90
"""Days after which calls may tell of other models and other work."""
_DAY: Final = 86_400
_HOOKS: Final[Mapping[Hook, str]] = {"pre-commit": "coefgate check", "pre-push": "coefgate gate"}
"""What each hook is there for."""
_SPOILED_KEY: Final = "spoiled_by_coefgate_doctor"
_SPOILED: Final = f"\n{_SPOILED_KEY}: true\n".encode()
"""What no registry may hold, at the end of a file; as YAML it is faultless, so that a hook that
looks at YAML alone has nothing to refuse."""
_WHERE: Final = ("--program-url", "URL", "--program-rev", "COMMIT")
"""What has to be said where this program came from no address that others reach."""
_SPOILED_FILE: Final = "coefficients/registry.yaml"


@dataclass(frozen=True, slots=True)
class Examined:
    """Every examination, in the order in which a registry comes to need it.

    ``fixed``: sentences on what was mended before; ``not_fixed``: on what could not be.
    """

    examinations: tuple[Examination, ...]
    fixed: tuple[str, ...] = ()
    not_fixed: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Is nothing broken or missing, as far as can be seen from here?"""
        return all(one.condition in {"works", "unseen"} for one in self.examinations)


def examine(root: Path, *, now: float, fix: bool = False) -> Examined:
    """Try what the registry in the folder ``root`` is there for; ``now``: seconds since 1970.

    Nothing of the registry or its repository changes, unless ``fix`` is asked for: hooks are
    installed, history and the name of the default branch fetched, where these are missing.
    """
    found = Examined(tuple(_examinations(root, now)))
    mends = [one.mend for one in found.examinations if one.mend is not None]
    if not fix or not mends:
        return found
    told: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for mend in mends:
        done, words = _mended(mend)
        told[done][words] = None
    return Examined(tuple(_examinations(root, now)), tuple(told[True]), tuple(told[False]))


def _mended(mend: Callable[[], str]) -> tuple[bool, str]:
    """Whether it was, and a sentence on it."""
    try:
        return True, mend()
    except EnvironmentProblem as error:
        return False, str(error)


def _examinations(root: Path, now: float) -> Iterator[Examination]:
    try:
        state = state_at(root)
    except InvalidInput as error:
        first, number = error.problems[0], len(error.problems)
        yield broken("registry", f"{count(number, 'problem')}, first {first}", "coefgate check")
        return
    except CoefgateError as error:
        yield broken("registry", str(error))
        return
    numbers, calls = len(state.registry.numbers), len(state.store.samples)
    yield working("registry", f"{numbers:,} numbers and {calls:,} calls can be read")
    yield _tried("estimate", partial(_estimate, state))
    scored = [one for one in state.audited() if one.status in SCORED]
    yield _calls(scored, of=calls)
    yield _age(scored, now)
    with ExitStack() as stack:
        try:
            repository = stack.enter_context(Repository(root))
        except EnvironmentProblem as error:
            yield lacking("git", str(error), "git init")
            return
        yield _tried("base", partial(_base, repository))
        for hook in _HOOKS:
            yield _tried(f"hook {hook}", partial(_hook, repository, hook, _begin(root)))
        where = () if installed_from() else _WHERE
        yield from examined_ci(repository.top, repository.prefix, begin=_begin(root, *where))
        yield _tried("release", partial(_release, repository))


def _begin(root: Path, *where: str) -> str:
    """The command that writes the files around the registry that lack, or says their lines."""
    way = os.path.relpath(root)
    return shlex.join(("coefgate", "init", *(() if way == "." else (way,)), *where))


def _tried(subject: str, trial: Callable[[], Examination]) -> Examination:
    try:
        return trial()
    except CoefgateError as error:
        return broken(subject, str(error))


def _estimate(state: State) -> Examination:
    """A call as a runner asks for it, from a snapshot built for it, and from the folder."""
    table = state.table
    category = next(iter(state.registry.categories))
    complexity = next(iter(state.registry.categories[category].overhead))
    files = [Deliverable("src/canary.py", "create"), Deliverable("README.md", "modify", 2048)]
    with TemporaryDirectory(prefix="coefgate-doctor-") as folder:
        file = Path(folder, "snapshot.json")
        file.write_bytes(snapshot(state.registry).data)
        runner = Registry.from_snapshot(file)
        there = runner.estimate(category=category, complexity=complexity, deliverables=files)
    here = estimate(table, category=category, complexity=complexity, deliverables=files)
    call = f"{category} {complexity}, one file created and one modified"
    if there.tokens != here.tokens:
        told = f"{call}: {there.tokens:,} tokens in a runner, {here.tokens:,} in the folder"
        return broken("estimate", told)
    return working("estimate", f"{call}: {here.tokens:,} tokens, in a runner too")


def _calls(scored: Sequence[Audited], *, of: int) -> Examination:
    found = count_of(scored)
    told = f"{found.scored:,} of {of:,} calls are scored, in {found.phases:,} phases"
    if not scored:
        remedy = "coefgate samples audit" if of else "coefgate samples import --help"
        return lacking("calls", told, remedy)
    return working("calls", told)


def _age(scored: Iterable[Audited], now: float) -> Examination:
    stated = (one.sample.observed_at for one in scored)
    times = [instant(one) for one in stated if one is not None]
    if not times:
        return unseen("age of calls", "no scored call has a time")
    days = int((now - max(times)) // _DAY)
    told = f"the newest scored call was made {days:,} days ago"
    if days > OLDEST_DAYS:
        return lacking("age of calls", told, "coefgate samples plan")
    return working("age of calls", told)


def _base(repository: Repository) -> Examination:
    """What a change would be judged by, as ``coefgate gate`` finds it."""
    try:
        found = head_of(repository, None).target(repository, None, "")
    except EnvironmentProblem as error:
        return replace(broken("base", str(error)), mend=partial(_fetched, repository))
    if isinstance(found, str):
        return lacking("base", f"a change would be judged by itself: {found}")
    if repository.shallow:
        told = f"{found.name}, in a clone without its history"
        remedy = "git fetch --unshallow"
        return replace(lacking("base", told, remedy), mend=partial(_fetched, repository))
    return working("base", f"a change is judged by {found.name}, named by {found.found_by}")


def _fetched(repository: Repository) -> str:
    depth = ("--unshallow",) if repository.shallow else ()
    repository.ask("fetch", "--quiet", *depth, "origin")
    repository.ask("remote", "set-head", "origin", "--auto")
    return "history and the name of the default branch were fetched from origin"


def _hook(repository: Repository, hook: Hook, begin: str) -> Examination:
    """Is a proposal refused that breaks the registry, and for that reason?"""
    subject, does = f"hook {hook}", _HOOKS[hook]
    if hook_file(repository, hook) is None:
        if not (repository.top / PRE_COMMIT).exists():
            return lacking(subject, f"there is no {PRE_COMMIT}, which says what it runs", begin)
        found = lacking(
            subject, "it is not installed, so nothing is caught early", "pre-commit install"
        )
        return replace(found, mend=partial(_installed, repository.top))
    if repository.head() is None:
        return unseen(subject, "it can be tried from the first commit on")
    path = f"{repository.prefix}{_SPOILED_FILE}"
    spoiled = {path: repository.tree("HEAD").read(_SPOILED_FILE) + _SPOILED}
    words = words_of_refusal(repository, hook, spoiled)
    if words is None:
        told = f"it lets a registry pass that cannot be read, so it does not run {does}"
        return broken(subject, told, begin)
    if _SPOILED_FILE not in words or _SPOILED_KEY not in words:
        said = [line for line in words.splitlines() if line.strip() and line[:6] != "error:"]
        told = f"it fails, but not for what was wrong: {said[-1].strip() if said else 'no word'}"
        return broken(subject, told)
    return working(subject, "it refused a registry that cannot be read")


def _installed(top: Path) -> str:
    tool = install_hooks(top)
    if tool is None:
        raise EnvironmentProblem(
            "no program that installs hooks was found. Get one with: python -m pip install "
            "pre-commit"
        )
    return f"{tool} has installed the hooks"


def _release(repository: Repository) -> Examination:
    commit = repository.head()
    tags = merged_tags(repository, commit) if commit else ()
    if not tags or commit is None:
        return lacking(
            "release", "none, so no runner can pin a version", "coefgate release --dry-run"
        )
    return working(
        "release", f"{registry_version(repository, commit)}, released: {tags[0].version}"
    )
