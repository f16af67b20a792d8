"""A registry's files at one moment: data that nothing checks, and YAML that is changed as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from coefgate.registry.wording import ValuePath, dotted

REGISTRY: Final = "coefficients/registry.yaml"
MARGINAL: Final = "coefficients/marginal_costs.yaml"
MARGINS: Final = "coefficients/safety_margins.yaml"
MODEL_FACTORS: Final = "coefficients/model_factors.yaml"
FILE_KINDS: Final = "coefficients/file_kinds.yaml"
GATES: Final = "coefficients/gates.yaml"
GUARDRAILS: Final = "coefficients/guardrails.yaml"
YANKED: Final = "coefficients/yanked.yaml"
TUNING: Final = "coefficients/tuning.yaml"
OVERHEAD: Final = "coefficients/overhead"
RETIRED: Final = "samples/retired.yaml"
ERASED: Final = "samples/erased.yaml"
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


FileChanges = Mapping[str, bytes | str | None]
"""Changed files by path below the registry's root.

A text is what a symbolic link in a file's place points to; ``None``: the file is gone.
"""


AskedCall = tuple[str | None, str, str | None, str | None, tuple[tuple[str, str, int | None], ...]]
"""Category, complexity, model and output mode of a call; of its deliverables path, operation and
size."""


def asked(fields: Mapping[str, Any]) -> AskedCall:
    """What the formula looks at in the fields of a call."""
    deliverables = tuple(
        (one["path"], one["operation"], one["bytes_before"]) for one in fields["deliverables"]
    )
    of_call = (fields[key] for key in ("category", "complexity", "model", "output_mode"))
    category, complexity, model, mode = of_call
    return category, complexity, model, mode, deliverables


@dataclass(frozen=True, eq=False)
class StoredLine:
    """One stored call: its file, the index of its line, and its fields as the line has them.

    It equals itself only, so that what is made of it can be kept beside it.
    """

    file: str
    index: int
    fields: Mapping[str, Any]

    @cached_property
    def id(self) -> str:
        return str(self.fields["id"])

    @cached_property
    def tokens(self) -> int:
        """The output tokens that the line says."""
        return int(self.fields["actual_output_tokens"])

    @cached_property
    def censored(self) -> bool:
        """Was the call cut off, so that it says "at least this many"?"""
        return bool(self.fields["truncated"])

    @cached_property
    def asked(self) -> AskedCall:
        """What the formula looks at."""
        return asked(self.fields)

    @cached_property
    def phase(self) -> tuple[str, str]:
        """Origin and phase; a call without one is its own."""
        phase = self.fields["phase_id"]
        return self.fields["origin"], f"#{self.id}" if phase is None else phase


@dataclass(frozen=True, eq=False)
class Fileset:
    """The files below ``coefficients/`` and ``samples/``, by path. Taken to be valid.

    It equals itself only, so that what follows from it can be kept beside it.
    """

    files: Mapping[str, bytes]

    def after(self, changed: FileChanges) -> Fileset:
        """The state with some files changed."""
        kept = {path: content for path, content in self.files.items() if path not in changed}
        return Fileset(
            kept | {path: new for path, new in changed.items() if isinstance(new, bytes)}
        )

    def only(self, paths: Iterable[str]) -> dict[str, bytes]:
        return {path: self.files[path] for path in paths}

    def document(self, path: str) -> Any:
        """The data of a YAML file; not to be changed."""
        return _parsed(self.files[path])

    def draft(self, path: str) -> Any:
        """The same to be changed, without acknowledgements, which have served their steps."""
        return _draft(self.document(path))

    def rows(self, path: str) -> dict[str, list[Any]]:
        """A draft of a file that is one list under its own name; empty where it is not there."""
        rows: dict[str, list[Any]] = {PurePosixPath(path).stem: []}
        return rows | (self.draft(path) if path in self.files else {})

    @cached_property
    def categories(self) -> dict[str, str]:
        """From the name of every category to its file."""
        return {
            PurePosixPath(path).stem: path
            for path in sorted(self.files)
            if path.startswith(f"{OVERHEAD}/") and path.endswith(".yaml")
        }

    @cached_property
    def canonical(self) -> dict[str, str]:
        """From every name and alias of a category to its name."""
        names: dict[str, str] = {}
        for category, path in self.categories.items():
            names |= dict.fromkeys((category, *self.document(path).get("aliases", ())), category)
        return names

    @property
    def has_procedure(self) -> bool:
        """Does a fitting procedure answer for the numbers that say ``fit``?"""
        return TUNING in self.files

    @cached_property
    def stored(self) -> tuple[StoredLine, ...]:
        """Every stored call, file by file."""
        return tuple(
            one
            for path in sorted(self.files)
            if path.endswith(".jsonl")
            for one in _stored(path, self.files[path])
        )

    @cached_property
    def retired(self) -> frozenset[str]:
        """The ids of retired samples."""
        return frozenset(entry["id"] for entry in self.rows(RETIRED)["retired"])

    @cached_property
    def first_names(self) -> dict[str, str]:
        """The id that a line had before it was erased, however often, by the one that it has."""
        before = {one["by"]: one["id"] for one in self.rows(ERASED)["erased"]}
        return {name: _first(name, before) for name in before}


def _first(name: str, before: Mapping[str, str]) -> str:
    """Entries that lead nowhere are those of a history that was rewritten."""
    while before.get(name, name) != name:
        name = before[name]
    return name


def _draft(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _draft(value) for key, value in data.items() if key != "acknowledge"}
    return list(map(_draft, data)) if isinstance(data, list) else data


@lru_cache(maxsize=512)
def _parsed(content: bytes) -> Any:
    return yaml.load(content, Loader=_Loader)  # noqa: S506 (a safe loader)


@lru_cache(maxsize=64)
def _stored(path: str, content: bytes) -> tuple[StoredLine, ...]:
    return tuple(
        StoredLine(path, index, json.loads(line))
        for index, line in enumerate(content.splitlines())
    )


class _Dumper(yaml.SafeDumper):
    """Writes what stands in two places twice, as a registry must."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def dumped(data: Any, *, indent: int = 2) -> bytes:
    """A document written anew from its data; comments are gone."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000, indent=indent
    )
    return text.encode()


def with_text(content: bytes, place: ValuePath, text: str) -> bytes:
    """``content`` with the value at ``place`` written as ``text``; every other byte stays."""
    whole = content.decode()
    node = _node(whole, place)
    start = node.start_mark.index
    # A block ends where the next one begins.
    end = start + len(whole[start : node.end_mark.index].rstrip())
    return f"{whole[:start]}{text}{whole[end:]}".encode()


def with_reasons(content: bytes, reason: str) -> bytes:
    """``content`` with ``reason`` wherever an acknowledgement waits for one."""
    document = yaml.load(content, Loader=_Loader)  # noqa: S506 (a safe loader)
    return dumped(document) if _fill(document, reason) else content


def _fill(data: Any, reason: str) -> bool:
    """Write the reasons into the data; was there any to write?"""
    inside = list(
        data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    )
    found = sum(_fill(one, reason) for one in inside) > 0
    if isinstance(data, dict) and data.get("reason") == "":
        data["reason"] = reason
        return True
    return found


def _node(text: str, place: ValuePath) -> yaml.Node:
    node = _composed(text)
    for key in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            node = next(value for name, value in node.value if name.value == key)
        else:
            raise KeyError(dotted(place))
    if node is None:
        raise KeyError(dotted(place))
    return node


@lru_cache(maxsize=64)
def _composed(text: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def value_at(data: Any, place: ValuePath) -> Any:
    """The value of a document to which these keys lead."""
    for key in place:
        data = data[key]
    return data
