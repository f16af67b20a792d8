"""YAML bytes → a document, read strictly.

No recursion, and time and memory that grow with the file's size whatever the file holds. Anchors,
aliases, tags and everything that two YAML readers could understand differently are refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import yaml

from coefgate.core.characters import INVISIBLE, MAX_PROBLEMS, character_name, decoded, too_many
from coefgate.core.problems import InvalidInput, Problem
from coefgate.registry.document import UNREADABLE, Document, Fault, Unreadable
from coefgate.registry.document_builder import NO_KEY, DocumentBuilder
from coefgate.registry.wording import described, printable
from coefgate.registry.yaml_errors import syntax_error
from coefgate.registry.yaml_scalars import plain_value

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 100_000
"""Values in one file; bounds the memory that a file can ask for."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INVISIBLE_IN_TEXT: Final = re.compile(rf"[\t\r\ud800-\udfff{INVISIBLE}]")
_KEYS_ARE_TEXTS: Final = "keys are texts"


def strict_document(content: bytes, file: str) -> Document:
    """The document in ``content``; raises ``InvalidInput``, with problems that name ``file``."""
    document, problems = read_document(content, file)
    if document is None or problems:
        raise InvalidInput(problems)
    return document


def read_document(content: bytes, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """What of ``content`` could be read, and the problems that reading it has shown, in order.

    Values that were refused are ``UNREADABLE`` in the data, so that other checks of the same file
    can go on. The document is ``None`` only where there are problems.
    """
    text = decoded(content, file)
    if isinstance(text, tuple):
        return None, text
    builder = _YamlBuilder(file)
    problems = builder.problems
    document = event = None
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
            if builder.done:
                break
        else:
            document = builder.document()
            if document is None and not problems:
                allowed, fix = "it holds one document", "Write its keys, or delete the file."
                problems.append(Fault("empty-file", "is empty", allowed, fix).placed(file, 1))
    except yaml.YAMLError as error:
        fault, line, column = syntax_error(error, text, event)
        # What was odd on the same line is a consequence: "{a,b}/**" looks like keys without
        # values.
        others = (problem for problem in problems if problem.line != line)
        problems = [*others, builder.refused(fault, line, column)]
    # The parser places the end of a file without a last line end on a line that is not there.
    lines, width = text.count("\n") + 1, len(text) - text.rfind("\n")
    return document, tuple(
        problem if problem.line <= lines else replace(problem, line=lines, column=width)
        for problem in problems
    )


class _YamlBuilder(DocumentBuilder):
    """Takes PyYAML's events one by one. ``done``: to read on makes no sense."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.done = False
        self._documents = 0
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if isinstance(event, yaml.NodeEvent):
            self._values += 1
            if self._values > MAX_VALUES:
                found = f"holds more than {MAX_VALUES:,} values"
                self._stop(event, "too-many-values", found, "Split it.")
            elif self.wants_key:
                self._take_key(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._check_properties(event)
                self._begin(event)
            else:
                self.put(self._scalar(event), *_place(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.end()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            fix = "Delete the line --- and what follows, or move it to a file of its own."
            self._stop(event, "several-documents", "holds a second document", fix)
        elif event.version or event.tags:
            allowed, fix = "directives are not used", "Delete the line with %."
            self._refuse(event, Fault("directive", "has a directive", allowed, fix))

    def _take_key(self, event: yaml.NodeEvent) -> None:
        key = self._key(event)
        self.take_key(key if isinstance(key, str) else None, *_place(event))
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, held=False)

    def _key(self, event: yaml.NodeEvent) -> object:
        if isinstance(event, yaml.CollectionStartEvent):
            found, fix = "has a collection as a key", "Write a text as the key."
            return self._refuse(event, Fault("key-not-text", found, _KEYS_ARE_TEXTS, fix))
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            found, allowed = "has a merge key <<", "values are not merged"
            return self._refuse(event, Fault("merge-key", found, allowed, "Write the keys out."))
        written = getattr(event, "value", NO_KEY)
        key = self._scalar(event, written)
        if key is UNREADABLE:
            return key
        if not isinstance(key, str):
            found, fix = f"has {described(key)} as its key", "Put the key in quotes."
            return self._refuse(event, Fault("key-not-text", found, _KEYS_ARE_TEXTS, fix), written)
        if (first := self.mark_of(key)) is not None:
            found = f"is written twice, first in line {first.key_line}"
            twice = Fault("duplicate-key", found, "a key appears once", "Keep one of the two.")
            return self._refuse(event, twice, written)
        return key

    def _begin(self, event: yaml.CollectionStartEvent, *, held: bool = True) -> None:
        if self.depth == MAX_DEPTH:
            found, allowed = (
                f"is nested more than {MAX_DEPTH} levels deep",
                "no document needs that",
            )
            self._refuse(event, Fault("too-deep", found, allowed, "Take out the nesting."))
            self.done = True
        mapping = isinstance(event, yaml.MappingStartEvent)
        self.begin(*_place(event), mapping=mapping, held=held)

    def _scalar(self, event: yaml.NodeEvent, *key: str) -> object:
        if not isinstance(event, yaml.ScalarEvent):
            name = printable(str(event.anchor))
            fix = f'Write the value itself, or "*{name}" for the text.'
            alias = Fault("alias", f"is the alias *{name}", "aliases are not used", fix)
            return self._refuse(event, alias, *key)
        if not self._check_properties(event, *key):
            return UNREADABLE
        value = _quoted(event.value) if event.style else plain_value(event.value)
        return self._refuse(event, value, *key) if isinstance(value, Fault) else value

    def _check_properties(self, event: yaml.NodeEvent, *key: str) -> bool:
        """Refuse an anchor or a tag; false where the value cannot be read without its tag."""
        if event.anchor is not None:
            name = printable(event.anchor)
            fix = f"Delete &{name}; quote a text that begins with &."
            found = f"has the anchor &{name}"
            self._refuse(event, Fault("anchor", found, "anchors are not used", fix), *key)
        if (tag := getattr(event, "tag", None)) is not None:
            fix = "Delete it; quote a value that is meant as a text."
            found = f"has the tag {printable(tag.replace('tag:yaml.org,2002:', '!!', 1))}"
            self._refuse(event, Fault("tag", found, "tags are not used", fix), *key)
        return tag is None

    def _stop(self, event: yaml.Event, code: str, found: str, fix: str) -> None:
        allowed = "one file holds one document of reasonable size"
        self._note(Fault(code, found, allowed, fix).placed(self.file, *_place(event)))
        self.done = True

    def _refuse(self, event: yaml.Event, why: Fault, *key: str) -> Unreadable:
        self._note(self.refused(why, *_place(event), *key))
        return UNREADABLE

    def _note(self, problem: Problem) -> None:
        if len(self.problems) == MAX_PROBLEMS:
            self.problems.append(too_many(self.file, problem.line, problem.column))
            self.done = True
        elif not self.done:
            self.problems.append(problem)


def _quoted(text: str) -> str | Fault:
    if (hidden := _INVISIBLE_IN_TEXT.search(text)) is None:
        return text
    found = f"holds the escaped character {character_name(hidden.group())}"
    return Fault("control-character", found, "texts are plain and visible", "Delete it.")


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
