"""The hooks under a real pre-commit, on any system: a broken commit and a bad push are refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from tests.portable.conftest import Place

ROOT = Path(__file__).parents[2]
DOCS = "coefficients/overhead/docs.yaml"
MARGINS = "coefficients/safety_margins.yaml"


@pytest.fixture
def author(registry: Place) -> Place:
    """Somebody who has pushed the registry, with the published hooks installed."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    program = json.dumps(Path(sys.executable).as_posix())
    for hook in hooks:
        hook["entry"] = f"{program} -m {hook['entry']}"
        hook["language"] = "system"
        del hook["additional_dependencies"]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (registry.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    registry.runs("git", "add", "--all")
    registry.runs("git", "commit", "--quiet", "--message", "hooks")
    remote = registry.root.parent / "remote.git"
    registry.runs("git", "init", "--quiet", "--bare", "--initial-branch=main", remote.as_posix())
    registry.runs("git", "remote", "add", "origin", remote.as_posix())
    registry.runs("git", "push", "--quiet", "--set-upstream", "origin", "main")
    types = ("--hook-type", "pre-commit", "--hook-type", "pre-push")
    registry.runs(sys.executable, "-m", "pre_commit", "install", *types)
    return registry


def test_a_broken_commit_is_refused_and_a_harmless_one_passes(author: Place) -> None:
    author.edit(DOCS, "tokens: ", "tokens: -")
    refused = author.tries("git", "commit", "--quiet", "--all", "--message", "broken")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    assert f"{DOCS}:".encode() in said
    author.edit(DOCS, "tokens: -", "tokens: ")
    author.edit(DOCS, "category: ", "# a remark\ncategory: ")
    author.runs("git", "commit", "--quiet", "--all", "--message", "Say more of docs")
    author.runs("git", "push", "--quiet")


def test_a_push_of_worse_values_is_refused(author: Place) -> None:
    author.edit(MARGINS, "factor: 1", "factor: 2")
    author.runs("git", "commit", "--quiet", "--all", "--message", "Reserve far more")
    refused = author.tries("git", "push", "--quiet")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    assert b"waste-band" in said
