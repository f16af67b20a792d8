"""A JSON Schema error → what was found, what is allowed and what to do, for a YAML author."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from jsonschema import ValidationError

from coefgate.registry.document import Fault
from coefgate.registry.wording import described, did_you_mean, first_of, listed, shown

_KEYS_SHOWN: Final = 18
"""Keys that a message lists, where there are many more."""
_TYPES: Final = {
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a mapping",
}


def explained(error: ValidationError, schema: Mapping[str, Any]) -> Fault:
    """Why ``schema`` refuses a value."""
    if error.validator == "required":
        fault = _missing(error, schema)
    else:
        fault = _BY_KEYWORD.get(str(error.validator), _bad_form)(error)
    return replace(fault, path=tuple(error.absolute_path))


def is_on_key(error: ValidationError) -> bool:
    """Is it the key that is refused, and not its value?"""
    on_key = "propertyNames" in error.absolute_schema_path
    return on_key or error.validator == "additionalProperties"


def _allowed(error: Any, otherwise: str) -> str:
    return str(error.schema.get("x-allowed", otherwise))


def _wrong_type(error: Any) -> Fault:
    value, wanted = error.instance, error.validator_value
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    names = listed((_TYPES[name] for name in types), "or")
    fix = _right_type(value, types) or f"Write {names}."
    return Fault("wrong-type", f"is {described(value)}", _allowed(error, f"it is {names}"), fix)


def _right_type(value: object, types: Sequence[str]) -> str:
    if "integer" in types and isinstance(value, Decimal) and value == value.to_integral_value():
        return f"Did you mean {int(value)}?"
    if {"integer", "number"} & {*types} and isinstance(value, str) and _is_plain_number(value):
        return f"Write {value} without quotes."
    if "string" in types and not isinstance(value, list | dict | None):
        return f'Put it in quotes: "{shown(value)}".'
    if "array" in types and isinstance(value, str | int):
        return f"Write a list: [{shown(value)}]."
    return ""


def _is_plain_number(text: str) -> bool:
    return len(text) <= 20 and text.replace(".", "", 1).isdecimal() and text.isascii()


def _missing(error: Any, schema: Mapping[str, Any]) -> Fault:
    name, whole = str(error.absolute_path[-1]), error.schema
    needed = f"needed are {listed(error.validator_value)}"
    allowed = needed if "type" in whole else _allowed(error, needed)
    part = whole.get("properties", {}).get(name, {})
    while "examples" not in part and "$ref" in part:
        part = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    line = f"{name}: {_flow(part['examples'][0])}" if "examples" in part else f"{name}:"
    return Fault("missing-key", "is missing", allowed, f"Add the line: {line}")


def _flow(value: object) -> str:
    """An example as one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return value if isinstance(value, str) and value[0].isalpha() else shown(value)


def _unknown_key(error: Any) -> Fault:
    known = list(error.schema.get("properties", ()))
    fix = did_you_mean(str(error.absolute_path[-1]), known, "Delete it, or write one of these.")
    keys = listed(known) if len(known) <= _KEYS_SHOWN else first_of(known, _KEYS_SHOWN)
    return Fault("unknown-key", "is not a key here", f"the keys are {keys}", fix)


def _unknown_value(error: Any) -> Fault:
    value, limit = error.instance, error.validator_value
    wanted = limit if error.validator == "enum" else [limit]
    names = [one if isinstance(one, str) else shown(one) for one in wanted]
    fix = did_you_mean(str(value).lower(), names, f"Write {listed(names, 'or')}.")
    return Fault("unknown-value", f"is {shown(value)}", error.schema["x-allowed"], fix)


def _out_of_range(error: Any) -> Fault:
    value, limits = error.instance, error.schema
    low = limits.get("minimum", limits.get("exclusiveMinimum"))
    high = limits.get("maximum", limits.get("exclusiveMaximum", -value))
    meant = value < 0 and low is not None and low < -value <= high
    fix = f"Did you mean {-value}?" if meant else "Write a number in this range."
    return Fault("out-of-range", f"is {shown(value)}", limits["x-allowed"], fix)


def _too_many_decimals(error: Any) -> Fault:
    value, fix = error.instance, f"Did you mean {round(error.instance, error.validator_value)}?"
    found = f"is {shown(value)}, with too many decimals"
    return Fault("too-many-decimals", found, error.schema["x-allowed"], fix)


def _bad_form(error: Any) -> Fault:
    """Length, pattern, format, and whatever else a schema may ask for."""
    value, allowed = error.instance, _allowed(error, error.message)
    if isinstance(value, list):
        found = f"is a list of {len(value):,}" if value else "is an empty list"
        return Fault("wrong-length", found, allowed, "Change the list's length.")
    if isinstance(value, dict):
        found = "does not fit" if value else "is an empty mapping"
        return Fault("wrong-length", found, allowed, "Write at least one key.")
    found = f"is {described(value)}"
    if error.validator == "format":
        return Fault("no-such-day", found, allowed, "Check the day.")
    if isinstance(value, str) and error.validator in {"minLength", "maxLength"}:
        many = f"is a text of {len(value):,} characters"
        return Fault("wrong-length", many, allowed, "Change its length.")
    fix = _plainer(value) if isinstance(value, str) else "Change it."
    if not str(value).strip() and "reason" in list(error.absolute_path)[-1:]:
        fix = "Write the reason there, in one line."
    if is_on_key(error):
        return Fault("bad-key", "is not a valid name", allowed, fix)
    return Fault("bad-form", found, allowed, fix)


def _plainer(text: str) -> str:
    if not text:
        return "Write something, or delete it."
    if text != text.strip():
        return "Delete the space or the line break around it."
    if "\n" in text:
        return "Write it on one line."
    if text.isalpha() and text != text.lower():
        return f"Did you mean {text.lower()}?"
    return "Change it to that form."


def _repeated(_: Any) -> Fault:
    allowed, fix = "an item appears once", "Delete one of the two."
    return Fault("repeated-item", "is in the list already", allowed, fix)


_BY_KEYWORD: Final[Mapping[str, Callable[[Any], Fault]]] = {
    "type": _wrong_type,
    "additionalProperties": _unknown_key,
    "enum": _unknown_value,
    "const": _unknown_value,
    "uniqueItems": _repeated,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "x-decimals": _too_many_decimals,
}
