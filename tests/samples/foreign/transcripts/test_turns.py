"""What a turn comes to from its calls."""

from __future__ import annotations

from typing import Any

from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.transcripts.turns import turn_of


def _call(tokens: int | None, **facts: Any) -> ForeignCall:
    return ForeignCall(line=1, unit="call", actual_output_tokens=tokens, **facts)


def test_what_one_call_does_not_say_the_turn_does_not_either() -> None:
    turn = turn_of([_call(5, reasoning_tokens=2), _call(6)])
    assert (turn.actual_output_tokens, turn.reasoning_tokens) == (11, None)
    assert (turn.key, turn.call_id, turn.unusable) == (None, None, None)
    assert turn_of([_call(5), _call(None)]).unusable == "no-count"


def test_a_turn_ends_as_its_last_call_and_lists_the_files_of_all() -> None:
    first, last = ForeignFile("a", "create"), ForeignFile("a", "modify")
    turn = turn_of(
        [
            _call(5, key="m1", files=(first,), success=True, truncated=False, input_tokens=9),
            _call(
                6, key="m2", files=(last,), paths="partial", truncated=True, stop_reason="length"
            ),
        ]
    )
    assert (turn.key, turn.files, turn.paths) == ("turn of m1", (first, last), "partial")
    assert (turn.success, turn.truncated, turn.stop_reason) == (None, True, "length")
    assert turn.input_tokens is None


def test_a_call_that_is_no_sample_leaves_none_of_its_turn() -> None:
    assert turn_of([_call(5, unusable="side-call")], unusable="unfinished").unusable == "side-call"
    assert turn_of([_call(5), _call(2, visible_characters=400)]).unusable == "placeholder"
    hidden = _call(900, visible_characters=10, hides_thinking=True)
    assert turn_of([hidden], unusable="unfinished").unusable == "unfinished"
