"""JSON read strictly, with the standard library alone: what is none is refused in one sentence."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from math import isinf
from typing import Any, Final, NoReturn

from coefgate.core.characters import is_utf_16
from coefgate.core.git_leftovers import git_leftover
from coefgate.core.problems import InvalidDocument

_MAX_DIGITS: Final = 18
_HALF_A_PAIR: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def parsed(data: bytes, what: str, mend: str = "") -> Any:
    """The JSON value that ``data`` spells: UTF-8, no key twice in one object, no NaN."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
        if _HALF_A_PAIR.search(data):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start:,} is 0x{data[error.start]:02x}, which is not UTF-8"
    except UnicodeEncodeError:
        reason = "it holds half of a surrogate pair, which is no character"
    except ValueError as error:
        reason = str(error)
    except RecursionError:
        reason = "it is nested too deep"
    else:
        return value
    raise InvalidDocument(_not_json(data, what, reason, mend))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {shown(twice)} stands twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}")


def _decimal(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(f"it holds {digits[:60]}, which is too large")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _not_json(data: bytes, what: str, reason: str, mend: str) -> str:
    """Why ``data`` is no JSON: what lies there instead, else what the parser says."""
    leftover = git_leftover(data, what)
    if leftover is not None:
        # Nothing stands behind a command, so that it can be copied to the end of the line.
        fix = f"{leftover.fix} {mend}" if leftover.fix.endswith(".") else leftover.fix
        return f"{what}:{leftover.line}:1  {leftover.found}. {fix}".rstrip()
    if not data.strip():
        reason = "it is empty"
    elif data.startswith(BOM_UTF8):
        reason = "it begins with a byte order mark"
    elif is_utf_16(data):
        reason = "it is written in UTF-16"
    return ended(f"{what} is no valid JSON: {reason}", mend)


def ended(sentence: str, mend: str) -> str:
    """An error with the sentence that says how to mend it, if there is one."""
    return f"{sentence}. {mend}" if mend else sentence


def shown(value: Any) -> str:
    """A value as an error shows it: short and plain, whatever it holds."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    written = json.dumps(value)
    return written if len(written) <= 60 else f"{written[:57]}..."
