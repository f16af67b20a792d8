"""Plain data → YAML text that the strict reader takes back as the same data."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from coefgate.registry.yaml_scalars import listed_scalar

INDENT: Final = "  "
LONGEST_FLOW_LIST: Final = 80
"""Characters of a list that is still written on one line."""


def scalar_text(value: object, style: str | None = None) -> str:
    """A text, number, boolean or null; a text in the quotes that ``style`` names, if any."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if not isinstance(value, str):
        return str(value)
    if style == '"':
        return json.dumps(value, ensure_ascii=False)
    return "'" + value.replace("'", "''") + "'" if style == "'" else listed_scalar(value)


def flow_text(data: object) -> str:
    """``data`` on one line, in braces and brackets."""
    if isinstance(data, dict):
        return f"{{{', '.join(map(pair_text, data.items()))}}}"
    if isinstance(data, list):
        return f"[{', '.join(map(flow_text, data))}]"
    return scalar_text(data)


def pair_text(pair: tuple[str, object]) -> str:
    """A key with its value on one line."""
    key, value = pair
    return f"{scalar_text(key)}: {flow_text(value)}"


def reads_well_in_flow(data: object) -> bool:
    """Is it one line to its readers? A mapping of scalars is, such as a basis; a long list no."""
    if isinstance(data, dict):
        return not any(isinstance(value, dict) for value in data.values()) and all(
            map(reads_well_in_flow, data.values())
        )
    if isinstance(data, list):
        nested = any(isinstance(item, dict | list) for item in data)
        return not nested and len(flow_text(data)) <= LONGEST_FLOW_LIST
    return True


def block_lines(data: dict[str, Any] | list[Any], indent: str) -> list[str]:
    """The lines of a mapping or list that is not empty, each behind ``indent``."""
    if isinstance(data, dict):
        return [line for key, value in data.items() for line in _pair_lines(key, value, indent)]
    return [line for item in data for line in _item_lines(item, indent)]


def _pair_lines(key: str, value: object, indent: str) -> list[str]:
    begin = f"{indent}{scalar_text(key)}:"
    if isinstance(value, dict | list) and not reads_well_in_flow(value):
        return [begin, *block_lines(value, indent + INDENT)]
    return [f"{begin} {flow_text(value)}"]


def _item_lines(item: object, indent: str) -> list[str]:
    figures_alone = isinstance(item, dict) and not any(
        isinstance(value, str | dict | list) for value in item.values()
    )
    if not isinstance(item, dict) or figures_alone:
        return [f"{indent}- {flow_text(item)}"]
    first, *others = block_lines(item, indent + INDENT)
    return [f"{indent}- {first.lstrip(' ')}", *others]
