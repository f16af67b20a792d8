"""The tutorial is run from its first command to its last, and prints what it says it prints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.end_to_end.on_call import on_path
from tests.end_to_end.pages import TUTORIAL, Printed, filled, run, steps, story_printed

# The story of the page: what is asked, and is it green (0) or red (1)? A page whose outputs are
# written anew keeps its words, so these must not change unnoticed.
VERDICTS = [
    ("gate --verbose", 0),
    ("try marginal.create.test=-30%", 1),
    ("try marginal.create.test=-30% --write", 1),
    ("gate", 1),
    ("try marginal.modify.test=8000 --write", 0),
    ("gate", 0),
    ("gate --base main --head HEAD", 0),
    ("try tests.medium=165", 1),
    ("gate", 0),
    ("try backend.medium=1800 --write", 0),
    ("gate --base main --head HEAD", 0),
    ("gate --base main --head HEAD", 0),
    ("gate --base main --head HEAD --verbose", 0),
    ("gate", 0),
]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Printed]:
    with on_path(tmp_path_factory.mktemp("programs")) as programs:
        return story_printed(TUTORIAL, tmp_path_factory.mktemp("tutorial"), programs)


def test_prints_what_the_page_says(printed: Sequence[Printed]) -> None:
    page = TUTORIAL.read_text("utf-8")
    anew = filled(page, printed)
    difference = difflib.unified_diff(
        page.splitlines(), anew.splitlines(), "page", "printed", lineterm=""
    )
    assert page == anew, "\n".join([*difference, "If what is printed is right: make docs"])


def test_tells_its_story(printed: Sequence[Printed]) -> None:
    commands = [step.command for step in steps(TUTORIAL.read_text("utf-8"))]
    assert [
        (command.removeprefix("coefgate "), done.code)
        for command, done in zip(commands, printed, strict=True)
        if re.match("coefgate (gate|try)", command)
    ] == VERDICTS
    assert all(
        done.code == 0 for c, done in zip(commands, printed, strict=True) if c.startswith("git ")
    )


def _digests(what: str, printed: Sequence[Printed]) -> list[str]:
    """The digests that are printed of the coefficients, alone or as a head."""
    row = re.compile(rf"^{what} .*, digest (\w{{12}})$", re.MULTILINE)
    found = (row.search("\n".join(done.output)) for done in printed)
    return [one[1] for one in found if one]


def _digests_of_estimates(printed: Sequence[Printed]) -> list[str]:
    told = "\n".join(line for done in printed for line in done.output)
    return re.findall(r"^registry .*, digest (\w{12}), from", told, re.MULTILINE)


def test_goes_back_to_the_very_first_digest(printed: Sequence[Printed]) -> None:
    first, *_ = _digests("coefficients", printed)
    *_, restored = _digests("head", printed)
    [estimated] = _digests_of_estimates(printed)
    assert first == restored == estimated


COLOURS = """\
# Colours

```console
$ printf 'red 1\\ngreen 2\\nblue 3\\ngold 4\\n'
red 1
…
gold 4
```

It fails:

```console
$ cat <<'END'; false
> one $HOME
> END
one $HOME
$ echo $?
1
$ mkdir below && cd below
```

```console
$ basename "$PWD"
below
$ git init -q && git commit -q --allow-empty -m one && git log --format='%an %ad' --date=iso
An Author 2026-06-01 09:05:00 +0000
```
"""


def _ran(page: str, tmp_path: Path) -> str:
    return filled(page, run([step.command for step in steps(page)], cwd=tmp_path, home=tmp_path))


def test_runs_as_typed_into_one_shell(tmp_path: Path) -> None:
    assert _ran(COLOURS, tmp_path) == COLOURS


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\nred 1\n…", "\nred 7\n…"),
        ("…\ngold 4\n", "…\ngold +4.1%\n"),
        ("\n1\n$ mkdir", "\n0\n$ mkdir"),
        ("below\n$ git", "below\nit\n$ git"),
    ],
)
def test_writes_anew_what_has_changed_and_nothing_else(
    right: str, wrong: str, tmp_path: Path
) -> None:
    assert COLOURS.count(right) == 1
    assert _ran(COLOURS.replace(right, wrong), tmp_path) == COLOURS


@pytest.mark.parametrize(
    "like", ["white 1\n…\ngold 4\n", "red 1\n…\ngreen 2\n", "", "…\nred 1\ngreen 2\n"]
)
def test_shows_all_where_it_cannot_tell_what_is_left_out(like: str, tmp_path: Path) -> None:
    page = COLOURS.replace("red 1\n…\ngold 4\n", like)
    assert "red 1\ngreen 2\nblue 3\ngold 4\n" in _ran(page, tmp_path)


def test_a_shell_that_gives_up_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"gave up: [^$]*unexpected end of file"):
        run(["if true", "echo"], cwd=tmp_path, home=tmp_path)
