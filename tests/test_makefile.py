"""What make says of how long tests take, and where the command it ran is not found by its name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.repository_files import ROOT

HINT = 'Type the command as .venv/bin/coefgate, or first: export PATH="$PWD/.venv/bin:$PATH"'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone after its first ``make``, with a stand-in for the command that says 4."""
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements/cli.txt", "requirements/dev.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs.parent / ".made-for").write_text(str(tmp_path), "utf-8")
    for program in ("python", "coefgate"):
        (programs / program).write_text(
            "#!/bin/sh\necho next: coefgate coverage\nexit 4\n", "utf-8"
        )
        (programs / program).chmod(0o755)
    (programs.parent / ".cli").touch()
    (programs.parent / ".dev").touch()
    return tmp_path


def _made(clone: Path, *target: str, before: tuple[Path, ...] = ()) -> tuple[str, list[str]]:
    without = (
        one for one in os.environ["PATH"].split(os.pathsep) if not Path(one, "coefgate").exists()
    )
    path = os.pathsep.join([*map(str, before), *without])
    done = subprocess.run(
        ["make", *target],
        cwd=clone,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr.splitlines()


@pytest.mark.parametrize("target", ["gate", "drill"])
def test_make_says_how_to_type_what_the_report_ends_with(clone: Path, target: str) -> None:
    out, err = _made(clone, target)
    assert (out, err[0]) == ("next: coefgate coverage\n", HINT)
    assert err[-1].endswith("Error 4")


def test_a_command_that_is_found_needs_no_word(clone: Path) -> None:
    out, err = _made(clone, "gate", before=(clone / ".venv/bin",))
    assert (out, len(err)) == ("next: coefgate coverage\n", 1)
    assert err[0].endswith("Error 4")


def test_the_command_that_make_says_can_be_typed(clone: Path) -> None:
    command = HINT.partition("first: ")[2]
    done = subprocess.run(
        ["sh", "-c", f"{command}; coefgate"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("next: coefgate coverage\n", 4)


def _lists_words(clone: Path) -> None:
    """A Python that says on standard error with what it was started."""
    (clone / ".venv/bin/python").write_text('#!/bin/sh\nprintf "%s\\n" "$@" >&2\n', "utf-8")


def test_make_test_says_first_how_long_it_takes_and_what_is_quicker(clone: Path) -> None:
    _lists_words(clone)
    _, err = _made(clone, "test")
    assert re.fullmatch(
        r"Some [\d,]+ tests, which take about \d+ minutes on two cores \(\w+ 20\d\d\)\. "
        r"In under a minute: make test-quick",
        err[0],
    )
    assert err[1:3] == ["-m", "pytest"]
    _, chosen = _made(clone, "test", "ARGS=tests/gates")
    assert chosen[:2] == ["-m", "pytest"]
    assert "tests/gates" in chosen


def test_the_quick_tests_are_folders_in_which_nothing_is_started_that_listens(clone: Path) -> None:
    _lists_words(clone)
    _, err = _made(clone, "test-quick")
    start = err.index("not thorough")
    assert err[start - 1] == "-m"
    folders = err[start + 1 :]
    assert set(folders) >= {
        f"tests/{name}" for name in ("core", "registry", "replay", "gates", "reports")
    }
    texts = [text for folder in folders for text in sorted((ROOT / folder).rglob("*.py"))]
    listens = re.compile(
        r"^(?:from|import) (?:tests\.(?:postgres|browser|model_server)|http)", re.MULTILINE
    )
    assert len(texts) > 100
    assert [text for text in texts if listens.search(text.read_text("utf-8"))] == []
    assert "tests/gates" in _made(clone, "test-quick", "ARGS=tests/gates")[1]


def test_help_names_every_target_that_says_what_it_does(clone: Path) -> None:
    out, _ = _made(clone, "help")
    listed = [line.split()[1] for line in out.splitlines()]
    text = (ROOT / "Makefile").read_text("utf-8")
    assert listed == re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    assert {"test", "test-quick"} <= set(listed)
