"""What belongs to the judge does not change with what is judged, wherever the registry lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.test_gate_places import BETTER, LOW, edit, red, report

Git = Callable[..., str]
RULE = "judge-and-values"
JUDGES = (
    *("action.yml", "action.yaml", ".github/workflows/gate.yml", ".github/CODEOWNERS", ".ci/run"),
    *(
        "requirements/lock.txt",
        "requirements.txt",
        "requirements-dev.txt",
        "uv.lock",
        "poetry.lock",
    ),
    *("pyproject.toml", ".pre-commit-hooks.yaml", ".pre-commit-config.yaml", ".gitlab-ci.yml"),
    *("Makefile", "GNUmakefile", "tox.ini", "noxfile.py"),
    *("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    *(".travis.yml", ".drone.yml", ".woodpecker.yml", "appveyor.yml"),
    *(
        ".appveyor.yml",
        ".gitea/workflows/gate.yml",
        ".forgejo/workflows/gate.yml",
        "cloudbuild.yaml",
    ),
    *("azure-pipelines.yaml", ".tekton/gate.yaml", ".teamcity/settings.kts"),
    *("npm-shrinkwrap.json", "conda-lock.yml", "pnpm-lock.yaml", "web/package-lock.json"),
    *("sub/uv.lock", "reqs/requirements.txt", "examples/requirements-dev.in"),
    *("pylock.toml", "pylock.dev.toml", "packages.lock.json", "sub/gradle.lock", "deno.lock"),
    *(
        "uv.toml",
        "poetry.toml",
        "pdm.toml",
        "hatch.toml",
        "setup.cfg",
        "pip.conf",
        "environment.yml",
    ),
    *(
        ".python-version",
        ".tool-versions",
        "mise.toml",
        ".mise.toml",
        ".config/mise.toml",
        ".envrc",
    ),
    *(
        "Dockerfile",
        "Dockerfile.dev",
        "docker/test.Dockerfile",
        "Containerfile",
        "docker-compose.ci.yml",
    ),
    *(
        "justfile",
        ".justfile",
        "Taskfile.yml",
        "JENKINSFILE",
        "ci/gate.sh",
        "make/gate.mk",
        "package.json",
    ),
    *(".husky/pre-push", "lefthook.yml", "lefthook-local.yaml", ".lefthook.toml", "prek.toml"),
    *(
        ".cirrus.yml",
        ".semaphore/semaphore.yml",
        "buildspec-test.yml",
        "codefresh.yml",
        ".vsts-ci.yml",
    ),
    *(
        ".azuredevops/gate.yml",
        "azure-pipelines/gate.yml",
        ".buildkite/pipeline.yml",
        ".gitlab-ci-local.yml",
    ),
    *(
        "bitbucket-pipelines.yml",
        "yaml.py",
        "coefgate/__init__.py",
        ".gitattributes",
        ".woodpecker",
    ),
)
OTHERS = (
    *(
        "docs/action.yml",
        "docs/requirements.txt",
        "docs/uv.lock",
        "coefgate.lock",
        "sub/coefgate.lock",
    ),
    *("CHANGELOG.md", "uv.lock.md", "sub/CODEOWNERS", "sub/Makefile", "conda-lock.yml/readme"),
    *(
        ".gitignore",
        ".editorconfig",
        ".vscode/settings.json",
        ".readthedocs.yaml",
        ".prettierrc.json",
    ),
    *(
        "data.json",
        "notes.toml",
        "profile.yml",
        "unlock.toml",
        "scripts/fit.py",
        "sub/pyproject.toml",
    ),
)


def _write(root: Path, file: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text("1\n", "utf-8")


def test_none_changes_with_a_coefficient(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, BETTER)
    for file in JUDGES:
        _write(registry, file)
    found = coefgate("gate", "--format", "json")
    assert (found.code, red(found)) == (1, [RULE])
    (rule,) = (one for one in report(found)["rules"] if one["rule"] == RULE)
    told = {finding["file"] for finding in rule["findings"]}
    assert told == set(JUDGES)


def test_it_changes_by_itself(registry: Path, git: Git, coefgate: Coefgate) -> None:
    for file in JUDGES:
        _write(registry, file)
    assert coefgate("gate").code == 0


def test_other_files_may_come_along(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, BETTER)
    for file in OTHERS:
        _write(registry, file)
    assert coefgate("gate").code == 0


@pytest.mark.parametrize("file", ["action.yml", ".github/workflows/gate.yml", "uv.lock"])
def test_it_does_not_come_along_with_a_restore(
    registry: Path, git: Git, coefgate: Coefgate, file: str
) -> None:
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    once = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD")
    git("checkout", once, "--", "coefficients")
    assert report(coefgate("gate", "--format", "json"))["restore"] is True
    _write(registry, file)
    found = coefgate("gate", "--format", "json")
    assert (found.code, report(found)["restore"]) == (1, False)
    assert RULE in red(found)


@pytest.mark.parametrize("where", ["worktree", "index", "HEAD"])
def test_of_a_registry_in_a_folder_it_lies_at_the_top_as_well(
    registry: Path, git: Git, coefgate: Coefgate, where: str
) -> None:
    inner = registry / "teams/one"
    inner.mkdir(parents=True)
    git("mv", "coefficients", "samples", "teams/one")
    git("commit", "-qm", "move")
    git("checkout", "-qb", "proposal")
    edit(inner, BETTER)
    _write(registry, "teams/two/.github/dependabot.yml")
    git("add", "-A")
    git("commit", "-qm", "better")
    assert coefgate("gate", "--head", where, cwd=inner).code == 0
    _write(registry, ".github/workflows/gate.yml")
    if where != "worktree":
        git("add", "-A")
    if where == "HEAD":
        git("commit", "-qm", "and its judge")
    found = coefgate("gate", "--head", where, "--format", "json", cwd=inner)
    assert (found.code, red(found)) == (1, [RULE])
    shown = coefgate("gate", "--head", where, "--format", "github", cwd=inner)
    assert "file=.github/workflows/gate.yml," in shown.out
