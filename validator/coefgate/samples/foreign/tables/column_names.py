"""What columns are called in the field: the usual names of each fact, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_WORDS: Final = {
    "actual_output_tokens": """
        actual_output_tokens native_tokens_completion output_tokens completion_tokens
        output_tokens_total total_output_tokens output_token_count completion_token_count
        candidates_token_count tokens_out out_tokens tokens_output tokens_completion
        tokens_generated generated_tokens num_output_tokens n_output_tokens num_completion_tokens
        response_tokens reply_tokens tokens_received actual_output actual_tokens eval_count
        usage_details_output
    """,
    "predicted_output_tokens": """
        predicted_output_tokens predicted_output predicted_tokens estimated_output_tokens
        estimated_tokens expected_output_tokens token_estimate
    """,
    "max_output_tokens": """
        max_output_tokens max_tokens max_completion_tokens max_new_tokens max_tokens_to_sample
        output_token_limit output_limit token_limit num_predict ceiling
    """,
    "reasoning_tokens": """
        reasoning_tokens reasoning_output_tokens reasoning_token_count thinking_tokens
        tokens_reasoning thoughts_token_count thoughts_tokens native_tokens_reasoning
        completion_tokens_details_reasoning_tokens output_tokens_details_reasoning_tokens
        usage_details_reasoning_tokens
    """,
    "input_tokens": """
        input_tokens prompt_tokens native_tokens_prompt input_token_count prompt_token_count
        tokens_in in_tokens tokens_input tokens_prompt tokens_sent prompt_eval_count
        num_input_tokens n_input_tokens context_tokens usage_details_input
    """,
    "created": "files_created created_files new_files files_added added_files created_paths",
    "modified": """
        files_modified modified_files files_edited edited_files updated_files files_updated
        modified_paths
    """,
    "deliverables": """
        deliverables files file_paths filepaths paths files_changed changed_files files_written
        written_files output_files files_touched touched_files target_files target_paths targets
        expected_files requested_files file_list artifacts outputs file_path filepath path file
        filename file_name target_file output_file target
    """,
    "deliverables_from": "deliverables_from",
    "paths": "paths",
    "unit": "unit",
    "observed_at": """
        observed_at created_at timestamp started_at start_time called_at requested_at request_time
        logged_at created time_created datetime date_time ts event_time time when at completed_at
        finished_at ended_at end_time date
    """,
    "stop_reason": """
        stop_reason finish_reason finish_reasons finish_reason_normalized native_finish_reason
        finish_reason_raw completion_reason end_reason
        stop_sequence_reason done_reason
    """,
    "category": """
        category task_category task_type work_type type_of_work task_kind job_type change_type
        work_category issue_type activity kind type label class
    """,
    "complexity": """
        complexity task_complexity complexity_level difficulty difficulty_level task_difficulty
        hardness effort t_shirt_size size
    """,
    "call_id": """
        call_id message_id msg_id response_id request_id generation_id completion_id id
    """,
    "phase_id": """
        phase_id phase phase_name task_id task_name task step_id step job_id ticket_id ticket
        issue_id issue story item_id prompt_id
    """,
    "run_id": """
        run_id run run_name session_id session conversation_id thread_id trace_id workflow_id
        batch_id batch experiment
    """,
    "attempt": "attempt attempt_number attempt_no attempt_id try try_number",
    "model": """
        response_model model model_name provided_model_name model_id llm_model model_used
        main_model llm model_slug model_permaslug engine deployment
    """,
    "truncated": "truncated was_truncated is_truncated cut_off was_cut_off",
    "success": """
        success succeeded is_success was_successful successful ok passed status_code status outcome
        result state
    """,
    "cache_hit": "cache_hit from_cache is_cached cached",
    "output_mode": "output_mode edit_format",
    "branch": "branch git_branch branch_name",
    "workspace": "workspace workspace_root workdir cwd repo_root repo_path root_dir",
}
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    fact: tuple(names.split()) for fact, names in _WORDS.items()
}
"""By fact, in the order in which columns are looked for: a column holds one fact."""
LABELS: Final = ("category", "complexity")
"""Facts that everybody calls otherwise: a word of a name is enough (``Kind of work``)."""
_OF_SOMETHING_ELSE: Final = frozenset(
    {"api", "cache", "call", "content", "customer", "data", "event", "file", "finish", "http"}
    | {"mime", "model", "plan", "provider", "request", "response", "stop", "token", "tokens"}
    | {"usage", "user"}
)
"""Words that make the kind of something else of a name: ``model type``."""
ASKED_FOR: Final = frozenset(
    {"deliverables", "expected_files", "requested_files"}
    | {"target", "targets", "target_file", "target_files", "target_paths"}
)
"""Names of lists that say what was asked for."""

_BEFORE: Final = re.compile(
    r"(?:usage|llm|response|reply|request|gen_ai|metadata|meta|properties|call|message|body|data)_"
)
_OTHERS: Final = re.compile(r"max|limit|predict|estimat|cache|detail|budget|expected")
"""Parts of a name that make another fact of what stands behind them."""


@lru_cache(maxsize=4096)
def names_of(column: str) -> tuple[str, ...]:
    """How a column may be called: its whole name, that without usual beginnings, its last key.

    In small letters, with ``_`` between words: ``Usage.completionTokens`` is
    ``usage_completion_tokens`` and ``completion_tokens``.
    """
    whole = _plain(column)
    short = whole
    while begins := _BEFORE.match(short):
        short = short[begins.end() :]
    before, _, last = column.rpartition(".")
    behind = () if _OTHERS.search(_plain(before)) else (_plain(last),)
    return (whole, short, *behind)


def words_of(column: str) -> frozenset[str]:
    """The words of a column's name; none where they name the kind of something else."""
    words = frozenset(_plain(column).split("_"))
    return frozenset() if words & _OF_SOMETHING_ELSE else words


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold()
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_")
