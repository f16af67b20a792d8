"""What a schema cannot say about one sample: days that exist, paths that are concrete, the id's hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from coefgate.registry.wording import printable, shown
from coefgate.samples.faults import Fault
from coefgate.samples.identity import sample_id

_REAL: Final = "real paths are concrete files"


def content_faults(fields: Mapping[str, Any], origin: str | None) -> list[Fault]:
    """Everything that is wrong with a sample that fits its schema, read from the folder of ``origin``."""
    faults: list[Fault] = []
    observed_at = fields["observed_at"]
    if observed_at is not None:
        try:
            datetime.fromisoformat(observed_at)
        except ValueError:
            faults.append(_no_such_day(observed_at))
    if fields["actual_output_tokens"] == 0 and fields["success"]:
        faults.append(_nothing_replied())
    deliverables = fields["deliverables"]
    if len(deliverables) > 1 and len({deliverable["path"] for deliverable in deliverables}) < len(
        deliverables
    ):
        faults += _repeated(deliverables)
    if fields["paths"] == "real":
        for index, deliverable in enumerate(deliverables):
            path = deliverable["path"]
            if path[-1] == "/" or "*" in path:
                faults.append(_not_concrete(index, path))
    if origin is not None and fields["origin"] != origin:
        faults.append(_wrong_folder(fields["origin"], origin))
    right = sample_id(fields)
    if fields["id"] != right:
        faults.append(_wrong_id(fields["id"], right))
    return faults


def _no_such_day(observed_at: str) -> Fault:
    found = f"is {shown(observed_at)}"
    allowed = "it is a day that exists in the calendar"
    return Fault(("observed_at",), "no-such-day", found, allowed, "Check the day.")


def _nothing_replied() -> Fault:
    allowed = "a call that succeeded has at least one output token"
    fix = 'Check both: write "success":false, or the tokens that were billed.'
    return Fault(
        ("actual_output_tokens",),
        "success-without-tokens",
        "is 0 and success is true",
        allowed,
        fix,
    )


def _repeated(deliverables: Sequence[Mapping[str, Any]]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for index, deliverable in enumerate(deliverables):
        before = first.setdefault(deliverable["path"], index)
        if before != index:
            found = (
                f"names the file of deliverables[{before}] again ({shown(deliverable['path'])})"
            )
            path = ("deliverables", index, "path")
            allowed = "a call has each deliverable once"
            faults.append(
                Fault(path, "repeated-deliverable", found, allowed, "Delete one of the two.")
            )
    return faults


def _not_concrete(index: int, path: str) -> Fault:
    kind, code = (
        ("a folder", "folder-as-real") if path[-1] == "/" else ("a pattern", "pattern-as-real")
    )
    fix = 'Write the files themselves, or say that they are not all known: "paths":"partial".'
    return Fault(("deliverables", index, "path"), code, f"is {kind} ({shown(path)})", _REAL, fix)


def _wrong_folder(origin: str, folder: str) -> Fault:
    found = f'is "{origin}" in the folder samples/{printable(folder)}'
    allowed = "a line stands in the folder of its origin"
    return Fault(
        ("origin",), "wrong-folder", found, allowed, f"Move the line to samples/{origin}/."
    )


def _wrong_id(found: str, right: str) -> Fault:
    fix = (
        "An edited line is another sample: leave the stored line as it was, and add the edited "
        "one in a new "
        f'file with "supersedes" naming the old id. If the line is new, its id is {right}.'
    )
    allowed = "the id is the hash of its line"
    return Fault(("id",), "wrong-id", f"is {found}, but the line hashes to {right}", allowed, fix)
