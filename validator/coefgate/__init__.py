"""Coefgate: a Git-versioned registry of output-token coefficients, and the gates in front of it.

Importing the package imports nothing but the standard library, and little of that: a runner pays
for what it uses. The commands need the extra ``cli``.
"""

from __future__ import annotations

# Type checkers know this name; importing typing would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from coefgate.core.estimate import Estimate as Estimate
    from coefgate.core.problems import CoefgateError as CoefgateError
    from coefgate.core.retry import Previous as Previous
    from coefgate.core.vocabulary import Deliverable as Deliverable
    from coefgate.runner.following import Following as Following
    from coefgate.runner.recorded_call import RecordedCall as RecordedCall
    from coefgate.runner.recorder import Recorder as Recorder
    from coefgate.runner.recorder import RecorderWarning as RecorderWarning
    from coefgate.runner.registry import Registry as Registry
    from coefgate.runner.serving import Serving as Serving
    from coefgate.runner.serving import YankedVersionWarning as YankedVersionWarning
    from coefgate.runner.updater import FollowEvent as FollowEvent

    __version__: str

_MODULES = {
    "CoefgateError": "core.problems",
    "Deliverable": "core.vocabulary",
    "Estimate": "core.estimate",
    "FollowEvent": "runner.updater",
    "Following": "runner.following",
    "Previous": "core.retry",
    "RecordedCall": "runner.recorded_call",
    "Recorder": "runner.recorder",
    "RecorderWarning": "runner.recorder",
    "Registry": "runner.registry",
    "Serving": "runner.serving",
    "YankedVersionWarning": "runner.serving",
}
__all__ = list(_MODULES)


if not TYPE_CHECKING:  # or a checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from coefgate.core.program_version import program_version  # noqa: PLC0415 (it reads files)

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
