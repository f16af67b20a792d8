"""JSON that stretches over lines, as printed for readers: its objects, cut apart line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_BEGINS: Final = re.compile(rb"\s*(?:\[\s*(?:\{.*)?|\{\s*)", re.DOTALL)
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]|[^\s\[\]{},:"]+')


def begins_multiline_json(line: bytes) -> bool:
    """Is a line that is no JSON by itself the beginning of a list of objects, or of an object?"""
    return _BEGINS.fullmatch(line) is not None


def json_pieces(
    lines: Iterable[tuple[int, bytes]], longest: int
) -> Iterator[tuple[int, bytes | None]]:
    """The objects of lists, one after the other, each with the line that it begins in.

    An object stands by itself too, without a list around it. What else stands there is a piece of
    its own, as is what never ends, alone without a line end. ``None``: an object of more than
    ``longest`` bytes.
    """
    cutter = _Cutter(longest)
    for number, line in lines:
        yield from cutter.take(number, line)
    if cutter.inside:
        yield cutter.began, bytes(cutter.kept.rstrip())


class _Cutter:
    """Goes through lines; ``kept``: the object that is being read, which ``began`` in a line."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._depth = self._outer = 0
        self.inside = False
        self.began = 0
        self.kept = bytearray()

    def take(self, number: int, line: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The objects that end in this line, and what is none."""
        start = 0
        for token in _TOKEN.finditer(line):
            word = token[0]
            if word in {b"{", b"["}:
                self._depth += 1
                if not self.inside and (word == b"{" or self._depth > 1):
                    self.inside, self._outer = True, self._depth - 1
                    self.began, start = number, token.start()
                    self.kept.clear()
            elif word in {b"}", b"]"}:
                self._depth = max(self._depth - 1, 0)
                if self.inside and self._depth <= self._outer:
                    self.inside = False
                    self._keep(line[start : token.end()])
                    yield self.began, self._whole()
            elif not self.inside:
                yield number, word + b"\n"
        if self.inside:
            self._keep(line[start:])

    def _keep(self, piece: bytes) -> None:
        if len(self.kept) <= self._longest:
            self.kept += piece

    def _whole(self) -> bytes | None:
        return bytes(self.kept) + b"\n" if len(self.kept) <= self._longest else None
