"""A repository in a temporary folder that may be spoiled; it knows nothing of any other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from coefgate.core.git_process import Git, isolated
from coefgate.core.problems import EnvironmentProblem
from coefgate.core.versions import TAG_PREFIX

_WHO: Final = "Coefgate drill <drill@coefgate.invalid>"
_FIRST: Final = 4_000_000_000
"""Seconds since 1970 of the first commit, in 2096: after every stored call, whatever the clock
says. Each further commit is a minute later."""


class ScratchRepository:
    """An empty repository without remotes, hooks and the user's settings, removed at the end.

    A context manager. ``git fast-import`` writes the commits: nothing is checked out that
    ``check_out`` is not asked for. Clones lie beside it. Raises ``NoRepository`` without git.
    """

    def __init__(self) -> None:
        self._temporary = TemporaryDirectory(prefix="coefgate-drill-")
        self.folder = str(Path(self._temporary.name, "repository"))
        self._commits = self._clones = 0
        self._environment = isolated(os.environ)

    def __enter__(self) -> Self:
        try:
            Path(self.folder).mkdir()
            self._git("init", "-q", "--template=")
        except BaseException:
            self._temporary.cleanup()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._temporary.cleanup()

    def commit(self, files: Mapping[str, bytes | str | None], *, parent: str | None) -> str:
        """Commit ``files`` on ``parent``; a text: a link to it; ``None``: the file is gone."""
        self._commits += 1
        date = f"{_FIRST + 60 * self._commits} +0000"
        branch = f"planted-{self._commits}"
        head = f"commit refs/heads/{branch}\nmark :1\ncommitter {_WHO} {date}\n"
        stream = [head.encode(), _data(f"planted {self._commits}".encode())]
        if parent is not None:
            stream.append(f"from {parent}\n".encode())
        for path, content in files.items():
            if "\n" in path or path.startswith('"'):
                raise ValueError(f"{path!r} cannot be planted")
            name = os.fsencode(path)
            if content is None:
                stream.append(b"D %s\n" % name)
            elif isinstance(content, bytes):
                stream += [b"M 100644 inline %s\n" % name, _data(content)]
            else:
                stream += [b"M 120000 inline %s\n" % name, _data(os.fsencode(content))]
        stream.append(b"get-mark :1\n")
        return self._git("fast-import", "--quiet", given=b"".join(stream)).decode().strip()

    def release(self, commit: str, version: str | None = None) -> None:
        """Give ``commit`` an annotated tag, as releases have; its version is new unless given."""
        self._commits += 1
        date = f"{_FIRST + 60 * self._commits} +0000"
        name = f"{TAG_PREFIX}{version or f'1.{self._commits}.0'}"
        tag = f"tag {name}\nfrom {commit}\ntagger {_WHO} {date}\n"
        self._git("fast-import", "--quiet", given=tag.encode() + _data(b"planted"))

    def check_out(self, commit: str) -> None:
        """Make ``commit`` the tip of ``main``, with its files in the folder."""
        self._git("checkout", "-q", "--force", "-B", "main", commit)

    def write(self, files: Mapping[str, bytes | str | None]) -> None:
        """Change files in the folder without a commit; only whole ones are written."""
        for path, content in files.items():
            file = Path(self.folder, path)
            file.unlink(missing_ok=True)
            if isinstance(content, bytes):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

    def read(self, folder: str) -> dict[str, bytes]:
        """The files below a folder as they lie there now, by path from the top."""
        top = Path(self.folder)
        return {
            file.relative_to(top).as_posix(): file.read_bytes()
            for file in sorted(top.joinpath(folder).rglob("*"))
            if file.is_file()
        }

    def clone(self, commit: str, *, ref: str, depth: int | None) -> str:
        """A clone of ``commit``, checked out as ``ref``; ``depth``: of its history, or all."""
        self._clones += 1
        clone = str(Path(self._temporary.name, f"clone-{self._clones}"))
        self._git("init", "-q", "--template=", clone)
        self._git("remote", "add", "origin", Path(self.folder).as_uri(), folder=clone)
        shallow = () if depth is None else (f"--depth={depth}",)
        fetch = ("fetch", "-q", "--no-tags", *shallow, "origin", f"+{commit}:{ref}")
        self._git(*fetch, folder=clone)
        self._git("checkout", "-q", "--detach", ref, folder=clone)
        return clone

    def _git(self, *arguments: str, given: bytes = b"", folder: str | None = None) -> bytes:
        where = Path(folder or self.folder)
        return Git(where, self._environment, _problem).run(*arguments, given=given)


def _problem(arguments: tuple[str, ...], words: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"git {arguments[0]} failed in a temporary folder: {words.strip() or 'no message'}. Check "
        "disk and git with: df -h && git --version"
    )


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
