"""Paths as other tools write them → paths relative to the workspace, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.foreign.call import ForeignFile

_DRIVE: Final = re.compile(
    r"(?:/?(?P<letter>[A-Za-z]):|(?:/mnt)?/(?P<mounted>[A-Za-z])(?=/|$))(?P<rest>.*)", re.DOTALL
)
_WINDOWS: Final = re.compile(r"(?:\\\\\?\\)?[A-Za-z]:|.*\\")
_ELSEWHERE: Final = re.compile(
    r"(?:~[^/\\]*|\$\w+|\$\{\w+\}|%\w+%)[/\\].*|(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/.*", re.DOTALL
)
"""Paths that begin in a home directory or a variable, and links: they lead nobody knows where."""
_PLACE: Final = re.compile(r"(?:.*(?<!:)/)?(?:/|~/|[A-Za-z]:[/\\]|\\\\|file:).*", re.DOTALL)


def deliverables_of(
    files: Iterable[ForeignFile], workspace: str | None
) -> tuple[tuple[Deliverable, ...], int]:
    """``files`` relative to ``workspace``, each once, and how many lie outside of it.

    Of a file that is named several times the first operation counts: one that was created and then
    modified was created.
    """
    found: dict[str, Deliverable] = {}
    outside = 0
    for file in files:
        path = relative_path(file.path, workspace)
        if path is None:
            outside += 1
        else:
            found.setdefault(path, Deliverable(path, file.operation, file.bytes_before))
    return tuple(found.values()), outside


def relative_path(path: str, workspace: str | None) -> str | None:
    """``path`` relative to ``workspace``, with ``/``; ``None`` where it leads out of it.

    Absolute are ``/repo/a.py``, ``C:\\work\\a.py``, ``file:///c:/work/a.py`` and what Git Bash
    and WSL make of drives (``/c/work``, ``/mnt/c/work``), each where ``workspace`` is of a drive.
    """
    path = path.strip()
    if _ELSEWHERE.fullmatch(path):
        return None
    windows = _is_windows(path) or _is_windows(workspace or "")
    parts = _parts(path, windows=windows)
    base = [] if workspace is None else _parts(workspace, windows=windows)
    if parts and parts[0] in {"/", ":"}:
        head, rest = parts[: len(base)], parts[len(base) :]
        same = [one.casefold() for one in head] if windows else head
        wanted = [one.casefold() for one in base] if windows else base
        if not base or same != wanted:
            return None
        parts = rest
    inside: list[str] = []
    for part in parts:
        if part == "..":
            if not inside:
                return None
            inside.pop()
        elif part != ".":
            inside.append(part)
    return "/".join(inside) or None


def without_folders(text: str) -> str | None:
    """``text``, or of an absolute path in it (a model's file, say) the last name, if it has one.

    Folders tell whose they are.
    """
    if _PLACE.fullmatch(text) is None:
        return text
    return re.split(r"[/\\]", text.rstrip("/\\"))[-1] or None


def _is_windows(path: str) -> bool:
    return _WINDOWS.match(path.removeprefix("file:///")) is not None


def _parts(path: str, *, windows: bool) -> list[str]:
    """The names of a path; of an absolute one ``/`` first, or ``:`` and the letter of a drive."""
    if path.startswith("file:"):
        path = re.sub(r"file:(?://[^/]*)?(?=/)", "", path)
    if windows:
        path = path.removeprefix("\\\\?\\").replace("\\", "/")
        if drive := _DRIVE.fullmatch(path):
            letter = drive["letter"] or drive["mounted"]
            return [":", letter.casefold(), *_names(drive["rest"])]
    return [*(["/"] if path.startswith("/") else []), *_names(path)]


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]
