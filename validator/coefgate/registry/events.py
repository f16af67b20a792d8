"""PyYAML's events → data and marks, with every refusal on the way; a stack instead of recursion."""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

import yaml

from coefgate.core.characters import INVISIBLE, MAX_PROBLEMS, character_name, too_many
from coefgate.core.problems import Problem
from coefgate.registry.marks import UNREADABLE, Document
from coefgate.registry.opened import NO_KEY, OpenList, OpenMapping
from coefgate.registry.scalars import Refusal, plain_value
from coefgate.registry.wording import ValuePath, described, dotted, printable

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 100_000
"""Values in one file; bounds the memory that a file can ask for."""

_INVISIBLE_IN_TEXT: Final = re.compile(rf"[\t\r\ud800-\udfff{INVISIBLE}]")
_DIRECTIVE: Final = Refusal(
    "directive", "has a directive", "directives are not used", "Delete the line with %."
)


class DocumentBuilder:
    """Takes events one by one; ``document`` and ``problems`` hold what came out of them.

    ``done`` turns true where reading on makes no sense: too deep, too many values or problems, a
    second document.
    """

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.done = False
        self._file = file
        self._stack: list[OpenList | OpenMapping] = []
        self._root = OpenList()
        self._documents = 0
        self._values = 0

    def document(self) -> Document | None:
        """What was read; ``None`` where the file holds no value at all."""
        if not self._root.data:
            return None
        return Document(self._file, self._root.data[0], self._root.marks[0])

    def path(self) -> ValuePath:
        """Where in the document the next value belongs."""
        if not self._stack:
            return ()
        *above, here = self._stack
        steps = [*(opened.step(inside=True) for opened in above), here.step(inside=False)]
        return tuple(chain.from_iterable(steps))

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if isinstance(event, yaml.NodeEvent):
            self._values += 1
            if self._values > MAX_VALUES:
                self._stop(
                    event, "too-many-values", f"holds more than {MAX_VALUES:,} values", "Split it."
                )
            else:
                self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            fix = "Delete the line --- and what follows, or move it to a file of its own."
            self._stop(event, "several-documents", "holds a second document", fix)
        elif event.version or event.tags:
            self._refuse(event, (), _DIRECTIVE)

    def _take_node(self, event: yaml.NodeEvent) -> None:
        parent = self._stack[-1] if self._stack else self._root
        if isinstance(parent, OpenMapping) and parent.wants_key:
            self._take_key(parent, event)
            return
        line, column = _place(event)
        path = self.path()
        if isinstance(event, yaml.CollectionStartEvent):
            self._check_properties(event, path)
            opened = self._open(event, path)
            parent.put(opened.data, line, column, opened.marks)
        else:
            parent.put(self._scalar(event, path), line, column, None)

    def _take_key(self, parent: OpenMapping, event: yaml.NodeEvent) -> None:
        path = self.path()
        parent.wants_key, parent.key, parent.key_place = False, None, _place(event)
        if isinstance(event, yaml.CollectionStartEvent):
            fix = "Write a text as the key."
            self._refuse(
                event,
                path,
                Refusal("key-not-text", "has a collection as a key", "keys are texts", fix),
            )
            self._open(event, path)
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            fix = "Write the keys out."
            self._refuse(
                event,
                path,
                Refusal("merge-key", "has a merge key <<", "values are not merged", fix),
            )
        else:
            parent.key = self._key(parent, event, (*path, getattr(event, "value", NO_KEY)))

    def _key(self, parent: OpenMapping, event: yaml.NodeEvent, path: ValuePath) -> str | None:
        key = self._scalar(event, path)
        if key is UNREADABLE:
            return None
        if not isinstance(key, str):
            found, fix = f"has {described(key)} as its key", "Put the key into quotes."
            self._refuse(event, path, Refusal("key-not-text", found, "keys are texts", fix))
            return None
        if key in parent.data:
            found = f"is written twice, first in line {parent.marks[key].key_line}"
            fix = "Keep one of the two."
            self._refuse(event, path, Refusal("duplicate-key", found, "a key stands once", fix))
            return None
        return key

    def _open(self, event: yaml.CollectionStartEvent, path: ValuePath) -> OpenList | OpenMapping:
        if len(self._stack) == MAX_DEPTH:
            found = f"is nested more than {MAX_DEPTH} levels deep"
            self._refuse(
                event,
                path,
                Refusal("too-deep", found, "no document needs that", "Take out the nesting."),
            )
            self.done = True
        opened = OpenMapping() if isinstance(event, yaml.MappingStartEvent) else OpenList()
        self._stack.append(opened)
        return opened

    def _scalar(self, event: yaml.NodeEvent, path: ValuePath) -> object:
        if not isinstance(event, yaml.ScalarEvent):
            name = printable(str(event.anchor))
            fix = f'Write the value itself, or "*{name}" for the text.'
            self._refuse(
                event, path, Refusal("alias", f"is the alias *{name}", "aliases are not used", fix)
            )
            return UNREADABLE
        if not self._check_properties(event, path):
            return UNREADABLE
        if event.style:
            return self._text(event, path)
        value = plain_value(event.value)
        if isinstance(value, Refusal):
            self._refuse(event, path, value)
            return UNREADABLE
        return value

    def _text(self, event: yaml.ScalarEvent, path: ValuePath) -> object:
        hidden = _INVISIBLE_IN_TEXT.search(event.value)
        if hidden is None:
            return event.value
        found = f"holds the escaped character {character_name(hidden.group())}"
        allowed = "texts are plain and visible"
        self._refuse(event, path, Refusal("control-character", found, allowed, "Delete it."))
        return UNREADABLE

    def _check_properties(self, event: yaml.NodeEvent, path: ValuePath) -> bool:
        """Refuse an anchor or a tag; false where the value cannot be read without its tag."""
        if event.anchor is not None:
            name = printable(event.anchor)
            fix = f"Delete &{name}; quote a text that begins with &."
            self._refuse(
                event,
                path,
                Refusal("anchor", f"has the anchor &{name}", "anchors are not used", fix),
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            fix = "Delete it; quote a value that is meant as a text."
            name = printable(tag.replace("tag:yaml.org,2002:", "!!", 1))
            self._refuse(
                event, path, Refusal("tag", f"has the tag {name}", "tags are not used", fix)
            )
        return tag is None

    def _stop(self, event: yaml.Event, code: str, found: str, fix: str) -> None:
        allowed = "one file holds one document of reasonable size"
        self._refuse(event, (), Refusal(code, found, allowed, fix))
        self.done = True

    def _refuse(self, event: yaml.Event, path: ValuePath, why: Refusal) -> None:
        place = _place(event)
        if len(self.problems) == MAX_PROBLEMS:
            self.problems.append(too_many(self._file, *place))
            self.done = True
        elif not self.done:
            subject = dotted(path)
            self.problems.append(
                Problem(self._file, *place, subject, why.code, why.found, why.allowed, why.fix)
            )


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
