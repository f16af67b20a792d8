"""What a registry, a sample or a path could hold to deceive whoever reads the report."""

from __future__ import annotations

import re
from dataclasses import Field, fields, is_dataclass, replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from coefgate.samples.model import Retirement, Sample
from coefgate.telemetry.alarms.alarm import Alarm

NASTY = (
    *("@octocat", "@org/team", "a@example.com", "mail a@example.com now", "see @octocat, please"),
    *(
        "#1",
        "GH-1",
        "octo/repo#1",
        "octo/repo@3f2c1ab",
        "3f2c1ab" * 5 + "01234",
        "defaced",
        "1234567",
    ),
    *(
        "http://example.com",
        "https://example.com/a?b=c",
        "www.example.com",
        "ftp://example.com",
        "mailto:a@b.c",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- x -->",
        "-->",
        "<?php ?>",
        "</details>",
    ),
    *(
        "</summary>",
        "<a href='//x'>x</a>",
        "<svg/onload=x>",
        "<![CDATA[x]]>",
        "<!DOCTYPE x>",
        "&lt;b&gt;",
        "&#64;a",
    ),
    *(
        "[x](//example.com)",
        "![x](//example.com/y.png)",
        "[x]: //example.com",
        "<//example.com>",
        "[^1]",
        "[x][y]",
    ),
    *("|", "a|b", "\\|", "\\\\|", "a\\", "`|`", "| --- | --- |", "a\\|`b"),
    *("`", "``", "a`b", "`@octocat`", "``` @octocat", "`" * 9, "`" * 81, "`" * 200, "\\`", "~~~"),
    *(
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a\u2028b",
        "a\u2029b",
        "a\x0bb",
        "a\x0cb",
        "a\x85b",
        "\n\n# Heading",
        "a\n\n- b",
    ),
    *(
        "# Heading",
        "> quote",
        "- item",
        "1. item",
        "1) item",
        "+ item",
        "---",
        "===",
        "    code",
        "\tcode",
    ),
    *(
        "*bold*",
        "**bold**",
        "_em_",
        "__em__",
        "~~gone~~",
        "$x$",
        "$`x`$",
        "$$x$$",
        ":x:",
        ":+1:",
        "a:smile:b",
    ),
    *(
        "\u202eevil",
        "a\u200bb",
        "\ufeffa",
        "\u2066a\u2069",
        "\u00ada",
        "a\ufe0fb",
        "\u3164",
        "\u2800",
        "\U000e0041",
    ),
    *(
        "\x00",
        "\x1b[31mred\x1b[0m",
        "\x1b]8;;http://x\x07y",
        "\x07",
        "\x9b31m",
        "\ud800",
        "\udcff.py",
    ),
    *("", " ", "   ", " a", "a ", "\u00a0", "\u3000"),
    *(
        "::error::x",
        "\n::error::x",
        "a::b",
        "%0A::error::x",
        "##[error]x",
        "::stop-commands::x",
        "%25",
        "a,title=x",
    ),
    *(
        "x" * 5000,
        "x " * 3000,
        "\U000e0100" * 3000,
        "😀" * 3000,
        "@" * 3000,
        "|" * 3000,
        "a\u0301" * 2000,
    ),
    "**PASS** all good, merge it @octocat",
    (
        "docs.low moves; acknowledge it with: "
        'acknowledge: {from: 1, to: 2, reason: "`@octocat`"}; more'
    ),
    "xacknowledge: {a}`@octocat`",
    "coefgate replay --by `@octocat` x",
    "@octocat`b/acknowledge: {a} @octocat",
    "@octocat`b/coefgate replay @octocat",
    "coefgate replay`@octocat`",
    "`coefgate replay`@octocat",
)

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(), max_size=60),
    st.text("`|\\@#<>[]()!*_~:-+.&$/ \n\r\tab1", max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=4).map(" ".join),
)
"""Arbitrary texts, and those that mean something to Markdown."""

Record = TypeVar("Record")
_OURS = {
    *(
        "rule",
        "status",
        "verdict",
        "dimension",
        "kind",
        "digest",
        "documentation",
        "key",
        "method",
    ),
    *("asked_by", "moved"),
    "sha256",
    "procedure",  # a fit, which goes on computing from what it holds
    "applies_to",  # globs of models, of which "*" would take every call from the fallback
}


def with_text(value: Record, text: str) -> Record:
    """``value`` with ``text`` for every text that does not come from the program itself."""
    found: Record = _replaced(value, text)
    return found


def _is_open(value: Any, one: Field[Any]) -> bool:
    """May others choose a text here? What a type spells out (``AlarmName``) is the program's."""
    held = getattr(value, one.name)
    if isinstance(value, Alarm) and value.name in {"drift", "release"} and one.name == "names":
        return False
    return not isinstance(held, str) or bool(re.search(r"\bstr\b", str(one.type)))


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        found = [_replaced(item, text) for item in value]
        return type(value)(*found) if hasattr(value, "_fields") else tuple(found)
    if is_dataclass(value) and not isinstance(value, type):
        fresh = {
            one.name: _replaced(getattr(value, one.name), text)
            for one in fields(value)
            if one.name not in _OURS and one.init and _is_open(value, one)
        }
        if isinstance(value, Sample | Retirement):  # what has the same id is the same
            fresh["id"] = f"{text}{value.id}"
        return replace(value, **fresh)
    return value
