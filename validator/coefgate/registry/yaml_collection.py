"""A collection in a YAML text: how members get other values, come in and go; comments stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_layout import Comment, Layout, Member, begin_of, is_block
from coefgate.registry.yaml_text import INDENT, block_lines, flow_text, scalar_text

_END_OF_ITEM: Final = re.compile(r"( *,)?( *(?:#[^\r\n]*)?)(?=\r?\n)")


class Splice(NamedTuple):
    """``text`` goes instead of what stands from ``begin`` to ``end``; ``path``: for whom."""

    begin: int
    end: int
    text: str
    path: ValuePath


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection at ``path``; what is put there stands behind ``indent`` unless ``in_flow``.

    In flow is what stands in braces and brackets.
    """

    layout: Layout
    path: ValuePath
    indent: str
    in_flow: bool

    def as_line(self, member: Member, data: Any) -> Splice:
        """The value of ``member`` written anew behind its key."""
        begin, end, text = begin_of(member.value), member.end, flow_text(data)
        if not isinstance(data, dict | list):
            text = scalar_text(data, getattr(member.value, "style", None))
        if is_block(member.value) and not self.in_flow:
            begin, text = member.value_from, f" {text}"
        return Splice(begin, end, text + self._kept_behind(begin, end), self.path)

    def as_block(self, member: Member, data: Any) -> Splice:
        """The value of ``member`` written anew on lines below its key."""
        begin, end = member.value_from, member.end
        kept = self._kept_behind(begin, end) + self._rest_of_line(end)
        lines = (kept.rstrip(), *block_lines(data, self.indent + INDENT))
        text = self.layout.newline.join(lines)
        return Splice(begin, self.layout.line_end(end), text, self.path)

    def put_in(self, members: Sequence[Member], before: int, added: Any) -> Splice:
        """What is ``added``, as a mapping or list, behind the member ``before`` (-1: as first)."""
        put = self._into_flow if self.in_flow else self._into_block
        return put(members, before, added)

    def _into_block(self, members: Sequence[Member], before: int, added: Any) -> Splice:
        newline = self.layout.newline
        text = newline.join(block_lines(added, self.indent))
        if before < 0:
            return self._put(members[0].begin, f"{text.lstrip(' ')}{newline}{self.indent}")
        return self._put(self.layout.line_end(members[before].end), f"{newline}{text}")

    def _into_flow(self, members: Sequence[Member], before: int, added: Any) -> Splice:
        layout, text, member = self.layout, flow_text(added)[1:-1], members[max(before, 0)]
        new_line = f"{layout.newline}{' ' * layout.column(member.begin)}"
        starts_line = layout.is_first(member.begin)
        if before < 0:
            return self._put(member.begin, f"{text},{new_line if starts_line else ' '}")
        end_of_item = _END_OF_ITEM.match(layout.text, member.end)
        if not starts_line or end_of_item is None:
            return self._put(member.end, f", {text}")
        comma, rest = end_of_item.groups("")
        text = f"{comma or ','}{rest}{new_line}{text}{',' if comma else ''}"
        return Splice(member.end, end_of_item.end(), text, self.path)

    def _put(self, begin: int, text: str) -> Splice:
        return Splice(begin, begin, text, self.path)

    def take_out(self, members: Sequence[Member], first: int, behind: int) -> Splice | None:
        """The members from ``first`` up to ``behind`` go; ``None`` where none would stay."""
        begin = members[first].begin
        if not self.in_flow and self.layout.is_first(begin):
            return self._lines_out(begin, members[behind - 1].end)
        if behind < len(members):
            return self._out_before(begin, members[behind].begin)
        return self._out_behind(members[first - 1].end, members[-1].end) if first else None

    def _lines_out(self, begin: int, end: int) -> Splice:
        layout = self.layout
        begin, end = layout.line_start(begin), layout.line_end(end)
        kept = [self._own_line(comment) for comment in layout.comments_in(begin, end)]
        text = "".join(f"{line}{layout.newline}" for line in kept)
        return Splice(begin, layout.next_line(end), text, self.path)

    def _own_line(self, comment: Comment) -> str:
        if not self.layout.is_first(comment.begin):
            return f"{self.indent}{comment.text}"
        return f"{' ' * self.layout.column(comment.begin)}{comment.text}"

    def _out_before(self, begin: int, following: int) -> Splice:
        layout = self.layout
        column = layout.column(following) if layout.is_first(following) else len(self.indent)
        new_line = f"{layout.newline}{' ' * column}"
        comments = layout.comments_in(begin, following)
        space = " " if comments and not layout.text[begin - 1].isspace() else ""
        kept = "".join(f"{comment.text}{new_line}" for comment in comments)
        return Splice(begin, following, f"{space}{kept}", self.path)

    def _out_behind(self, previous_end: int, end: int) -> Splice:
        return Splice(previous_end, end, self._kept_behind(previous_end, end), self.path)

    def _kept_behind(self, begin: int, end: int) -> str:
        """The comments of what goes; if something follows on the last line, it is on another."""
        comments = [comment.text for comment in self.layout.comments_in(begin, end)]
        if not comments:
            return ""
        new_line = f"{self.layout.newline}{self.indent}{INDENT}"
        more = [""] if self._rest_of_line(end).strip() else []
        return "  " + new_line.join((*comments, *more))

    def _rest_of_line(self, place: int) -> str:
        return self.layout.text[place : self.layout.line_end(place)]
