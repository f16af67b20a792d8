"""Calls of whose facts two cannot both be true: refused at the door, not scored where stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from coefgate.samples.files import import_name
from coefgate.samples.model import stored_line
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import GATES, append, correct, is_eligible, new_calls, stored

Git = Callable[..., str]

FACTS: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "anthropic": (
        {"stop_reason": "max_tokens"},
        'truncated is false and stop_reason is "max_tokens"',
        "true",
    ),
    "openai": (
        {"stop_reason": "length"},
        'truncated is false and stop_reason is "length"',
        "true",
    ),
    "gemini": (
        {"stop_reason": "MAX_TOKENS"},
        'truncated is false and stop_reason is "MAX_TOKENS"',
        "true",
    ),
    "ceiling": (
        {"actual_output_tokens": 32_000, "max_output_tokens": 16_384},
        "actual_output_tokens is 32,000 and max_output_tokens is 16,384",
        "null",
    ),
    "finished": (
        {"truncated": True, "stop_reason": "STOP"},
        'truncated is true and stop_reason is "STOP"',
        "false",
    ),
    "refused": (
        {"stop_reason": "refusal"},
        'success is true and stop_reason is "refusal"',
        "false",
    ),
}


def _line(registry: Path, **facts: Any) -> bytes:
    [call] = new_calls(stored(registry, is_eligible)[0], 1, **facts)
    return stored_line(call)


def _by_hand(registry: Path, line: bytes) -> str:
    """Store a line as nobody should, past ``samples add``."""
    name = f"samples/autopack/{import_name('2025-12-29', sha256(line).hexdigest())}"
    (registry / name).write_bytes(line)
    return name


@pytest.mark.parametrize("name", FACTS)
def test_no_door_lets_it_in(name: str, registry: Path, git: Git, coefgate: Coefgate) -> None:
    facts, told, instead = FACTS[name]
    line = _line(registry, **facts)
    source = registry.parent / "new.jsonl"
    source.write_bytes(line)
    refused = coefgate("samples", "add", str(source))
    assert refused.code == 3, refused.text
    assert told in refused.err
    assert f"{source}:1:" in refused.err
    assert "Check both: " in refused.err
    assert instead in refused.err.partition("Check both: ")[2]
    assert git("status", "--porcelain") == ""
    file = _by_hand(registry, line)
    git("add", "-A")
    field = f'"{told.partition(" ")[0]}":'
    column = line.index(field.encode()) + len(field) + 1
    for command in (["gate"], ["check"], ["check", "--head", "index"]):
        judged = coefgate(*command)
        assert judged.code == 3, judged.text
        assert f"{file}:1:{column}  {told}" in judged.text


def test_the_command_in_a_comment_names_the_same(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    file = _by_hand(registry, _line(registry, stop_reason="max_tokens"))
    comment = coefgate("gate", "--format", "markdown")
    assert (comment.code, f"`{file}:1:" in comment.out) == (3, True), comment.text
    [command] = re.findall(r"on your side with: `coefgate (.+)`", comment.out)
    done = coefgate(*command.split())
    assert (done.code, f"{file}:1:" in done.err) == (3, True), done.text


def test_a_stored_one_is_named_and_not_scored(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    before = json.loads(coefgate("replay", "--format", "json").out)["metrics"]["all"]
    _by_hand(registry, _line(registry, stop_reason="max_tokens"))
    git("add", "-A")
    git("commit", "-qm", "as it was let in once")
    note = (
        "1 stored call contradicts itself, so it is not scored. "
        "See the facts with: coefgate samples audit"
    )
    checked = coefgate("check")
    assert (checked.code, note in checked.err) == (0, True), checked.text
    assert json.loads(coefgate("replay", "--format", "json").out)["metrics"]["all"] == before
    audited = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert audited["contradictory"] == 1
    [one] = [one for one in audited["not_scored"] if one["status"] == "contradictory"]
    assert one["reason"] == 'truncated is false and stop_reason is "max_tokens"'
    # A later proposal is judged as ever, and its report says so.
    append(registry, "coefficients/overhead/docs.yaml", "# later\n")
    judged = coefgate("gate")
    assert (judged.code, note in " ".join(judged.out.split())) == (0, True), judged.text


def test_a_correction_decides_with_a_reason(registry: Path, git: Git, coefgate: Coefgate) -> None:
    file = _by_hand(registry, _line(registry, stop_reason="max_tokens"))
    git("add", "-A")
    git("commit", "-qm", "as it was let in once")
    [wrong] = stored(registry, lambda one: one.file == file)
    _, [right] = correct(registry, wrong, stop_reason="end_turn")
    refused = coefgate("gate")
    assert refused.code == 1, refused.text
    told = " ".join(refused.out.split())
    assert 'decides between two facts (truncated is false and stop_reason is "max_tokens")' in told
    text = (registry / GATES).read_text("utf-8")
    assert "\ncorrected:" not in text
    append(registry, GATES, f'corrected: [{{id: "{right}", reason: "the log says end_turn"}}]\n')
    assert coefgate("gate").code == 0
    counts = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert (counts["contradictory"], counts["superseded"]) == (0, 1)


def test_a_release_is_not_held_up_by_what_was_let_in(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    for name, value in (("user.name", "A Tester"), ("user.email", "tester@example.org")):
        git("config", name, value)
    assert coefgate("release").code == 0
    _by_hand(registry, _line(registry, stop_reason="max_tokens"))
    docs = registry / "coefficients/overhead/docs.yaml"
    docs.write_text(
        docs.read_text("utf-8").replace("[documentation]", "[documentation, manual]"), "utf-8"
    )
    git("add", "-A")
    git("commit", "-qm", "as it was let in once")
    released = coefgate("release", "--dry-run")
    assert (released.code, "1.1.0" in released.out) == (0, True), released.text


def test_where_git_does_not_answer_nobody_knows_what_is_new(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _by_hand(registry, _line(registry, stop_reason="max_tokens"))
    git("add", "-A")
    git("commit", "-qm", "as it was let in once")
    checked = coefgate("check", environment={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert (checked.code, "1 stored call contradicts itself" in checked.err) == (0, True), (
        checked.text
    )
