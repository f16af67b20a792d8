"""How parts of an expression are spelled in JavaScript; what they match is tested in a browser."""

from __future__ import annotations

import pytest

from coefgate.whatif.js_regex import js_regex


@pytest.mark.parametrize(
    ("python", "spelled"),
    [
        (r"a\.b\-c\ d", r"a\.b-c d"),
        (r"(?s:a(?>.*?b).*)\Z", r"(?:a(?=(?<a0>.*?b))\k<a0>.*)$"),
        (r"(?s:a)\z", "(?:a)$"),
        (r"(?>a(?>b)c)(?>d)", r"(?=(?<a0>a(?=(?<a1>b))\k<a1>c))\k<a0>(?=(?<a2>d))\k<a2>"),
        (r"[]a\&\-]", r"[\]a&\-]"),
        (r"[^]a\\]", r"[^\]a\\]"),
        (r"(?=[^/]*(?:/[^/]*){2}\Z)", r"(?=[^/]*(?:/[^/]*){2}$)"),
    ],
)
def test_spelling(python: str, spelled: str) -> None:
    assert js_regex(python) == f"^(?:{spelled})$"


@pytest.mark.parametrize("python", [r"\d", r"\1", "(?P<a>b)", "(?i:a)", "(?<=a)b", "a}"])
def test_what_no_glob_becomes_is_refused(python: str) -> None:
    with pytest.raises(ValueError, match="no part of a glob's expression"):
        js_regex(python)
