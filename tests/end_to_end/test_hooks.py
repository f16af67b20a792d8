"""The hooks in real commits and pushes, under pre-commit and under prek."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import SHIPPED
from tests.end_to_end.hooks import (
    CONFIG,
    DOCS,
    MANIFEST,
    MARGINS,
    TOOLS,
    Author,
    author,
    copied,
    local_config,
    program,
    published,
)
from tests.end_to_end.on_call import on_call

Somebody = Callable[..., Author]


@pytest.fixture(scope="module")
def coefgate() -> Iterator[tuple[str, ...]]:
    """The program of these tests, as the hooks start it."""
    with on_call() as words:
        yield words


@pytest.fixture(scope="module")
def prepared(
    coefgate: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Author]:
    """Make an author to be copied, once of each kind; the hooks run the program of these tests."""

    @cache
    def make(tool: str, *, registry: str, gate_on_commit: bool, pushed: bool) -> Author:
        config = local_config(coefgate, registry=registry, gate_on_commit=gate_on_commit)
        return author(
            tmp_path_factory.mktemp(tool), tool, config, registry=registry, pushed=pushed
        )

    return make


@pytest.fixture(params=TOOLS)
def somebody(
    request: pytest.FixtureRequest, tmp_path: Path, prepared: Callable[..., Author]
) -> Somebody:
    """Make an author with one of the tools."""

    def make(*, registry: str = ".", gate_on_commit: bool = False, pushed: bool = True) -> Author:
        kind = prepared(
            request.param, registry=registry, gate_on_commit=gate_on_commit, pushed=pushed
        )
        return copied(kind, tmp_path)

    return make


def _refused(who: Author, *command: str, because: str) -> str:
    before = who.head()
    tried = who.tries("git", *command)
    assert tried.code != 0, tried.text
    assert because in tried.text
    assert who.head() == before
    return tried.text


class TestCommit:
    def test_bad_yaml_is_refused_with_its_place_until_it_is_mended(
        self, somebody: Somebody
    ) -> None:
        who = somebody()
        who.break_()
        _refused(who, "commit", "-am", "bad", because=f"{DOCS}:6:13")
        who.restore(DOCS)
        who.remark()
        who.git("commit", "-am", "good")

    def test_what_is_staged_counts_and_not_what_lies_in_the_folder(
        self, somebody: Somebody
    ) -> None:
        who = somebody()
        who.remark()
        who.git("add", DOCS)
        who.break_()
        who.git("commit", "-m", "valid as staged")
        assert "tokens: -40" in (who.registry / DOCS).read_text("utf-8")
        who.git("add", DOCS)
        who.restore(DOCS)
        _refused(who, "commit", "-m", "broken as staged", because="tokens is -40")
        assert "tokens: -40" not in (who.registry / DOCS).read_text("utf-8")

    def test_a_commit_that_only_deletes_is_checked_too(self, somebody: Somebody) -> None:
        who = somebody()
        who.git("rm", "--quiet", "coefficients/registry.yaml")
        _refused(who, "commit", "-m", "deleted", because="coefficients/registry.yaml")

    def test_what_is_not_tracked_is_no_part_of_it(self, somebody: Somebody) -> None:
        who = somebody()
        (who.registry / "coefficients/overhead/unfinished.yaml").write_text("category: [", "utf-8")
        who.remark()
        who.git("commit", "-am", "a remark")
        who.git("rm", "--quiet", "--cached", "coefficients/registry.yaml")
        _refused(
            who, "commit", "-m", "gone, but for the folder", because="coefficients/registry.yaml"
        )

    def test_no_gate_runs_unless_asked_for(self, somebody: Somebody) -> None:
        who = somebody()
        who.make_worse()
        who.git("commit", "-am", "worse, and not pushed yet")


class TestGateOnCommit:
    def test_all_that_is_changed(self, somebody: Somebody) -> None:
        who = somebody(gate_on_commit=True)
        who.make_worse()
        _refused(who, "commit", "-a", "-m", "worse", because="waste-band")
        who.restore(MARGINS)
        who.remark()
        who.git("commit", "-a", "-m", "a remark")

    @pytest.mark.parametrize("registry", [".", "teams/ours"])
    def test_one_path_while_another_is_staged(self, somebody: Somebody, registry: str) -> None:
        who = somebody(registry=registry, gate_on_commit=True)
        docs, margins = str(who.registry / DOCS), str(who.registry / MARGINS)
        who.make_worse()
        who.git("add", margins)
        who.remark()
        who.git("commit", "-m", "a remark alone", docs)
        assert who.git("diff", "--cached", "--name-only").endswith(MARGINS)
        who.remark()
        who.git("reset", "--quiet")
        who.git("add", docs)
        _refused(who, "commit", "-m", "worse alone", margins, because="waste-band")

    def test_part_of_what_is_changed(self, somebody: Somebody) -> None:
        who = somebody(gate_on_commit=True)
        who.remark()
        who.git("add", str(who.registry / DOCS))
        who.make_worse()
        who.git("commit", "-m", "worse is not staged")
        who.git("add", str(who.registry / MARGINS))
        who.restore(MARGINS)
        said = _refused(who, "commit", "-m", "worse is staged", because="waste-band")
        assert "git log failed" not in said

    @pytest.mark.parametrize("registry", [".", "teams/ours"])
    def test_in_a_linked_worktree(self, somebody: Somebody, registry: str) -> None:
        who = somebody(registry=registry, gate_on_commit=True)
        linked = who.root.with_name("linked")
        who.git("worktree", "add", "--quiet", "-b", "elsewhere", str(linked))
        there = Author(linked, linked / registry, who.remote, who.environment)
        there.make_worse()
        _refused(there, "commit", "-a", "-m", "worse", because="waste-band")
        there.git("commit", "--quiet", "--no-verify", "-a", "-m", "worse")
        _refused(there, "push", "origin", "elsewhere", because="waste-band")
        assert who.arrived("elsewhere") is None


class TestPush:
    def test_a_worse_coefficient_stays_here_until_it_is_mended(self, somebody: Somebody) -> None:
        who = somebody()
        accepted = who.arrived()
        who.make_worse()
        who.git("commit", "-am", "worse")
        _refused(who, "push", "origin", "main", because="waste-band")
        assert who.arrived() == accepted
        who.restore(MARGINS)
        who.git("commit", "-am", "as before")
        who.git("push", "origin", "main")
        assert who.arrived() == who.head()

    def test_a_new_branch(self, somebody: Somebody) -> None:
        who = somebody()
        who.git("switch", "--quiet", "--create", "remark")
        who.remark()
        who.git("commit", "-am", "a remark")
        who.git("push", "origin", "remark")
        assert who.arrived("remark") == who.head()
        who.git("switch", "--quiet", "--create", "worse")
        who.make_worse()
        who.git("commit", "-am", "worse")
        _refused(who, "push", "origin", "worse", because="waste-band")
        assert who.arrived("worse") is None

    def test_what_is_pushed_counts_and_not_what_is_checked_out(self, somebody: Somebody) -> None:
        who = somebody()
        good = who.head()
        who.make_worse()
        worse = who.commit_unjudged("worse")
        who.git("branch", "worse")
        who.git("reset", "--quiet", "--hard", good)
        _refused(who, "push", "origin", "worse", because="waste-band")
        _refused(who, "push", "origin", f"{worse}:refs/heads/worse", because="waste-band")
        assert who.arrived("worse") is None

    def test_what_is_pushed_counts_and_not_the_folder(self, somebody: Somebody) -> None:
        who = somebody()
        who.remark()
        good = who.commit_unjudged("a remark")
        who.make_worse()
        who.git("add", MARGINS)
        who.break_()
        who.git("push", "origin", "main")
        assert who.arrived() == good
        assert who.git("diff", "--name-only") == DOCS
        assert who.git("diff", "--cached", "--name-only") == MARGINS

        who.git("commit", "--quiet", "--no-verify", "-m", "worse")
        who.restore(MARGINS, DOCS)
        who.git("add", MARGINS)
        _refused(who, "push", "origin", "main", because="waste-band")
        assert who.arrived() == good

    def test_the_first_push_of_all_is_judged_by_what_is_pushed(self, somebody: Somebody) -> None:
        # From the first commit on there is nothing to compare with, and pre-commit does not say
        # which commit.
        who = somebody(pushed=False)
        who.break_()
        who.commit_unjudged("broken")
        who.restore(DOCS)
        who.git("add", DOCS)
        _refused(who, "push", "origin", "main", because="tokens is -40")
        assert who.arrived() is None
        who.git("commit", "-m", "mended")
        who.break_()
        who.git("push", "origin", "main")
        assert who.arrived() == who.head()

    def test_the_first_push_of_a_registry_that_misses_the_rules(self, somebody: Somebody) -> None:
        who = somebody(pushed=False)
        who.make_worse()
        who.git("commit", "-am", "worse")
        _refused(who, "push", "origin", "main", because="waste-band")
        assert who.arrived() is None

    def test_a_remote_of_any_name(self, somebody: Somebody) -> None:
        who = somebody()
        who.git("remote", "rename", "origin", "upstream")
        accepted = who.arrived()
        who.make_worse()
        who.git("commit", "-am", "worse")
        _refused(who, "push", "upstream", "main", because="waste-band")
        assert who.arrived() == accepted

    def test_a_forced_push_and_a_tag(self, somebody: Somebody) -> None:
        who = somebody()
        who.remark()
        who.git("commit", "-am", "a remark")
        who.git("push", "origin", "main")
        who.make_worse()
        who.git("commit", "-a", "--amend", "-m", "worse")
        who.git("tag", "--annotate", "v9", "--message", "worse")
        _refused(who, "push", "--force", "origin", "main", because="waste-band")
        _refused(who, "push", "origin", "v9", because="waste-band")

    def test_a_push_that_only_deletes_samples(self, somebody: Somebody) -> None:
        who = somebody()
        accepted = who.arrived()
        oldest = min((who.registry / "samples").rglob("*.jsonl"))
        who.git("rm", "--quiet", str(oldest))
        who.git("commit", "-m", "gone")
        _refused(who, "push", "origin", "main", because="sample-removed")
        assert who.arrived() == accepted

    def test_deleting_a_branch_of_the_remote_is_not_judged(self, somebody: Somebody) -> None:
        who = somebody()
        who.git("push", "--no-verify", "origin", "main:refs/heads/old")
        who.break_()
        who.commit_unjudged("broken")
        who.git("push", "origin", "--delete", "old")
        assert who.arrived("old") is None

    def test_it_is_skipped_once_when_its_author_says_so(self, somebody: Somebody) -> None:
        who = somebody()
        who.make_worse()
        who.git("commit", "-am", "worse")
        assert who.tries("git", "push", "origin", "main", SKIP="coefgate-gate").code == 0
        assert who.arrived() == who.head()


@pytest.fixture(scope="module")
def hooks_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as others clone it, with what is not committed yet."""
    folder = tmp_path_factory.mktemp("hooks") / "coefgate"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=SHIPPED, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0")[:-1]:
        if (SHIPPED / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SHIPPED / name, folder / name)
    git = ["git", "-c", "user.name=A Tester", "-c", "user.email=tester@example.org"]
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "as it lies there"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("tool", TOOLS)
def test_another_repository_installs_them_from_here(
    tool: str, tmp_path: Path, hooks_repository: Path
) -> None:
    """The only test that installs packages: through pip or uv, as its user would."""
    rev = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=hooks_repository,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    [example] = re.findall(
        r"^```yaml\n(# \.pre-commit-config\.yaml\n.*?)^```$",
        (SHIPPED / "docs/how-to/hooks.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    config = yaml.safe_load(example)
    config["repos"][0] |= {"repo": hooks_repository.as_uri(), "rev": rev}
    who = author(tmp_path, tool, yaml.safe_dump(config))
    # What is used of the packages is compiled when it is, and kept; the rest never is.
    who = replace(
        who, environment={**who.environment, "PIP_COMPILE": "0", "PYTHONDONTWRITEBYTECODE": ""}
    )

    who.break_()
    _refused(who, "commit", "-am", "bad", because=f"{DOCS}:6:13")
    who.restore(DOCS)
    who.make_worse()
    who.git("commit", "-am", "worse")
    _refused(who, "push", "origin", "main", because="waste-band")
    who.restore(MARGINS)
    who.git("commit", "-am", "as before")
    who.git("push", "origin", "main")
    assert who.arrived() == who.head()


def _own() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((SHIPPED / CONFIG).read_text("utf-8"))
    return config


def test_this_repository_uses_what_it_publishes() -> None:
    [repo] = _own()["repos"]
    own = {hook["id"]: hook for hook in repo["hooks"]}
    for hook in published():
        expected = {**hook, "entry": f".venv/bin/{hook['entry']}", "language": "system"}
        del expected["additional_dependencies"]
        assert own[hook["id"]] == expected
    stages = {stage for hook in published() for stage in hook["stages"]}
    assert set(_own()["default_install_hook_types"]) == stages


@pytest.mark.parametrize("tool", TOOLS)
def test_both_tools_understand_both_files(tool: str) -> None:
    for command, file in (("validate-manifest", MANIFEST), ("validate-config", SHIPPED / CONFIG)):
        done = subprocess.run(
            [program(tool), command, str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warn" not in (done.stdout + done.stderr).lower()
