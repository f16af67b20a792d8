"""Bad coefficients in the real command: a clear error with its place, exit 3, bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

DOCS = "coefficients/overhead/docs.yaml"
MIB = 1024 * 1024


def _replace(old: str, new: str, file: str = DOCS) -> Callable[[Path], None]:
    def spoil(registry: Path) -> None:
        path = registry / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8", newline="")

    return spoil


def _write(content: bytes, file: str = DOCS) -> Callable[[Path], None]:
    def spoil(registry: Path) -> None:
        (registry / file).write_bytes(content)

    return spoil


def _tokens(written: str) -> Callable[[Path], None]:
    """Another figure for the tokens of docs.low, which stand on line 6 of the file."""

    def spoil(registry: Path) -> None:
        lines = (registry / DOCS).read_text("utf-8").split("\n")
        assert "tokens:" in lines[5]
        lines[5] = f"    tokens: {written}"
        (registry / DOCS).write_text("\n".join(lines), "utf-8")

    return spoil


def _bomb() -> bytes:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "\n".join(rows).encode()


def _link_out(registry: Path) -> None:
    (registry / DOCS).unlink()
    (registry / DOCS).symlink_to("/etc/hostname")


def _fifo(registry: Path) -> None:
    (registry / DOCS).unlink()
    os.mkfifo(registry / DOCS)


CASES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "duplicate key": (
        _replace("category: docs\n", "category: docs\ncategory: docs\n"),
        [f"{DOCS}:3:1", "line 2"],
    ),
    "unknown key": (_replace("aliases:", "aliasses:"), [f"{DOCS}:3:1", "aliases"]),
    "tab": (_replace("  low:", "\tlow:"), [f"{DOCS}:5:1", "tab"]),
    "byte order mark": (
        lambda registry: _write(b"\xef\xbb\xbf" + (registry / DOCS).read_bytes())(registry),
        [f"{DOCS}:1:1", "byte order mark"],
    ),
    "NaN": (_tokens(".nan"), [f"{DOCS}:6:13", "overhead.low.tokens", ".nan"]),
    "infinity": (_tokens(".inf"), [f"{DOCS}:6:13", ".inf"]),
    "negative": (
        _tokens("-40"),
        [f"{DOCS}:6:13", "overhead.low.tokens is -40", "from 0 to 1,000,000", "40?"],
    ),
    "decimal": (_tokens("40.5"), [f"{DOCS}:6:13", "40.5"]),
    "whole decimal": (_tokens("40.0"), [f"{DOCS}:6:13", "40.0"]),
    "boolean": (_tokens("true"), [f"{DOCS}:6:13", "boolean"]),
    "absurd": (_tokens("1000001"), [f"{DOCS}:6:13", "1,000,000"]),
    "many digits": (_tokens("9" * 10_000), [f"{DOCS}:6:13"]),
    "text for a number": (_tokens('"1500"'), [f"{DOCS}:6:13", "text"]),
    "date where text is meant": (
        _replace("category: docs", "category: 2025-12-29"),
        [f"{DOCS}:2:11", "quote"],
    ),
    "alias bomb": (_write(_bomb()), [f"{DOCS}:1:5", "anchor"]),
    "merge key": (_replace("category: docs", "<<: {}\ncategory: docs"), [f"{DOCS}:2:1", "<<"]),
    "several documents": (
        lambda registry: _write((registry / DOCS).read_bytes() + b"---\ncategory: docs\n")(
            registry
        ),
        [DOCS, "document"],
    ),
    "Python tag": (_tokens('!!python/object/apply:os.system ["true"]'), [f"{DOCS}:6:13", "tag"]),
    "invalid UTF-8": (_write(b"category: docs\n# caf\xe9\n"), [f"{DOCS}:2:6", "UTF-8"]),
    "NUL": (_write(b"category: docs\naliases: [a\0b]\n"), [f"{DOCS}:2:12"]),
    "syntax": (_write(b"category: [docs\n"), [DOCS]),
    "deep nesting": (_write(b"[" * 200_000), [DOCS]),
    "empty": (_write(b""), [f"{DOCS}:1:1"]),
    "link out of the registry": (_link_out, [f"{DOCS}:1:1", "link"]),
    "not a file": (_fifo, [f"{DOCS}:1:1"]),
    "unknown file": (
        _write(b"x: 1\n", "coefficients/extra.yaml"),
        ["coefficients/extra.yaml:1:1"],
    ),
    "wrong ending": (
        _write(b"x: 1\n", "coefficients/gates.yml"),
        ["coefficients/gates.yml:1:1", "gates.yaml"],
    ),
    "file missing": (
        lambda registry: (registry / "coefficients/gates.yaml").unlink(),
        ["coefficients/gates.yaml"],
    ),
    "falling complexities": (_tokens("999999"), [f"{DOCS}:", "medium"]),
    "margin below one": (
        _replace("factor: ", "factor: 0.", "coefficients/safety_margins.yaml"),
        ["coefficients/safety_margins.yaml:4:11", "default.factor"],
    ),
    "margin too fine": (
        _write(
            b"default:\n  factor: 1.3001\n  basis: {kind: prior, reference: x}\ncells: {}\n"
            b"interval: {below: 0.3, above: 0.3, coverage: null}\n",
            "coefficients/safety_margins.yaml",
        ),
        ["coefficients/safety_margins.yaml:2:11", "three decimals"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_its_place(name: str, registry: Path, coefgate: Coefgate) -> None:
    spoil, expected = CASES[name]
    spoil(registry)
    outcome = coefgate("check", measured=True)
    assert outcome.code == 3, outcome.text
    assert not [words for words in expected if words not in outcome.out], outcome.out
    assert outcome.grown < 40 * MIB


def test_a_file_of_100_mb_is_refused_before_it_is_read(registry: Path, coefgate: Coefgate) -> None:
    with (registry / DOCS).open("wb") as file:
        file.write(b"category: docs\n" * (100 * MIB // 15))
    outcome = coefgate("check", measured=True)
    assert outcome.code == 3
    assert f"{DOCS}:1:1" in outcome.out
    assert "at most 1,048,576" in outcome.out
    assert outcome.grown < 40 * MIB


def test_every_problem_of_every_file_is_named_at_once(registry: Path, coefgate: Coefgate) -> None:
    _tokens("-1")(registry)
    _replace("aliases:", "aliasses:", "coefficients/overhead/backend.yaml")(registry)
    _replace("format: 1", "format: yes", "coefficients/registry.yaml")(registry)
    _write(b"x", "coefficients/overhead/.docs.yaml.swp")(registry)
    outcome = coefgate("check")
    for place in (
        f"{DOCS}:6:13",
        "overhead/backend.yaml:3:1",
        "registry.yaml:3:9",
        ".docs.yaml.swp:1:1",
    ):
        assert f"{place} " in outcome.out, outcome.out
    assert outcome.out.rstrip().endswith("in 4 files")


@pytest.mark.parametrize(
    "command",
    [
        ["gate"],
        ["replay"],
        ["coverage"],
        ["estimate", "--category", "docs", "--complexity", "low"],
    ],
)
def test_no_command_works_with_a_broken_registry(
    command: list[str], registry: Path, coefgate: Coefgate
) -> None:
    _tokens("-40")(registry)
    outcome = coefgate(*command)
    assert outcome.code == 3
    assert outcome.out == ""
    assert f"{DOCS}:6:13" in outcome.err
