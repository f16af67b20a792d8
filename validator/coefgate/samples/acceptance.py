"""Is a line a valid sample by itself? Decided fast; where it is not: ``line_errors``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, Final

import jsonschema_rs
import orjson

from coefgate.registry.document import Fault
from coefgate.registry.schemas import load_schema
from coefgate.registry.wording import printable, shown
from coefgate.samples.model import sample_id

_numbers: Final = itemgetter(
    *("attempt", "actual_output_tokens", "max_output_tokens", "input_tokens"),
    "predicted_output_tokens",
)

_numbers_since_2: Final = itemgetter("format", "reasoning_tokens")


def accepted_fields(line: bytes) -> dict[str, Any] | None:
    """The fields of a line that fits the schema and has one meaning only, else ``None``.

    A line that ``orjson`` writes again byte for byte, spaces after commas and colons aside, has no
    repeated key and no odd number. Other spacing and escapes take a slower way round.
    """
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    of_format_2 = type(fields) is dict and "format" in fields
    if not _schema(of_format_2=of_format_2).is_valid(fields) or not _whole_numbers(fields):
        return None
    written = orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
    if (
        written != line
        and written != line.replace(b", ", b",").replace(b": ", b":")
        and not has_one_meaning(line)
    ):
        return None
    accepted: dict[str, Any] = fields
    return accepted


def _whole_numbers(fields: Mapping[str, Any]) -> bool:
    """1218.0 is an integer to JSON Schema, not here: another reader may see another number."""
    if float in map(type, _numbers(fields)):
        return False
    if "format" in fields and float in map(type, _numbers_since_2(fields)):
        return False
    # A plain loop: three times as fast as a generator, in the innermost loop of reading.
    for deliverable in fields["deliverables"]:
        if type(deliverable["bytes_before"]) is float:
            return False
    return True


def has_one_meaning(line: bytes) -> bool:
    """No key stands twice and no number is odd: every reader sees the same in ``line``."""
    try:
        json.loads(line, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError


def _refuse(number: str) -> None:
    raise ValueError(number)


@cache
def _schema(*, of_format_2: bool) -> Any:
    """The schema of a line of one format: to ask of each line which one it has takes longer."""
    whole = load_schema("sample")
    plain = {name: part for name, part in whole.items() if name not in {"if", "then", "else"}}
    if of_format_2:
        plain["required"] = [*whole["required"], *whole["then"]["required"]]
    else:
        known = {name: whole["properties"][name] for name in whole["required"]}
        narrower = whole["else"]["properties"]
        plain["properties"] = known | {one: known[one] | narrower[one] for one in narrower}
    # An engine without backtracking: no line can make a pattern slow.
    return jsonschema_rs.validator_for(plain, pattern_options=jsonschema_rs.RegexOptions())


def content_faults(fields: Mapping[str, Any], origin: str | None) -> list[Fault]:
    """What a schema cannot say: days that exist, paths that are concrete, the id's hash.

    ``fields`` fit the schema and were read from the folder of ``origin``.
    """
    faults: list[Fault] = []
    observed_at, is_real = fields["observed_at"], fields["paths"] == "real"
    if observed_at is not None:
        try:
            datetime.fromisoformat(observed_at)
        except ValueError:
            found, allowed = f"is {shown(observed_at)}", "it is a day that exists in the calendar"
            faults.append(Fault("no-such-day", found, allowed, "Check the day.", ("observed_at",)))
    if fields["actual_output_tokens"] == 0 and fields["success"]:
        found, allowed = "is 0 and success is true", "a call that succeeded has output tokens"
        fix = 'Check both: write "success":false, or the tokens that were billed.'
        path = ("actual_output_tokens",)
        faults.append(Fault("success-without-tokens", found, allowed, fix, path))
    reasoning, tokens = fields.get("reasoning_tokens"), fields["actual_output_tokens"]
    if reasoning is not None and reasoning > tokens:
        found = f"is {reasoning:,} and actual_output_tokens is {tokens:,}"
        allowed = "reasoning tokens are a part of the output tokens that are billed"
        fix = "Check both: add them to actual_output_tokens if the source counts them apart."
        path = ("reasoning_tokens",)
        faults.append(Fault("more-than-the-whole", found, allowed, fix, path))
    first: dict[str, int] = {}
    for index, deliverable in enumerate(fields["deliverables"]):
        name = deliverable["path"]
        if first.setdefault(name, index) != index:
            faults.append(_repeated(index, first[name], name))
        if is_real and (name[-1] == "/" or "*" in name):
            faults.append(_not_concrete(index, name))
    if origin is not None and fields["origin"] != origin:
        found = f'is "{fields["origin"]}" in the folder samples/{printable(origin)}'
        fix = f"Move the line to samples/{fields['origin']}/."
        allowed = "a line is in the folder of its origin"
        faults.append(Fault("wrong-folder", found, allowed, fix, ("origin",)))
    if fields["id"] != (right := sample_id(fields)):
        found = f"is {fields['id']}, but the line hashes to {right}"
        fix = (
            "An edited line is another sample: leave the stored line as it was, and add the "
            'edited one in a new file with "supersedes" naming the old id. If the line is new, '
            f"its id is {right}."
        )
        faults.append(Fault("wrong-id", found, "the id is the hash of its line", fix, ("id",)))
    return faults


def _repeated(index: int, first: int, name: str) -> Fault:
    found = f"names the file of deliverables[{first}] again ({shown(name)})"
    allowed, fix = "a call has each deliverable once", "Delete one of the two."
    return Fault("repeated-deliverable", found, allowed, fix, ("deliverables", index, "path"))


def _not_concrete(index: int, name: str) -> Fault:
    what = "folder" if name[-1] == "/" else "pattern"
    found = f"is a {what} ({shown(name)})"
    fix = 'Write the files themselves, or say that they are not all known: "paths":"partial".'
    path = ("deliverables", index, "path")
    return Fault(f"{what}-as-real", found, "real paths are concrete files", fix, path)
