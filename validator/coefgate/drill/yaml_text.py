"""YAML changed as text: a value exchanged, or all written anew."""

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
    # A block ends where the next one begins.
    end = start + len(whole[start : node.end_mark.index].rstrip())
    return f"{whole[:start]}{text}{whole[end:]}".encode()


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
