"""Tools belong to the last call that began before them beside them, or to none."""

from __future__ import annotations

import io
from typing import Any

import pytest

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.importers import otlp
from coefgate.samples.foreign.otlp import tool_calls
from coefgate.samples.foreign.source import ForeignSource
from tests.samples.foreign.otlp.lines import START, span, spans

ROOT = 99


def _chat(number: int, **given: Any) -> dict[str, Any]:
    """A call of the agent ``ROOT``, told by its second."""
    fields = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": number}
    parent = given.pop("parent", ROOT)
    end = {"endTimeUnixNano": str(START + given.pop("until") * 10**9)} if "until" in given else {}
    return span("chat", fields | given, number, parentSpanId=f"{parent:016x}", **end)


def _tool(number: int, path: str, **given: Any) -> dict[str, Any]:
    fields = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "write_file",
        "gen_ai.tool.call.arguments": {"path": path},
    }
    parent = given.pop("parent", ROOT)
    return span("tool", fields | given, number, parentSpanId=f"{parent:016x}")


def _told(*several: dict[str, Any]) -> list[tuple[str | None, int | None, str | None]]:
    source = ForeignSource("log", io.BytesIO(spans(*several)))
    told = otlp.calls(source, ImportOptions())
    return [(one.key, one.actual_output_tokens, one.unusable) for one in told]


def _calls(*several: dict[str, Any]) -> dict[int, tuple[list[str], str]]:
    source = ForeignSource("log", io.BytesIO(spans(*several)))
    told = list(otlp.calls(source, ImportOptions()))
    return {one.actual_output_tokens or 0: _paths(one) for one in told}


def _paths(call: ForeignCall) -> tuple[list[str], str]:
    return [one.path for one in call.files], call.paths


AGENT = span("agent", {}, ROOT)


def test_each_call_has_the_tools_until_the_next() -> None:
    assert _calls(
        _tool(0, "before any call"),
        _chat(1),
        _tool(2, "a"),
        _tool(3, "b"),
        _chat(4),
        _chat(5),
        _tool(6, "c"),
        AGENT,
    ) == {1: (["a", "b"], "real"), 4: ([], "partial"), 5: (["c"], "real")}


def test_agents_do_not_mix() -> None:
    inner = 50
    assert _calls(
        _chat(1),
        _chat(2, parent=inner),
        _tool(3, "a", parent=inner),
        _tool(4, "b"),
        span("agent", {}, inner),
        AGENT,
    ) == {1: (["b"], "real"), 2: (["a"], "real")}


def test_where_calls_overlap_nobody_knows_whose_a_tool_is() -> None:
    assert _calls(_chat(1, until=3), _chat(2), _tool(4, "a"), _chat(5), _tool(6, "b"), AGENT) == {
        1: ([], "partial"),
        2: ([], "partial"),
        5: ([], "partial"),
    }


def test_a_call_that_states_its_files_keeps_them() -> None:
    asked = {"coefgate.deliverables": ["x"]}
    assert _calls(_chat(1), _tool(2, "a"), _chat(3, **asked), _tool(4, "b"), AGENT) == {
        1: (["a"], "real"),
        3: (["x"], "real"),
    }


@pytest.mark.parametrize("failed", [{"success": False}, {"success": "false"}])
def test_a_tool_that_failed_wrote_nothing(failed: dict[str, Any]) -> None:
    broken = _tool(3, "b") | {"status": {"code": 2}}
    assert _calls(_chat(1), _tool(2, "a", **failed), broken, _tool(4, "c"), AGENT) == {
        1: (["c"], "real")
    }


def test_a_tool_that_names_no_file_leaves_the_list_incomplete() -> None:
    assert _calls(
        _chat(1), _tool(2, "a"), _tool(3, "b", **{"gen_ai.tool.call.arguments": 5}), AGENT
    ) == {1: (["a"], "partial")}


def test_tools_of_open_inference() -> None:
    tool = span(
        "write",
        {
            "openinference.span.kind": "TOOL",
            "tool.name": "write_file",
            "input.value": '{"path":"a"}',
        },
        2,
        parentSpanId=f"{ROOT:016x}",
    )
    assert _calls(_chat(1), tool, AGENT) == {1: (["a"], "real")}


def test_a_span_around_a_call_tells_it_again_and_one_around_several_is_a_sum() -> None:
    tokens = {"gen_ai.usage.output_tokens": 1}
    once = _told(_chat(1, parent=2), _chat(2, **tokens))
    assert [(key, unusable) for key, _, unusable in once] == [(once[0][0], None)] * 2
    assert once[0][0] is not None
    # The client knows no usage.
    unknown = _told(_chat(1, parent=2, **{"gen_ai.usage.output_tokens": ""}), _chat(2))
    assert [(count, unusable) for _, count, unusable in unknown] == [(None, None), (2, None)]
    agent = {"gen_ai.operation.name": "invoke_agent"}
    own = _told(_chat(1, parent=2), _chat(2, **agent, **tokens))
    assert own[0][0] != own[1][0]
    assert [unusable for _, _, unusable in own] == ["aggregate", None]
    summed = _told(_chat(1, parent=5), _chat(3, parent=5), _chat(5))
    assert [(count, unusable) for _, count, unusable in summed] == [
        (1, None),
        (5, "aggregate"),
        (3, None),
    ]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_calls, "MOST_WAITING", 2)
    several = [_chat(number, parent=1000 + number) for number in range(1, 6)]
    late = _tool(9, "a", parent=1001)
    assert _calls(*several, late) == {number: ([], "partial") for number in range(1, 6)}
