"""``coefgate explain``: one number, its story, and what ten percent of it do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.looking_back import DOCS, FIVE_OF_ALL, MARGINS, edit, json_of


def test_the_story_of_a_number(registry: Path, git: Git, coefgate: Coefgate) -> None:
    document = json_of(coefgate, "explain", "docs.low")
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
    assert document == json_of(coefgate, "explain", "documentation.low")
    lines = coefgate("explain", "docs.low").out.splitlines()
    assert lines[0] == f"docs.low = 15,490 tokens  ({DOCS}:6)"
    assert lines[1].startswith("basis: fit, 5 samples behind it, interval 490 to 17,810, docs/")
    assert lines[2].startswith("last changed: ")
    assert f"rest on it: {FIVE_OF_ALL}, the largest error first" in lines


@pytest.mark.parametrize("name", ["docs.low", "marginal.create.test", "margin.default"])
def test_ten_percent_more_is_what_replay_says_of_the_edited_file(
    name: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    document = json_of(coefgate, "explain", name)
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
        edit(registry, file, text, f"{key}: {more['number']}")
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
    document = json_of(coefgate, "explain", "marginal.create.test")
    ids = {one["id"] for one in document["samples"]}
    whole = sum(one["predicted"] for one in document["samples"])
    edit(registry, "coefficients/marginal_costs.yaml", "tokens: 4860", "tokens: 0")
    without = json.loads(coefgate("replay", "--format", "json").out)["samples"]
    rest = sum(one["predicted"] for one in without if one["id"] in ids)
    assert document["share"] == round((whole - rest) / whole, 6)


def test_a_number_that_no_call_rests_on_says_so(git: Git, coefgate: Coefgate) -> None:
    document = json_of(coefgate, "explain", "database.high")
    assert (document["samples"], document["share"]) == ([], None)
    assert [one["moved"] for one in document["nudges"]] == [0, 0]
    out = coefgate("explain", "database.high").out
    assert (
        "no scored call rests on database.high: of 58 calls + 5 cut off, 47 phases none would be"
        in out
    )
    assert "−10%" not in out


def test_what_ten_percent_cannot_be(registry: Path, git: Git, coefgate: Coefgate) -> None:
    lower, higher = json_of(coefgate, "explain", "margin.default")["nudges"]
    assert (lower["allowed"], lower["moved"], lower["metrics"]) == (False, None, None)
    assert (higher["allowed"], higher["exact"], higher["number"]) == (True, True, 1.1)
    assert (
        "−10%: 0.9 is not possible; 1 to 10 is allowed"
        in coefgate("explain", "margin.default").out
    )
    edit(registry, MARGINS, "factor: 1\n", "factor: 1.125\n")
    lower, higher = json_of(coefgate, "explain", "margin.default")["nudges"]
    # 1.125 × 0.9 = 1.0125 and × 1.1 = 1.2375: halves round up
    assert (lower["number"], lower["exact"], higher["number"]) == (1.013, False, 1.238)
    assert "−10%: rounded to thousandths" in coefgate("explain", "margin.default").out
    out = coefgate("explain", "docs.low").out
    assert "+10%: 17,039 alone is not valid; beside its neighbours 0 to 15,490 is allowed" in out


def test_at_most_twenty_calls_in_text_and_all_in_json(git: Git, coefgate: Coefgate) -> None:
    out = coefgate("explain", "margin.default").out
    assert "\n… and 43 more: coefgate explain margin.default --format json\n" in out
    assert len(json_of(coefgate, "explain", "margin.default")["samples"]) == 63


def test_an_acknowledgement_is_told(registry: Path, git: Git, coefgate: Coefgate) -> None:
    answer = 'tokens: 1000\n    acknowledge: {from: 15490, to: 1000, reason: "shorter pages"}'
    edit(registry, DOCS, "tokens: 15490", answer)
    document = json_of(coefgate, "explain", "docs.low")
    assert document["acknowledge"] == {"from": 15490, "to": 1000, "reason": "shorter pages"}
    out = coefgate("explain", "docs.low").out
    assert "\nacknowledged: 15,490 → 1,000: shorter pages\n" in out
    assert (
        "\nlast changed: in the folder, not committed (it was 15,490)\nlast changed before: "
        in out
    )


def test_explain_without_git(registry: Path, coefgate: Coefgate) -> None:
    document = json_of(coefgate, "explain", "docs.low")
    assert document["changed"]["steps"] == []
    assert "is not in a git repository" in document["changed"]["reason"]
    assert "\nlast changed: not known: " in coefgate("explain", "docs.low").out


def test_explain_in_a_bare_repository(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    git("clone", "-q", "--bare", str(registry), str(bare))
    assert json_of(coefgate, "explain", "docs.low", cwd=bare) == json_of(
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
    edit(registry, DOCS, "tokens: 15490", "tokens: [")
    git("commit", "-qa", "--amend", "--no-edit")
    found = coefgate("history", "docs.low")
    assert (found.code, "now or earlier" in found.text) == (3, False), found.text
    assert f"{DOCS}:6:13" in found.text
