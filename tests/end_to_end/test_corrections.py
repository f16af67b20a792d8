"""A correction needs a named reason to change who a call is, to say less or to swap labels."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.samples.model import Sample
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import (
    GATES,
    add,
    append,
    correct,
    cut_off,
    is_eligible,
    judged,
    new_calls,
    stored,
)

Git = Callable[..., str]


def _implementation(one: Sample) -> bool:
    return is_eligible(one) and one.category == "implementation"


def _accept(git: Git, what: str) -> None:
    git("add", "-A")
    git("commit", "-qm", what)


def _reason(corrected: str) -> str:
    return f'{{id: "{corrected}", reason: "the log of the run says so"}}'


def _answer(registry: Path, ids: list[str]) -> None:
    append(registry, GATES, f"corrected: [{', '.join(map(_reason, ids))}]\n")


def _raise(registry: Path, tokens: int) -> None:
    """Another overhead where that of implementation is 1590: medium and high."""
    file = registry / "coefficients/overhead/implementation.yaml"
    content = file.read_text("utf-8")
    assert "tokens: 1590" in content
    file.write_text(content.replace("tokens: 1590", f"tokens: {tokens}"), "utf-8")


def _retire(registry: Path, *calls: Sample) -> None:
    entries = [{"id": one.id, "reason": "told otherwise now"} for one in calls]
    (registry / "samples/retired.yaml").write_text(yaml.safe_dump({"retired": entries}), "utf-8")


def test_many_phases_are_not_corrected_into_one(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    """Calls of one phase count once in the sign test, so a worse figure would look like chance."""
    calls = stored(registry, _implementation)[:21]
    _, ids = correct(registry, *calls, phase_id="all-of-it")
    code, red = judged(coefgate)
    assert code == 1
    assert set(red) == {"cell-shrunk", "corrected"}
    assert "phases of eligible calls, and had" in red["cell-shrunk"]
    assert (
        f'changes who the call is (phase_id) (corrected: [{{id: "{ids[0]}", reason: "…"}}])'
        in (" ".join(_findings(coefgate)["corrected"]))
    )
    # The form to copy is one piece in a comment too.
    assert (
        f'(`corrected: [{{id: "{ids[0]}", reason: "…"}}]`)'
        in coefgate("gate", "--format", "markdown").out
    )
    # With a reason for each it is still not free: the cells have lost phases.
    _answer(registry, ids)
    assert set(judged(coefgate)[1]) == {"cell-shrunk"}


def _findings(coefgate: Coefgate) -> dict[str, list[str]]:
    document = json.loads(coefgate("gate", "--format", "json").out)
    return {
        rule["rule"]: [one["message"] for one in rule["findings"]] for rule in document["rules"]
    }


NAMED: Sequence[tuple[dict[str, Any], str]] = (
    ({"run_id": "another"}, "changes who the call is (run_id)"),
    ({"attempt": 7}, "changes who the call is (attempt)"),
    ({"reference": "elsewhere:1"}, "changes who the call is (reference)"),
    ({"observed_at": "2026-01-01T00:00:00Z"}, "changes who the call is (observed_at)"),
    ({"model": "claude-opus-4-5"}, "changes what it is predicted from (model)"),
    (
        {"deliverables": [{"path": "docs/other.md", "operation": "create", "bytes_before": None}]},
        "changes what it is predicted from (deliverables)",
    ),
    ({"complexity": "high"}, "swaps its labels (complexity)"),
    ({"category": "tests"}, "swaps its labels (category)"),
    ({"success": False}, "makes it say less (eligible → failed)"),
    (
        {"truncated": True, "success": None, "stop_reason": None},
        "makes it say less (eligible → censored)",
    ),
    ({"paths": "partial"}, "makes it say less (eligible → partial)"),
)
"""What a correction changes, and what the gate says of it. The last five leave a call less."""


def test_what_a_call_is_changes_by_name_only(registry: Path, git: Git, coefgate: Coefgate) -> None:
    calls = stored(registry, lambda one: _implementation(one) and one.complexity != "high")[
        : len(NAMED)
    ]
    ids = []
    for one, (change, _) in zip(calls, NAMED, strict=True):
        _, [new] = correct(registry, one, **change)
        ids.append(new)
    said = _findings(coefgate)["corrected"]
    assert len(said) == len(NAMED)
    for new, (_, told) in zip(ids, NAMED, strict=True):
        assert any(told in one and f'id: "{new}"' in one for one in said), told
    code, red = judged(coefgate)
    assert code == 1
    assert set(red) == {"corrected", "cell-shrunk"}
    _answer(registry, ids[1:])
    [left] = _findings(coefgate)["corrected"]
    assert f'id: "{ids[0]}"' in left
    (registry / GATES).write_text(
        (registry / GATES)
        .read_text("utf-8")
        .replace("corrected: [", f"corrected: [{_reason(ids[0])}, "),
        "utf-8",
    )
    assert set(judged(coefgate)[1]) == {"cell-shrunk"}
    _retire(registry, *calls[-5:])  # the old lines, with the reason
    assert judged(coefgate) == (0, {})
    out = coefgate("gate").out
    for new in ids:
        assert f"ACKNOWLEDGED: {new}, asked for by corrected" in out


@pytest.mark.parametrize(
    "change",
    [
        {
            "truncated": False,
            "success": True,
            "stop_reason": "end_turn",
            "actual_output_tokens": 5700,
        },
        {"actual_output_tokens": 9000},
    ],
    ids=["complete", "fewer"],
)
def test_a_call_that_was_cut_off_does_not_come_to_need_less(
    registry: Path, git: Git, coefgate: Coefgate, change: dict[str, Any]
) -> None:
    [one] = stored(registry, cut_off)
    correct(registry, one, **change)
    code, red = judged(coefgate)
    assert code == 1
    assert "makes it say less (it was cut off at 16,384 tokens, and now says" in red["corrected"]


def test_what_needs_no_reason(registry: Path, git: Git, coefgate: Coefgate) -> None:
    one, other, third = stored(registry, _implementation)[:3]
    more = one.actual_output_tokens * 101 // 100
    correct(registry, one, actual_output_tokens=more, max_output_tokens=None)
    correct(registry, other, input_tokens=7, stop_reason="end_turn")
    assert third.observed_at is not None
    correct(registry, third, observed_at=f"{third.observed_at[:19]}.0{third.observed_at[19:]}")
    [failed, *_] = stored(registry, lambda one: one.success is False and not one.truncated)
    correct(registry, failed, actual_output_tokens=failed.actual_output_tokens + 1)
    assert judged(coefgate) == (0, {})
    document = json.loads(coefgate("gate", "--format", "json").out)
    fields = {
        told["id"]: {each["field"] for each in told["fields"]} for told in document["corrected"]
    }
    assert fields[third.id] == set()  # another writing of one instant is no change
    assert fields[failed.id] == {"actual_output_tokens"}
    assert fields[one.id] >= {"actual_output_tokens"}


def _shown(coefgate: Coefgate, folder: Path) -> dict[str, str]:
    """The report for readers, by its form, with escaped and broken lines undone."""
    text = coefgate("gate", "--output", str(folder)).out
    forms = {
        "text": text,
        "markdown": (folder / "report.md").read_text("utf-8"),
        "github": (folder / "annotations.txt").read_text("utf-8"),
    }
    return {form: " ".join(out.replace("%0A", " ").split()) for form, out in forms.items()}


def test_every_corrected_field_is_shown_everywhere(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    one = stored(registry, _implementation)[0]
    correct(registry, one, phase_id="other", input_tokens=7)
    for form, out in _shown(coefgate, tmp_path / "report").items():
        assert f"phase_id: {one.phase_id} → other" in out, form
        assert f"input_tokens: {json.dumps(one.input_tokens)} → 7" in out, form
    [told] = json.loads((tmp_path / "report/report.json").read_text("utf-8"))["corrected"]
    assert told["fields"] == [
        {"field": "phase_id", "base": one.phase_id, "head": "other"},
        {"field": "input_tokens", "base": one.input_tokens, "head": 7},
    ]
    lines = (tmp_path / "report/report.md").read_text("utf-8").splitlines()
    at = lines.index(f"  - `phase_id: {one.phase_id} → other`")  # in Markdown each field is a line
    assert lines[at + 1] == f"  - `input_tokens: {json.dumps(one.input_tokens)} → 7`"


def test_a_long_value_hides_no_other_field(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    one = stored(registry, _implementation)[0]
    reference, run = f"{'the log of the run, ' * 45}the end", f"{'the same run, ' * 13}last"
    correct(
        registry,
        one,
        reference=reference,
        run_id=run,
        complexity="high",
        actual_output_tokens=12_345,
        attempt=7,
    )
    for form, out in _shown(coefgate, tmp_path / "report").items():
        for told in (
            f"complexity: {one.complexity} → high",
            f"actual_output_tokens: {one.actual_output_tokens} → 12345",
            f"attempt: {json.dumps(one.attempt)} → 7",
        ):
            assert told in out, told
        for field, long in (("reference", reference), ("run_id", run)):
            assert re.search(f"{field}: [^→]+ → {long[:20]}[^→]*…[^→]*{long[-5:]}", out)
            assert long not in out, form


def test_what_differs_at_the_end_of_long_values_is_seen(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    one = stored(registry, _implementation)[0]
    _, [first] = correct(registry, one, reference=f"{'x' * 300}old{'y' * 300}")
    _accept(git, "correct a call")
    again = next(each for each in stored(registry) if each.id == first)
    correct(registry, again, reference=f"{'x' * 300}new{'y' * 300}")
    for form, out in _shown(coefgate, tmp_path / "report").items():
        assert "reference: …xxxxxxxxxxoldyyy" in out, form
        assert "→ …xxxxxxxxxxnewyyy" in out, form


def test_every_file_that_differs_is_shown(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    one = stored(registry, _implementation)[0]
    [kept, *others] = one.deliverables
    files = [
        {"path": kept.path, "operation": "unknown", "bytes_before": 17},
        *(
            {"path": f"src/new_{n}.py", "operation": "create", "bytes_before": None}
            for n in range(12)
        ),
    ]
    correct(registry, one, deliverables=files)
    for form, out in _shown(coefgate, tmp_path / "report").items():
        assert f"deliverables: {kept.operation}:{kept.path}" in out, form
        assert f"→ unknown:{kept.path} of 17 bytes" in out, form
        for n in range(12):
            assert f"deliverables: none → create:src/new_{n}.py" in out, form
        for other in others:
            assert f"deliverables: {other.operation}:{other.path}" in out, form
        assert (
            "more"
            not in out.split("deliverables: ", 1)[1]
            .split("ACKNOWLEDGED", 1)[0]
            .split("new_11.py")[0]
        )


def test_a_label_that_was_missing_is_unknown(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    like = stored(registry, _implementation)[0]
    _, [old] = add(
        registry,
        new_calls(like, 1, category=None, complexity="high", label_origin=None, success=True),
    )
    _accept(git, "store a call without a category")
    correct(registry, next(one for one in stored(registry) if one.id == old), category="docs")
    for form, out in _shown(coefgate, tmp_path / "report").items():
        assert "unknown/high undeclared → docs/high" in out, form
        assert "None/" not in out, form


def test_a_retired_call_comes_back_as_what_it_was(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    one = stored(registry, _implementation)[0]
    _retire(registry, one)
    _accept(git, "retire a call")
    correct(registry, one, complexity="low" if one.complexity == "high" else "high")
    assert "swaps its labels (complexity)" in judged(coefgate)[1]["corrected"]


def test_a_chain_of_corrections_is_one(registry: Path, git: Git, coefgate: Coefgate) -> None:
    one = stored(registry, _implementation)[0]
    _, [first] = correct(registry, one, input_tokens=7)
    _, [last] = correct(
        registry, next(each for each in stored(registry) if each.id == first), attempt=9
    )
    assert f'id: "{last}"' in judged(coefgate)[1]["corrected"]
    _answer(registry, [last])
    assert judged(coefgate) == (0, {})


def test_a_correction_does_not_renew_a_call(registry: Path, git: Git, coefgate: Coefgate) -> None:
    calls = stored(registry, _implementation)
    correct(registry, *calls[:20], input_tokens=7)
    add(registry, new_calls(calls[0], 1))
    assert (
        json.loads(coefgate("replay", "--format", "json").out)["later"]["later_found"]["samples"]
        == 1
    )


def test_the_rule_explains_itself(registry: Path, git: Git, coefgate: Coefgate) -> None:
    found = coefgate("explain", "corrected")
    assert found.code == 0
    assert "corrected:" in found.out


# --- Lines that are not scored, and chains


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phase_id": "another"}, "changes who the call is (phase_id)"),
        ({"complexity": "high"}, "swaps its labels (complexity)"),
        ({"success": True}, "changes whether it is scored (success)"),
    ],
    ids=str,
)
def test_a_line_that_is_not_scored_is_no_blank_sheet(
    registry: Path, git: Git, coefgate: Coefgate, fields: dict[str, Any], words: str
) -> None:
    [failed, *_] = stored(
        registry,
        lambda one: one.success is False and not one.truncated and one.complexity == "medium",
    )
    correct(registry, failed, **fields)
    code, red = judged(coefgate)
    assert code == 1
    assert words in red["corrected"]


def test_a_call_that_was_cut_off_does_not_come_to_need_less_in_two_steps(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    [one] = stored(registry, cut_off)
    whole = {
        "truncated": False,
        "success": True,
        "stop_reason": "end_turn",
        "max_output_tokens": None,
    }
    file, _ = correct(registry, one, **whole)
    assert (
        "it was cut off at 16,384 tokens, and now says 16,384" in judged(coefgate)[1]["corrected"]
    )
    (registry / file).unlink()
    _, ids = correct(registry, one, actual_output_tokens=16_385, **whole)
    assert judged(coefgate) == (0, {})
    _accept(git, "complete after all")
    [complete] = stored(registry, lambda line: [line.id] == ids)
    correct(registry, complete, actual_output_tokens=5700)
    assert (
        "it was cut off at 16,384 tokens, and now says 5,700" in judged(coefgate)[1]["corrected"]
    )


def test_corrections_make_no_room_for_values(registry: Path, git: Git, coefgate: Coefgate) -> None:
    # Twice the tokens are bad news, which may land; the calls that the anchor had still say what
    # they said.
    for one in stored(registry, _implementation)[:15]:
        correct(
            registry,
            one,
            actual_output_tokens=2 * one.actual_output_tokens,
            max_output_tokens=None,
        )
    assert judged(coefgate) == (0, {})
    _accept(git, "twice as many")
    _raise(registry, 3100)
    code, red = judged(coefgate)
    assert code == 1
    assert "since" in red["stratum-regression"]


@pytest.mark.parametrize("when", ["before", "after", "with values"])
def test_a_reason_that_comes_without_its_correction_makes_no_room_for_values(
    registry: Path, git: Git, coefgate: Coefgate, when: str
) -> None:
    one = stored(registry, _implementation)[0]
    file, ids = correct(registry, one, actual_output_tokens=2 * one.actual_output_tokens)
    if when == "before":
        (registry / file).unlink()
    else:
        _accept(git, "twice as many")
    if when == "with values":
        _raise(registry, 1600)
    _answer(registry, ids)
    code, red = judged(coefgate)
    assert code == 1
    assert f"the answer for {ids[0]} names nothing that this change brings" in red["corrected"]


def test_a_reason_does_not_hold_for_a_correction_before_it(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    answered = []
    for one in stored(registry, _implementation)[:15]:
        twice = 2 * one.actual_output_tokens
        _, [first] = correct(registry, one, actual_output_tokens=twice, max_output_tokens=None)
        [between] = stored(registry, lambda line, first=first: line.id == first)  # type: ignore[misc]
        answered += correct(registry, between, actual_output_tokens=twice + 1)[1]
    assert judged(coefgate) == (0, {})
    _answer(registry, answered)
    assert "which no rule asks for; the calls of the anchor are read by it" in coefgate("gate").out
    _accept(git, "twice as many, and one")
    _raise(registry, 3100)
    code, red = judged(coefgate)
    assert code == 1
    assert "since" in red["stratum-regression"]
