"""Claude Code's transcripts and streams: what is a call, what it needed, what it delivered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.samples.foreign.call import SampleUnit
from coefgate.samples.foreign.collected import Count
from coefgate.samples.foreign.formats import ImportOptions, importer_of
from coefgate.use_cases.import_samples import collect_samples
from tests.samples.foreign.importers.agent_records import (
    Records,
    broken,
    calls_in,
    collected,
    deliverables,
    left_out,
    samples_of,
    written,
)
from tests.samples.foreign.importers.claude_lines import (
    SESSION,
    answer,
    failure,
    line,
    prompt,
    reply,
    says,
    thinks,
    uses,
    writes,
    written_by,
    wrote,
)


def _calls(*records: Any, unit: Any = "call") -> list[Any]:
    return calls_in("claude-code", written(records), unit)


def _found(*files: Records, unit: Any = "call") -> Any:
    return collected("claude-code", *map(written, files), unit=unit)


def _one(*records: Any) -> Any:
    """The one reply that a model wrote."""
    (call,) = (one for one in _calls(*records) if one.unusable != "not-generated")
    return call


# What a reply needed.


def test_of_the_lines_of_a_reply_the_largest_count_is_taken_as_a_whole() -> None:
    """The two small counts are those of a stream that was still going on."""
    grown = {"input_tokens": 7, "cache_read_input_tokens": 2000, "output_tokens": 240}
    call = _one(
        reply("msg_1", "a1", says("I will."), out=3),
        reply("msg_1", "a2", writes("t1"), usage=grown),
        reply("msg_1", "a3", writes("t2", "/repo/shop/src/b.py"), out=3),
    )
    assert (call.actual_output_tokens, call.input_tokens, call.call_id) == (240, 2007, "msg_1")


def test_of_equal_counts_the_last_is_taken() -> None:
    """A model that stands in for another in the middle of a message gives two."""
    first = {"input_tokens": 5, "output_tokens": 240}
    last = {"input_tokens": 9, "output_tokens": 240}
    call = _one(
        reply("msg_1", "a1", says("a"), usage=first, model="claude-opus-4-6"),
        reply("msg_1", "a2", says("b"), usage=last, model="claude-sonnet-4-6"),
    )
    assert (call.input_tokens, call.model) == (9, "claude-sonnet-4-6")


def test_thinking_is_a_part_of_the_count() -> None:
    usage = {"output_tokens": 240, "output_tokens_details": {"thinking_tokens": 200}}
    call = _one(reply("msg_1", "a1", thinks(), says("Done."), usage=usage))
    assert (call.actual_output_tokens, call.reasoning_tokens, call.hides_thinking) == (
        240,
        200,
        True,
    )
    assert call.input_tokens is None  # nothing is said of it


def test_visible_is_text_what_tools_are_given_and_shown_thinking() -> None:
    call = _one(
        reply(
            "msg_1",
            "a1",
            thinks("12345"),
            says("1234567890"),
            uses("Read", "t1", file_path="/a"),  # {"file_path":"/a"} are 18 characters
            {"type": "redacted_thinking", "data": "…"},
        )
    )
    assert call.visible_characters == 5 + 10 + 18


def test_a_count_far_below_the_text_is_a_placeholder() -> None:
    """40 tokens for 300 characters and more: no reason to stop is stated, so it may have grown."""
    found = _found([*written_by("msg_1", out=2), *written_by("msg_2", 2, out=100)])
    assert left_out(found) == {"placeholder": (1, 2)}
    assert [one["call_id"] for one in samples_of(found)] == ["msg_2"]


def test_a_short_text_is_held_against_a_count_that_is_not_final() -> None:
    short = [says("This is a reply of one line."), writes("t1", "/repo/shop/a", "")]
    result = answer("r1", "t1", wrote())
    assert _one(reply("msg_1", "a1", *short, out=2), result).unusable == "placeholder"
    assert _one(reply("msg_1", "a1", *short, out=2, stop="tool_use"), result).unusable is None


def test_a_reply_without_a_count_is_left_out_as_such() -> None:
    found = _found([reply("msg_1", "a1", says("Hello."), usage=None)])
    assert left_out(found) == {"no-count": (1, 0)}


def test_a_reply_without_an_id_is_known_by_its_request_or_its_line() -> None:
    first, second = reply("", "a1", says("a")), reply("", "a2", says("b"))
    del second["requestId"]
    named, unnamed = _calls(first, second)
    assert (named.key, named.call_id, unnamed.key) == ("req_", None, "a2")
    del second["uuid"]
    assert _one(second).key is None


def test_what_no_model_wrote_is_no_call_of_one() -> None:
    found = _found([failure("e1", "API Error: 529 Overloaded"), *written_by("msg_1")])
    assert left_out(found) == {"not-generated": (1, 0)}
    assert found.taken == Count(1, 100)


def test_a_copy_of_a_reply_in_a_record_of_progress_is_not_read() -> None:
    copy = reply("msg_9", "a9", says("From within."), out=9999)
    told = line("progress", "p1", data={"type": "agent_progress", "message": copy})
    found = _found([told, *written_by("msg_1")])
    assert found.told == Count(1, 100)
    assert found.passed_over == {"progress": 1, "user": 1}


# How it ended.


@pytest.mark.parametrize(
    ("stop", "truncated", "success"),
    [
        ("tool_use", False, True),
        ("end_turn", False, True),
        ("max_tokens", True, None),
        ("model_context_window_exceeded", True, None),
        ("refusal", False, False),
        (None, None, None),
        ("pause_turn", None, None),
    ],
)
def test_a_reason_to_stop_says_how_a_reply_ended(
    stop: str | None, truncated: bool | None, success: bool | None
) -> None:
    call = _one(reply("msg_1", "a1", says("Hello."), stop=stop))
    assert (call.stop_reason, call.truncated, call.success) == (stop, truncated, success)


def test_a_reply_whose_tools_were_executed_was_whole() -> None:
    call = _one(*written_by("msg_1"))
    assert (call.stop_reason, call.truncated, call.success) == (None, False, True)


_STOPPED = line("user", "u9", message={"content": [says("[Request interrupted by user]")]})
_REFUSED = "<tool_use_error>InputValidationError: content is missing</tool_use_error>"


@pytest.mark.parametrize(
    ("rest", "truncated"),
    [
        ([], None),
        ([answer("r2", "t2", "Error", failed=True, said=_REFUSED)], None),
        ([_STOPPED, answer("r2", "t2", wrote())], None),
        ([answer("r2", "t2", "Error: no such text", failed=True)], False),
    ],
)
def test_a_reply_with_a_tool_that_could_not_run_may_have_been_cut_off(
    rest: list[Any], truncated: bool | None
) -> None:
    two = reply("msg_1", "a1", writes("t1"), writes("t2", "/repo/shop/b.py"))
    begun = [two, answer("r1", "t1", wrote())] if rest[:1] != [_STOPPED] else [two]
    assert _one(*begun, *rest).truncated is truncated


def test_an_error_says_that_a_reply_was_cut_off_and_where() -> None:
    said = "API Error: Claude's response exceeded the 32000 output token maximum. To configure …"
    begun = reply("msg_1", "a1", thinks(), says("It begins"), out=32000)
    call = _one(begun, failure("e1", said))
    assert (call.truncated, call.success, call.max_output_tokens) == (True, None, 32000)
    call = _one(begun, failure("e1", "API Error", error="max_output_tokens"))
    assert (call.truncated, call.max_output_tokens) == (True, None)
    # After results it speaks of another request, whose reply is not there.
    call = _one(*written_by("msg_1"), failure("e1", said))
    assert (call.truncated, call.max_output_tokens) == (False, None)


# What it delivered.


def test_the_result_says_what_was_there_before() -> None:
    pairs: list[tuple[Any, Any, tuple[str, int | None]]] = [
        (writes("t"), wrote("create"), ("create", None)),
        (writes("t"), wrote("update", originalFile="äö"), ("modify", 4)),  # bytes, not letters
        # A file that is too large to be told is null, like none.
        (writes("t"), wrote("update", originalFile=None), ("modify", None)),
        (writes("t"), wrote("text", gitDiff={"status": "added"}), ("create", None)),
        (writes("t"), wrote("text", gitDiff={"status": "modified"}), ("modify", None)),
        (writes("t"), wrote("text", originalFile="abc"), ("modify", 3)),
        (writes("t"), None, ("unknown", None)),
        (uses("Edit", "t", file_path="/repo/shop/src/a.py", old_string="a", new_string="b"),
         {"filePath": "/repo/shop/src/a.py", "oldString": "a", "originalFile": "abc"},
         ("modify", 3)),
        (uses("Edit", "t", file_path="/repo/shop/src/a.py", old_string="", new_string="b"),
         {"filePath": "/repo/shop/src/a.py", "oldString": "", "originalFile": ""},
         ("create", None)),
        (uses("MultiEdit", "t", file_path="/repo/shop/src/a.py",
              edits=[{"old_string": "", "new_string": "b"}]),
         {"filePath": "/repo/shop/src/a.py", "originalFile": ""},
         ("create", None)),
        (uses("NotebookEdit", "t", notebook_path="/repo/shop/src/a.py", new_source="b"),
         {"notebook_path": "/repo/shop/src/a.py", "original_file": "{}", "error": ""},
         ("modify", 2)),
    ]  # fmt: skip
    for use, outcome, expected in pairs:
        call = _one(reply("msg_1", "a1", use), answer("r1", "t", outcome))
        (file,) = call.files
        assert (file.path, file.operation, file.bytes_before) == ("/repo/shop/src/a.py", *expected)


def test_without_an_outcome_the_words_of_the_result_say_it() -> None:
    told = answer("r1", "t1", None, said="File created successfully at: /repo/shop/src/a.py")
    (file,) = _one(reply("msg_1", "a1", writes("t1")), told).files
    assert file.operation == "create"


def test_what_was_rejected_failed_or_never_ran_is_not_delivered() -> None:
    reject = "The user doesn't want to proceed with this tool use."
    notebook = uses("NotebookEdit", "t5", notebook_path="/repo/shop/n.ipynb", new_source="b")
    call = _one(
        reply("msg_1", "a1", *(writes(f"t{n}", f"/repo/shop/{n}") for n in range(5)), notebook),
        answer("r0", "t0", wrote("create", "/repo/shop/0")),
        answer("r1", "t1", f"Error: {reject}", failed=True, said=reject),
        answer("r2", "t2", wrote("create", "/repo/shop/2"), failed=True),
        answer("r3", "t3", "User rejected tool use"),
        answer("r5", "t5", {"notebook_path": "/repo/shop/n.ipynb", "error": "No such cell"}),
    )
    assert [file.path for file in call.files] == ["/repo/shop/0"]


def test_two_results_in_one_line_share_no_outcome() -> None:
    both = answer("r1", "t1", wrote("create", "/repo/shop/src/a.py"))
    second = answer("r2", "t2", None)["message"]["content"]
    both["message"]["content"] += second
    call = _one(reply("msg_1", "a1", writes("t1"), writes("t2", "/repo/shop/b.py")), both)
    assert [(one.path, one.operation) for one in call.files] == [
        ("/repo/shop/src/a.py", "unknown"),
        ("/repo/shop/b.py", "unknown"),
    ]


def test_of_a_file_the_first_operation_counts() -> None:
    edit = uses("Edit", "t2", file_path="/repo/shop/src/a.py", old_string="a", new_string="b")
    found = _found(
        [
            prompt("p1"),
            reply("msg_1", "a1", writes("t1"), out=150),
            answer("r1", "t1", wrote()),
            reply("msg_2", "a2", edit, out=50),
            answer("r2", "t2", {"filePath": "/repo/shop/src/a.py", "originalFile": "abc"}),
            reply("msg_3", "a3", says("Done."), out=3, stop="end_turn"),
        ],
        unit="turn",
    )
    assert [deliverables(one) for one in samples_of(found)] == [[("src/a.py", "create", None)]]


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("cat > src/b.py <<'EOF'\nx = 1\nEOF", "partial"),
        ("cat <<EOF | tee src/b.py\nx = 1\nEOF", "partial"),
        ("git commit -m \"$(cat <<'EOF'\nSay why\nEOF\n)\"", "real"),
        ("pytest -q", "real"),
    ],
)
def test_a_shell_that_writes_files_makes_the_list_partial(command: str, paths: str) -> None:
    shell = uses("Bash", "t2", command=command)
    call = _one(
        reply("msg_1", "a1", writes("t1"), shell, out=150),
        answer("r1", "t1", wrote()),
        answer("r2", "t2", {"stdout": ""}),
    )
    assert call.paths == paths


# Where it was written.


def test_a_call_says_its_session_prompt_folder_and_branch() -> None:
    within: dict[str, Any] = {"cwd": "/repo/shop/src", "gitBranch": "parser"}
    found = _found([prompt("p1"), *written_by("msg_1", **within)])
    (call,) = _calls(prompt("p1"), *written_by("msg_1", **within))
    assert (call.run_id, call.phase_id) == (SESSION, "p1")
    assert (call.workspace, call.branch) == ("/repo/shop", "parser")
    (sample,) = samples_of(found)
    assert deliverables(sample) == [("src/1.py", "create", None)]
    assert (sample["observed_at"], sample["model"]) == ("2026-02-12T16:00:00Z", "claude-opus-4-6")
    assert (sample["deliverables_from"], sample["unit"]) == ("reply", "call")


def test_a_prompt_begins_a_phase_and_nothing_else_does() -> None:
    meta = prompt("u2", "Caveat: …", isMeta=True)
    output = prompt("u3", "<local-command-stdout>ok</local-command-stdout>")
    summary = prompt("u4", "This session is being continued …", isCompactSummary=True)
    command = prompt("u5", "<command-name>/review</command-name>")
    picture = line("user", "u6", message={"content": [{"type": "image"}, says("What is it?")]})
    phases = [
        call.phase_id
        for call in _calls(
            *written_by("msg_0"),
            prompt("u1"),
            *written_by("msg_1"),
            meta,
            output,
            summary,
            *written_by("msg_2"),
            command,
            *written_by("msg_3"),
            picture,
            *written_by("msg_4"),
        )
    ]
    assert phases == [f"{SESSION}#1", "u1", "u1", "u5", "u6"]


def test_the_id_of_a_prompt_is_the_phase_where_it_is_told() -> None:
    """A second message under the same id was sent while the agent worked."""
    phases = [
        call.phase_id
        for call in _calls(
            prompt("u1", promptId="prompt-1"),
            *written_by("msg_1"),
            prompt("u2", "And tests.", promptId="prompt-1"),
            *written_by("msg_2"),
            prompt("u3", promptId="prompt-2"),
            *written_by("msg_3"),
        )
    ]
    assert phases == ["prompt-1", "prompt-1", "prompt-2"]


def test_subagents_in_the_same_file_work_in_the_phase_of_the_prompt() -> None:
    """Old versions give them no name: lines are followed by their parents."""

    def side(uuid: str, parent: str | None) -> dict[str, Any]:
        return {"isSidechain": True, "uuid": uuid, "parentUuid": parent}

    def of(records: list[Any], *ids: tuple[str, str | None]) -> list[Any]:
        return [one | side(*each) for one, each in zip(records, ids, strict=True)]

    first = of([prompt("s1"), *written_by("msg_s1")], ("s1", None), ("s2", "s1"), ("s3", "s2"))
    second = of([prompt("z1"), *written_by("msg_z1")], ("z1", None), ("z2", "z1"), ("z3", "z2"))
    mixed = [one for pair in zip(first, second, strict=True) for one in pair]
    records = [prompt("p1"), *written_by("msg_1"), *mixed, *written_by("msg_2", 2), prompt("p2")]
    assert {call.call_id: call.phase_id for call in _calls(*records)} == dict.fromkeys(
        ("msg_1", "msg_2", "msg_s1", "msg_z1"), "p1"
    )
    turns = {one.key: one.actual_output_tokens for one in _calls(*records, unit="turn")}
    assert turns == {"turn of msg_1": 200, "turn of msg_s1": 100, "turn of msg_z1": 100}


def test_an_agent_that_tells_the_session_again_is_no_call_of_it(tmp_path: Path) -> None:
    """Beside a session lie its agents; one that answers beside it repeats its replies."""
    session = tmp_path / f"{SESSION}.jsonl"
    session.write_bytes(written([prompt("p1"), *written_by("msg_1")]))
    agents = tmp_path / SESSION / "subagents"
    agents.mkdir(parents=True)

    def side(agent: str, *records: Any, **more: Any) -> None:
        where = {"isSidechain": True, "agentId": agent} | more
        told = written(one | where for one in records)
        (agents / f"agent-{agent}.jsonl").write_bytes(told)

    beside = reply("msg_b", "b1", says("Beside it."), out=5)
    side("aside_question-1", prompt("p1"), *written_by("msg_1"), beside)
    side("acompact-1", reply("msg_c", "c1", says("A summary of it."), out=6))
    side("a1", prompt("s1", promptId="p1"), *written_by("msg_s", 3, out=150), promptId="p1")
    options = ImportOptions("call")
    found = collect_samples("claude-code", [str(tmp_path)], origin="here", options=options)
    assert left_out(found) == {"side-call": (2, 11)}
    assert (found.told, found.again) == (Count(4, 261), 1)
    assert [(one["call_id"], one["phase_id"]) for one in samples_of(found)] == [
        ("msg_1", "p1"),
        ("msg_s", "p1"),
    ]


# Turns.


def _turn(*records: Any, unit: Any = "turn") -> list[dict[str, Any]]:
    return samples_of(_found(list(records), unit=unit))


def test_a_turn_is_the_sum_of_its_replies() -> None:
    """110 + 120 + 3 tokens; the next prompt shows that the last reply had come to its end."""
    (turn,) = _turn(
        prompt("p1"),
        *written_by("msg_1", 1, out=110),
        *written_by("msg_2", 2, out=120),
        reply("msg_3", "a3", says("Done."), out=3),
        prompt("p2"),
    )
    assert (turn["unit"], turn["actual_output_tokens"], turn["call_id"]) == (
        "turn",
        233,
        "turn of msg_1",
    )
    assert (turn["success"], turn["truncated"], turn["stop_reason"]) == (True, False, None)
    assert [path for path, _, _ in deliverables(turn)] == ["src/1.py", "src/2.py"]


def test_a_turn_with_a_placeholder_is_none() -> None:
    found = _found(
        [prompt("p1"), *written_by("msg_1", out=2), *written_by("msg_2", 2), prompt("p2")],
        unit="turn",
    )
    assert left_out(found) == {"placeholder": (1, 102)}


def test_a_turn_that_goes_on_is_left_for_later() -> None:
    whole = [prompt("p1"), *written_by("msg_1"), reply("msg_2", "a2", says("Done."), out=3)]
    assert left_out(_found(whole[:-1], unit="turn")) == {"unfinished": (1, 100)}
    assert left_out(_found(whole[:-2], unit="turn")) == {"unfinished": (1, 100)}
    # Of an answer only what follows says that it was all; stored before, it would not be scored.
    assert left_out(_found(whole, unit="turn")) == {"unfinished": (1, 103)}
    over = line("system", "s1", subtype="turn_duration", durationMs=900)
    (turn,) = _turn(*whole, over)
    assert (turn["success"], turn["truncated"]) == (True, False)


def test_a_reply_whose_tools_still_run_is_left_for_later() -> None:
    """Its list of files may grow, and a stored line does not."""
    two = reply("msg_1", "a1", writes("t1"), writes("t2", "/repo/shop/src/b.py"), out=200)
    begun = [two, answer("r1", "t1", wrote())]
    assert left_out(_found(begun)) == {"unfinished": (1, 200)}
    (call,) = samples_of(
        _found([*begun, answer("r2", "t2", wrote("create", "/repo/shop/src/b.py"))])
    )
    assert [path for path, _, _ in deliverables(call)] == ["src/a.py", "src/b.py"]


@pytest.mark.parametrize(
    "end",
    [
        [failure("e1", "API Error: 500")],
        [_STOPPED],
        [reply("msg_9", "a9", writes("t9"), out=110), prompt("p2")],
    ],
)
def test_a_turn_that_was_broken_off_did_not_succeed(end: list[Any]) -> None:
    (turn,) = _turn(prompt("p1"), *written_by("msg_1"), *end)
    assert turn["success"] is False


def test_a_session_that_is_told_again_in_its_file_counts_once() -> None:
    """A resumed session may copy what went before."""
    before = [prompt("p1"), *written_by("msg_1"), prompt("p2"), *written_by("msg_2", 2)]
    found = _found([*before, *before, *written_by("msg_3", 3), prompt("p3")], unit="turn")
    assert found.told == Count(3, 300)
    assert _found([*before, *before]).told == Count(2, 200)


def test_a_model_that_wrote_most_names_the_turn() -> None:
    (turn,) = _turn(
        prompt("p1"),
        *written_by("msg_1", out=150, model="claude-sonnet-4-6"),
        *written_by("msg_2", 2, out=110),
        prompt("p2"),
    )
    assert turn["model"] == "claude-sonnet-4-6"


# Streams of claude -p.


def _stream(*records: dict[str, Any]) -> list[dict[str, Any]]:
    """The same lines as a stream has them: fewer fields, and the session under another name."""
    names = ("type", "message", "uuid", "subtype", "event", "usage", "is_error", "stop_reason")
    init = {"type": "system", "subtype": "init", "cwd": "/repo/shop", "session_id": "s1"}
    told = []
    for one in records:
        kept = {name: one[name] for name in names if name in one}
        kept |= {"session_id": "s1", "parent_tool_use_id": one.get("parent_tool_use_id")}
        if "toolUseResult" in one:
            kept["tool_use_result"] = one["toolUseResult"]
        told.append(kept)
    return [init, *told]


def _result(out: int, **fields: Any) -> dict[str, Any]:
    return {
        "type": "result",
        "subtype": "success",
        "is_error": False,
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": out},
    } | fields


def test_the_result_of_a_stream_has_the_count_of_the_turn() -> None:
    """The counts of its replies are those of the moment: 2 and 1 for what needed 260."""
    records = _stream(
        *written_by("msg_1", out=2), reply("msg_2", "a2", says("Done."), out=1), _result(260)
    )
    (turn,) = _turn(*records)
    assert (turn["actual_output_tokens"], turn["stop_reason"]) == (260, "end_turn")
    assert (turn["success"], turn["truncated"], turn["run_id"]) == (True, False, "s1")
    assert deliverables(turn) == [("src/1.py", "create", None)]
    found = _found(records)
    assert left_out(found)["placeholder"][0] == 1
    assert found.taken.calls == 0


def test_a_stream_with_its_pieces_has_final_counts() -> None:
    start = {"type": "message_start", "message": {"id": "msg_1"}}
    delta = {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use"},
        "usage": {"output_tokens": 120},
    }
    first, result = written_by("msg_1", out=2)
    records = _stream(
        {"type": "stream_event", "event": start},
        first,
        {"type": "stream_event", "event": {"type": "content_block_delta"}},
        {"type": "stream_event", "event": delta},
        result,
        _result(120),
    )
    (call,) = _turn(*records, unit="call")
    assert (call["actual_output_tokens"], call["stop_reason"]) == (120, "tool_use")


def test_results_tell_runs_of_a_stream_apart() -> None:
    records = _stream(*written_by("msg_1"), _result(100), *written_by("msg_2", 2), _result(150))
    turns = _turn(*records)
    assert [(one["phase_id"], one["actual_output_tokens"]) for one in turns] == [
        ("s1#1", 100),
        ("s1#2", 150),
    ]
    assert [one["phase_id"] for one in _turn(*records, unit="call")] == ["s1#1", "s1#2"]


def test_only_results_end_the_turns_of_a_stream() -> None:
    """What a skill tells the model looks like a prompt there."""
    told = prompt("u2", "Base directory for this skill: …")
    (turn,) = _turn(*_stream(*written_by("msg_1"), told, *written_by("msg_2", 2), _result(200)))
    assert turn["actual_output_tokens"] == 200
    assert [path for path, _, _ in deliverables(turn)] == ["src/1.py", "src/2.py"]


def test_a_subagent_of_a_stream_is_a_turn_of_its_own() -> None:
    side = [one | {"parent_tool_use_id": "toolu_task"} for one in written_by("msg_s", 5, out=130)]
    turns = _turn(*_stream(*written_by("msg_1"), *side, _result(100)))
    assert sorted((one["actual_output_tokens"], one["success"]) for one in turns) == [
        (100, True),
        (130, False),  # its answer is not there
    ]


@pytest.mark.parametrize(
    ("fields", "success", "truncated"),
    [
        ({"subtype": "error_max_turns", "is_error": True, "stop_reason": None}, False, False),
        ({"stop_reason": "max_tokens"}, True, True),
        ({"stop_reason": "refusal"}, False, False),
    ],
)
def test_a_result_says_how_the_turn_ended(
    fields: dict[str, Any], success: bool, truncated: bool
) -> None:
    (turn,) = _turn(*_stream(*written_by("msg_1"), _result(100, **fields)))
    assert (turn["success"], turn["truncated"]) == (success, truncated)


def test_a_result_alone_does_not_say_which_files() -> None:
    (turn,) = _turn(*_stream(_result(900)))
    assert (turn["actual_output_tokens"], turn["paths"], turn["deliverables_from"]) == (
        900,
        "partial",
        None,
    )
    failed = _result(0, subtype="error_during_execution", is_error=True)
    assert left_out(_found(_stream(failed), unit="turn")) == {"not-generated": (1, 0)}


# Bad input, order, files.


def test_lines_that_cannot_be_read_are_counted() -> None:
    good = written([*written_by("msg_1"), line("assistant", "a9", message="text")])
    unknown = written([{"type": "brand-new"}, {"type": ["a"]}, {}])
    found = collected("claude-code", good + unknown + b'{"type":"assistant","mess')
    assert {reason: one.count for reason, one in found.unreadable.items()} == {
        "bad-record": 1,
        "cut-off": 1,
    }
    assert found.passed_over == {"user": 1, "unknown kind": 3}
    assert found.taken == Count(1, 100)


def test_it_is_told_from_other_formats() -> None:
    recognises = importer_of("claude-code").recognises
    own = (prompt("p"), reply("m", "a"), _result(1), {"type": "summary"})
    others: tuple[dict[str, Any], ...] = (
        {},
        {"type": "session_meta", "payload": {}},
        {"type": []},
    )
    assert all(recognises(one) for one in own)
    assert not any(recognises(one) for one in others)


def test_replies_are_kept_for_results_but_not_for_ever() -> None:
    """Of twenty whose tools have no result yet the last eight wait, and the newest."""
    asked = [reply(f"msg_{n}", f"a{n}", writes(f"t{n}"), out=110) for n in range(20)]
    results = [answer(f"r{n}", f"t{n}", wrote()) for n in range(20)]
    told = {call.call_id: bool(call.files) for call in _calls(*asked, *results)}
    assert told == {f"msg_{n}": n >= 11 for n in range(20)}


def _shuffled() -> st.SearchStrategy[list[Any]]:
    """Lines of three replies of one turn; those of each reply in any order, some twice."""

    def of(number: int) -> st.SearchStrategy[list[Any]]:
        counts = {"out": 150}
        lines = [
            reply(f"msg_{number}", f"a{number}.0", thinks(), out=1),
            reply(f"msg_{number}", f"a{number}.1", says("I write it."), out=8),
            reply(f"msg_{number}", f"a{number}.2", writes(f"t{number}"), **counts),
            reply(f"msg_{number}", f"a{number}.3", writes(f"u{number}", "/repo/shop/b"), **counts),
        ]
        twice = st.lists(st.sampled_from(lines), max_size=4)
        results = [answer(f"r{number}", f"t{number}", wrote())]
        return twice.flatmap(lambda more: st.permutations(lines + more)).map(
            lambda told: [*told, *results]
        )

    return st.tuples(of(1), of(2), of(3)).map(
        lambda replies: [one for each in replies for one in each]
    )


def _facts(calls: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (one.key, one.actual_output_tokens, one.visible_characters, one.files, one.truncated)
        for one in calls
    ]


@settings(max_examples=60)
@given(_shuffled())
def test_neither_the_order_of_lines_nor_copies_of_them_matter(records: list[Any]) -> None:
    plain = [reply(f"msg_{n}", "a", thinks(), says("I write it."), writes(f"t{n}"),
                   writes(f"u{n}", "/repo/shop/b"), out=150) for n in (1, 2, 3)]  # fmt: skip
    told = [
        one for n, line in enumerate(plain, 1) for one in (line, answer("r", f"t{n}", wrote()))
    ]
    for unit in ("call", "turn"):
        assert _facts(_calls(*records, unit=unit)) == _facts(_calls(*told, unit=unit))


def _session(prompts: int = 3) -> list[list[Any]]:
    """A session by its turns, of 1, 2, 3 … replies and an answer."""
    return [
        [
            prompt(f"p{turn}"),
            *(
                one
                for call in range(turn + 1)
                for one in written_by(f"msg_{turn}.{call}", call, out=100 + 10 * call)
            ),
            reply(f"msg_{turn}.end", f"a{turn}.end", says("Done."), out=3),
        ]
        for turn in range(prompts)
    ]


@settings(max_examples=60)
@given(st.integers(0, 18), st.integers(0, 18))
def test_a_session_over_two_files_comes_to_the_same(first: int, overlap: int) -> None:
    records = [one for turn in _session() for one in turn]
    whole = _found(records)
    # Turns of 1, 2 and 3 replies and an answer: 6 × 100 + 10 + 10 + 20, and 3 × 3.
    assert whole.told == Count(9, 649)
    parts = _found(records[:first], records[max(first - overlap, 0) :])
    assert parts.told == whole.told


@given(st.integers(0, 3), st.integers(0, 3))
def test_turns_over_two_files_come_to_the_same(first: int, overlap: int) -> None:
    turns = [*_session(), [prompt("p9")]]

    def joined(some: list[list[Any]]) -> list[Any]:
        return [one for turn in some for one in turn]

    parts = _found(joined(turns[:first]), joined(turns[max(first - overlap, 0) :]), unit="turn")
    assert parts.told == _found(joined(turns), unit="turn").told == Count(3, 649)


def test_no_value_of_any_type_makes_it_fail() -> None:
    """A file that holds every kind of line, each time with one value of another type."""
    side = [one | {"isSidechain": True, "agentId": "a1"} for one in written_by("msg_s", 9)]
    event = {"type": "message_delta", "delta": {"stop_reason": "x"}, "usage": {"output_tokens": 1}}
    records = [
        prompt("p1", promptId="q1"),
        reply("msg_1", "a1", thinks("a"), says("b"), writes("t1"), out=120),
        answer("r1", "t1", wrote("update", originalFile="a", gitDiff={"status": "added"})),
        *side,
        {"type": "stream_event", "event": {"type": "message_start", "message": {"id": "msg_2"}}},
        reply("msg_2", "a2", uses("MultiEdit", "t2", file_path="a", edits=[{"old_string": ""}])),
        {"type": "stream_event", "event": event},
        answer("r2", "t2", "Error", failed=True, said=[says("InputValidationError")]),
        failure("e1", "exceeded the 32000 output token maximum"),
        line("system", "s1", subtype="turn_duration"),
        _result(9),
    ]
    units: Iterator[SampleUnit] = cycle(("call", "turn"))
    for data, unit in zip(broken(records), units, strict=False):
        assert collected("claude-code", data, unit=unit).files
