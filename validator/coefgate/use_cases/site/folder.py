"""The folder of a site: its own files are replaced, and nothing that somebody else put there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from coefgate.core import file_lock
from coefgate.core.atomic_files import TEMPORARY, look_at, ready_files, write_whole
from coefgate.core.problems import EnvironmentProblem, UsageProblem, explained

MANIFEST: Final = "coefgate-page.json"
"""The file that lists what the command wrote."""
_LOCK: Final = ".coefgate-page.lock"
"""The file that stands for writing into the folder, while somebody does."""
WAIT: Final = 120.0
"""Seconds after which another run is no longer waited for."""
_FORMAT: Final = 1
_SHOWN: Final = 3
_LEFTOVER: Final = re.compile(rf"\.(?P<name>.+)\.[0-9a-f]{{16}}{re.escape(TEMPORARY)}")
"""What an interrupted run leaves beside a file that it was about to replace."""
Hashes = Mapping[str, tuple[str, ...]]
"""By the file's way from the folder: the sha256 of what it may hold."""


@dataclass(frozen=True, slots=True)
class WrittenSite:
    """``files`` with their sizes in bytes; ``changed``: those that were not there as they are."""

    folder: Path
    files: Mapping[str, int]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def write_site(folder: Path, files: Mapping[str, bytes]) -> WrittenSite:
    """Make ``folder`` hold these files and no others, if it holds nothing of anybody else.

    Each file changes in one step; files of an earlier run that are no longer there go. Another run
    that writes there is waited for. Raises ``UsageProblem``, and changes nothing, where something
    in the folder was not written by an earlier run, or is not as that left it.
    """
    own_files(folder)
    with explained(f"{folder} cannot be written", look_at(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        with _only_writer(folder):
            return _written(folder, files, _own_files(folder))


def _written(folder: Path, files: Mapping[str, bytes], known: Hashes) -> WrittenSite:
    new = {name: (_hash(content),) for name, content in files.items()}
    both = {name: (*known.get(name, ()), *new.get(name, ())) for name in {**known, **new}}
    changed = tuple(name for name in files if not _holds(folder / name, new[name]))
    removed = tuple(sorted(known.keys() - new.keys()))
    # Says so before anything else is there: what a run leaves that was killed is known.
    write_whole(folder / MANIFEST, _manifest(both))
    with ready_files({folder / name: files[name] for name in changed}) as put:
        put()
    _remove(folder, removed)
    write_whole(folder / MANIFEST, _manifest(new))
    sizes = {name: len(content) for name, content in files.items()}
    return WrittenSite(folder, sizes, changed, removed)


def own_files(folder: Path) -> Hashes:
    """What earlier runs wrote into ``folder``; nothing where it is empty or not there.

    Raises ``UsageProblem`` where it holds anything else.
    """
    try:
        return _own_files(folder)
    except (EnvironmentProblem, UsageProblem):
        if not any((folder / name).is_file() for name in (MANIFEST, _LOCK)):
            raise
    # Another run may be about to write there: what it leaves is what counts.
    with explained(f"{folder} cannot be read", look_at(folder)), _only_writer(folder):
        return _own_files(folder)


def _only_writer(folder: Path) -> AbstractContextManager[None]:
    remedy = f"If nothing else writes a site into {folder}, name another folder with -o DIR"
    return file_lock.held(folder / _LOCK, wait=WAIT, remedy=remedy, keep=False)


def _own_files(folder: Path) -> Hashes:
    if not folder.exists() and not folder.is_symlink():
        return {}
    if not folder.is_dir():
        raise UsageProblem(f"{folder} is not a folder. Name one that is empty, or not there yet.")
    look = f"Check it with: ls -l {shlex.quote(str(folder))}"
    with explained(f"{folder} cannot be read", look):
        manifest = folder / MANIFEST
        known = _listed(folder) if manifest.is_symlink() or manifest.is_file() else {}
        own = {MANIFEST, _LOCK}
        names = (name for name in _names(folder) if name not in own)
        others = list(
            islice((one for one in names if not _is_own(folder, one, known)), _SHOWN + 1)
        )
    if others:
        first = ", ".join(others[:_SHOWN]) + (" and more" if len(others) > _SHOWN else "")
        raise UsageProblem(
            f"{folder} holds what this command did not write, or not like this: {first}. Nothing "
            "was changed. Name a folder that is empty or not there yet, or move these away."
        )
    return known


def _names(folder: Path) -> Iterator[str]:
    """Everything below ``folder`` that is no folder itself, in order; a link is one thing.

    No folder is read before it is asked for: a home has more files than anyone would wait for.
    """
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_dir():
            yield path.name
        else:
            yield from (f"{path.name}/{name}" for name in _names(path))


def _listed(folder: Path) -> Hashes:
    path = folder / MANIFEST
    try:
        document: Any = json.loads(path.read_bytes())
        if path.is_symlink() or document["format"] != _FORMAT:
            raise ValueError(MANIFEST)
        return {str(name): tuple(map(str, hashes)) for name, hashes in document["files"].items()}
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise UsageProblem(
            f"{path} is not as this command writes it, so it is not known what in {folder} is its "
            "own. Name a folder that is empty or not there yet."
        ) from error


def _is_own(folder: Path, name: str, known: Hashes) -> bool:
    """Is it as an earlier run left it, or half written by one that was interrupted?"""
    if name in known:
        return _holds(folder / name, known[name])
    above, _, last = name.rpartition("/")
    of = _LEFTOVER.fullmatch(last)
    if of is None or (folder / name).is_symlink():
        return False
    beside = f"{above}/{of['name']}".removeprefix("/")
    return beside in known or beside == MANIFEST


def _holds(path: Path, hashes: Sequence[str]) -> bool:
    with suppress(OSError):
        return not path.is_symlink() and _hash(path.read_bytes()) in hashes
    return False


def _remove(folder: Path, names: Sequence[str]) -> None:
    """Take these files away, what interrupted runs left, and folders that are empty then."""
    left = [name for name in _names(folder) if _LEFTOVER.fullmatch(name.rpartition("/")[2])]
    for name in (*names, *left):
        (folder / name).unlink(missing_ok=True)
    for name in names:
        for above in (folder / name).relative_to(folder).parents[:-1]:
            with suppress(OSError):  # others are in it
                (folder / above).rmdir()


def _manifest(files: Hashes) -> bytes:
    listed = {name: list(dict.fromkeys(files[name])) for name in sorted(files)}
    return json.dumps({"format": _FORMAT, "files": listed}, indent=1).encode() + b"\n"


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
