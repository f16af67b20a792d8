"""JSON Schema 2020-12 as Coefgate's schemas use it: one error per fault, each with its path.

Four standard keywords report several faults in one error, or none of them by path; they are
written again here with the same meaning, in linear time. ``x-decimals`` is Coefgate's own: the
largest number of decimals, since ``multipleOf`` is unreliable with binary fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from coefgate.core.yanks import is_day

Errors = Iterator[ValidationError]


def _required(validator: Any, names: Sequence[str], instance: Any, _: Any) -> Errors:
    for name in names if validator.is_type(instance, "object") else ():
        if name not in instance:
            yield ValidationError(f"{name} is missing", path=(name,))


def _additional_properties(validator: Any, schema: Any, instance: Any, parent: Any) -> Errors:
    known = parent.get("properties", {})
    for name in instance if validator.is_type(instance, "object") else ():
        if name not in known and schema is False:
            yield ValidationError(f"{name} is unknown", path=(name,))
        elif name not in known:
            yield from validator.descend(instance[name], schema, path=name)


def _property_names(validator: Any, schema: Any, instance: Any, _: Any) -> Errors:
    for name in instance if validator.is_type(instance, "object") else ():
        yield from validator.descend(name, schema, path=name)


def _unique_items(validator: Any, wanted: bool, instance: Any, _: Any) -> Errors:  # noqa: FBT001 (a keyword's form)
    first: dict[tuple[type, Any], int] = {}
    items = instance if wanted and validator.is_type(instance, "array") else ()
    for index, item in enumerate(items):
        known = (type(item), item) if isinstance(item, str | int | Decimal) else None
        if known and first.setdefault(known, index) != index:
            yield ValidationError("is repeated", path=(index,))


def _decimals(_: Any, most: int, instance: Any, __: Any) -> Errors:
    if isinstance(instance, Decimal) and instance != round(instance, most):
        yield ValidationError("has too many decimals")


_formats = FormatChecker(formats=())
_formats.checks("date")(lambda value: not isinstance(value, str) or is_day(value))

_Strict: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={
        "required": _required,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "uniqueItems": _unique_items,
        "x-decimals": _decimals,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


def strict_validator(schema: dict[str, Any]) -> Validator:
    """A validator of ``schema``, which refers to nothing but itself."""
    validator: Validator = _Strict(schema, format_checker=_formats)
    return validator
