"""The lines that docs/how-to/shell.md has people write, in each shell that is installed here."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED

PAGE = (SHIPPED / "docs" / "how-to" / "shell.md").read_text("utf-8")
PATIENCE = 60.0
"""Seconds that a shell may take on a busy machine."""
TYPED = [
    ("coefgate gate --verb", "--verbose"),
    ("coefgate samples im", "import"),
    ("coefgate try docs.lo", "docs.low"),
]


def _start_up_line(shell: str) -> str:
    found = re.search(rf"^\| {shell}.*\| `(.*)` \|$", PAGE, re.MULTILINE)
    assert found is not None
    return found[1].replace(r"\|", "|")


def _installed(shell: str) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here; apt-get install {shell}")
    return program


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "XDG_CONFIG_HOME": ""}
    return {**os.environ, **home, "PATH": programs, "TERM": "xterm"}


@pytest.mark.parametrize(("line", "word"), TYPED)
def test_bash(line: str, word: str, registry: Path, environment: Mapping[str, str]) -> None:
    script = (
        f"{_start_up_line('bash')}; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        '_coefgate_completion "$1"; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = [_installed("bash"), "--norc", "-c", script, "bash", "coefgate"]
    done = subprocess.run(
        command, cwd=registry, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == ([word], "")


@pytest.mark.parametrize(("line", "word"), TYPED)
def test_fish(line: str, word: str, registry: Path, environment: Mapping[str, str]) -> None:
    fish = _installed("fish")
    file = Path(environment["HOME"]) / ".config" / "fish" / "completions" / "coefgate.fish"
    assert f"`~/{file.relative_to(environment['HOME'])}`" in PAGE
    file.parent.mkdir(parents=True)
    file.write_text(f"{_start_up_line('fish')}\n", "utf-8")
    command = [fish, "-c", f"complete --do-complete '{line}'"]
    done = subprocess.run(
        command, cwd=registry, env=environment, capture_output=True, text=True, check=False
    )
    assert [one.split("\t")[0] for one in done.stdout.splitlines()] == [word]


@pytest.mark.parametrize(("line", "word"), TYPED)
def test_zsh(line: str, word: str, registry: Path, environment: Mapping[str, str]) -> None:
    zsh, before = _installed("zsh"), re.search(r"`(autoload .*?compinit)`", PAGE)
    assert before is not None
    start = f"{before[1]}\n{_start_up_line('zsh')}\nPS1='ready> '\n"
    (Path(environment["HOME"]) / ".zshrc").write_text(start, "utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [zsh, "-d", "-i"],
        cwd=registry,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as shell:
        os.close(theirs)
        try:
            seen = _read_until(ours, "ready> ")
            os.write(ours, f"{line}\t".encode())
            seen += _read_until(ours, f"{line.rpartition(' ')[0]} {word}")
        finally:
            shell.kill()
    os.close(ours)
    assert "not found" not in seen


def _read_until(terminal: int, expected: str) -> str:
    """What a terminal shows, without its colours, until it shows this."""
    seen = ""
    while expected not in seen:
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, f"{expected!r} never came: {seen!r}"
        seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(terminal, 4096).decode())
    return seen
