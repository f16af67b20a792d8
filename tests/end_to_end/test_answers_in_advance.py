"""An acknowledgement holds only in the change that brings what it speaks of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from coefgate.samples.model import Sample
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import (
    GATES,
    add,
    append,
    correct,
    is_eligible,
    judged,
    new_calls,
    stored,
)

Git = Callable[..., str]


@pytest.fixture
def one(registry: Path) -> Sample:
    """A stored call of ``implementation``."""
    return stored(registry, lambda one: is_eligible(one) and one.category == "implementation")[0]


def _accept(git: Git, what: str) -> None:
    git("add", "-A")
    git("commit", "-qm", what)


def test_easy_calls_are_not_answered_for_before_they_come(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    file, _ = add(registry, new_calls(one, 165, actual_output_tokens=7500))
    content = (registry / file).read_bytes()
    (registry / file).unlink()
    append(registry, GATES, f"flattered: [{{file: {file}, reason: all calls of a week}}]\n")
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"flattered"})
    said = f"the answer for {file} names nothing that this change brings; remove it"
    assert said in red["flattered"]
    _accept(git, "answer for a file that is not there")
    (registry / file).write_bytes(content)
    code, red = judged(coefgate)
    assert (code, set(red)) == (4, {"flattered"})
    assert "the answer in gates.yaml was there before" in red["flattered"]
    assert "give it another reason" in red["flattered"]
    gates = (registry / GATES).read_text("utf-8")
    (registry / GATES).write_text(
        gates.replace("all calls of a week", "every one looked at"), "utf-8"
    )
    assert judged(coefgate) == (0, {})
    [answer] = json.loads(coefgate("gate", "--format", "json").out)["acknowledged"]
    assert (answer["name"], answer["asked_by"]) == (file, ["flattered"])


def test_another_content_does_not_come_under_a_name_that_is_answered_for(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    file, _ = add(registry, new_calls(one, 165, actual_output_tokens=7500))
    other = f"{file[:-14]}0badc0de.jsonl"
    (registry / file).rename(registry / other)
    append(registry, GATES, f"flattered: [{{file: {other}, reason: all calls of a week}}]\n")
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"sample-changed"})
    assert f"name it {file}" in red["sample-changed"]


def test_a_correction_is_not_answered_for_before_it_comes(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    file, [new] = correct(registry, one, attempt=9)
    content = (registry / file).read_bytes()
    (registry / file).unlink()
    append(registry, GATES, f'corrected: [{{id: "{new}", reason: the log says so}}]\n')
    assert "names nothing that this change brings" in judged(coefgate)[1]["corrected"]
    assert "which no rule asks for" in coefgate("gate").out
    _accept(git, "answer for a correction that is not there")
    (registry / file).write_bytes(content)
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"corrected"})
    assert "was there before, and counts only in the change that brings" in red["corrected"]


def test_a_retirement_is_not_answered_for_twice(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    """Out, in and out again: the second time needs a reason of its own."""
    replayed = json.loads(coefgate("replay", "--format", "json").out)["samples"]
    scored = [each for each in replayed if each["status"] == "eligible"]
    worst = sorted(scored, key=lambda each: -each["smape"])[:15]
    retired = registry / "samples/retired.yaml"
    entries = [{"id": each["id"], "reason": "told twice"} for each in worst]
    retired.write_text(yaml.safe_dump({"retired": entries}), "utf-8")
    assert set(judged(coefgate)[1]) == {"flattered"}
    answers = [
        {"file": f"samples/retired.yaml#{each['id']}", "reason": "told twice"} for each in worst
    ]
    append(registry, GATES, yaml.safe_dump({"flattered": answers}))
    assert judged(coefgate) == (0, {})
    _accept(git, "retire")
    retired.write_text("retired: []\n", "utf-8")
    _accept(git, "bring back")
    retired.write_text(yaml.safe_dump({"retired": entries}), "utf-8")
    assert "was there before" in judged(coefgate)[1]["flattered"]


@pytest.mark.parametrize(
    "again",
    [
        "The log says so",
        "the log says so.",
        "THE LOG SAYS SO.",
        "the  log says so",
        "the log says so .",
    ],
)
def test_the_same_reason_in_another_writing_is_no_new_one(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample, again: str
) -> None:
    file, [new] = correct(registry, one, attempt=9)
    content = (registry / file).read_bytes()
    (registry / file).unlink()
    before = f'corrected: [{{id: "{new}", reason: "the log says so"}}]\n'
    append(registry, GATES, before)
    _accept(git, "answer for a correction that is not there")
    (registry / file).write_bytes(content)
    gates = (registry / GATES).read_text("utf-8")
    (registry / GATES).write_text(gates.replace('"the log says so"', f'"{again}"'), "utf-8")
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"corrected"})
    assert "give it another reason" in red["corrected"]
