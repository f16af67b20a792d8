"""A JSON Schema error → what was found, what is allowed and what to do, in the words of a YAML author."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

from coefgate.registry.scalars import Refusal
from coefgate.registry.wording import described, listed, printable, shown

_TYPES: Final = {
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a mapping",
}
_REPEATED: Final = Refusal(
    "repeated-item", "stands in the list before", "an item stands once", "Delete one of the two."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of a JSON Schema validator.

    ``keyword``: the one that failed, ``limit`` its value and ``schema`` the subschema that it
    stands in. ``value``: what was checked; ``name``: the last key of its path. ``on_key``: the
    value is a key.
    """

    keyword: str
    limit: Any
    schema: Mapping[str, Any]
    value: Any
    name: str
    on_key: bool
    message: str


def explain(fault: Fault, resolve: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Refusal:
    """Why a schema refuses a value. ``resolve`` follows the ``$ref`` of a subschema, if it has one."""
    match fault.keyword:
        case "type":
            return _wrong_type(fault)
        case "required":
            return _missing(fault, resolve)
        case "additionalProperties":
            return _unknown_key(fault)
        case "enum" | "const":
            return _unknown_value(fault)
        case "uniqueItems":
            return _REPEATED
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return _out_of_range(fault)
        case "x-decimals":
            return _too_many_decimals(fault)
        case _:
            return _bad_form(fault)


def _wrong_type(fault: Fault) -> Refusal:
    value, wanted = fault.value, fault.limit
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    allowed = _allowed(fault, f"it is {listed((_TYPES[name] for name in types), 'or')}")
    return Refusal("wrong-type", f"is {described(value)}", allowed, _right_type(value, types))


def _right_type(value: object, types: Sequence[str]) -> str:
    if "integer" in types and isinstance(value, Decimal) and value == value.to_integral_value():
        return f"Did you mean {int(value)}?"
    if {"integer", "number"} & {*types} and isinstance(value, str) and _is_plain_number(value):
        return f"Write {value} without quotes."
    if "string" in types and not isinstance(value, list | dict):
        return f'Put it into quotes: "{shown(value)}".'
    if "array" in types and isinstance(value, str | int):
        return f"Write a list: [{shown(value)}]."
    return f"Write {listed((_TYPES[name] for name in types), 'or')}."


def _is_plain_number(text: str) -> bool:
    return len(text) <= 20 and text.replace(".", "", 1).isdecimal() and text.isascii()


def _missing(fault: Fault, resolve: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Refusal:
    name = fault.name
    schema = fault.schema
    allowed = _allowed(fault, f"needed are {listed(fault.limit)}", keyword_of_object=True)
    part = schema.get("properties", {}).get(name, {})
    examples = part.get("examples") or resolve(part).get("examples")
    line = f"{name}: {_flow(examples[0])}" if examples else f"{name}:"
    return Refusal("missing-key", "is missing", allowed, f"Add the line: {line}")


def _flow(value: object) -> str:
    """An example as one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    quoted = isinstance(value, str) and not value[0].isalpha()
    return shown(value) if quoted or not isinstance(value, str) else value


def _unknown_key(fault: Fault) -> Refusal:
    known = list(fault.schema.get("properties", ()))
    near = get_close_matches(printable(fault.name), known, 1)
    fix = f"Did you mean {near[0]}?" if near else "Delete it, or write one of these."
    return Refusal("unknown-key", "is no key here", f"the keys are {listed(known)}", fix)


def _unknown_value(fault: Fault) -> Refusal:
    wanted = fault.limit if fault.keyword == "enum" else [fault.limit]
    names = [value if isinstance(value, str) else shown(value) for value in wanted]
    near = get_close_matches(printable(str(fault.value)).lower(), names, 1)
    fix = f"Did you mean {near[0]}?" if near else f"Write {listed(names, 'or')}."
    return Refusal(
        "unknown-value",
        f"is {shown(fault.value)}",
        _allowed(fault, f"it is {listed(names, 'or')}"),
        fix,
    )


def _out_of_range(fault: Fault) -> Refusal:
    value, schema = fault.value, fault.schema
    bounds = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "above",
        "exclusiveMaximum": "below",
    }
    allowed = _allowed(fault, f"it is {bounds[fault.keyword]} {fault.limit:,}")
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum", -value))
    meant = value < 0 and low is not None and low < -value <= high
    fix = f"Did you mean {-value}?" if meant else "Write a number in this range."
    return Refusal("out-of-range", f"is {shown(value)}", allowed, fix)


def _too_many_decimals(fault: Fault) -> Refusal:
    value, most = fault.value, fault.limit
    allowed = _allowed(fault, f"it has at most {most} decimals")
    found = f"is {shown(value)}, with too many decimals"
    return Refusal("too-many-decimals", found, allowed, f"Did you mean {round(value, most)}?")


def _bad_form(fault: Fault) -> Refusal:
    """Length, pattern, format, and whatever else a schema may ask for."""
    value = fault.value
    if isinstance(value, list):
        many = f"is a list of {len(value):,}" if value else "is an empty list"
        return Refusal(
            "wrong-length", many, _allowed(fault, fault.message), "Change the list's length."
        )
    if isinstance(value, dict):
        found = "is an empty mapping" if not value else "does not fit"
        return Refusal(
            "wrong-length", found, _allowed(fault, fault.message), "Write at least one key."
        )
    if fault.keyword == "format":
        return Refusal(
            "no-such-day",
            f"is {described(value)}",
            _allowed(fault, "it is a day"),
            "Check the day.",
        )
    allowed = _allowed(fault, fault.message)
    if isinstance(value, str) and fault.keyword in {"minLength", "maxLength"}:
        return Refusal(
            "wrong-length",
            f"is a text of {len(value):,} characters",
            allowed,
            "Change its length.",
        )
    fix = _plainer(value) if isinstance(value, str) else "Change it."
    if fault.on_key:
        return Refusal("bad-key", "is no such name", allowed, fix)
    return Refusal("bad-form", f"is {described(value)}", allowed, fix)


def _plainer(text: str) -> str:
    if not text:
        return "Write something, or delete it."
    if text != text.strip():
        return "Delete the space or the line break around it."
    if "\n" in text:
        return "Write it on one line."
    return (
        f"Did you mean {text.lower()}?"
        if text.isalpha() and text != text.lower()
        else "Change it to that form."
    )


def _allowed(fault: Fault, otherwise: str, *, keyword_of_object: bool = False) -> str:
    schema = fault.schema
    if keyword_of_object and "type" in schema:
        return otherwise
    return str(schema.get("x-allowed", otherwise))
