"""Patches where Codex hides them: in scripts, in shells, in maps of changes."""

from __future__ import annotations

import orjson
import pytest

from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.transcripts.codex_patches import asked_files, changed_files

PATCH = "*** Begin Patch\n*** Update File: D:\\new\\a.ts\n@@\n-x\n+y\n*** End Patch\n"


@pytest.mark.parametrize(
    "given",
    [
        PATCH,
        PATCH.replace("\n", "\r\n"),
        f"const a = {orjson.dumps(PATCH).decode()}; tools.apply_patch(a);",
        f"await tools.apply_patch(`{PATCH}`)",
        orjson.dumps({"cmd": f"apply_patch {PATCH}"}).decode(),
        # A script within JSON: its text is written twice over.
        orjson.dumps({"input": f"apply_patch({orjson.dumps(PATCH).decode()})"}).decode(),
    ],
)
def test_a_path_is_read_as_it_is_meant(given: str) -> None:
    name = "apply_patch" if given.startswith("***") else "exec"
    assert asked_files(name, given) == (ForeignFile("D:\\new\\a.ts", "modify"),)


@pytest.mark.parametrize(
    "given", [None, 7, "", "*** Add File: a", 'apply_patch("*** Begin Patch\\x")', PATCH]
)
def test_what_is_no_patch_has_no_files(given: object) -> None:
    assert asked_files("exec", given) == ()


def test_changes_that_say_nothing_are_passed_by() -> None:
    changes = {"a": "add", "b": {"type": "rename"}, "": {"type": "add"}, "c": {"kind": "add"}}
    assert changed_files(changes) == (ForeignFile("c", "create"),)
    assert changed_files([{"kind": "add"}, "a", None]) == changed_files(None) == ()
