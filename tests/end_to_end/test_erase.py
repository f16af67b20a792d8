"""``coefgate samples erase``: names go from stored lines, and the gate lets no more through."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.repository import Repository
from coefgate.samples.model import fields_of, sample_id, stored_line
from coefgate.use_cases.base import anchor_of
from coefgate.use_cases.erase import ToErase, erase
from coefgate.use_cases.state import state_at
from tests.end_to_end.conftest import Coefgate, Edit, Git, Verdict
from tests.end_to_end.stored_calls import (
    GATES,
    add,
    append,
    correct,
    is_eligible,
    new_calls,
    stored,
)

ERASED = "samples/erased.yaml"
RETIRED = "samples/retired.yaml"
WHY = "the name of a customer"
SHIPPED = Path(__file__).parents[2]


def _erase(coefgate: Coefgate, *arguments: str) -> dict[str, Any]:
    found = coefgate("samples", "erase", *arguments, "--reason", WHY, "--format", "json")
    assert found.code == 0, found.text
    told: dict[str, Any] = json.loads(found.out)
    return told


def _accept(git: Git) -> None:
    git("add", "-A")
    git("commit", "-qm", "accepted")


def _texts(registry: Path) -> str:
    files = sorted((registry / "samples").rglob("*.*"))
    return "".join(file.read_text("utf-8") for file in files if file.suffix != ".md")


def test_names_go_and_nothing_else(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    old = stored(registry, is_eligible)[0]
    (_, (corrected,)) = correct(registry, old, reasoning_tokens=None)
    append(registry, GATES, f'corrected: [{{id: "{corrected}", reason: "as the log has it"}}]\n')
    other = stored(registry, is_eligible)[1]
    (registry / RETIRED).write_text(
        yaml.safe_dump({"retired": [{"id": other.id, "reason": "told twice"}]}), "utf-8"
    )
    _accept(git)
    before = json.loads(coefgate("replay", "--format", "json").out)
    audit = coefgate("samples", "audit").out.partition("Not scored")[0]

    told = _erase(coefgate, old.id, other.id[:12])
    assert told["left"] == {}
    assert set(told["written"]) >= {ERASED, GATES, RETIRED, old.file}
    erased = {line["id"]: line["by"] for line in told["lines"]}
    assert {old.id, corrected, other.id} <= set(erased)
    names = {one.path for call in (old, other) for one in call.deliverables}
    names -= {path for line in told["lines"] for path in line["paths"]}
    assert names
    assert not any(f'"{name}"' in _texts(registry) for name in names)
    assert coefgate("check").code == 0
    assert verdict() == (0, {})
    report = coefgate("gate").out
    assert f"ERASED by this change: {old.id[:12]} by {erased[old.id][:12]}" in report
    assert WHY in report

    _accept(git)
    after = json.loads(coefgate("replay", "--format", "json").out)
    for call in (*before["samples"], *after["samples"]):
        call["id"] = erased.get(call["id"], call["id"])
    assert after == {**before, "registry": after["registry"]}
    assert coefgate("samples", "audit").out.partition("Not scored")[0] == audit
    assert verdict() == (0, {})
    # Other changes are judged on the line in its place, also where the anchor has the old one.
    add(registry, new_calls(other, 2))
    assert verdict() == (0, {})
    assert f"Erased earlier: {len(erased)} lines" in coefgate("gate", "--format", "markdown").out


def test_earlier_states_are_told_under_the_new_names(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    old = stored(registry, is_eligible)[0]
    (registry / RETIRED).write_text(
        yaml.safe_dump({"retired": [{"id": old.id, "reason": "told twice"}]}), "utf-8"
    )
    git("commit", "-q", "--amend", "--no-edit", "-a")
    by = {line["id"]: line["by"] for line in _erase(coefgate, old.id)["lines"]}
    _accept(git)
    today = state_at(registry, "HEAD")
    with Repository(registry) as repository:
        names = today.store.names_today
        past = AcceptedStates(repository, repository.commit("HEAD"), None, names)
        anchor = anchor_of(repository, past, today)
        known = past.arrivals(today.digest).known
    assert anchor is not None
    assert anchor.state.store.samples == today.store.samples
    assert list(anchor.state.store.retired) == [by[old.id]]
    assert known is not None
    assert known.ids == {one.id for one in today.store.samples}


def test_what_comes_again_stays_erased(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    old = stored(registry, is_eligible)[0]
    again = tmp_path / "again.jsonl"
    again.write_bytes(stored_line(fields_of(old)))
    _erase(coefgate, old.id)
    assert coefgate("samples", "add", str(again)).out == (
        "nothing new; 1 call erased before, not stored again\n"
    )
    new = {
        **new_calls(old, 1)[0],
        "deliverables": [{"path": "x.py", "operation": "create", "bytes_before": None}],
    }
    again.write_bytes(again.read_bytes() + stored_line(new))
    assert (
        "; 1 call erased before, not stored again\n" in coefgate("samples", "add", str(again)).out
    )


def test_no_erasure_is_told_of_a_call_that_is_to_come(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict, tmp_path: Path
) -> None:
    old = stored(registry, is_eligible)[0]
    call = new_calls(old, 1)[0]
    entry = {"id": sample_id(call), "by": old.id, "reason": WHY}
    (registry / ERASED).write_text(yaml.safe_dump({"erased": [entry]}), "utf-8")
    code, red = verdict()
    assert (code, set(red)) == (1, {"sample-changed"})
    assert "is recorded as erased, but was never stored" in red["sample-changed"]
    told = _erase(coefgate, old.id)["lines"][0]
    entries = yaml.safe_load((registry / ERASED).read_text("utf-8"))["erased"]
    # Nor on the way from a line to the one that stands in its place.
    told = next(one for one in entries if one["id"] == old.id)
    between = [told | {"by": entry["id"]}, told | {"id": entry["id"]}]
    entries = [one for one in entries if one["id"] not in {old.id, entry["id"]}] + between
    (registry / ERASED).write_text(yaml.safe_dump({"erased": entries}), "utf-8")
    source = tmp_path / "new.jsonl"
    source.write_bytes(stored_line(call))
    assert "1 call would be stored" in coefgate("samples", "add", str(source), "--dry-run").out


def test_texts_go_from_every_line(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    assert "telemetry_utils" in _texts(registry)
    told = _erase(coefgate, "--holding", "Telemetry_Utils", "--field", "phase_id")
    assert "telemetry_utils" not in _texts(registry).casefold()
    assert told["names"] > 3
    assert verdict() == (0, {})
    left = _erase(coefgate, "--holding", "telemetry", "--dry-run")["left"]
    assert set(left) >= {"reference", "run_id", "phase_id"}
    assert told["written"][-1] == ERASED


def test_fields_go_alike_in_all_lines(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    one = stored(registry, is_eligible)[0]
    phase = [call.line for call in stored(registry) if call.phase_id == one.phase_id]
    _erase(coefgate, one.id, "--field", "phase_id", "--field", "run_id", "--field", "reference")
    now = next(call for call in stored(registry) if (call.file, call.line) == (one.file, one.line))
    assert {len(str(text)) for text in (now.phase_id, now.run_id, now.reference)} == {12}
    assert len({now.phase_id, now.run_id, now.reference}) == 3
    alike = [call.line for call in stored(registry) if call.phase_id == now.phase_id]
    assert sorted(alike) == sorted(phase)
    assert verdict() == (0, {})


def test_a_line_that_never_was_accepted(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    like = stored(registry, is_eligible)[0]
    add(registry, [{**call, "reference": "secret:1"} for call in new_calls(like, 1)])
    git("switch", "-qc", "calls")
    _accept(git)
    new = next(one for one in stored(registry) if one.reference == "secret:1")
    _erase(coefgate, new.id, "--field", "reference")
    code, red = verdict("--base", "main")
    # The file has the name of a content that holds the secret, and of nobody's.
    assert (code, set(red)) == (1, {"sample-changed"})


def test_tokens_are_not_edited_on_the_way(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    old = stored(registry, is_eligible)[0]
    by = next(line["by"] for line in _erase(coefgate, old.id)["lines"] if line["id"] == old.id)
    new = next(one for one in stored(registry) if one.id == by)
    fields = fields_of(new) | {"actual_output_tokens": 5}
    for file in (old.file, ERASED):
        content = (registry / file).read_bytes()
        content = content.replace(stored_line(fields_of(new)), stored_line(fields))
        content = content.replace(by.encode(), sample_id(fields).encode())
        (registry / file).write_bytes(content)
    code, red = verdict()
    assert (code, set(red)) == (1, {"sample-changed", "sample-removed"} & set(red))
    assert (
        f"the erasure of sample {old.id[:12]} changes actual_output_tokens"
        in (red["sample-changed"])
    )


def test_other_lines_of_a_file_stay_byte_by_byte(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    old = stored(registry, is_eligible)[0]
    _erase(coefgate, old.id)
    file = registry / old.file
    file.write_bytes(file.read_bytes().replace(b'":', b'": ', 1))
    code, red = verdict()
    assert (code, set(red)) == (1, {"sample-changed"})
    assert f"the stored file {old.file} was rewritten" in red["sample-changed"]


def test_never_together_with_a_coefficient(
    registry: Path, edit: Edit, coefgate: Coefgate, verdict: Verdict
) -> None:
    _erase(coefgate, stored(registry, is_eligible)[0].id)
    edit("coefficients/marginal_costs.yaml", ("tokens: ", "tokens: 1"))
    code, red = verdict()
    assert code == 1
    assert "is erased" in red["retired-with-values"]


def test_what_was_erased_stays_told(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict
) -> None:
    old = stored(registry, is_eligible)[0]
    _erase(coefgate, old.id)
    _accept(git)
    (registry / ERASED).unlink()
    code, red = verdict()
    assert (code, set(red)) == (1, {"sample-changed"})
    assert f"the erasure of sample {old.id[:12]} is no longer recorded" in red["sample-changed"]
    # Twice the same line: another salt, and all that leads to it.
    git("checkout", "-q", "--", ERASED)
    (now,) = (one for one in stored(registry) if (one.file, one.line) == (old.file, old.line))
    _erase(coefgate, now.id)
    assert verdict() == (0, {})


def test_a_rewritten_history(
    registry: Path, git: Git, coefgate: Coefgate, verdict: Verdict, tmp_path: Path
) -> None:
    old = stored(registry, is_eligible)[0]
    was = {file: file.read_bytes() for file in registry.rglob("*.*") if ".git" not in file.parts}
    rewrite = tmp_path / "rewrite.txt"
    _erase(coefgate, old.id, "--replace-text", str(rewrite))
    _accept(git)
    now = (registry / ERASED).read_bytes()
    assert rewrite.stat().st_mode & 0o777 == 0o600
    # What git filter-repo --replace-text makes of each file of each commit.
    for line in rewrite.read_bytes().splitlines():
        before, after = line.removeprefix(b"literal:").rsplit(b"==>", 1)
        was = {file: content.replace(before, after) for file, content in was.items()}
        now = now.replace(before, after)
    assert all(file.read_bytes() == content for file, content in was.items())
    (registry / ERASED).write_bytes(now)
    assert old.id not in _texts(registry)
    assert coefgate("check").code == 0
    git("commit", "-qam", "rewritten")
    (registry / ERASED).unlink()
    assert verdict() == (0, {})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing to erase. Name lines by their ids, or texts in paths"),
        (("--holding", "t"), "--holding 't' is in almost every path"),
        (("--holding", "customer"), "the reason holds a text that must go"),
        (("--holding", "nowhere-at-all"), "nothing to erase: no name holds such a text"),
        (("abcdef",), "'abcdef' is shorter than 8 digits"),
        (("00000000",), "'00000000' names no stored sample"),
        (("--holding", "tests"), "cannot be erased: no salted name both keeps its file kind"),
        (("--holding", "src", "--replace-text", "x.txt"), "x.txt would hold the names"),
    ],
)
def test_what_cannot_be_asked(
    registry: Path, git: Git, coefgate: Coefgate, arguments: tuple[str, ...], told: str
) -> None:
    found = coefgate("samples", "erase", *arguments, "--reason", WHY)
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "reason", ["", " ", "a\nb", "a\x1b[31m", "a\udcff", "a\u202eb", "a" * 501]
)
def test_a_reason_can_be_read(registry: Path, reason: str) -> None:
    with pytest.raises(UsageProblem, match=r"--reason .*: it is a text of one line"):
        erase(registry, ToErase(reason, holding=["src"]))
    assert not (registry / ERASED).exists()


def test_what_rewrites_the_history_takes_no_other_files_place(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    place = tmp_path / "pipe"
    os.mkfifo(place)
    with pytest.raises(UsageProblem, match="is there already"):
        erase(registry, ToErase(WHY, holding=["src"]), replace_text=place)
    assert (place.is_fifo(), git("status", "--porcelain")) == (True, "")


def test_nothing_is_left_where_no_file_can_be_written(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds the names neither: the same command works once there is room."""
    place = tmp_path / "erased.txt"

    def fail(*_: object) -> None:
        assert place.exists()
        raise EnvironmentProblem("no room")

    monkeypatch.setattr("coefgate.use_cases.erase.replace_files", fail)
    with pytest.raises(EnvironmentProblem, match="no room"):
        erase(registry, ToErase(WHY, holding=["src"]), replace_text=place)
    assert not place.exists()


def test_what_is_left_is_named_in_every_file(registry: Path, coefgate: Coefgate) -> None:
    append(registry, GATES, "# as Telemetry_Utils\n# and telemetry_utils need\n")
    (registry / "samples/README.md").write_text("From telemetry_utils.\n", "utf-8")
    found = coefgate("samples", "erase", "--holding", "telemetry_utils", "--reason", WHY)
    assert f"left: {GATES} holds such a text in 2 lines. Say it in other words there" in found.out
    assert "left: samples/README.md holds such a text in 1 line. Say" in found.out


def test_a_trial_says_what_would_be(registry: Path, git: Git, coefgate: Coefgate) -> None:
    old = stored(registry, is_eligible)[0]
    said = coefgate("samples", "erase", old.id, "--reason", WHY, "--dry-run")
    assert said.code == 0
    assert "would get" in said.out
    assert old.id[:12] in said.out
    assert git("status", "--porcelain") == ""
    said = coefgate("samples", "erase", "--holding", "telemetry", "--reason", WHY, "--dry-run")
    assert re.search(r"left: phase_id of \d+ lines holds such a text. --field phase_id", said.out)
    said = coefgate("samples", "erase", old.id, "--reason", WHY)
    assert "next: coefgate gate" in said.out
    assert git("status", "--porcelain") != ""


def test_which_call_counts_stays_whatever_the_salt(
    registry: Path, git: Git, verdict: Verdict
) -> None:
    """Of two calls of one instant that were cut off at one ceiling the first by its id counts."""
    like = stored(registry, is_eligible)[0]
    cut_off = {"truncated": True, "stop_reason": "max_tokens", "success": None}
    calls = [
        one
        for number in range(8)
        for one in new_calls(like, 2, **cut_off, phase_id=f"{number}", max_output_tokens=None)
    ]
    add(registry, [{**one, "reference": f"log:{at}"} for at, one in enumerate(calls)])
    _accept(git)
    erase(registry, ToErase(WHY, [like.id]))
    assert verdict() == (0, {})


def test_an_unlucky_salt_changes_which_attempt_is_the_last(registry: Path) -> None:
    """Of two attempts of one number the last by its id predicts the next one."""
    like = stored(registry, is_eligible)[0]
    calls = [
        {**one, "actual_output_tokens": 1_000 * at, "attempt": attempt, "reference": f"log:{at}"}
        for at, attempt in enumerate((1, 1, 2), 1)
        for one in new_calls(like, 1, run_id="one", phase_id="one", observed_at=None)
    ]
    add(registry, calls)
    shutil.rmtree(registry / "coefficients")  # whose numbers know of no attempts
    shutil.copytree(SHIPPED / "coefficients", registry / "coefficients")
    wanted = ToErase(WHY, [one.id for one in stored(registry) if one.phase_id == "one"])
    told = {_told(registry, wanted, bytes([number]) * 32) for number in range(8)}
    assert {bool(one) for one in told} == {True, False}
    (refused,) = filter(None, told)
    assert "the gate would not let this through" in refused
    assert "changes what the call is scored or predicted as" in refused


def _told(registry: Path, wanted: ToErase, salt: bytes) -> str:
    """Why nothing can be erased under a salt."""
    try:
        erase(registry, wanted, dry_run=True, new_salt=lambda: salt)
    except UsageProblem as error:
        return re.sub("[0-9a-f]{12}", "…", str(error))
    return ""
