"""Which columns of a foreign table hold what, as a mapping file says it."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from coefgate.core.problems import InvalidInput, explained
from coefgate.core.vocabulary import Operation
from coefgate.registry.document import Document, Fault
from coefgate.registry.files import MAX_BYTES, file_too_large
from coefgate.registry.schemas import schema_problems
from coefgate.registry.wording import did_you_mean, first_of, printable, shown
from coefgate.registry.yaml_reader import read_document
from coefgate.samples.foreign.file_lists import FileForm

TOKENS: Final = "actual_output_tokens"
FILES: Final[Mapping[str, Operation]] = {
    "deliverables": "unknown",
    "created": "create",
    "modified": "modify",
}
"""Facts that are lists of files, with the operation of files that state none."""
BOOLEANS: Final = ("success", "truncated", "cache_hit")
NUMBERS: Final = (
    TOKENS,
    "reasoning_tokens",
    "max_output_tokens",
    "input_tokens",
    "predicted_output_tokens",
    "attempt",
)
_SHOWN: Final = 20
"""Columns of a file that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What ``schemas/mapping.schema.json`` describes, words in small letters.

    ``document``: the mapping file that it was read from.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: FileForm = field(default_factory=FileForm)
    thousands: str | None = None
    reasoning: str = "within"
    naive_times: tzinfo | None = None
    document: Document | None = None


def read_column_map(file: Path) -> ColumnMap:
    """The mapping in ``file``. Raises ``InvalidInput`` with every problem of it."""
    name = file.as_posix()
    document, problems = read_document(map_content(file), name)
    if document is not None:
        problems += schema_problems(document, "mapping")
    if document is None or problems:
        raise InvalidInput(problems)
    data = document.data
    return ColumnMap(
        columns=data["columns"],
        constants=data.get("constants", {}),
        words={
            name: {word.casefold(): meaning for word, meaning in words.items()}
            for name, words in data.get("words", {}).items()
        },
        files=FileForm(**data.get("files", {})),
        thousands=data.get("thousands"),
        reasoning=data.get("reasoning", "within"),
        naive_times=zone_of(document),
        document=document,
    )


def map_content(file: Path) -> bytes:
    """What ``file`` holds. Raises ``InvalidInput`` where that is too much for a file of ours."""
    name = file.as_posix()
    look = f"Check it with: ls -l {shlex.quote(name)}"
    with explained(f"{name}: cannot be read", look), file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput([file_too_large(file.stat().st_size).placed(name, 1)])
    return content


def zone_of(document: Document) -> tzinfo | None:
    """The zone that ``naive_times`` names. Raises ``InvalidInput`` where there is none."""
    stated = document.at(("naive_times",))
    if stated is None:
        return None
    if stated == "UTC":
        return UTC
    try:
        if str(stated)[:1] in {"+", "-"}:
            return datetime.fromisoformat(f"2000-01-01T00:00:00{stated}").tzinfo
        return ZoneInfo(str(stated))
    except (LookupError, ValueError, OSError):
        fix = "Write the offset, such as +11:00."
        known, path = "a zone is one that this machine knows", ("naive_times",)
        fault = Fault("no-such-zone", f"is {shown(stated)}", known, fix, path)
        raise InvalidInput([fault.at(document)]) from None


def require_columns(
    mapped: ColumnMap, missing: Collection[str], there: Collection[str], source: str
) -> None:
    """Raise ``InvalidInput`` where the mapping file names ``missing`` columns of ``source``."""
    if mapped.document is None:
        return
    names = sorted(map(printable, there))
    has = f"It has {first_of(names, _SHOWN)}." if names else "It has none."
    problems = [
        Fault(
            "no-such-column",
            f"is {shown(column)}, which {source} does not have",
            "a column is one of the file, and has a name of its own there",
            did_you_mean(column, names, has),
            ("columns", name),
        ).at(mapped.document)
        for name, column in mapped.columns.items()
        if column in missing
    ]
    if problems:
        raise InvalidInput(problems)
