"""A guess finds columns by usual names whose values fit, and leaves out what is not sure."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from coefgate.samples.foreign.tables.column_names import NAMES, names_of
from coefgate.samples.foreign.tables.mapping_guess import guess_columns


def _columns(**columns: Any) -> dict[str, str]:
    """What is guessed of one record, or of those that lists make."""
    return dict(guess_columns([columns]).mapped.columns)


@pytest.mark.parametrize(
    ("fact", "column", "value"),
    [
        *(
            ("actual_output_tokens", column, 12)
            for column in (
                "completion_tokens",
                "Output Tokens",
                "outputTokens",
                "tokens_out",
                "tokens (out)",
                "usage_completion_tokens",
                "gen_ai.usage.output_tokens",
                "native_tokens_completion",
            )
        ),
        ("max_output_tokens", "max_tokens", "4096"),
        ("max_output_tokens", "request.max_completion_tokens", 4096),
        ("predicted_output_tokens", "estimated_tokens", 5),
        ("reasoning_tokens", "thinking_tokens", 5),
        ("reasoning_tokens", "usage.completion_tokens_details.reasoning_tokens", 5),
        ("input_tokens", "promptTokens", 5),
        ("stop_reason", "finish_reason", "stop"),
        ("category", "Task Type", "docs"),
        ("complexity", "difficulty", "easy"),
        ("deliverables", "file_paths", "src/a.py"),
        ("created", "files created", "src/a.py"),
        ("modified", "modified_files", "src/a.py"),
        ("observed_at", "timestamp", 1772359200),
        ("observed_at", "ts", "2026-03-01 10:00"),
        ("phase_id", "ticket", "T-1"),
        ("run_id", "session", "abc"),
        ("attempt", "attempt", "2"),
        ("call_id", "message_id", "msg_12345"),
        ("success", "status", "succeeded"),
        ("success", "status_code", 200),
        ("truncated", "was_truncated", "no"),
        ("cache_hit", "from_cache", False),
        ("model", "LLM", "m-1"),
        ("branch", "gitBranch", "main"),
        ("actual_output_tokens", "properties.completion_tokens", 345),
        ("model", "properties.main_model", "m-1"),
        ("workspace", "cwd", "/repo"),
        ("unit", "unit", "turn"),
        ("paths", "paths", "partial"),
    ],
)
def test_usual_names(fact: str, column: str, value: Any) -> None:
    assert _columns(**{column: value}) == {fact: column}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tokens", 12),  # of input and output together?
        ("total_tokens", 12),
        ("completion_tokens", "many"),
        ("completion_tokens_details", 12),
        ("prompt_tokens_details.cached_tokens", 12),
        ("files", 3),  # how many
        ("files", "three of them"),
        ("status", "in review"),
        ("time", 12.5),  # how long
        ("id", 7),  # the number of the row
        ("id", "7"),
        ("attempt", 0),
        ("type", "GENERATION"),
        ("provider", "org/model-3.5"),
        ("url", "https://example.org/a.html"),
        ("host", "api.example.org"),
        ("completion_tokens", None),
    ],
)
def test_what_is_not_sure_is_left_out(column: str, value: Any) -> None:
    assert _columns(**{column: value}) == {}


def test_json_in_texts_is_looked_into() -> None:
    row = {"usage_details": '{"output": 5}', "model_parameters": '{"max_tokens": 9}', "odd": "{"}
    assert guess_columns([row]).mapped.columns == {
        "actual_output_tokens": "usage_details.output",
        "max_output_tokens": "model_parameters.max_tokens",
    }


def test_a_label_has_few_values() -> None:
    rows = [{"type": f"t{number}"} for number in range(40)]
    assert guess_columns(rows).mapped.columns == {}
    assert guess_columns(rows[:20]).mapped.columns == {"category": "type"}


def test_ids_of_calls_are_all_different() -> None:
    same = [{"request_id": "req_12345"}, {"request_id": "req_12345"}]
    assert guess_columns(same).mapped.columns == {}


def test_the_likelier_name_wins_and_a_column_holds_one_fact() -> None:
    assert _columns(
        completion_tokens=5, output_tokens=6, predicted_output_tokens=7, max_tokens=8
    ) == {
        "actual_output_tokens": "output_tokens",
        "predicted_output_tokens": "predicted_output_tokens",
        "max_output_tokens": "max_tokens",
    }
    assert _columns(limits={"output_tokens": 9}, usage={"output_tokens": 5}) == {
        "actual_output_tokens": "usage.output_tokens"
    }


def test_files_are_found_by_their_look_where_no_name_tells() -> None:
    assert _columns(what="src/a.py, b.md") == {"deliverables": "what"}
    assert _columns(what=["src/a.py"]) == {"deliverables": "what"}
    assert _columns(files=["src/a.py"], what=["src/b.py"]) == {"deliverables": "files"}


def test_the_first_of_a_list_is_not_the_whole_list() -> None:
    guess = guess_columns([{"wrote": [{"path": "src/a.py"}], "choices": [{"finish_reason": "x"}]}])
    assert guess.mapped.columns == {
        "deliverables": "wrote",
        "stop_reason": "choices.0.finish_reason",
    }
    assert guess.unused == ("choices",)


@pytest.mark.parametrize(
    ("column", "from_request"), [("deliverables", True), ("target_files", True), ("files", False)]
)
def test_a_name_may_say_that_files_were_asked_for(column: str, from_request: bool) -> None:
    constants = guess_columns([{column: "src/a.py"}]).mapped.constants
    assert (constants == {"deliverables_from": "request"}) is from_request


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["src/a.py;src/b.py", "c.md"], ";"),
        (["src/a.py src/b.py"], " "),
        (["src/a.py\nsrc/b.py"], "\n"),
        (["src/a.py, src/b.py"], ","),
        (["src/a.py"], None),
        (["src/a.py;src/b.py", "c.md,d.md"], None),  # each cell shows its own
        (['["src/a.py"]'], None),
    ],
)
def test_separators_of_paths(cells: list[str], separator: str | None) -> None:
    assert guess_columns([{"files": one} for one in cells]).mapped.files.separator == separator


@pytest.mark.parametrize(
    ("cells", "thousands"),
    [
        (["1.234", "820", "12.345"], "."),
        (["1.234", "2.345"], None),
        (["900.000", "820.000"], None),
        (["1.234", "1234", "820"], None),
        (["1,234", "820"], None),
        ([1234, 820], None),
    ],
)
def test_dots_for_thousands(cells: list[Any], thousands: str | None) -> None:
    guess = guess_columns([{"tokens_out": one} for one in cells])
    assert guess.mapped.thousands == thousands


def test_times_without_a_zone() -> None:
    zones = [
        guess_columns([{"ts": one}]).mapped.naive_times
        for one in ("2026-03-01T10:00:00Z", "2026-03-01 10:00:00", 1772359200)
    ]
    assert zones == [None, UTC, None]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["low", "high"], {}),
        (["Easy", "HARD"], {"easy": "low", "hard": "high"}),
        (["S", "M", "L"], {"s": "low", "m": "medium", "l": "high"}),
        (["1", "2", "3"], {"1": "low", "2": "medium", "3": "high"}),
        ([1, 2, 4], {"1": "level-1", "2": "level-2", "4": "level-4"}),
        (["Low"], {"low": "low"}),
        # Two words would fall together: they stay what they are.
        (["trivial", "easy", "hard"], {}),
        (["Very Hard!", "ok"], {"very hard!": "very-hard"}),
        (["default", "?"], {}),
    ],
)
def test_words_of_complexity(values: list[Any], words: dict[str, str]) -> None:
    found = guess_columns([{"difficulty": one} for one in values]).mapped.words
    assert found.get("complexity", {}) == words


def test_categories_get_names_that_a_registry_can_declare() -> None:
    rows = [{"category": one} for one in ("docs", "Feature Work", "2nd try", ["list"])]
    assert guess_columns(rows).mapped.words == {
        "category": {"feature work": "feature-work", "2nd try": "level-2nd-try"}
    }


def test_names() -> None:
    assert names_of("response.usage.completionTokens") == (
        "response_usage_completion_tokens",
        "completion_tokens",
        "completion_tokens",
    )
    assert names_of("limits.output_tokens") == ("limits_output_tokens", "limits_output_tokens")
    assert all(len(set(names)) == len(names) for names in NAMES.values())
    assert all(name == names_of(name)[0] for names in NAMES.values() for name in names)


@pytest.mark.parametrize(
    ("column", "value", "fact"),
    [
        ("Kind of work", "bugfix", "category"),
        ("ticket type", "feature", "category"),
        ("estimated difficulty", "hard", "complexity"),
        ("model type", "chat-large", None),
        ("content type", "json", None),
        ("kindness", "much", None),
    ],
)
def test_of_labels_a_word_of_the_name_is_enough(column: str, value: str, fact: str | None) -> None:
    found = _columns(output_tokens=9, **{column: value})
    assert {name: one for name, one in found.items() if one == column} == (
        {} if fact is None else {fact: column}
    )


def test_a_sentence_is_no_name_of_a_piece_of_work() -> None:
    assert _columns(output_tokens=9, task="T-1: mend the cart page")["phase_id"] == "task"
    prompt = "Please mend the page of the cart, it shows no prices"
    assert "phase_id" not in _columns(output_tokens=9, task=prompt)


def test_the_activity_that_openrouter_exports() -> None:
    row = {
        "generation_id": "gen-1748887001-a",
        "created_at": "2026-06-02 18:03:21.123",
        "cost_total": "0.0123",
        "tokens_prompt": "1234",
        "tokens_completion": "567",
        "tokens_reasoning": "100",
        "tokens_cached": "0",
        "model_permaslug": "anthropic/claude-4-sonnet",
        "cancelled": "false",
        "finish_reason_raw": "end_turn",
        "finish_reason_normalized": "stop",
    }
    assert _columns(**row) == {
        "actual_output_tokens": "tokens_completion",
        "reasoning_tokens": "tokens_reasoning",
        "input_tokens": "tokens_prompt",
        "observed_at": "created_at",
        "stop_reason": "finish_reason_normalized",
        "call_id": "generation_id",
        "model": "model_permaslug",
    }


@pytest.mark.parametrize(
    ("values", "fact"),
    [
        (["end_turn", "max_tokens", "end_turn"], "stop_reason"),
        (["ok", "failed", "ok"], "success"),
        (["open", "merged", "closed"], None),
    ],
)
def test_why_replies_stopped_is_told_by_the_words(values: list[str], fact: str | None) -> None:
    records = [{"output_tokens": 9, "status": value} for value in values]
    found = guess_columns(records).mapped.columns
    assert {name for name, column in found.items() if column == "status"} == {fact} - {None}
