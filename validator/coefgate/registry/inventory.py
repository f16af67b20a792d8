"""Which files ``coefficients/`` may hold, and what is wrong with one that does not belong there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Final

from coefgate.core.problems import Problem
from coefgate.core.trees import Entry
from coefgate.core.vocabulary import CATEGORY_NAME
from coefgate.registry.documents import MAX_BYTES
from coefgate.registry.sources import FOLDER, OPTIONAL, OVERHEAD_FOLDER, REQUIRED

MAX_CATEGORIES: Final = 1000
"""Files in ``coefficients/overhead/``; the schemas bound what each may hold."""

_KNOWN: Final = {f"{FOLDER}/{name}.yaml": name for name in (*REQUIRED, *OPTIONAL)}
_OVERHEAD: Final = re.compile(rf"{OVERHEAD_FOLDER}/{CATEGORY_NAME.pattern}\.yaml")
_LEFTOVER: Final = re.compile(r".*(?:~|\.(?:bak|orig|rej|sw[a-p]|tmp|old|save))|[.#].*|.*#")


@dataclass(frozen=True, slots=True)
class Inventory:
    """Files to read with the schema of each, and what is wrong with the folder itself."""

    schemas: dict[str, str]
    problems: tuple[Problem, ...]


def inventory(entries: Sequence[Entry]) -> Inventory:
    """Sort the entries of ``coefficients/``. Whatever is no regular file is refused, so nobody opens it.

    Of a folder with too many categories nothing is read: that alone is its problem; so it is of
    one that is a repository of its own, a link or a file.
    """
    if (replaced := in_its_place(FOLDER, entries)) is not None:
        return Inventory({}, (replaced,))
    categories = sum(_OVERHEAD.fullmatch(entry.path) is not None for entry in entries)
    if categories > MAX_CATEGORIES:
        return Inventory({}, (_too_many(categories),))
    schemas: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        refused = _refused(entry)
        if refused is not None:
            problems.append(refused)
        else:
            schemas[entry.path] = _KNOWN.get(entry.path, "overhead")
    problems += _missing({entry.path for entry in entries})
    return Inventory(schemas, tuple(problems))


def _refused(entry: Entry) -> Problem | None:
    if entry.kind == "symlink":
        fix = "Replace it by the file that it points to."
        return _problem(entry.path, "symlink", "is a symbolic link", "links are not followed", fix)
    if entry.kind != "file":
        return _problem(
            entry.path,
            "not-a-file",
            "is no regular file",
            "only regular files are read",
            "Delete it.",
        )
    if entry.path not in _KNOWN and not _OVERHEAD.fullmatch(entry.path):
        allowed = (
            f"{FOLDER}/ holds {', '.join(sorted(map(_name, _KNOWN)))} and overhead/<category>.yaml"
        )
        return _problem(
            entry.path, "unknown-file", "does not belong here", allowed, _way_home(entry.path)
        )
    if entry.size > MAX_BYTES:
        return too_large(entry.path, entry.size)
    return None


def in_its_place(folder: str, entries: Sequence[Entry]) -> Problem | None:
    """What stands in the place of a folder of the registry, if it is none."""
    kind = next((entry.kind for entry in entries if entry.path == folder), None)
    if kind is None:
        return None
    if kind == "other":
        return _own_repository(folder)
    if kind == "symlink":
        fix = "Replace it by the folder that it points to."
        problem = _problem(folder, "symlink", "is a symbolic link", "links are not followed", fix)
    else:
        fix = "Put the folder in its place."
        problem = _problem(
            folder, "not-a-folder", "is a file", "a registry has a folder there", fix
        )
    return replace(problem, path="the folder")


def _own_repository(folder: str) -> Problem:
    """The registry's files are part of the repository that they are judged in."""
    found = "is a submodule, or another repository inside this one"
    allowed = (
        "the files of a registry are part of its repository, and their history is its history"
    )
    fix = (
        f"Take its files in with: git submodule update --init {folder} && git rm -q --cached "
        f"{folder} && rm {folder}/.git && git add {folder}"
    )
    return replace(_problem(folder, "own-repository", found, allowed, fix), path="the folder")


def too_large(path: str, size: int) -> Problem:
    """A file over the limit, found before or while it is read."""
    found = f"has {size:,} bytes"
    allowed = f"a file has at most {MAX_BYTES:,}"
    return _problem(path, "too-large", found, allowed, "Check what was written into it.")


def _too_many(categories: int) -> Problem:
    found = f"holds {categories:,} categories"
    allowed = f"a registry has at most {MAX_CATEGORIES:,}"
    fix = "Give names that need no figure of their own as aliases to one category (100 each at most)."
    problem = _problem(OVERHEAD_FOLDER, "too-many-categories", found, allowed, fix)
    return replace(problem, path="the folder")


def _missing(present: set[str]) -> list[Problem]:
    problems = []
    for path, name in _KNOWN.items():
        if name in REQUIRED and path not in present:
            fix = f"Bring it back with: git checkout HEAD -- {path}"
            problems.append(
                _problem(path, "missing-file", "is missing", "every registry has it", fix)
            )
    if not any(_OVERHEAD.fullmatch(path) for path in present):
        fix = f"Write one: {OVERHEAD_FOLDER}/<category>.yaml"
        allowed = "a registry has at least one category"
        problems.append(
            _problem(OVERHEAD_FOLDER, "missing-file", "holds no category", allowed, fix)
        )
    return problems


def _way_home(path: str) -> str:
    name = PurePosixPath(path).name
    if path.endswith(".yml") and (
        f"{path[:-4]}.yaml" in _KNOWN or _OVERHEAD.fullmatch(f"{path[:-4]}.yaml")
    ):
        return f"Rename it to {name[:-4]}.yaml."
    if _LEFTOVER.fullmatch(name):
        return "An editor or a merge left it behind: delete it."
    if path.startswith(f"{OVERHEAD_FOLDER}/"):
        return "Name it after its category, in small letters, digits and -, directly in overhead/."
    near = get_close_matches(name, list(map(_name, _KNOWN)), 1)
    return f"Did you mean {near[0]}?" if near else f"Move it out of {FOLDER}/."


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _problem(path: str, code: str, found: str, allowed: str, fix: str) -> Problem:
    return Problem(_visible(path), 1, 1, "", code, found, allowed, _visible(fix))


def _visible(path: str) -> str:
    """A name from the disk may hold bytes of another encoding, line ends or escape codes."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in path
    )
