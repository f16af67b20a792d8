"""Which files have a forge judge changes, and what they leave open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coefgate.use_cases.ci_files import examined_ci

_HASH = "0" * 40
_WORKFLOW = f"""
on: [pull_request_target]
jobs:
  gate:
    steps:
      - uses: actions/checkout@{_HASH}
        with: {{fetch-depth: 0}}
      - uses: somebody/coefgate@{_HASH}
"""
_OWNERS = "/coefficients/gates.yaml @us\n/samples/ @us\n"
_RULESET = {
    "rules": [
        {
            "type": "required_status_checks",
            "parameters": {"required_status_checks": [{"context": "coefgate/verdict"}]},
        }
    ]
}
_GITHUB = {
    ".github/workflows/gate.yml": _WORKFLOW,
    ".github/CODEOWNERS": _OWNERS,
    ".github/rulesets/main.json": json.dumps(_RULESET),
}


def _conditions(top: Path, files: dict[str, str], prefix: str = "") -> dict[str, str]:
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(content, "utf-8")
    return {one.subject: one.condition for one in examined_ci(top, prefix, begin="coefgate init")}


def test_what_is_whole_works_as_far_as_it_can_be_seen(tmp_path: Path) -> None:
    found = _conditions(tmp_path, _GITHUB)
    assert found == {"ci": "works", "owners": "works", "ruleset": "unseen"}


@pytest.mark.parametrize(
    ("file", "instead", "subject", "condition"),
    [
        (".github/workflows/gate.yml", "jobs: {}\n", "ci", "lacks"),
        (".github/workflows/gate.yml", "jobs: [\n", "ci", "lacks"),
        (".github/workflows/gate.yml", "no mapping\n", "ci", "lacks"),
        (".github/workflows/gate.yml", _WORKFLOW.replace("fetch-depth", "depth"), "ci", "broken"),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace(f"coefgate@{_HASH}", "coefgate@main"),
            *("ci", "broken"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace(f"uses: somebody/coefgate@{_HASH}", "run: coefgate gate"),
            *("ci", "works"),
        ),
        (".github/CODEOWNERS", "/samples/ @us\n# /coefficients/ @us\n", "owners", "lacks"),
        (".github/CODEOWNERS", "* @us\n", "owners", "works"),
        (".github/CODEOWNERS", "/samples/\n/coefficients/\n", "owners", "lacks"),
        (".github/CODEOWNERS", "* @OWNER\n", "owners", "lacks"),
        (".github/CODEOWNERS", "* @us\n/samples/\n", "owners", "lacks"),
        (".github/CODEOWNERS", "/samples/\n* @us\n", "owners", "works"),
        (".github/CODEOWNERS", "samples @us\ngates.yaml @us # both\n", "owners", "works"),
        (".github/CODEOWNERS", "/samples/** @us\n/coefficients/* @us\n", "owners", "works"),
        (".github/CODEOWNERS", "/samples-old/ @us\n/coefficients/ @us\n", "owners", "lacks"),
        ("CODEOWNERS", "nobody\n", "owners", "works"),  # GitHub reads the other one alone
        (".github/workflows/gate.yml", _WORKFLOW.replace("_target", ""), "ci", "works"),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace("[pull_request_target]", "{push: {branches: [main]}}"),
            *("ci", "broken"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace("    steps", "    if: false\n    steps"),
            *("ci", "broken"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.rstrip() + "\n        if: ${{ false }}\n",
            *("ci", "broken"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.rstrip() + "\n        with: {registry: teams/theirs}\n",
            *("ci", "lacks"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.rstrip() + "\n        with: {status: coefgate/verdict-ours}\n",
            *("ruleset", "lacks"),
        ),
        (
            ".github/rulesets/main.json",
            json.dumps(_RULESET | {"enforcement": "disabled"}),
            *("ruleset", "lacks"),
        ),
        (".github/rulesets/main.json", "[]", "ruleset", "broken"),
        (".github/rulesets/main.json", "{}", "ruleset", "broken"),
        (".github/rulesets/main.json", '{"rules": []}', "ruleset", "lacks"),
    ],
)
def test_what_is_left_open_is_said(
    tmp_path: Path, file: str, instead: str, subject: str, condition: str
) -> None:
    assert _conditions(tmp_path, _GITHUB | {file: instead})[subject] == condition


def test_owners_are_asked_of_the_folder_of_the_registry(tmp_path: Path) -> None:
    judged = _WORKFLOW.rstrip() + "\n        with: {registry: ./teams/ours}\n"
    files = _GITHUB | {".github/workflows/gate.yml": judged}
    assert _conditions(tmp_path, files, "teams/ours/")["owners"] == "lacks"
    owners = {".github/CODEOWNERS": "/teams/ours/ @us\n"}
    assert _conditions(tmp_path, files | owners, "teams/ours/")["owners"] == "works"


_GITLAB = "variables: {GIT_DEPTH: 0}\njudge: {script: [coefgate gate]}\n"
_AZURE = "steps: [{checkout: self, fetchDepth: 0}, {script: coefgate gate}]\n"


@pytest.mark.parametrize(
    ("file", "content", "condition"),
    [
        (".gitlab-ci.yml", _GITLAB, "works"),
        (".gitlab-ci.yml", _GITLAB.replace("GIT_DEPTH: 0", "X: 1") + "# GIT_DEPTH: 0", "broken"),
        (".gitlab-ci.yml", _GITLAB + "other: {script: !reference [.one, script]}\n", "works"),
        (".gitlab-ci.yml", _GITLAB.replace("judge", ".judge"), "broken"),
        (".gitlab-ci.yml", _GITLAB.replace("]}", "], allow_failure: true}"), "broken"),
        (".gitlab-ci.yml", _GITLAB.replace("]}", "], when: manual}"), "broken"),
        (".gitlab-ci.yml", "build: {script: make}\n# judge: coefgate gate\n", "lacks"),
        (".gitlab-ci.yml", _GITLAB.replace("gate]", "gate --registry teams/ours]"), "lacks"),
        ("azure-pipelines.yml", _AZURE, "works"),
        ("azure-pipelines.yml", _AZURE.replace("Depth: 0", "Depth: 10"), "broken"),
        ("azure-pipelines.yml", _AZURE.replace("gate}", "gate, enabled: false}"), "broken"),
    ],
)
def test_other_forges_fetch_the_history_too(
    tmp_path: Path, file: str, content: str, condition: str
) -> None:
    found = _conditions(tmp_path, {file: content})
    assert found["ci"] == condition
    assert "ruleset" not in found  # which is GitHub's
    assert found.get("owners", "unseen") == "unseen"  # a setting there


def test_nothing_at_all_is_one_sentence(tmp_path: Path) -> None:
    assert _conditions(tmp_path, {}) == {"ci": "lacks"}
