"""``coefgate init``: a registry of one's own, with the same gates, hooks and CI."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.git.hooks import TOOLS
from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.samples.foreign.formats import importer_of, reads_any_columns
from coefgate.use_cases.import_samples import Imported
from coefgate.use_cases.new_registry.first_state import FirstState, without_calls
from coefgate.use_cases.new_registry.from_calls import CallSources, from_calls
from coefgate.use_cases.new_registry.places import Target, new_files, taken, target_of
from coefgate.use_cases.new_registry.program_source import ProgramSource
from coefgate.use_cases.new_registry.registry_files import ATTRIBUTES, PAGE, README, schemas
from coefgate.use_cases.new_registry.surroundings import (
    AroundFile,
    Ci,
    guessed_ci,
    surroundings,
)

_IF_THERE: Final = {
    README: f"add a line on the registry, with a link to {PAGE}",
    PAGE: "numbers refer to it: say there that they started as `coefgate init` gave them",
    ATTRIBUTES: "add the lines: samples/** -text; coefficients/** text eol=lf",
}
_ANEW: Final = "editors read it instead of the one that this program brings"


@dataclass(frozen=True, slots=True)
class LeftFile:
    """What was there already and stays as it is; ``advice``: what to do about it."""

    path: str
    advice: str


@dataclass(frozen=True, slots=True)
class NewRegistry:
    """What a new registry is made of, and how it does.

    ``files``: contents by path from ``target.top``. ``first``: the registry by itself, ``None``
    where one was there already. ``imported``: what was found in the sources of its calls.
    ``steps``: what is left for a person, in sentences. ``next``: three commands to type.
    """

    target: Target
    files: Mapping[str, bytes]
    left: tuple[LeftFile, ...]
    first: FirstState | None
    imported: Imported | None
    steps: tuple[str, ...]
    next: tuple[str, ...]


def init(
    folder: Path,
    *,
    calls: CallSources | None = None,
    source: ProgramSource | None = None,
    ci: Ci | None = None,
    hooks: bool = True,
    owner: str | None = None,
    dry_run: bool = False,
) -> NewRegistry:
    """Make a registry in ``folder``, or add to the one that is there what it lacks around it.

    Everything is worked out and judged before anything is written; then all of it is written, or
    nothing, and what is there stays as it is. ``calls``: those that its numbers are fitted to.
    ``source``: where hooks and CI get the program. ``ci``: by the server of the repository unless
    given. Raises ``UsageProblem`` where no registry can lie there or no call is found,
    ``EnvironmentProblem`` where a link is in the way or a file cannot be written.
    """
    target = target_of(folder)
    first, imported = _first_state(target, calls)
    around = surroundings(target, source, ci=ci or guessed_ci(target), hooks=hooks, owner=owner)
    own = {**(first.files if first else {}), **schemas()}
    wanted = {
        target.below(path): AroundFile(content, _IF_THERE.get(path, _ANEW))
        for path, content in own.items()
    } | dict(around.files)
    there = {path: _there(target.top, (path, *file.also)) for path, file in wanted.items()}
    files = {path: file.content for path, file in wanted.items() if there[path] is None}
    found = NewRegistry(
        target=target,
        files=files,
        left=tuple(
            LeftFile(known, wanted[path].if_there)
            for path, known in there.items()
            if known is not None and not _says(target.top / known, wanted[path])
        ),
        first=first,
        imported=imported,
        steps=(*_guessed(calls), *around.steps),
        next=tuple(_next(target, files, hooks=hooks))[:3],
    )
    if not dry_run:
        with new_files(target.top, files):
            pass
    return found


def _first_state(
    target: Target, calls: CallSources | None
) -> tuple[FirstState | None, Imported | None]:
    """What goes to a folder without a registry, and what was found in the sources of its calls."""
    if _has_registry(target):
        _refuse_calls(target, calls)
        return None, None
    return (without_calls(), None) if calls is None else from_calls(calls)


def _has_registry(target: Target) -> bool:
    """Is one there? Raises ``UsageProblem`` where a folder that it needs holds something else."""
    for name in (FOLDER, SAMPLES):
        taken(target.top, target.below(f"{name}/any"))
    if (target.registry / FOLDER / "registry.yaml").exists():
        return True
    for name, keeps in ((FOLDER, "numbers"), (SAMPLES, "calls")):
        folder = target.registry / name
        if folder.exists() and any(folder.iterdir()):
            another = shlex.quote(str(target.registry / "tokens"))
            raise UsageProblem(
                f"{folder} holds other files, and a registry keeps its {keeps} in a folder of "
                f"that name. Name another folder, such as: coefgate init {another}"
            )
    return False


def _refuse_calls(target: Target, calls: CallSources | None) -> None:
    if calls is not None:
        raise UsageProblem(
            f"{target.registry} holds a registry already, and --from begins a new one. Store more "
            f"calls in it with: {calls.import_command}"
        )


def _guessed(calls: CallSources | None) -> Iterator[str]:
    """What to look at where nobody said what the fields of a source hold."""
    if calls is None or calls.map_file is not None:
        return
    if reads_any_columns(importer_of(calls.format)):
        yield (
            f"What the columns hold was guessed; see it with: {calls.import_command} --guess. "
            "To change it, start again with --map FILE"
        )


def _there(top: Path, paths: Iterable[str]) -> str | None:
    """The first of these that is there."""
    return next((path for path in paths if taken(top, path)), None)


def _says(file: Path, wanted: AroundFile) -> bool:
    try:
        return wanted.is_said_by(file.read_bytes())
    except OSError:
        return False


def _next(target: Target, new: Mapping[str, bytes], *, hooks: bool) -> Iterator[str]:
    """Three commands, from the folder where the user is."""
    prepare = []
    if (way := os.path.relpath(target.registry)) != ".":
        prepare.append(shlex.join(["cd", way]))
    if not target.is_repository:
        prepare.append("git init -b main")
    if hooks:
        prepare.append(_install_hooks())
    if prepare:
        yield " && ".join(prepare)
    if new:
        force = ["--force"] if _ignored(target, new) else []
        root = ":/" if target.folder else ""
        added = [f"{root}{one}" for one in _shortest(target.top, new)]
        add = shlex.join(["git", "add", *force, *added])
        yield f"{add} && git commit -m 'A registry of coefficients'"
    yield "coefgate gate"
    yield "coefgate samples plan"
    yield "coefgate coverage"


def _install_hooks() -> str:
    tool = next((one for one in TOOLS if shutil.which(one)), None)
    return f"{tool} install" if tool else "pip install pre-commit && pre-commit install"


def _shortest(top: Path, new: Iterable[str]) -> list[str]:
    """The new files, or a folder in their place that is new as well."""
    found = set()
    for path in new:
        folders = [one.as_posix() for one in reversed(PurePosixPath(path).parents)][1:]
        found.add(next((one for one in folders if not (top / one).exists()), path))
    return sorted(found)


def _ignored(target: Target, new: Iterable[str]) -> bool:
    """Would git leave one of them out?"""
    if not target.is_repository:
        return False
    with Repository(target.top) as repository:
        return repository.answer("check-ignore", "--no-index", "--", *new) is not None
