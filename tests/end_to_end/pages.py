"""Pages whose console blocks are run: what they say is printed is what is printed.

A block looks like a terminal: a command after ``$``, its further lines after ``>``, then what it
prints. A line with only ``…`` stands for one line or more that the page leaves out.

``python -m tests.end_to_end.pages`` runs the stories, whose commands build upon one another, and
those of all other pages, which stand alone, and writes their outputs anew. What is left out stays
so while the lines around it change in figures only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).parents[2]
TUTORIAL = SHIPPED / "docs" / "start" / "tutorial.md"
START = SHIPPED / "docs" / "start" / "start.md"
TELEMETRY = SHIPPED / "docs" / "how-to" / "telemetry.md"
MONITORING = SHIPPED / "docs" / "how-to" / "monitoring.md"
STORIES = (TUTORIAL, START, TELEMETRY, MONITORING)
"""Pages whose commands build upon one another."""
ALONE = [
    SHIPPED / "README.md",
    *sorted(page for page in (SHIPPED / "docs").rglob("*.md") if page not in STORIES),
    SHIPPED / "samples" / "README.md",
]
"""Pages whose commands stand alone."""
EXAMPLE = SHIPPED / "examples" / "airun" / "README.md"
"""The page of another registry: its commands run in its folder."""
LEFT_OUT = "…"
COLUMNS = "132"
"""How wide outputs are on pages."""

_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
# Commits, figures with their signs, and the columns that move with them.
_FIGURE = re.compile(r"(?:\b|(?<=\.g))[0-9a-f]{7,40}\b|[-+−±]?\d[\d,.]*%?|\s+")
# The version names the present commit, and a working folder may hold what is not committed; a
# base is named by the commit of a clone that holds what is shipped today.
_VERSION = re.compile(
    r"\b\d+\.\d+\.\d+\+(?:unversioned|\d+\.g[0-9a-f]{7})(?:\.dirty)?(?: \([0-9a-f]{12,40}\))?"
    r"|(?<= at )[0-9a-f]{12}$"
    r"|(?<=^next: coefgate diff )[0-9a-f]{12} (?:[0-9a-f]{12}|worktree)$",
    re.MULTILINE,
)
_FIRST_DAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a page, and what the page says that it prints."""

    command: str
    output: Sequence[str]


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command really printed, on both streams, and its exit code."""

    output: Sequence[str]
    code: int


def steps(text: str) -> list[Step]:
    """The commands of all console blocks of a page, in order."""
    return [step for block in _BLOCK.findall(text) for step in _steps_of(block)]


def run(
    commands: Sequence[str], *, cwd: Path, home: Path, programs: Path | None = None
) -> list[Printed]:
    """Run commands one after another in one shell, as its user would type them.

    Nothing of the environment counts but ``PATH``, where this Python's programs come first, or
    those in the folder ``programs`` even before. Commits have a fixed author and times, each
    command a minute after the one before, so their names are always the same."""
    mark = "-- printed by the step before --"
    script = ["exec 2>&1", "code=0"]
    for number, command in enumerate(commands):
        moment = (_FIRST_DAY + timedelta(minutes=number)).isoformat()
        script += [
            f"export GIT_AUTHOR_DATE={moment} GIT_COMMITTER_DATE={moment}",
            '(exit "$code")',
            command,
            f"code=$?; printf '\\n%s\\n' '{mark}'\"$code\"",
        ]
    path = home / "script"
    path.write_text("\n".join([*script, ""]), encoding="utf-8")
    done = subprocess.run(
        ["bash", "-u", path],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=_environment(home, programs),
    )
    text = done.stdout.decode("utf-8")
    *printed, rest = re.split(rf"^{mark}(\d+)\n", text, flags=re.MULTILINE)
    assert len(printed) == 2 * len(commands), (
        f"the shell gave up: {rest}{done.stderr.decode('utf-8')}"
    )
    return [
        Printed(_lines(output), int(code))
        for output, code in zip(printed[::2], printed[1::2], strict=True)
    ]


def filled(text: str, printed: Sequence[Printed]) -> str:
    """The page with what its commands really print; unchanged where it says that already."""
    remaining = iter(printed)

    def block(found: re.Match[str]) -> str:
        lines = []
        for step in _steps_of(found[0]):
            first, *further = step.command.splitlines()
            lines += [f"$ {first}", *(f"> {line}".rstrip() for line in further)]
            lines += shortened(next(remaining).output, like=step.output)
        return "".join(f"{line}\n" for line in lines)

    return _BLOCK.sub(block, text)


def settled(lines: Sequence[str]) -> list[str]:
    """Output without what each commit changes."""
    return [
        line.rstrip() for line in _VERSION.sub("VERSION", "\n".join(lines)).strip().splitlines()
    ]


def says(step: Step, output: Sequence[str]) -> bool:
    """Is this output what the page says, but for what each commit changes?"""
    shown = settled(step.output)
    return shortened(settled(output), like=shown) == shown


def judges_a_change(step: Step) -> bool:
    """Is it shown as in a clone where nothing was ever changed, whatever this one's history is?"""
    is_gate = step.command.removesuffix(" --verbose") == "coefgate gate"
    return is_gate or step.command.startswith("coefgate try ")


def anew(page: str, *, young: Path, whole: Path, home: Path) -> str:
    """A page whose commands stand alone, with what they print.

    ``young``: a registry without a history, for commands that judge a change; ``whole``: one for
    all others."""
    done = []
    for step in steps(page):
        [one] = _sound(
            run([step.command], cwd=young if judges_a_change(step) else whole, home=home)
        )
        done.append(Printed(step.output, one.code) if says(step, one.output) else one)
    return filled(page, done)


def story_printed(page: Path, scratch: Path, programs: Path | None = None) -> list[Printed]:
    """What the commands of a story print, run in a fresh clone of this repository."""
    clone = _clone(scratch)
    commands = [step.command for step in steps(page.read_text("utf-8"))]
    return run(commands, cwd=clone, home=scratch, programs=programs)


def _clone(scratch: Path) -> Path:
    clone = scratch / "coefgate"
    subprocess.run(["git", "clone", "-q", "--shared", SHIPPED, clone], check=True)
    return clone


def young_clone(whole: Path, folder: Path) -> Path:
    """A clone of the registry ``whole`` with one commit, made in ``folder``."""
    origin = folder / "origin"
    for name in ("coefficients", "samples"):
        shutil.copytree(whole / name, origin / name)
    begin = (
        "git init -q -b main",
        "git add .",
        "git commit -q -m first",
        "git clone -q . ../clone",
    )
    assert all(done.code == 0 for done in run(begin, cwd=origin, home=folder))
    return folder / "clone"


def accepted_example(folder: Path) -> Path:
    """The folder of ``EXAMPLE`` in a repository with one commit, made in ``folder``.

    It lies below another registry, as it does here."""
    top = folder / "repository"
    there = top / EXAMPLE.parent.relative_to(SHIPPED)
    shutil.copytree(EXAMPLE.parent, there, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("coefficients", "samples"):
        shutil.copytree(SHIPPED / name, top / name)
    begin = ("git init -q -b main", "git add .", "git commit -q -m first")
    assert all(done.code == 0 for done in run(begin, cwd=top, home=folder))
    return there


def _sound(printed: Sequence[Printed]) -> Sequence[Printed]:
    for broken in (done for done in printed if done.code in (70, 127)):
        raise SystemExit("\n".join(["Nothing is written: a command is broken.", *broken.output]))
    return printed


def _steps_of(block: str) -> Iterator[Step]:
    for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        first, *rest = chunk.splitlines()
        further = next((i for i, line in enumerate(rest) if not line.startswith(">")), len(rest))
        command = "\n".join([first, *(line[2:] for line in rest[:further])])
        yield Step(command, _lines("\n".join(rest[further:])))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def shortened(output: Sequence[str], *, like: Sequence[str]) -> list[str]:
    """Leave out what the page leaves out, found by exact lines, or by all but their figures."""
    for same in (str, lambda line: _FIGURE.sub(" ", line)):
        found = _left_out(output, like=like, same=same)
        if found is not None:
            return found
    return list(output)


def _left_out(
    output: Sequence[str], *, like: Sequence[str], same: Callable[[str], str]
) -> list[str] | None:
    printed, wanted = [same(line) for line in output], [same(line) for line in like]

    @cache  # many lines may be left out in many ways, and most of them fit nothing
    def rest(at: int, of: int) -> tuple[str, ...] | None:
        if of == len(like):
            return None if at < len(output) else ()
        if like[of] != LEFT_OUT:
            fits = at < len(output) and printed[at] == wanted[of]
            found = rest(at + 1, of + 1) if fits else None
            return None if found is None else (output[at], *found)
        ends = (rest(end, of + 1) for end in range(at + 1, len(output) + 1))
        found = next((one for one in ends if one is not None), None)
        return None if found is None else (LEFT_OUT, *found)

    found = rest(0, 0)
    return None if found is None else [*found]


def _environment(home: Path, programs: Path | None) -> dict[str, str]:
    people = {f"GIT_{role}_NAME": "An Author" for role in ("AUTHOR", "COMMITTER")}
    people |= {f"GIT_{role}_EMAIL": "author@example.org" for role in ("AUTHOR", "COMMITTER")}
    measured = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    return {
        **measured,
        **people,
        "COLUMNS": COLUMNS,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "true",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join(
            [str(one) for one in (programs, Path(sys.executable).parent) if one is not None]
            + [os.environ["PATH"]]
        ),
    }


def main() -> None:
    """Write the outputs of all pages anew."""
    written = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        whole = _clone(home)
        young = young_clone(whole, home / "young")
        for page in ALONE:
            written[page] = anew(page.read_text("utf-8"), young=young, whole=whole, home=home)
        example = accepted_example(home / "example")
        written[EXAMPLE] = anew(
            EXAMPLE.read_text("utf-8"), young=example, whole=example, home=home
        )
    for story in STORIES:
        with tempfile.TemporaryDirectory() as folder:
            printed = _sound(story_printed(story, Path(folder)))
        written[story] = filled(story.read_text("utf-8"), printed)
    for page, text in written.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
