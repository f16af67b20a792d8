"""A stand-in for ``gh release``: keeps releases in a folder, and refuses what GitHub refuses."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.publishing.stand_in import REPOSITORY, TOKEN

_SCRIPT = """#!/bin/bash
PYTHONPATH={root} exec {python} -m tests.github.github_cli {folder} "$@"
"""


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of a repository, as ``gh`` made them; ``folder`` is where they are kept."""

    folder: Path

    @property
    def tool(self) -> str:
        """A program to be called ``gh``."""
        root = Path(__file__).parents[2]
        words = {"root": str(root), "python": sys.executable, "folder": str(self.folder)}
        return _SCRIPT.format(**{name: shlex.quote(word) for name, word in words.items()})

    def fail(self, how: str) -> None:
        """Let the next call ``break`` at once, or be ``killed`` before its release is seen."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "fault").write_text(how, encoding="utf-8")

    def about(self, tag: str) -> dict[str, Any]:
        """What was said of a release that everybody sees."""
        return dict(json.loads((self.release(tag) / "about.json").read_text("utf-8")))

    def files(self, tag: str) -> dict[str, bytes]:
        """The files of a release that everybody sees."""
        return {
            file.name: file.read_bytes()
            for file in sorted((self.release(tag) / "files").iterdir())
        }

    def release(self, tag: str) -> Path:
        return self.folder / "releases" / tag.replace("/", "%2F")


def _create(releases: Releases, tag: str, words: list[str]) -> str | None:
    files = [Path(word) for word in words[: words.index("--verify-tag")]]
    options = words[len(files) :]
    assert options[0] == "--verify-tag", options
    assert options[1] in ("--latest", "--latest=false"), options
    assert options[2] == "--title", options
    assert options[4:] == ["--notes-file", "-"], options
    if releases.release(tag).exists():
        return f"a release with the same tag name already exists: {tag}"
    draft = releases.folder / "drafts" / str(os.getpid())
    (draft / "files").mkdir(parents=True)
    for file in files:
        shutil.copy(file, draft / "files")
    about = {"title": options[3], "notes": sys.stdin.read(), "latest": options[1] == "--latest"}
    (draft / "about.json").write_text(json.dumps(about), encoding="utf-8")
    fault = releases.folder / "fault"
    if fault.exists():
        fault.unlink()
        os._exit(137)
    releases.release(tag).parent.mkdir(parents=True, exist_ok=True)
    draft.rename(releases.release(tag))
    return None


def _download(releases: Releases, tag: str, words: list[str]) -> str | None:
    assert words[:1] == ["--dir"]
    if not releases.release(tag).exists():
        return "release not found"
    files = list((releases.release(tag) / "files").iterdir())
    for file in files:
        shutil.copy(file, words[1])
    return None if files else "no assets to download"


def _tags(words: list[str]) -> None:
    """``gh api …/matching-refs/…``: the tags that the clone's remote has now."""
    path = f"repos/{REPOSITORY}/git/matching-refs/tags/coefficients/v"
    assert words == ["--paginate", path, "--jq", ".[].ref"], words
    pattern = "refs/tags/coefficients/v*"
    listing = subprocess.run(
        ["git", "ls-remote", "--refs", "origin", pattern],
        check=True,
        capture_output=True,
        text=True,
    )
    sys.stdout.write("\n".join(line.split("\t")[1] for line in listing.stdout.splitlines()) + "\n")


def _main(folder: str, *words: str) -> str | None:
    releases = Releases(Path(folder))
    if (os.environ.get("GH_TOKEN"), os.environ.get("GH_REPO")) != (TOKEN, REPOSITORY):
        return "HTTP 401: Bad credentials"
    fault = releases.folder / "fault"
    if fault.exists() and fault.read_text("utf-8") == "break":
        return "HTTP 502: Bad gateway"
    if words[0] == "api":
        _tags(list(words[1:]))
        return None
    known = {("release", "create"): _create, ("release", "download"): _download}
    return known[words[0], words[1]](releases, words[2], list(words[3:]))


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
