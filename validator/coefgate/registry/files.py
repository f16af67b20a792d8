"""Which files ``coefficients/`` may hold, and what is wrong with one that it may not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from coefgate.core.characters import visible
from coefgate.core.problems import Problem
from coefgate.core.trees import Entry
from coefgate.core.vocabulary import CATEGORY_NAME
from coefgate.registry.document import Fault
from coefgate.registry.wording import did_you_mean

FOLDER: Final = "coefficients"
OVERHEAD_FOLDER: Final = f"{FOLDER}/overhead"
GATES_FILE: Final = f"{FOLDER}/gates.yaml"
GUARDRAILS_FILE: Final = f"{FOLDER}/guardrails.yaml"
REQUIRED: Final = ("registry", "marginal_costs", "file_kinds", "safety_margins", "gates")
OPTIONAL: Final = ("guardrails", "labels", "model_factors", "tuning", "yanked")
MAX_BYTES: Final = 1 << 20
"""Size of the largest file that is read; larger ones are refused before they are read."""
MAX_CATEGORIES: Final = 1000
"""Files in ``coefficients/overhead/``; the schemas bound what each may hold."""

_KNOWN: Final = {f"{FOLDER}/{name}.yaml": name for name in (*REQUIRED, *OPTIONAL)}
_NAMES: Final = sorted(f"{name}.yaml" for name in _KNOWN.values())
_OVERHEAD: Final = re.compile(rf"{OVERHEAD_FOLDER}/{CATEGORY_NAME.pattern}\.yaml")
_LEFTOVER: Final = re.compile(r".*(?:~|\.(?:bak|orig|rej|sw[a-p]|tmp|old|save))|[.#].*|.*#")
_ALLOWED: Final = f"{FOLDER}/ holds {', '.join(_NAMES)} and overhead/<category>.yaml"

_LINK: Final = Fault(
    "symlink", "is a symbolic link", "links are not followed", "Replace it with what it points to."
)
_NOT_A_FILE: Final = Fault(
    "not-a-file", "is not a regular file", "only regular files are read", "Delete it."
)
_NOT_A_FOLDER: Final = Fault(
    "not-a-folder", "is a file", "a registry has a folder there", "Replace it with the folder."
)


def registry_files(
    entries: Sequence[Entry], how_to_restore: Callable[[str], str]
) -> tuple[dict[str, str], list[Problem]]:
    """Files of ``coefficients/`` to read, with the schema of each, and what is wrong with others.

    ``how_to_restore``: how to get one that is missing, in the tree that is read.
    What is not a regular file is refused and never opened. Of a folder with too many categories,
    or of one that is no folder of this repository, nothing is read: that alone is its problem.
    """
    if (replaced := in_its_place(FOLDER, entries)) is not None:
        return {}, [replaced]
    if not entries:
        return {}, [_lost(FOLDER, how_to_restore, folder=True)]
    categories = sum(_OVERHEAD.fullmatch(entry.path) is not None for entry in entries)
    if categories > MAX_CATEGORIES:
        fault = Fault(
            "too-many-categories",
            f"holds {categories:,} categories",
            f"a registry has at most {MAX_CATEGORIES:,}",
            "Give names that need no figure of their own as aliases to one category (100 each at "
            "most).",
        )
        return {}, [of_entry(OVERHEAD_FOLDER, fault, folder=True)]
    schemas: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        if (wrong := _fault(entry)) is None:
            schemas[entry.path] = _KNOWN.get(entry.path, "overhead")
        else:
            problems.append(of_entry(entry.path, wrong))
    return schemas, [*problems, *_missing({entry.path for entry in entries}, how_to_restore)]


def stem(file: str) -> str:
    """``docs`` of ``coefficients/overhead/docs.yaml``."""
    return PurePosixPath(file).stem


def in_its_place(folder: str, entries: Sequence[Entry]) -> Problem | None:
    """What stands in the place of a folder of the registry, if it is none."""
    kind = next((entry.kind for entry in entries if entry.path == folder), None)
    if kind is None:
        return None
    typed = shlex.quote(folder)
    own = Fault(
        "own-repository",
        "is a submodule, or another repository inside this one",
        "the files of a registry are part of its repository, and their history is its history",
        f"Take its files in with: git submodule update --init {typed} && git rm -q --cached "
        f"{typed} && rm {typed}/.git && git add {typed}",
    )
    fault = {"other": own, "symlink": _LINK, "file": _NOT_A_FOLDER}[kind]
    return of_entry(folder, fault, folder=True)


def not_a_file(entry: Entry) -> Fault | None:
    """Why nobody opens what is not a regular file."""
    return {"file": None, "symlink": _LINK, "other": _NOT_A_FILE}[entry.kind]


def is_leftover(path: str) -> bool:
    """Was it left behind by an editor, a merge, a system or an import that was interrupted?"""
    return _LEFTOVER.fullmatch(PurePosixPath(path).name) is not None


def of_entry(path: str, fault: Fault, *, folder: bool = False) -> Problem:
    """A problem of a whole file or folder, whose name may hold line ends or escape codes."""
    subject = "the folder" if folder else ""
    fix = visible(fault.fix)
    return Problem(visible(path), 1, 1, subject, fault.code, fault.found, fault.allowed, fix)


def file_too_large(size: int, what: str = "a file") -> Fault:
    """A file over the limit, found before or while it is read."""
    allowed, fix = f"{what} has at most {MAX_BYTES:,}", "Check what was written into it."
    return Fault("too-large", f"has {size:,} bytes", allowed, fix)


def _fault(entry: Entry) -> Fault | None:
    if (fault := not_a_file(entry)) is not None:
        return fault
    if entry.path not in _KNOWN and not _OVERHEAD.fullmatch(entry.path):
        return Fault("unknown-file", "does not belong here", _ALLOWED, _way_home(entry.path))
    return file_too_large(entry.size) if entry.size > MAX_BYTES else None


def _lost(path: str, how_to_restore: Callable[[str], str], *, folder: bool = False) -> Problem:
    fault = Fault("missing-file", "is missing", "every registry has it", how_to_restore(path))
    return of_entry(path, fault, folder=folder)


def _missing(present: set[str], how_to_restore: Callable[[str], str]) -> Iterator[Problem]:
    for path, name in _KNOWN.items():
        if name in REQUIRED and path not in present:
            yield _lost(path, how_to_restore)
    if not any(_OVERHEAD.fullmatch(path) for path in present):
        allowed = "a registry has at least one category"
        fix = f"Write one: {OVERHEAD_FOLDER}/<category>.yaml"
        fault = Fault("missing-file", "holds no category", allowed, fix)
        yield of_entry(OVERHEAD_FOLDER, fault)


def _way_home(path: str) -> str:
    name, as_yaml = PurePosixPath(path).name, f"{path.removesuffix('.yml')}.yaml"
    if path.endswith(".yml") and (as_yaml in _KNOWN or _OVERHEAD.fullmatch(as_yaml)):
        return f"Rename it to {stem(path)}.yaml."
    if is_leftover(path):
        return "An editor or a merge left it behind: delete it."
    if path.startswith(f"{OVERHEAD_FOLDER}/"):
        return "Name it after its category, in small letters, digits and -, directly in overhead/."
    return did_you_mean(name, _NAMES, f"Move it out of {FOLDER}/.")
