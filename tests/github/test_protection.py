"""The ruleset and the owners: what GitHub itself holds a change to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from coefgate.core.versions import TAG_PREFIX
from coefgate.publishing.comments import CONTEXT

ROOT = Path(__file__).parents[2]
ACTIONS = 15368
"""GitHub Actions: a status of the same name from elsewhere does not count."""


def _ruleset(name: str) -> dict[str, Any]:
    ruleset = json.loads((ROOT / ".github/rulesets" / name).read_text("utf-8"))
    assert isinstance(ruleset, dict)
    return ruleset


def test_the_target_branch_is_protected_by_this_and_nobody_is_exempt() -> None:
    ruleset = _ruleset("main.json")
    assert ruleset.pop("name")
    assert ruleset == {
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "bypass_actors": [],
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {
                "type": "pull_request",
                "parameters": {
                    "required_approving_review_count": 1,
                    "dismiss_stale_reviews_on_push": True,
                    "require_code_owner_review": True,
                    "require_last_push_approval": True,
                    "required_review_thread_resolution": True,
                    # What a rebase leaves in between was never judged:
                    # docs/reference/gates.md#restore
                    "allowed_merge_methods": ["merge", "squash"],
                },
            },
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": True,
                    "do_not_enforce_on_create": False,
                    "required_status_checks": [
                        {"context": CONTEXT, "integration_id": ACTIONS},
                        {"context": f"{CONTEXT}-airun", "integration_id": ACTIONS},
                        {"context": "check", "integration_id": ACTIONS},
                    ],
                },
            },
        ],
    }


def test_releases_are_made_by_few_and_nobody_else_moves_or_deletes_them() -> None:
    ruleset = _ruleset("tags.json")
    assert ruleset.pop("name")
    administrators = {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    assert ruleset == {
        "target": "tag",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/tags/{TAG_PREFIX}*"], "exclude": []}},
        "bypass_actors": [administrators],
        "rules": [{"type": "creation"}, {"type": "update"}, {"type": "deletion"}],
    }


def test_the_page_says_to_import_every_ruleset() -> None:
    page = (ROOT / "docs/why/security.md").read_text("utf-8")
    names = {path.name for path in (ROOT / ".github/rulesets").iterdir()}
    assert names == {"main.json", "tags.json"}
    assert [name for name in names if f"`.github/rulesets/{name}`" not in page] == []


OWNED = {
    *("/.github/", "/action.yml", "/validator/", "/schemas/", "/pyproject.toml", "/requirements/"),
    *("/coefficients/gates.yaml", "/coefficients/guardrails.yaml", "/samples/"),
    *("/examples/airun/coefficients/gates.yaml", "/examples/airun/samples/"),
    "/examples/airun/coefficients/guardrails.yaml",
    *("/.ci/", "/Makefile", "/tests/", "/.gitattributes"),
    *("/.pre-commit-config.yaml", "/.pre-commit-hooks.yaml"),
}


def test_what_judges_and_what_ci_runs_has_owners() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text("utf-8").splitlines()
    owned = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    assert {path for path, _ in owned} == OWNED
    assert all(re.fullmatch(r"(@[\w-]+(/[\w-]+)? ?)+", owners) for _, owners in owned)
    assert [path for path in OWNED if not (ROOT / path.lstrip("/")).exists()] == []
    # The last pattern that matches a file decides, so none of them may lie below another.
    assert not [
        (one, other) for one in OWNED for other in OWNED if one != other and other.startswith(one)
    ]
