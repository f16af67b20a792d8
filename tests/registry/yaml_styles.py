"""YAML texts of given data in random styles, with comments wherever they may stand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from coefgate.registry.wording import ValuePath

_PLAIN = re.compile(r"[^\W0-9](?:[\w /.𝄞-]*\w)?")


@dataclass(frozen=True)
class Styled:
    """A text, its comments, and the lines or braces in which each mapping or list is written."""

    text: str
    comments: tuple[str, ...]
    parts: dict[ValuePath, str]


@st.composite
def styled(draw: st.DrawFn, data: Any, *, comments: bool = True) -> Styled:
    """``data``, a mapping, in a random style."""
    writer = _Writer(draw, draw(st.sampled_from(["\n", "\r\n"])) if comments else "\n", comments)
    lines = writer.block(data, "", ()) if draw(st.booleans()) else [writer.flow(data, "", ())]
    text = writer.newline.join([*writer.comment_lines(""), *lines, *writer.comment_lines("")])
    text += draw(st.sampled_from(["", writer.newline]))
    return Styled(text, tuple(writer.comments), writer.parts)


@dataclass
class _Writer:
    draw: st.DrawFn
    newline: str
    with_comments: bool
    comments: list[str] = field(default_factory=list)
    parts: dict[ValuePath, str] = field(default_factory=dict)

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def comment(self) -> str:
        self.comments.append(f"# c{len(self.comments)}, {{a: 'b}} - tokens: 1500")
        return self.comments[-1]

    def comment_lines(self, indent: str) -> list[str]:
        if not self.with_comments or self.one_of(True, True, False):
            return []
        return [f"{self.one_of(indent, indent, '')}{self.comment()}"]

    def behind(self) -> str:
        if not self.with_comments or self.one_of(True, True, False):
            return ""
        return f"{self.one_of(' ', '   ')}{self.comment()}"

    def scalar(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        style = self.one_of("plain", "single", "double")
        if style == "plain" and _PLAIN.fullmatch(value):
            return value
        doubled = value.replace("'", "''")
        return f"'{doubled}'" if style == "single" else json.dumps(value, ensure_ascii=False)

    def block(self, data: Any, indent: str, path: ValuePath) -> list[str]:
        write: Callable[..., list[str]] = self.pair if isinstance(data, dict) else self.item
        items = data.items() if isinstance(data, dict) else enumerate(data)
        lines = []
        for step, value in items:
            lines += [*self.comment_lines(indent), *write(step, value, indent, (*path, step))]
        self.parts[path] = self.newline.join(lines).strip(" ")
        return lines

    def pair(self, key: str, value: Any, indent: str, path: ValuePath) -> list[str]:
        begin = f"{indent}{self.scalar(key)}{self.one_of('', '', ' ')}:"
        deeper = indent + self.one_of("  ", "   ")
        if isinstance(value, dict | list) and value and self.one_of(True, False):
            if isinstance(value, list):
                deeper = self.one_of(indent, deeper)  # a list need not be indented
            return [f"{begin}{self.behind()}", *self.block(value, deeper, path)]
        if isinstance(value, str) and value and self.one_of(True, False, False, False):
            head = self.one_of(">-", "|-") + self.behind()
            return [f"{begin} {head}", f"{deeper}{value}"]
        if self.one_of(True, False, False, False):
            where = [f"{begin}{self.behind()}", *self.comment_lines(deeper)]
            return [*where, f"{deeper}{self.flow(value, deeper, path)}{self.behind()}"]
        return [f"{begin} {self.flow(value, deeper, path)}{self.behind()}"]

    def item(self, _: int, value: Any, indent: str, path: ValuePath) -> list[str]:
        if isinstance(value, dict | list) and value and self.one_of(True, False):
            deeper = indent + self.one_of("  ", "    ")
            first, *others = self.block(value, deeper, path)
            if first.lstrip().startswith("#"):
                return [f"{indent}-", first, *others]
            return [f"{indent}-{first[len(indent) + 1 :]}", *others]
        return [f"{indent}- {self.flow(value, indent + '  ', path)}{self.behind()}"]

    def flow(self, data: Any, indent: str, path: ValuePath) -> str:
        if not isinstance(data, dict | list):
            return self.scalar(data)
        deeper = indent + self.one_of("  ", "   ")
        items = data.items() if isinstance(data, dict) else enumerate(data)
        inside = []
        for step, value in items:
            key = f"{self.scalar(step)}:{self.one_of(' ', '  ')}" if isinstance(data, dict) else ""
            inside.append(f"{key}{self.flow(value, deeper, (*path, step))}")
        begin, end = "{}" if isinstance(data, dict) else "[]"
        write = self.on_lines if self.one_of(True, False, False) else self.on_a_line
        text = f"{begin}{write(inside, indent, deeper)}{end}"
        self.parts[path] = text
        return text

    def on_a_line(self, inside: list[str], *_: str) -> str:
        space, comma = self.one_of("", " "), self.one_of(", ", " , ")
        return f"{space}{comma.join(inside)}{self.one_of('', ',') if inside else ''}{space}"

    def on_lines(self, inside: list[str], indent: str, deeper: str) -> str:
        lines = [self.behind()]
        for number, one in enumerate(inside):
            comma = self.one_of("", ",") if number == len(inside) - 1 else ","
            lines += [*self.comment_lines(deeper), f"{deeper}{one}{comma}{self.behind()}"]
        return self.newline.join([*lines, *self.comment_lines(deeper), indent])
