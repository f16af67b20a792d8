"""Codex's rollouts: what is a call, what it was counted, which files its patches wrote."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.formats import importer_of
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

THREAD = "019c8a4c-ed82-79a1-aa28-7738fc5ab61a"


def _line(kind: str, payload: dict[str, Any], second: int = 1, **more: Any) -> dict[str, Any]:
    stamp = f"2026-02-23T11:42:{second:02}.246Z"
    return {"timestamp": stamp, "type": kind, "payload": payload} | more


def _event(kind: str, second: int = 1, **fields: Any) -> dict[str, Any]:
    return _line("event_msg", {"type": kind, **fields}, second)


def _item(kind: str, second: int = 1, **fields: Any) -> dict[str, Any]:
    return _line("response_item", {"type": kind, **fields}, second)


def _head(**fields: Any) -> list[dict[str, Any]]:
    """How a rollout begins."""
    meta = {
        "id": THREAD,
        "cwd": "/repo/shop",
        "cli_version": "0.104.0",
        "source": "cli",
        "git": {"branch": "main"},
    }
    return [_line("session_meta", meta | fields, 0), _context("turn-1", 0)]


def _context(turn: str | None, second: int = 1, model: str = "gpt-5.3-codex") -> dict[str, Any]:
    told = {"cwd": "/repo/shop/src", "model": model, "effort": "high"}
    return _line("turn_context", told | ({"turn_id": turn} if turn else {}), second)


def _usage(out: int, **more: int) -> dict[str, int]:
    return {"input_tokens": 900, "cached_input_tokens": 800, "output_tokens": out} | more


def _tokens(total: int, last: int | None, second: int = 1) -> dict[str, Any]:
    """The count after a request that needed ``last``."""
    info: dict[str, Any] = {"total_token_usage": _usage(total, total_tokens=9000 + total)}
    if last is not None:
        info["last_token_usage"] = _usage(last, reasoning_output_tokens=last // 2)
    return _event("token_count", second, info=info, rate_limits={"limit_id": "codex"})


def _says(text: str = "I will do it.") -> dict[str, Any]:
    return _item("message", role="assistant", content=[{"type": "output_text", "text": text}])


def _patch(*files: tuple[str, str]) -> str:
    told = "".join(f"*** {how} File: {path}\n@@\n-old\n+new\n" for how, path in files)
    return f"*** Begin Patch\n{told}*** End Patch\n"


def _asks(call: str, *files: tuple[str, str], **fields: Any) -> dict[str, Any]:
    return _item(
        "custom_tool_call", name="apply_patch", call_id=call, input=_patch(*files), **fields
    )


_DONE = "Success. Updated the following files:\nA src/a.py\n"


def _output(call: str, output: Any = _DONE, kind: str = "custom_tool_call_output") -> Any:
    return _item(kind, call_id=call, output=output)


def _writes(call: str, path: str, total: int, last: int) -> list[dict[str, Any]]:
    """A reply that adds a file, its count, which is told twice, and the output of its tool."""
    return [
        _asks(call, ("Add", path)),
        _tokens(total, last),
        _output(call),
        _context("turn-1"),
        _tokens(total, last),
    ]


def _calls(*records: Any, unit: SampleUnit = "call") -> list[ForeignCall]:
    return calls_in("codex", written(records), unit)


def _found(*files: Records, unit: SampleUnit = "call") -> Collected:
    return collected("codex", *map(written, files), unit=unit)


# What a reply needed.


def test_a_count_closes_the_reply_before_it_and_counts_once() -> None:
    """Totals 150, 150 again, 210, 210 again: two replies of 150 and 60 tokens."""
    records = [*_head(), *_writes("c1", "a.py", 150, 150), *_writes("c2", "b.py", 210, 60)]
    first, second = _calls(*records)
    assert (first.actual_output_tokens, second.actual_output_tokens) == (150, 60)
    assert (first.reasoning_tokens, first.input_tokens) == (75, 900)
    assert [one.path for one in first.files + second.files] == ["a.py", "b.py"]
    assert (first.run_id, first.phase_id, first.model) == (THREAD, "turn-1", "gpt-5.3-codex")
    assert (first.workspace, first.branch) == ("/repo/shop", "main")
    assert (first.stop_reason, first.truncated, first.success) == (None, False, True)
    assert first.visible_characters == len(_patch(("Add", "a.py")))
    found = _found(records)
    assert found.told == Count(2, 210)
    assert [deliverables(one) for one in samples_of(found)] == [
        [("a.py", "create", None)],
        [("b.py", "create", None)],
    ]


def test_a_count_without_a_sum_or_without_a_part_is_read_too() -> None:
    """Only parts: 10 and 10 are two replies. Only sums: 100, then 130 are 100 and 30."""
    part = _event("token_count", info={"last_token_usage": _usage(10)})
    assert [one.actual_output_tokens for one in _calls(_says(), part, _says(), part)] == [10, 10]
    sums = _calls(_says(), _tokens(100, None), _says(), _tokens(130, None))
    assert [one.actual_output_tokens for one in sums] == [100, 30]


def test_a_sum_that_falls_was_begun_anew() -> None:
    sums = _calls(_says(), _tokens(100, None), _says(), _tokens(40, None))
    assert [one.actual_output_tokens for one in sums] == [100, 40]
    both = _calls(_says(), _tokens(100, 100), _says(), _tokens(40, 40))
    assert [one.actual_output_tokens for one in both] == [100, 40]


def test_limits_alone_are_no_count() -> None:
    assert _calls(*_head(), _event("token_count", info=None, rate_limits={})) == []
    assert _calls(*_head(), _tokens(100, 0)) == []


def test_a_request_that_shows_nothing_is_a_call_all_the_same() -> None:
    """To sum a session up, say."""
    (call,) = _calls(*_head(), _tokens(500, 500))
    assert (call.actual_output_tokens, call.visible_characters) == (500, None)


def test_a_reply_that_was_never_counted_is_left_out_as_such() -> None:
    found = _found([*_head(), *_writes("c1", "a.py", 150, 150), _says()])
    assert left_out(found) == {"no-count": (1, 0)}


@pytest.mark.parametrize("new", [True, False])
def test_the_count_of_a_response_is_preferred_and_not_told_again(new: bool) -> None:
    def response(name: str, out: int) -> dict[str, Any]:
        if new:
            told = {"response_id": name, "usage": _usage(out), "thread_id": THREAD}
            return _line("token_usage_record", told)
        return _event("raw_response_completed", response_id=name, token_usage=_usage(out))

    records = [
        *_head(),
        _asks("c1", ("Add", "a.py")),
        response("resp_1", 150),
        response("resp_1", 150),
        _tokens(150, 150),
        _output("c1"),
        _tokens(150, 150),
        _asks("c2", ("Add", "b.py")),
        _tokens(210, 60),  # the other way round
        response("resp_2", 60),
        _output("c2"),
        _says(),
        _tokens(215, 5),  # a version that does not tell of responses goes on
    ]
    told = [(one.call_id, one.actual_output_tokens) for one in _calls(*records)]
    assert told == [("resp_1", 150), ("resp_2", 60), (None, 5)]
    assert _calls(*_head(), _says(), response("", 9), _tokens(9, 9))[0].call_id is None


def test_hidden_reasoning_is_said() -> None:
    thought = _item("reasoning", summary=[], encrypted_content="gAAA")
    (call,) = _calls(*_head(), thought, _says("Hello."), _tokens(500, 500))
    assert (call.hides_thinking, call.visible_characters) == (True, 6)


def test_a_count_far_below_the_text_is_a_placeholder() -> None:
    found = _found([*_head(), _says("x" * 1000), _tokens(9, 9)])
    assert left_out(found) == {"placeholder": (1, 9)}


# What it delivered.


@pytest.mark.parametrize(
    "asked",
    [
        _asks("c1", ("Add", "a.py"), ("Update", "b.py"), ("Delete", "c.py")),
        _item(
            "function_call",
            name="shell",
            call_id="c1",
            arguments=orjson.dumps(
                {"command": ["apply_patch", _patch(("Add", "a.py"), ("Update", "b.py"))]}
            ).decode(),
        ),
        _item(
            "function_call",
            name="exec_command",
            call_id="c1",
            arguments=orjson.dumps(
                {"cmd": f"apply_patch <<'E'\n{_patch(('Add', 'a.py'), ('Update', 'b.py'))}E"}
            ).decode(),
        ),
        _item(
            "custom_tool_call",
            name="exec",
            call_id="c1",
            input="const patch = "
            + orjson.dumps(_patch(("Add", "a.py"), ("Update", "b.py"))).decode()
            + "; text(await tools.apply_patch(patch));",
        ),
        _item(
            "local_shell_call",
            call_id="c1",
            action={"command": ["apply_patch", _patch(("Add", "a.py"), ("Update", "b.py"))]},
        ),
    ],
)
def test_a_patch_is_read_where_a_call_asks_for_it(asked: dict[str, Any]) -> None:
    (call,) = _calls(*_head(), asked, _tokens(150, 150), _output("c1"))
    assert [(one.path, one.operation) for one in call.files] == [
        ("a.py", "create"),
        ("b.py", "modify"),
    ]


@pytest.mark.parametrize(
    ("output", "delivered"),
    [
        (_DONE, True),
        ('{"output":"Success. Updated the following files:\\nA a.py\\n","metadata":{}}', True),
        ([{"type": "input_text", "text": "Script completed\nWall time 1 s"}], True),
        ([{"type": "input_text", "text": "Script failed\nWall time 1 s"}], False),
        ("apply_patch verification failed: Failed to find expected lines in a.py", False),
        (None, False),
    ],
)
def test_a_patch_that_was_not_applied_delivers_nothing(output: Any, delivered: bool) -> None:
    records = [*_head(), _asks("c1", ("Add", "a.py")), _tokens(150, 150)]
    (call,) = _calls(*records, _output("c1", output))
    assert bool(call.files) is delivered
    (call,) = _calls(*records)  # no output: it was interrupted
    assert (call.files, call.truncated) == ((), None)


def test_text_that_only_shows_a_patch_is_none() -> None:
    shows = _item("function_call", name="shell", call_id="c1", arguments=_patch(("Add", "a")))
    (call,) = _calls(*_head(), shows, _tokens(150, 150), _output("c1"))
    assert call.files == ()


def _changes(path: str = "/repo/shop/src/a.py") -> dict[str, Any]:
    moved = {"type": "update", "unified_diff": "@@", "move_path": "/repo/shop/src/new.py"}
    return {path: {"type": "add", "content": "…"}, "/repo/shop/old.py": moved,
            "/repo/shop/gone.py": {"type": "delete", "content": "…"}}  # fmt: skip


def test_what_codex_says_of_a_patch_is_preferred_and_counts_once() -> None:
    """One that is moved is modified under its old name; one that is deleted is not delivered."""
    asked = [*_head(), _asks("c1", ("Add", "src/a.py"), ("Update", "z.py")), _tokens(150, 150)]
    patched = _event("patch_apply_end", call_id="c1", success=True, changes=_changes())
    expected = [("src/a.py", "create", None), ("old.py", "modify", None)]
    for records in ([*asked, patched, _output("c1")], [*asked, _output("c1"), patched]):
        (sample,) = samples_of(_found(records))
        assert deliverables(sample) == expected
    item = {"type": "FileChange", "id": "c1", "status": "completed", "changes": _changes("b.py")}
    items = [_event("item_completed", item=item), _output("c1")]
    (sample,) = samples_of(_found([*asked, patched, *items]))
    assert deliverables(sample) == [("b.py", "create", None), ("old.py", "modify", None)]


def test_other_spellings_of_changes_are_read() -> None:
    listed = [
        {"path": "a.py", "kind": {"type": "add"}, "diff": "…"},
        {"path": "b", "kind": "update"},
    ]
    old = {"a.py": {"add": {"content": "…"}}, "b": {"update": {"unified_diff": "@@"}}}
    for changes in (listed, old):
        item = {"type": "FileChange", "id": "c1", "status": "completed", "changes": changes}
        records = [_asks("c1"), _tokens(150, 150), _event("item_completed", item=item)]
        (call,) = _calls(*_head(), *records)
        assert [(one.path, one.operation) for one in call.files] == [
            ("a.py", "create"),
            ("b", "modify"),
        ]


def test_a_patch_that_failed_delivers_nothing_whatever_was_asked() -> None:
    asked = [*_head(), _asks("c1", ("Add", "a.py")), _tokens(150, 150), _output("c1")]
    failed = _event("patch_apply_end", call_id="c1", success=False, changes=_changes())
    item = {"type": "FileChange", "id": "c1", "status": "declined", "changes": _changes()}
    for said in (failed, _event("item_completed", item=item)):
        (call,) = _calls(*asked, said)
        assert call.files == ()


def test_a_patch_of_a_script_belongs_to_the_latest_call() -> None:
    """Its id is its own, not that of the call."""
    script = _item("custom_tool_call", name="exec", call_id="c2", input="tools.apply_patch(x)")
    patched = _event("patch_apply_end", call_id="exec-1", success=True, changes=_changes())
    for records in (
        [script, _tokens(150, 150), patched],
        [script, patched, _tokens(150, 150)],
        [script, _tokens(150, 150), _says(), patched],
    ):
        first, *_ = _calls(*_head(), *records)
        assert [one.path for one in first.files] == ["/repo/shop/src/a.py", "/repo/shop/old.py"]
    assert _calls(*_head(), patched) == []


# Turns.


def test_a_turn_ends_as_codex_says() -> None:
    """150 + 60 + 5 tokens; a reply that is cut off is an error to Codex, so this one was whole."""
    records = [
        *_head(),
        _event("task_started", turn_id="turn-1"),
        _event("user_message", message="…"),
        *_writes("c1", "a.py", 150, 150),
        *_writes("c2", "b.py", 210, 60),
        _says(),
        _tokens(215, 5),
    ]
    for end, success in (
        (_event("task_complete", turn_id="turn-1"), True),
        (_event("turn_complete", turn_id="turn-1", error={"message": "…"}), False),
        (_event("turn_aborted", reason="interrupted"), False),
    ):
        (turn,) = samples_of(_found([*records, end], unit="turn"))
        assert (turn["actual_output_tokens"], turn["unit"]) == (215, "turn")
        assert turn["success"] is success
        assert turn["truncated"] is (False if success else None)
        assert [path for path, _, _ in deliverables(turn)] == ["a.py", "b.py"]
    assert left_out(_found(records, unit="turn")) == {"unfinished": (1, 215)}
    assert left_out(_found(records[:-2], unit="turn")) == {"unfinished": (1, 210)}


def test_a_reply_whose_tools_still_run_is_left_for_later() -> None:
    records = [*_head(), _asks("c1", ("Add", "a.py")), _tokens(150, 150)]
    assert left_out(_found(records)) == {"unfinished": (1, 150)}
    assert _found([*records, _output("c1")]).taken == Count(1, 150)


def test_turns_are_told_apart_by_their_ids_or_their_prompts() -> None:
    two = [*_writes("c1", "a.py", 150, 150)[:3], _says(), _tokens(155, 5)]
    more = [*_writes("c2", "b.py", 215, 60)[:3], _says(), _tokens(220, 5)]
    told = _calls(*_head(), *two, _context("turn-2"), *more)
    assert [one.phase_id for one in told] == ["turn-1", "turn-1", "turn-2", "turn-2"]
    old = [_line("session_meta", {"id": THREAD}), _context(None)]
    prompt = _event("user_message", message="…")
    records = [*old, prompt, *two, prompt, *more]
    assert [one.phase_id for one in _calls(*records)] == [f"{THREAD}#{n}" for n in (1, 1, 2, 2)]
    turns = _calls(*records, unit="turn")
    assert [(one.actual_output_tokens, one.success) for one in turns] == [(155, True), (65, None)]
    # A search of the provider is none of its tools: an answer ended the turn all the same.
    searched = [*two[:3], _item("web_search_call", status="completed"), _says(), _tokens(155, 5)]
    first, _ = _calls(*old, prompt, *searched, prompt, *more, unit="turn")
    assert first.success is True
    # A prompt while tools ran broke the first turn off.
    first, _ = _calls(*old, prompt, *two[:3], prompt, *more, unit="turn")
    assert first.success is False


def test_the_model_is_that_of_the_last_context() -> None:
    told = _calls(
        *_head(),
        _says(),
        _tokens(5, 5),
        _context("turn-2", model="gpt-5-mini"),
        _says(),
        _tokens(9, 4),
    )
    assert [one.model for one in told] == ["gpt-5.3-codex", "gpt-5-mini"]


# Sessions that hold others, and bad input.


_SPAWNED = {"source": {"subagent": {"thread_spawn": {"parent_thread_id": THREAD}}}}


@pytest.mark.parametrize("how", [_SPAWNED, {"forked_from_id": THREAD}])
def test_a_fork_repeats_its_parent_at_once_and_that_does_not_count(how: dict[str, Any]) -> None:
    """All of it is written in the second of its head; then 40 tokens are its own."""
    started = _event("task_started", turn_id="turn-1")
    parent = [*_head(), started, *_writes("c1", "a.py", 150, 150)]
    copied = [one | {"timestamp": "2026-02-23T11:42:30.999Z"} for one in parent]
    head = _line("session_meta", {"id": "child", "cwd": "/repo/shop"} | how, 30)
    own = [_context("turn-9", 33), _asks("c9", ("Add", "z.py")), _tokens(190, 40), _output("c9")]
    own = [one | {"timestamp": "2026-02-23T11:42:35.000Z"} for one in own]
    (call,) = _calls(head, *copied, *own)
    run = THREAD if "source" in how else "child"
    assert (call.actual_output_tokens, call.run_id, call.phase_id) == (40, run, "turn-9")
    found = _found(parent, [head, *copied, *own])
    assert found.told == Count(2, 190)
    # The turn's context and start, the item, counts and output of the parent, but not its head.
    assert found.passed_over["copied from another session"] == 7


def test_an_agent_may_name_the_session_and_the_turn_that_it_works_for() -> None:
    head = _line("session_meta", {"id": "agent", "session_id": THREAD, "cwd": "/repo/shop"})
    told = {"response_id": "resp_1", "usage": _usage(60), "root_turn_id": "turn-1"}
    records = [_context("turn-9"), _says(), _line("token_usage_record", told), _tokens(60, 60)]
    (call,) = _calls(head, *records)
    assert (call.run_id, call.phase_id) == (THREAD, "turn-1")


def test_a_fork_may_say_where_its_own_history_begins() -> None:
    head = _line(
        "session_meta", {"id": "child", "subagent_history_start_ordinal": 4}, 1, ordinal=0
    )
    records = [_context("turn-1"), _says(), _tokens(150, 150), _says(), _tokens(190, 40)]
    numbered = [one | {"ordinal": number} for number, one in enumerate(records, 1)]
    assert [one.actual_output_tokens for one in _calls(head, *numbered)] == [40]


def test_a_session_that_is_told_in_two_files_counts_once() -> None:
    """By the turn and the sums so far, whatever the file calls itself."""
    records = [*_head(), *_writes("c1", "a.py", 150, 150)]
    other = [_line("session_meta", {"id": "resumed", "cwd": "/repo/shop"}, 50), *records[1:]]
    found = _found(records, [*other, *_writes("c2", "b.py", 210, 60)])
    assert (found.told, found.again) == (Count(2, 210), 1)


def _session() -> list[dict[str, Any]]:
    """Six replies of 110, 120 … 160 tokens, 810 together, in two turns."""
    records, total = [*_head()], 0
    for number in range(1, 7):
        total += 100 + 10 * number
        records += _writes(f"c{number}", f"{number}.py", total, 100 + 10 * number)
    return records


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_session_over_two_files_comes_to_the_same(first: int, overlap: int) -> None:
    """The second file begins with the head and, as far as it goes back, with what was told."""
    records = _session()
    whole = _found(records)
    assert whole.told == Count(6, 810)
    # Cut where a reply is whole: behind the output of its tool.
    cut = 2 + 5 * (first % 7)
    again = [*records[:2], *records[max(cut - overlap // 5 * 5, 2) :]]
    assert _found(records[:cut], again).told == whole.told


@settings(max_examples=40)
@given(st.lists(st.integers(0, 31), max_size=8))
def test_counts_that_are_told_again_change_nothing(places: list[int]) -> None:
    records = _session()
    plain = [(one.actual_output_tokens, one.files) for one in _calls(*records)]
    for place in sorted(places, reverse=True):
        before = [
            one for one in records[: place + 1] if one["payload"].get("type") == "token_count"
        ]
        records[place + 1 : place + 1] = before[-1:]
    assert [(one.actual_output_tokens, one.files) for one in _calls(*records)] == plain


def test_lines_that_cannot_be_read_are_counted() -> None:
    data = written([*_session(), {"type": "brand-new"}, {"type": "event_msg", "payload": "x"}])
    found = collected("codex", data + b'{"timestamp":"2026')
    assert {reason: one.count for reason, one in found.unreadable.items()} == {
        "bad-record": 1,
        "cut-off": 1,
    }
    assert found.passed_over["unknown kind"] == 1
    assert found.taken == Count(6, 810)


def test_it_is_told_from_other_formats() -> None:
    recognises = importer_of("codex").recognises
    assert all(recognises(one) for one in (*_head(), _says(), _tokens(1, 1)))
    others: tuple[dict[str, Any], ...] = ({}, {"type": "assistant"}, {"type": "event_msg"})
    assert not any(recognises(one) for one in others)


def test_no_value_of_any_type_makes_it_fail() -> None:
    """A file that holds every kind of line, each time with one value of another type."""
    item = {"type": "FileChange", "id": "c1", "status": "completed", "changes": _changes()}
    listed = [{"path": "a.py", "kind": {"type": "add"}}]
    spawned = _head(forked_from_id="x", subagent_history_start_ordinal=0, **_SPAWNED)
    shell = {"command": ["apply_patch", _patch(("Add", "a.py"))]}
    records = [
        *spawned,
        _event("task_started", turn_id="turn-1"),
        _event("user_message", message="…"),
        _item("reasoning", summary=[], encrypted_content="gAAA"),
        _says(),
        _asks("c1", ("Add", "a.py")),
        _item("function_call", name="shell", call_id="c2", arguments=orjson.dumps(shell).decode()),
        _line("token_usage_record", {"response_id": "r1", "usage": _usage(100)}),
        _tokens(100, 100),
        _event("patch_apply_end", call_id="c1", success=True, changes=_changes()),
        _event("item_completed", item=item),
        _event("item_completed", item=item | {"changes": listed}),
        _output("c1", [{"type": "input_text", "text": _DONE}]),
        _output("c2"),
        _says(),
        _event("raw_response_completed", response_id="r2", token_usage=_usage(7)),
        _tokens(107, None),
        _event("task_complete", turn_id="turn-1"),
    ]
    units: Iterator[SampleUnit] = cycle(("call", "turn"))
    for data, unit in zip(broken(records), units, strict=False):
        assert collected("codex", data, unit=unit).files
