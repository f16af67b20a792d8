"""``coefgate drill`` on a real repository, with the real gate."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest

from coefgate.commands.cli import run
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.kinds.lines import added
from coefgate.drill.plant import Side
from coefgate.drill.run import Drill, Outcome, Row
from coefgate.reports.pages.drills import drill_page
from tests.drill.conftest import drilled
from tests.drill.oracle.test_opinion import call
from tests.end_to_end.checkouts import git as git_in
from tests.reports.formats import printed as on_a_terminal
from tests.repository_files import ROOT

Git = Callable[..., str]


@pytest.fixture
def git(registry: Path) -> Git:
    """Run git in the registry, which becomes a repository with one commit."""
    git_in(registry, "init", "-q", "-b", "main")
    git_in(registry, "add", "-A")
    git_in(registry, "commit", "-qm", "first")
    return partial(git_in, registry)


def everything(root: Path) -> dict[str, str]:
    """A fingerprint of every file, git's own included."""
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


OF_EVERY_SORT = (
    *("overhead-removed", "sample-removed", "validator-with-values"),
    *("default-margin-to-one", "swing-in-steps", "swing-past-a-tag", "withdrawn-value-returned"),
    *("yaml-tag", "coefficients-linked", "shallow-clone"),
    *("comment", "hard-calls-told", "revert"),
)
"""Kinds that are stopped, refused, not answered, let through; with every past there may be."""


def test_the_gate_passes_a_drill_and_the_repository_is_untouched(
    registry: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all that there is; ``make drill`` asks for every kind."""
    some = [kind for kind in KINDS if kind.name in OF_EVERY_SORT]
    assert len(some) == 13
    assert {kind.expected for kind in some} == {kind.expected for kind in KINDS}
    monkeypatch.setattr("coefgate.use_cases.drill.KINDS", some)
    untracked = registry / "notes.txt"
    untracked.write_text("mine\n", "utf-8")
    before = everything(registry)
    found = drilled("--registry", str(registry), "--seed", "1", "--format", "json")
    report = json.loads(found.out)
    assert [row for row in report["rows"] if row["status"] != "ok"] == []
    assert [row["kind"] for row in report["rows"]] == [kind.name for kind in some]
    assert report["seed"] == 1
    assert report["regressions"] == {"planted": 10, "stopped": 10}
    assert report["harmless"] == {"planted": 3, "passed": 3}
    assert found.code == 0
    assert found.err == ""
    assert everything(registry) == before


def test_only_plants_what_the_whole_drill_would(registry: Path, git: Git) -> None:
    chosen = ["--only", "comment", "--only", "overhead-removed"]
    first = drilled("--registry", str(registry), "--seed", "7", *chosen, "--format", "json")
    alone = drilled("--registry", str(registry), "--seed", "7", *chosen[:2], "--format", "json")
    rows = {row["kind"]: row for row in json.loads(first.out)["rows"]}
    assert list(rows) == ["overhead-removed", "comment"]
    assert json.loads(alone.out)["rows"] == [rows["comment"]]
    assert first.code == alone.code == 0


def test_the_table_says_what_was_planted_and_how_to_do_it_again(registry: Path, git: Git) -> None:
    found = drilled("--registry", str(registry), "--seed", "7", "--only", "overhead-removed")
    assert "overhead-removed" in found.out
    assert "coefficient-removed" in found.out
    assert "1 of 1 regressions were stopped." in found.out
    assert "harmless" not in found.out
    assert found.out.rstrip().endswith(
        "seed 7; the same once more: coefgate drill --seed 7 --only overhead-removed"
    )


def test_a_fresh_seed_is_printed(registry: Path, git: Git) -> None:
    arguments = ("--registry", str(registry), "--only", "documents-only", "--format", "json")
    seeds = {json.loads(drilled(*arguments).out)["seed"] for _ in range(2)}
    assert len(seeds) == 2


def test_what_is_committed_is_drilled_not_what_lies_in_the_folder(
    registry: Path, git: Git
) -> None:
    (registry / "coefficients" / "gates.yaml").write_text("rules: {\n", "utf-8")
    arguments = ("--registry", str(registry), "--seed", "1", "--only", "documents-only")
    assert drilled(*arguments).code == 0
    git("commit", "-qam", "broken")
    found = drilled(*arguments)
    assert found.code == 3
    assert "coefficients/gates.yaml" in found.err


def test_a_folder_without_git_is_drilled_as_it_lies(registry: Path) -> None:
    assert (
        drilled("--registry", str(registry), "--seed", "1", "--only", "documents-only").code == 0
    )


def test_a_drill_that_is_told_to_end_leaves_nothing_behind(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    tools, temporary = tmp_path / "tools", tmp_path / "temporary"
    tools.mkdir()
    temporary.mkdir()
    # The first commit into the scratch repository is made when its folder is there.
    end_at_import = '[ "$1" != fast-import ] || kill -TERM $PPID'
    script = f'#!/bin/sh\n{end_at_import}\nexec {shutil.which("git")} "$@"\n'
    (tools / "git").write_text(script, "utf-8")
    (tools / "git").chmod(0o755)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "coefgate",
            "drill",
            "--registry",
            str(registry),
            "--only",
            "comment",
        ],
        env={
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(temporary),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")
    assert list(temporary.iterdir()) == []


def test_an_unknown_kind_is_a_usage_problem(registry: Path) -> None:
    found = drilled("--registry", str(registry), "--only", "overhead-raise")
    assert found.code == 2
    assert "Did you mean overhead-raised?" in found.err


def test_nothing_planted_proves_nothing(registry: Path) -> None:
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    found = drilled("--registry", str(registry), "--seed", "1", "--only", "sample-removed")
    assert found.code == 4
    assert "not planted: sample-removed: no eligible call is stored" in found.out
    assert "Nothing could be planted, so nothing is proved." in found.out


def test_a_registry_without_calls_is_drilled_as_far_as_it_goes(registry: Path) -> None:
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    names = (
        "overhead-removed",
        "smape-loosened",
        "yaml-tag",
        "unused-swung",
        "comment",
        "new-category",
    )
    only = [word for name in names for word in ("--only", name)]
    found = drilled("--registry", str(registry), "--seed", "1", *only, "--format", "json")
    assert [row for row in json.loads(found.out)["rows"] if row["status"] != "ok"] == []
    assert found.code == 0


@pytest.mark.no_cover
def test_a_registry_of_others_with_few_calls(tmp_path: Path) -> None:
    """Two categories, one kind of file, eight calls; two have an undeclared complexity."""
    shutil.copytree(
        ROOT / "schemas/fixtures/valid/coefficients/minimal", tmp_path / "coefficients"
    )
    needed = {"docs": (3500, 3000), "tests": (3600, 2900), "documentation": (3900,)}
    drafts = [
        call(tokens, category=label, phase=f"{label}-{tokens}")
        for label, several in needed.items()
        for tokens in several
    ]
    drafts += [
        call(5000, complexity="high", phase="high"),
        call(3000, complexity="medium", phase="medium"),
    ]
    # It gets the dearest figure without deliverables: this registry declares none for its
    # complexity.
    drafts.append(call(9000, complexity="medium", phase="nothing named", deliverables=[]))
    ((file, content),) = added(drafts).items()
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_bytes(content)
    found = drilled("--registry", str(tmp_path), "--seed", "1", "--format", "json")
    rows = json.loads(found.out)["rows"]
    assert [row for row in rows if row["status"] == "wrong"] == []
    # No call was cut off, and there is one path rule without a choice.
    assert {row["kind"] for row in rows if row["status"] == "not-planted"} >= {
        *("censored-removed", "censored-corrected-away", "rules-reordered", "rule-choice-widened")
    }
    assert len([row for row in rows if row["status"] == "ok"]) > 80
    assert found.code == 0


# --- The table


def row(kind: str, side: Side, status: Outcome, **fields: object) -> Row:
    whole: dict[str, object] = {
        "file": "coefficients/a.yaml",
        "planted": "a.low 1 → 2",
        "expected": "stopped" if side == "regression" else "passes",
        "exit_code": 0,
        "verdict": "pass",
        "rules": (),
        "note": "",
        **fields,
    }
    return Row(kind=kind, side=side, status=status, **whole)  # type: ignore[arg-type]


def printed(*rows: Row) -> str:
    return on_a_terminal(drill_page(Drill(5, rows), "coefgate drill --seed 5"))


def test_the_table_names_what_went_wrong() -> None:
    text = printed(
        row("bites-not", "regression", "wrong"),
        row(
            "in-the-way",
            "harmless",
            "wrong",
            exit_code=1,
            verdict="fail",
            rules=("swing",),
            note="why",
        ),
        *(
            row(
                kind,
                "harmless",
                "not-planted",
                file="",
                exit_code=None,
                verdict=None,
                note=why,
            )
            for kind, why in (
                ("absent", "no alias"),
                ("without-calls", "no call"),
                ("missing", "no alias"),
            )
        ),
    )
    assert "NOT as it should be: bites-not: exit code 0 (pass), right would be 1 or 4" in text
    assert "NOT as it should be: in-the-way: exit code 1 (fail), right would be 0; why" in text
    assert "not planted: absent and missing: no alias" in text
    assert "not planted: without-calls: no call" in text
    assert "0 of 1 regressions were stopped." in text
    assert "0 of 1 harmless changes were let through; 3 kinds not planted." in text


def test_the_table_says_why_a_registry_was_refused() -> None:
    note = "coefficients/a.yaml:6:13  a.low.tokens has the tag !t; tags are not used. Delete it."
    text = printed(
        row(
            "tag",
            "regression",
            "ok",
            exit_code=3,
            verdict="invalid",
            expected="refused",
            note=note,
        )
    )
    assert "a.low.tokens has the tag !t" in text
    assert "Delete it" not in text


def test_hostile_names_are_printed_as_they_are() -> None:
    assert "[red]x[/red]" in printed(row("a", "regression", "ok", planted="[red]x[/red]"))


def test_a_terminal_sees_how_many_are_planted_and_nothing_of_the_gate(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    chosen = ["--only", "documents-only", "--only", "comment"]
    with redirect_stdout(StringIO()) as printed:
        code = run(["drill", "--registry", str(registry), *chosen, "--format", "json"])
    assert (code, json.loads(printed.getvalue())["harmless"]["passed"]) == (0, 2)
    assert "2 of 2 changes planted" in terminal.getvalue()
    assert "Judging" not in terminal.getvalue()
