"""The expressions that our workflows use, evaluated as GitHub documents it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_TOKEN: Final = re.compile(r"\s*(?:(\|\||&&|==|!=|\(|\))|'((?:[^']|'')*)'|([A-Za-z_][\w.-]*))")
_EMBEDDED: Final = re.compile(r"\$\{\{(.*?)\}\}")


def filled(text: str, context: Mapping[str, Any]) -> str:
    """``text`` with the value of each ``${{ … }}`` in its place."""
    return _EMBEDDED.sub(lambda found: as_text(value_of(found[1], context)), text)


def as_text(value: Any) -> str:
    """A value as it reaches an environment variable: null is empty, a number has no fraction."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def value_of(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of one expression. An unknown name is an error; a missing property is null."""
    tokens = _tokens(expression)
    value = _either(tokens, context)
    assert not tokens, f"{expression!r} is not understood from {tokens} on"
    return value


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, position, text = [], 0, expression.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found, f"{expression!r} is not understood at {text[position:]!r}"
        kind = ("sign", "text", "name")[(found.lastindex or 0) - 1]
        tokens.append((kind, found[found.lastindex or 0]))
        position = found.end()
    return tokens


def _either(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    value = _both(tokens, context)
    while tokens[:1] == [("sign", "||")]:
        tokens.pop(0)
        other = _both(tokens, context)
        value = value or other
    return value


def _both(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    value = _compared(tokens, context)
    while tokens[:1] == [("sign", "&&")]:
        tokens.pop(0)
        other = _compared(tokens, context)
        value = value and other
    return value


def _compared(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    value = _single(tokens, context)
    if tokens[:1] in ([("sign", "==")], [("sign", "!=")]):
        equal = tokens.pop(0)[1] == "=="
        return (as_text(value).lower() == as_text(_single(tokens, context)).lower()) is equal
    return value


def _single(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    kind, token = tokens.pop(0)
    if kind == "text":
        return token.replace("''", "'")
    assert kind == "name", f"a value is missing before {token!r}"
    if tokens[:1] == [("sign", "(")]:
        assert (token, tokens[1]) == ("always", ("sign", ")")), f"{token}() is not known here"
        del tokens[:2]
        return True
    root, *path = token.split(".")
    value = context[root]
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
