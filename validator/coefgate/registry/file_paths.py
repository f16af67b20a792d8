"""What the path of one file in a workspace may be: one rule, by which a page refuses, too."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from jsonschema_rs import validator_for

from coefgate.registry.schemas import load_schema

_FOLDER_OR_PATTERN: Final = r"/$|\*"


@cache
def file_path_schema() -> dict[str, Any]:
    """The schema of one file's path: what that of samples says of paths, and not of more files.

    Nothing but ``maxLength`` (characters), ``pattern`` and ``not.pattern``, in expressions that
    JavaScript reads: ``what_if/call.js`` knows no others.
    """
    path = load_schema("sample")["properties"]["deliverables"]["items"]["properties"]["path"]
    never = f"{path['not']['pattern']}|{_FOLDER_OR_PATTERN}"
    return {
        "maxLength": path["maxLength"],
        "pattern": path["pattern"],
        "not": {"pattern": never},
    }


def is_file_path(path: str) -> bool:
    """Is it the path of one file, relative to a workspace?

    Where its bytes are not UTF-8 it is judged as it would be shown: the schema speaks of Unicode.
    """
    shown = path.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return bool(_validator().is_valid(shown))


@cache
def _validator() -> Any:
    return validator_for(file_path_schema())
