"""Where everything of a YAML text stands: members of collections, where they end, and comments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import yaml

_Collection: Final = (yaml.MappingNode, yaml.SequenceNode)
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_COLON: Final = re.compile(r"\s*:")


class Member(NamedTuple):
    """A key with its value, or an item of a list.

    It begins with its key, with its dash, or with the value itself in ``[ ]``. ``value_from`` is
    where the key's colon or the dash ends; what follows up to ``end`` is the value with what
    stands before it.
    """

    begin: int
    value_from: int
    value: yaml.Node
    end: int


class Comment(NamedTuple):
    """From its ``#`` to the end of its line."""

    begin: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A text that the strict reader takes, with its nodes and its comments."""

    text: str
    root: yaml.Node
    comments: tuple[Comment, ...]

    @classmethod
    def of(cls, text: str) -> Layout:
        """The layout of ``text``; positions count characters from 0.

        Raises ``ValueError`` for a text with no value in it.
        """
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            raise ValueError("there is no value in this text")
        return cls(text, root, tuple(_comments(text, root)))

    @property
    def newline(self) -> str:
        """How the first line ends."""
        return "\r\n" if self.text.partition("\n")[0].endswith("\r") else "\n"

    def members(self, node: yaml.Node) -> list[Member]:
        """The members of a mapping or list, in their order."""
        if isinstance(node, yaml.MappingNode):
            return [self._pair(key, value) for key, value in node.value]
        before = begin_of(node)
        members = []
        for value in node.value:
            block = is_block(node)
            begin = self._dash(before, begin_of(value)) if block else begin_of(value)
            before = self.end(value)
            members.append(Member(begin, begin + block, value, before))
        return members

    def _pair(self, key: yaml.Node, value: yaml.Node) -> Member:
        colon = _COLON.match(self.text, key.end_mark.index)
        value_from = begin_of(value) if colon is None else colon.end()
        return Member(begin_of(key), value_from, value, self.end(value))

    def _dash(self, begin: int, end: int) -> int:
        """The dash between two items; comments between them may hold others."""
        hidden = _COMMENT.sub(lambda found: "#" * len(found.group()), self.text[begin:end])
        return begin + hidden.rindex("-")

    def end(self, node: yaml.Node) -> int:
        """Where the node's own text ends; a mark of a block lies behind the comments below it."""
        if is_block(node):
            last = node.value[-1]
            return self.end(last[1] if isinstance(node, yaml.MappingNode) else last)
        begin, end = begin_of(node), int(node.end_mark.index)
        return begin + len(self.text[begin:end].rstrip())

    def comments_in(self, begin: int, end: int) -> Sequence[Comment]:
        """The comments that begin from ``begin`` up to ``end``."""
        first = bisect_left(self.comments, (begin, ""))
        return self.comments[first : bisect_left(self.comments, (end, ""))]

    def line_start(self, place: int) -> int:
        """Where the line of ``place`` begins."""
        return self.text.rfind("\n", 0, place) + 1

    def line_end(self, place: int) -> int:
        """Where the line of ``place`` ends, before its line end."""
        end = self.text.find("\n", place)
        if end < 0:
            return len(self.text)
        return end - 1 if end > place and self.text[end - 1] == "\r" else end

    def next_line(self, place: int) -> int:
        """Where the line behind that of ``place`` begins; the end of the text if none does."""
        return self.text.find("\n", place) + 1 or len(self.text)

    def is_first(self, place: int) -> bool:
        """Does nothing but spaces stand before it on its line?"""
        return not self.text[self.line_start(place) : place].strip()

    def column(self, place: int) -> int:
        """How many characters stand before it on its line."""
        return place - self.line_start(place)


def begin_of(node: yaml.Node) -> int:
    """Where the node's text begins; with its first dash or key, if it is a block."""
    return int(node.start_mark.index)


def in_braces(node: yaml.Node) -> bool:
    """Is it a mapping or list that is written in braces or brackets?"""
    return isinstance(node, _Collection) and bool(node.flow_style)


def is_block(node: yaml.Node) -> bool:
    """Is it a mapping or list that is written on lines, with no braces or brackets?"""
    return isinstance(node, _Collection) and not node.flow_style


def _comments(text: str, root: yaml.Node) -> Iterator[Comment]:
    place = 0
    for begin, end in (*_scalars(text, root), (len(text), len(text))):
        for found in _COMMENT.finditer(text, place, begin):
            yield Comment(found.start(), found.group())
        place = end


def _scalars(text: str, node: yaml.Node) -> Iterator[tuple[int, int]]:
    """Begin and end of every scalar, in order; of a block scalar below its first line."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(text, key)
            yield from _scalars(text, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(text, item)
    else:
        begin, end = begin_of(node), int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            begin = text.index("\n", begin)
        yield begin, end
