"""``coefgate diff``: what lies between two states, and what it does to predictions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.looking_back import (
    DOCS,
    FIVE_OF_ALL,
    GATES,
    KINDS,
    edit,
    json_of,
    set_docs_low,
)


def test_no_difference(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("diff")
    assert outcome.code == 0
    assert outcome.out.startswith(
        "no difference: no number, name, path rule or threshold has changed\n"
    )
    document = json_of(coefgate, "diff")
    assert document["same"]
    assert document["changes"] == document["path_rules"] == document["gates"] == []
    assert document["calls"]["moved"] == 0
    assert document["metrics"]["base"] == document["metrics"]["head"]


def test_a_comment_is_no_difference(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: 15490 # as fitted")
    assert json_of(coefgate, "diff")["same"]


def test_a_changed_number_with_its_place_and_what_it_does(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    set_docs_low(registry, 1549)
    document = json_of(coefgate, "diff")
    assert not document["same"]
    [change] = document["changes"]
    assert change == {
        "name": "docs.low",
        "kind": "overhead",
        "base": 15490,
        "head": 1549,
        "factor": 0.1,
        "gone": False,
        "file": DOCS,
        "line": 6,
        "calls": 5,
        "counts": {"samples": 3, "censored": 2, "phases": 4},
        "together_with": [],
    }
    assert document["head"]["revision"] == "worktree"
    assert document["base"]["revision"] == git("rev-parse", "HEAD")
    # What replay says of either side by itself.
    now = json.loads(coefgate("replay", "--format", "json").out)
    then = json.loads(coefgate("replay", "--at", "HEAD", "--format", "json").out)
    for side, replayed in (("base", then), ("head", now)):
        figures = replayed["metrics"]["all"]
        assert document["metrics"][side].items() <= figures.items()
        assert document[side]["digest"] == replayed["registry"]["digest"]
    predicted = [{one["id"]: one for one in side["samples"]} for side in (then, now)]
    scored = [i for i, one in predicted[0].items() if one["status"] in ("eligible", "censored")]
    assert document["calls"]["scored"] == len(scored)
    moved = [i for i in scored if predicted[0][i]["predicted"] != predicted[1][i]["predicted"]]
    assert document["calls"]["moved"] == len(moved) == 5
    movers = document["movers"]["worse"] + document["movers"]["better"]
    assert {one["id"] for one in movers} <= set(moved)
    for one in movers:
        both = [side[one["id"]] for side in predicted]
        assert [one["base_predicted"], one["head_predicted"]] == [
            side["predicted"] for side in both
        ]
        assert [one["base_smape"], one["head_smape"]] == [side["smape"] for side in both]
    misses = [side["metrics"]["all"]["misses"] for side in (then, now)]
    calls = document["calls"]
    assert calls["gained_misses"] - calls["lost_misses"] == misses[1] - misses[0] > 0
    text = coefgate("diff").out
    assert f"docs.low     15,490  1,549   × 0.1  {DOCS}:6" in text
    assert f"\npredicted differently: {FIVE_OF_ALL}; misses: " in text


def test_the_other_way_round(registry: Path, git: Git, coefgate: Coefgate) -> None:
    set_docs_low(registry, 1549)
    git("commit", "-qam", "lower")
    forth, back = (
        json_of(coefgate, "diff", "HEAD~1", "HEAD"),
        json_of(coefgate, "diff", "HEAD", "HEAD~1"),
    )
    assert (forth["changes"][0]["base"], forth["changes"][0]["head"]) == (15490, 1549)
    assert (back["changes"][0]["base"], back["changes"][0]["head"]) == (1549, 15490)
    assert forth["calls"]["gained_misses"] == back["calls"]["lost_misses"] > 0
    assert [one["id"] for one in forth["movers"]["worse"]] == [
        one["id"] for one in back["movers"]["better"]
    ]


def test_what_is_staged_and_what_is_not(registry: Path, git: Git, coefgate: Coefgate) -> None:
    set_docs_low(registry, 14000)
    git("add", "-A")
    edit(registry, DOCS, "tokens: 14000", "tokens: 13000")

    def steps(*words: str) -> list[tuple[int, int]]:
        return [(one["base"], one["head"]) for one in json_of(coefgate, "diff", *words)["changes"]]

    assert steps("HEAD", "index") == [(15490, 14000)]
    assert steps("index") == steps("index", "worktree") == [(14000, 13000)]
    assert steps() == [(15490, 13000)]


def test_a_rename_with_an_alias_is_no_change_and_a_lost_name_is_one(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("mv", DOCS, "coefficients/overhead/writing.yaml")
    edit(registry, "coefficients/overhead/writing.yaml", "category: docs", "category: writing")
    edit(
        registry, "coefficients/overhead/writing.yaml", "[documentation]", "[documentation, docs]"
    )
    assert json_of(coefgate, "diff")["changes"] == []
    edit(registry, "coefficients/overhead/writing.yaml", "[documentation, docs]", "[docs]")
    [change] = json_of(coefgate, "diff")["changes"]
    assert (change["name"], change["base"], change["head"], change["gone"]) == (
        "alias.documentation",
        "docs",
        None,
        True,
    )
    assert change["calls"] > 0
    assert "alias.documentation" in coefgate("diff").out


def test_path_rules_glob_by_glob(registry: Path, git: Git, coefgate: Coefgate) -> None:
    document = yaml.safe_load((registry / KINDS).read_text("utf-8"))
    rules = document["rules"]
    gone = rules[0]["paths"].pop()
    rules[1]["paths"].append("**/*.surprise")
    rules.append(rules.pop(2))
    assert len(rules[2]["paths"]) < len(rules[3]["paths"])  # so these are fewer to move
    (registry / KINDS).write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    found = json_of(coefgate, "diff")
    steps = {(one["step"], one["glob"]) for one in found["path_rules"]}
    assert ("removed", gone) in steps
    assert ("added", "**/*.surprise") in steps
    assert {glob for step, glob in steps if step == "moved"} == set(rules[2]["paths"])
    assert [one["name"] for one in found["changes"] if one["kind"] == "path-rules"] == [
        "file_kinds"
    ]
    text = coefgate("diff").out
    assert f"\nadded: **/*.surprise → {rules[1]['kind']} (rule 2)  ({KINDS}:" in text
    assert f"\nremoved: {gone} → {rules[0]['kind']} (was rule 1)  ({KINDS}:" in text


def test_another_order_within_a_rule_is_no_difference(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    document = yaml.safe_load((registry / KINDS).read_text("utf-8"))
    for rule in document["rules"]:
        rule["paths"].reverse()
    (registry / KINDS).write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    assert json_of(coefgate, "diff")["same"]


def test_gates_stand_by_themselves(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, GATES, "mean_below: 50", "mean_below: 60")
    edit(registry, GATES, "observed_since: null", 'observed_since: "2020-01-01"')
    edit(registry, GATES, "categories: 8", "categories: 7")
    found = json_of(coefgate, "diff")
    assert (found["same"], found["changes"], found["calls"]["moved"]) == (False, [], 0)
    assert [(one["part"], one["name"], one["base"], one["head"]) for one in found["gates"]] == [
        ("rules", "rules.smape.mean_below", 50, 60),
        ("scope", "scope.observed_since", None, "2020-01-01"),
        ("aims", "coverage_aims.categories", 8, 7),
    ]
    text = coefgate("diff").out
    assert "\nthreshold  rules.smape.mean_below " in f"\n{text}"
    assert "\nscope      scope.observed_since" in text


def test_an_invalid_side_is_named(registry: Path, git: Git, coefgate: Coefgate) -> None:
    set_docs_low(registry, -1)
    git("commit", "-qam", "broken")
    edit(registry, DOCS, "tokens: -1", "tokens: 15490")
    outcome = coefgate("diff", "HEAD")
    assert outcome.code == 3
    assert outcome.out == ""
    assert f"HEAD:{DOCS}:6:13  overhead.low.tokens is -1" in outcome.err
    assert coefgate("diff", "HEAD~1").code == 0
    set_docs_low(registry, -2)
    outcome = coefgate("diff", "HEAD~1")
    assert outcome.code == 3
    assert outcome.err.startswith(f"{DOCS}:6:13  ")


def test_revisions_of_a_bare_repository(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    set_docs_low(registry, 1549)
    git("commit", "-qam", "lower")
    bare = tmp_path / "bare.git"
    git("clone", "-q", "--bare", str(registry), str(bare))
    assert json_of(coefgate, "diff", "HEAD~1", cwd=bare) == json_of(
        coefgate, "diff", "HEAD~1", "HEAD"
    )
    outcome = coefgate("diff", "HEAD~1", "worktree", cwd=bare)
    assert outcome.code == 2
    assert "a bare repository has no files in a folder" in outcome.err


def test_a_revision_that_is_not_there(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("diff", "no-such-branch")
    assert outcome.code == 2
    assert "'no-such-branch' names no commit here" in outcome.err


def test_diff_needs_git(registry: Path, coefgate: Coefgate) -> None:
    outcome = coefgate("diff")
    assert outcome.code == 5
    assert "git init" in outcome.err


@pytest.mark.parametrize("command", ["history", "explain"])
def test_a_wrong_name_is_a_usage_error(command: str, git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate(command, "docs.lwo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean docs.low" in outcome.err


def test_a_rule_that_is_misspelt_is_suggested(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("explain", "stratum-regresion")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean stratum-regression" in outcome.err
