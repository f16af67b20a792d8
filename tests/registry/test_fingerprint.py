"""The fingerprint of path rules differs exactly where what the rules mean may differ."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from coefgate.registry.model import fingerprint

RULES = (("test", ("test_*.py", "*_test.py")), ("doc", ("*.md",)))
ITS_OWN = fingerprint(RULES, "backend")


def test_it_is_the_beginning_of_a_sha256_over_canonical_json() -> None:
    canonical = b'[[["test",["*_test.py","test_*.py"]],["doc",["*.md"]]],"backend"]'
    assert hashlib.sha256(canonical).hexdigest()[:12] == ITS_OWN


def test_the_order_within_a_rule_decides_nothing() -> None:
    assert fingerprint((("test", ("*_test.py", "test_*.py")), RULES[1]), "backend") == ITS_OWN
    assert fingerprint(((kind, iter(globs)) for kind, globs in RULES), "backend") == ITS_OWN


@pytest.mark.parametrize(
    ("rules", "default"),
    [
        (RULES[::-1], "backend"),
        (RULES, "frontend"),
        (RULES[:1], "backend"),
        ((), "backend"),
        ((RULES[0], ("doc", ("*.md", "*.rst"))), "backend"),
        ((RULES[0], ("config", ("*.md",))), "backend"),
        ((("test", ("test_*.py",)), ("test", ("*_test.py",)), RULES[1]), "backend"),
        ((("test", ("test_*.py,*_test.py",)), RULES[1]), "backend"),
        ((RULES[0], ("doc", ("*.mð",))), "backend"),
    ],
)
def test_anything_else_does(rules: tuple[tuple[str, tuple[str, ...]], ...], default: str) -> None:
    found = fingerprint(rules, default)
    assert found != ITS_OWN
    assert len(found) == 12
    assert set(found) <= set("0123456789abcdef")


def test_it_needs_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; import coefgate.registry.model;"
        "sys.exit(bool({'yaml', 'jsonschema', 'pandas', 'coefgate.core.paths'} & "
        "set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
