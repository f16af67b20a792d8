"""The one place that hides secrets in addresses before anything is printed."""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = "***"
_USERINFO: Final = re.compile(r"(ssh|postgres(?:ql)?(?:\+\w+)?)?://([^/\s]*)@", re.IGNORECASE)
_QUERY: Final = re.compile(r"(://[^\s?#]*[?#])(\S+)")
_ADDRESS: Final = re.compile(r"://[^\s'\"]+")
_AFTER: Final = "'\".,:;)"
"""What may follow an address in a sentence."""


def scrubbed(text: str) -> str:
    """``text`` without what may be a secret in its addresses.

    Hidden are user name and password (where the name alone opens nothing, as with ``ssh://`` and
    ``postgresql://``, the password), and what follows a ``?`` or ``#``.
    """
    return _QUERY.sub(_without_query, _USERINFO.sub(_without_user, text))


def without_addresses(text: str) -> str:
    """``text`` with nothing but the scheme of each address: host and path may be a secret too."""
    return _ADDRESS.sub(f"://{_HIDDEN}", text)


def _without_user(found: re.Match[str]) -> str:
    scheme, user = found[1] or "", found[2]
    if scheme and "@" not in user:
        name, colon, _ = user.partition(":")
        return f"{scheme}://{name}{f':{_HIDDEN}' if colon else ''}@"
    return f"{scheme}://{_HIDDEN}@"


def _without_query(found: re.Match[str]) -> str:
    secret = found[2].rstrip(_AFTER)
    return f"{found[1]}{_HIDDEN}{found[2][len(secret) :]}"
