"""Coefgate: a Git-versioned registry of output-token coefficients, and the gates in front of it.

Importing the package imports nothing but the standard library, and little of that: a runner pays for
what it uses. The commands need the extra ``cli``.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers know this name; typing alone would take longer than all the rest
if TYPE_CHECKING:
    from coefgate.estimator.scalar import Estimate
    from coefgate.problems import CoefgateError
    from coefgate.runtime.events import FollowEvent
    from coefgate.runtime.following import Following
    from coefgate.runtime.registry import Registry
    from coefgate.runtime.serving import Serving
    from coefgate.runtime.yank_warnings import YankedVersionWarning
    from coefgate.vocabulary import Deliverable

    __version__: str

__all__ = [
    "CoefgateError",
    "Deliverable",
    "Estimate",
    "FollowEvent",
    "Following",
    "Registry",
    "Serving",
    "YankedVersionWarning",
]

_MODULES = {
    "CoefgateError": "problems",
    "Deliverable": "vocabulary",
    "Estimate": "estimator.scalar",
    "FollowEvent": "runtime.events",
    "Following": "runtime.following",
    "Registry": "runtime.registry",
    "Serving": "runtime.serving",
    "YankedVersionWarning": "runtime.yank_warnings",
}


if not TYPE_CHECKING:  # or a checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from coefgate.program_version import program_version  # noqa: PLC0415 (it reads files)

            value: object = program_version()
        elif name in _MODULES:
            from importlib import import_module  # noqa: PLC0415 (each name is imported when it is asked for)

            value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
