"""YAML changed as text: a value exchanged, an acknowledgement beside it, or all written anew."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import yaml

from coefgate.registry.wording import ValuePath, dotted

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    """Writes what stands in two places twice, as a registry must."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def loaded(content: bytes) -> Any:
    """The data of a document."""
    return yaml.load(content, Loader=_Loader)  # noqa: S506 (a safe loader)


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
    end = start + len(
        whole[start : node.end_mark.index].rstrip()
    )  # a block ends where the next one begins
    return f"{whole[:start]}{text}{whole[end:]}".encode()


def with_number(
    content: bytes, place: ValuePath, number: str, *, acknowledge: str | None = None
) -> bytes:
    """``content`` with another number at ``place``, and an acknowledgement (flow YAML) beside it.

    An acknowledgement that stands there has served its step, and goes.
    """
    whole = content.decode()
    parent, value = _node(whole, place[:-1]), _node(whole, place)
    if any(name.value == "acknowledge" for name, _ in parent.value):
        data = loaded(content)
        entry = value_at(data, place[:-1])
        entry[place[-1]] = yaml.safe_load(number)
        del entry["acknowledge"]
        if acknowledge is not None:
            entry["acknowledge"] = yaml.safe_load(acknowledge)
        return dumped(data)
    if acknowledge is None:
        return with_text(content, place, number)
    line_end = "\r\n" if "\r\n" in whole else "\n"
    indent = " " * parent.start_mark.column
    between = ", " if whole[parent.start_mark.index] == "{" else f"{line_end}{indent}"
    start, end = value.start_mark.index, value.end_mark.index
    return f"{whole[:start]}{number}{between}acknowledge: {acknowledge}{whole[end:]}".encode()


def _node(text: str, place: ValuePath) -> yaml.Node:
    node = _composed(text)
    for key in place:
        if not isinstance(node, yaml.MappingNode):
            raise KeyError(dotted(place))
        node = next(value for name, value in node.value if name.value == key)
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
