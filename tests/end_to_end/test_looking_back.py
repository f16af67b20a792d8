"""``coefgate diff``, ``history`` and ``explain``: what changed, since when, and what a number does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import Coefgate
from tests.replay.documents import errors

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
KINDS = "coefficients/file_kinds.yaml"
GATES = "coefficients/gates.yaml"
MARGINS = "coefficients/safety_margins.yaml"
FIVE_OF_ALL = "3 calls + 2 cut off, 4 phases (of 58 calls + 5 cut off, 47 phases)"


def _edit(registry: Path, file: str, old: str, new: str) -> None:
    path = registry / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def _docs_low(registry: Path, tokens: int) -> None:
    _edit(registry, DOCS, "tokens: 15490", f"tokens: {tokens}")


def _json(
    coefgate: Coefgate, command: str, *words: str, cwd: Path | None = None
) -> dict[str, Any]:
    """What a command prints as JSON; it fits the schema of that command."""
    outcome = coefgate(command, *words, "--format", "json", cwd=cwd)
    assert outcome.code == 0, outcome.text
    document: dict[str, Any] = json.loads(outcome.out)
    assert errors(command, document) == []
    return document


# --- diff
# -----------------------------------------------------------------------------------------------


def test_no_difference(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("diff")
    assert outcome.code == 0
    assert outcome.out.startswith(
        "no difference: no number, name, path rule or threshold has changed\n"
    )
    document = _json(coefgate, "diff")
    assert document["same"]
    assert document["changes"] == document["path_rules"] == document["gates"] == []
    assert document["calls"]["moved"] == 0
    assert document["metrics"]["base"] == document["metrics"]["head"]


def test_a_comment_is_no_difference(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: 15490 # as fitted")
    assert _json(coefgate, "diff")["same"]


def test_a_changed_number_with_its_place_and_what_it_does(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _docs_low(registry, 1549)
    document = _json(coefgate, "diff")
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
    _docs_low(registry, 1549)
    git("commit", "-qam", "lower")
    forth, back = (
        _json(coefgate, "diff", "HEAD~1", "HEAD"),
        _json(coefgate, "diff", "HEAD", "HEAD~1"),
    )
    assert (forth["changes"][0]["base"], forth["changes"][0]["head"]) == (15490, 1549)
    assert (back["changes"][0]["base"], back["changes"][0]["head"]) == (1549, 15490)
    assert forth["calls"]["gained_misses"] == back["calls"]["lost_misses"] > 0
    assert [one["id"] for one in forth["movers"]["worse"]] == [
        one["id"] for one in back["movers"]["better"]
    ]


def test_what_is_staged_and_what_is_not(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _docs_low(registry, 14000)
    git("add", "-A")
    _edit(registry, DOCS, "tokens: 14000", "tokens: 13000")

    def steps(*words: str) -> list[tuple[int, int]]:
        return [(one["base"], one["head"]) for one in _json(coefgate, "diff", *words)["changes"]]

    assert steps("HEAD", "index") == [(15490, 14000)]
    assert steps("index") == steps("index", "worktree") == [(14000, 13000)]
    assert steps() == [(15490, 13000)]


def test_a_rename_with_an_alias_is_no_change_and_a_lost_name_is_one(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("mv", DOCS, "coefficients/overhead/writing.yaml")
    _edit(registry, "coefficients/overhead/writing.yaml", "category: docs", "category: writing")
    _edit(
        registry, "coefficients/overhead/writing.yaml", "[documentation]", "[documentation, docs]"
    )
    assert _json(coefgate, "diff")["changes"] == []
    _edit(registry, "coefficients/overhead/writing.yaml", "[documentation, docs]", "[docs]")
    [change] = _json(coefgate, "diff")["changes"]
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
    found = _json(coefgate, "diff")
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
    assert _json(coefgate, "diff")["same"]


def test_gates_stand_by_themselves(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, GATES, "mean_below: 50", "mean_below: 60")
    _edit(registry, GATES, "observed_since: null", 'observed_since: "2020-01-01"')
    _edit(registry, GATES, "categories: 8", "categories: 7")
    found = _json(coefgate, "diff")
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
    _docs_low(registry, -1)
    git("commit", "-qam", "broken")
    _edit(registry, DOCS, "tokens: -1", "tokens: 15490")
    outcome = coefgate("diff", "HEAD")
    assert outcome.code == 3
    assert outcome.out == ""
    assert f"HEAD:{DOCS}:6:13  overhead.low.tokens is -1" in outcome.err
    assert coefgate("diff", "HEAD~1").code == 0
    _docs_low(registry, -2)
    outcome = coefgate("diff", "HEAD~1")
    assert outcome.code == 3
    assert outcome.err.startswith(f"{DOCS}:6:13  ")


def test_revisions_of_a_bare_repository(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    _docs_low(registry, 1549)
    git("commit", "-qam", "lower")
    bare = tmp_path / "bare.git"
    git("clone", "-q", "--bare", str(registry), str(bare))
    assert _json(coefgate, "diff", "HEAD~1", cwd=bare) == _json(coefgate, "diff", "HEAD~1", "HEAD")
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


# --- history
# --------------------------------------------------------------------------------------------


def test_the_history_of_a_number(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _docs_low(registry, 14000)
    git("commit", "-qam", "Lower docs\n\nReviewed-by: Grace <grace@example.org>")
    _edit(registry, DOCS, "tokens: 14000", "tokens: 13000")
    document = _json(coefgate, "history", "docs.low")
    assert (document["unit"], document["complete"]) == ("tokens", True)
    assert [(one["number"], one["before"]) for one in document["steps"]] == [
        (13000, 14000),
        (14000, 15490),
        (15490, None),
    ]
    assert [one["commit"] and one["commit"]["subject"] for one in document["steps"]] == [
        None,
        "Lower docs",
        "first",
    ]
    assert document["steps"][1]["people"] == [
        {"role": "Reviewed-by", "who": "Grace <grace@example.org>"}
    ]
    outcome = coefgate("history", "docs.low")
    lines = [" ".join(line.split()) for line in outcome.out.splitlines()]
    head, first = (git("rev-parse", "--short=12", revision) for revision in ("HEAD", "HEAD~1"))
    day = git("log", "-1", "--format=%cs")
    assert lines == [
        "value before since commit by what",
        "13,000 14,000 worktree not committed",
        f"14,000 15,490 {day} {head} A Tester Lower docs",
        "Reviewed-by: Grace <grace@example.org>",
        f"15,490 none {day} {first} A Tester first",
    ]
    assert outcome.err == ""


def test_history_says_what_is_odd(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("mv", DOCS, "coefficients/overhead/writing.yaml")
    _edit(registry, "coefficients/overhead/writing.yaml", "category: docs", "category: writing")
    _edit(registry, "coefficients/overhead/writing.yaml", "[documentation]", "[docs]")
    git("commit", "-qam", "rename")
    _edit(registry, GATES, "rules:", "rulez:")
    git("commit", "-qam", "broken")
    git("revert", "--no-edit", "HEAD")
    git("rm", "-q", "coefficients/overhead/writing.yaml")
    git("commit", "-qm", "gone")
    out = coefgate("history", "docs.low").out
    assert out.count("called writing.low there") == 3
    assert "the registry is invalid here: coefficients/gates.yaml" in out
    assert "the registry is valid again" in out
    assert "no longer declared" in out
    assert [one["number"] for one in _json(coefgate, "history", "docs.low")["steps"]] == [
        None,
        15490,
        15490,
        15490,
        15490,
    ]


@pytest.mark.parametrize(("said", "number"), [("1.5", 1.5), ("-5", -5)])
def test_history_shows_what_an_invalid_registry_said(
    said: str, number: float, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _edit(registry, DOCS, "tokens: 15490", f"tokens: {said}")
    git("commit", "-qam", "broken")
    _edit(registry, DOCS, f"tokens: {said}", "tokens: 15490")
    git("commit", "-qam", "mended")
    steps = _json(coefgate, "history", "docs.low")["steps"]
    assert [one["number"] for one in steps] == [15490, number, 15490]
    assert coefgate("history", "docs.low").out.splitlines()[1].split()[:2] == ["15,490", said]
    assert _json(coefgate, "explain", "docs.low")["changed"]["steps"][0]["before"] == number
    assert f"(it was {said} in an invalid registry): mended" in coefgate("explain", "docs.low").out


def test_what_could_not_be_read_is_not_taken_for_nothing(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: lots")
    git("commit", "-qam", "broken")
    _edit(registry, DOCS, "tokens: lots", "tokens: 15490")
    git("commit", "-qam", "mended")
    out = coefgate("explain", "docs.low").out
    assert "(it could not be read): mended" in out


def test_history_of_a_margin_is_a_factor(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, MARGINS, "factor: 1\n", "factor: 1.25\n")
    document = _json(coefgate, "history", "margin.default")
    assert document["unit"] == "factor"
    assert [one["number"] for one in document["steps"]] == [1.25, 1]
    assert coefgate("history", "margin.default").out.splitlines()[1].split()[:2] == ["1.25", "1"]


def test_a_shallow_history_says_so_twice(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    _docs_low(registry, 14000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    outcome = coefgate("history", "docs.low", cwd=tmp_path / "shallow")
    assert outcome.code == 0
    assert outcome.err == (
        "coefgate: this clone is shallow, so the oldest value may be older. "
        "Get the rest with: git fetch --unshallow\n"
    )
    assert "this clone is shallow" in outcome.out
    assert outcome.out.splitlines()[1].split()[:2] == ["14,000", "?"]
    assert not _json(coefgate, "history", "docs.low", cwd=tmp_path / "shallow")["complete"]


@pytest.mark.parametrize("command", ["history", "explain"])
def test_a_wrong_name_is_a_usage_error(command: str, git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate(command, "docs.lwo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean docs.low" in outcome.err


def test_a_rule_that_is_misspelt_is_suggested(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("explain", "stratum-regresion")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean stratum-regression" in outcome.err


# --- explain
# --------------------------------------------------------------------------------------------


def test_the_story_of_a_number(registry: Path, git: Git, coefgate: Coefgate) -> None:
    document = _json(coefgate, "explain", "docs.low")
    assert (document["number"], document["file"], document["line"]) == (15490, DOCS, 6)
    assert document["basis"] == {
        "kind": "fit",
        "samples": 5,
        "interval": [490, 17810],
        "reference": "docs/calibrations/2026-11-observed-calls/README.md",
    }
    assert document["acknowledge"] is None
    [step] = document["changed"]["steps"]
    assert step["commit"]["id"] == git("rev-parse", "HEAD")
    replayed = json.loads(coefgate("replay", "--format", "json").out)
    figures = replayed["metrics"]["all"]
    assert document["metrics"].items() <= figures.items()
    by_id = {one["id"]: one for one in replayed["samples"]}
    for one in document["samples"]:
        assert {key: by_id[one["id"]][key] for key in one} == one
    assert document == _json(coefgate, "explain", "documentation.low")
    lines = coefgate("explain", "docs.low").out.splitlines()
    assert lines[0] == f"docs.low = 15,490 tokens  ({DOCS}:6)"
    assert lines[1].startswith("basis: fit, 5 samples behind it, interval 490 to 17,810, docs/")
    assert lines[2].startswith("last changed: ")
    assert f"rest on it: {FIVE_OF_ALL}, the largest error first" in lines


@pytest.mark.parametrize("name", ["docs.low", "marginal.create.test", "margin.default"])
def test_ten_percent_more_is_what_replay_says_of_the_edited_file(
    name: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    document = _json(coefgate, "explain", name)
    more = document["nudges"][1]
    before = json.loads(coefgate("replay", "--format", "json").out)
    place = {
        "docs.low": (DOCS, "tokens: 15490"),
        "marginal.create.test": ("coefficients/marginal_costs.yaml", "tokens: 4860"),
        "margin.default": (MARGINS, "factor: 1"),
    }[name]
    file, text = place
    key = text.partition(":")[0]
    if (
        name == "docs.low"
    ):  # all three, so that the file stays valid; no other call is scored by them
        path = registry / file
        path.write_text(path.read_text("utf-8").replace(text, f"{key}: {more['number']}"), "utf-8")
    else:
        _edit(registry, file, text, f"{key}: {more['number']}")
    after = json.loads(coefgate("replay", "--format", "json").out)
    assert more["metrics"].items() <= after["metrics"]["all"].items()
    scored = ("eligible", "censored")
    pairs = zip(before["samples"], after["samples"], strict=True)
    moved = {
        was["id"]
        for was, now in pairs
        if was["status"] in scored and was["predicted"] != now["predicted"]
    }
    assert more["moved"] == len(moved)
    assert {one["id"] for one in document["samples"]} == moved


def test_the_share_is_what_would_be_missing(registry: Path, git: Git, coefgate: Coefgate) -> None:
    document = _json(coefgate, "explain", "marginal.create.test")
    ids = {one["id"] for one in document["samples"]}
    whole = sum(one["predicted"] for one in document["samples"])
    _edit(registry, "coefficients/marginal_costs.yaml", "tokens: 4860", "tokens: 0")
    without = json.loads(coefgate("replay", "--format", "json").out)["samples"]
    rest = sum(one["predicted"] for one in without if one["id"] in ids)
    assert document["share"] == round((whole - rest) / whole, 6)


def test_a_number_that_no_call_rests_on_says_so(git: Git, coefgate: Coefgate) -> None:
    document = _json(coefgate, "explain", "database.high")
    assert (document["samples"], document["share"]) == ([], None)
    assert [one["moved"] for one in document["nudges"]] == [0, 0]
    out = coefgate("explain", "database.high").out
    assert (
        "no scored call rests on database.high: of 58 calls + 5 cut off, 47 phases none would be"
        in out
    )
    assert "−10%" not in out


def test_what_ten_percent_cannot_be(registry: Path, git: Git, coefgate: Coefgate) -> None:
    lower, higher = _json(coefgate, "explain", "margin.default")["nudges"]
    assert (lower["allowed"], lower["moved"], lower["metrics"]) == (False, None, None)
    assert (higher["allowed"], higher["exact"], higher["number"]) == (True, True, 1.1)
    assert (
        "−10%: 0.9 is not possible; 1 to 10 is allowed"
        in coefgate("explain", "margin.default").out
    )
    _edit(registry, MARGINS, "factor: 1\n", "factor: 1.125\n")
    lower, higher = _json(coefgate, "explain", "margin.default")["nudges"]
    # 1.125 × 0.9 = 1.0125 and × 1.1 = 1.2375: halves round up
    assert (lower["number"], lower["exact"], higher["number"]) == (1.013, False, 1.238)
    assert "−10%: rounded to thousandths" in coefgate("explain", "margin.default").out
    out = coefgate("explain", "docs.low").out
    assert "+10%: 17,039 alone is not valid; beside its neighbours 0 to 15,490 is allowed" in out


def test_at_most_twenty_calls_in_text_and_all_in_json(git: Git, coefgate: Coefgate) -> None:
    out = coefgate("explain", "margin.default").out
    assert "\n… and 43 more: coefgate explain margin.default --format json\n" in out
    assert len(_json(coefgate, "explain", "margin.default")["samples"]) == 63


def test_an_acknowledgement_is_told(registry: Path, git: Git, coefgate: Coefgate) -> None:
    answer = 'tokens: 1000\n    acknowledge: {from: 15490, to: 1000, reason: "shorter pages"}'
    _edit(registry, DOCS, "tokens: 15490", answer)
    document = _json(coefgate, "explain", "docs.low")
    assert document["acknowledge"] == {"from": 15490, "to": 1000, "reason": "shorter pages"}
    out = coefgate("explain", "docs.low").out
    assert "\nacknowledged: 15,490 → 1,000: shorter pages\n" in out
    assert (
        "\nlast changed: in the folder, not committed (it was 15,490)\nlast changed before: "
        in out
    )


def test_explain_without_git(registry: Path, coefgate: Coefgate) -> None:
    document = _json(coefgate, "explain", "docs.low")
    assert document["changed"]["steps"] == []
    assert "is not in a git repository" in document["changed"]["reason"]
    assert "\nlast changed: not known: " in coefgate("explain", "docs.low").out


def test_explain_in_a_bare_repository(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    git("clone", "-q", "--bare", str(registry), str(bare))
    assert _json(coefgate, "explain", "docs.low", cwd=bare) == _json(
        coefgate, "explain", "docs.low"
    )


@pytest.mark.parametrize("command", ["diff", "explain"])
def test_invalid_samples_are_named(
    command: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    broken = next((registry / "samples").rglob("*.jsonl"))
    broken.write_text("{}\n" + broken.read_text("utf-8"), "utf-8")
    outcome = coefgate(command, *(["docs.low"] if command == "explain" else []))
    assert (outcome.code, outcome.out) == (3, "")
    assert broken.name in outcome.err


def test_no_name_is_unknown_where_the_files_cannot_be_read(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: [")
    git("commit", "-qa", "--amend", "--no-edit")
    found = coefgate("history", "docs.low")
    assert (found.code, "neither now nor earlier" in found.text) == (3, False), found.text
    assert f"{DOCS}:6:13" in found.text
