"""What to install where packages or a newer program are missing, right by construction.

No package index has this program, so nothing here names it without the address it comes from.
What is needed to say so is imported only where something is missing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from coefgate.core.problems import EnvironmentProblem

_PROGRAM: Final = "coefgate"
_ADDRESS: Final = "git+https://HOST/OWNER/REPOSITORY"
_NAME: Final = re.compile(r"[\w.-]+")
_OF_EXTRA: Final = re.compile(r"""\bextra == ['"]([\w-]+)['"]""")
_WITHOUT_SECRETS: Final = re.compile(r"(?:https|ssh)://(?:git@)?[\w.:-]+/[\w./~-]+")


class MissingPackages(EnvironmentProblem):
    """``what`` needs packages of these extras, and that which is imported as ``package`` is gone.

    Without an extra, that one counts which holds the package.
    """

    def __init__(self, what: str, package: str, *extras: str) -> None:
        self.what, self.package, self.extras = what, package, extras
        super().__init__(
            f"{what} needs packages that are not installed here ({package} is missing); a runner "
            f"works without them. {_remedy(extras or (_extra_with(package),))}"
        )

    def beside(self, further: Iterable[str]) -> MissingPackages:
        """The same where further extras are needed: all are named at once."""
        extras = dict.fromkeys([*(self.extras or (_extra_with(self.package),)), *further])
        return MissingPackages(self.what, self.package, *extras)


def install_again(what: str, *extras: str) -> str:
    """``what`` and where this program comes from, with a command: ``Get a newer one``."""
    of = f"[{','.join(extras)}]" if extras else ""
    command = (
        f"python -m pip install --force-reinstall {shlex.quote(f'{_PROGRAM}{of} @ {_came()}')}"
    )
    return f"{what} from where this one came from (README, Installation) with: {command}"


def packages_of(extra: str) -> tuple[str, ...]:
    """What an extra of this program asks for, as pip takes it; empty where nothing says so."""
    return tuple(_flat(extra, _extras()))


def direct_url() -> Mapping[str, Any]:
    """Where pip, or what else installed this program, got it (PEP 610); empty if unknown."""
    import json  # noqa: PLC0415 (only where something is missing)
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 (takes long)

    with suppress(PackageNotFoundError, ValueError):
        found: Mapping[str, Any] = json.loads(
            distribution(_PROGRAM).read_text("direct_url.json") or "{}"
        )
        return found
    return {}


def _remedy(extras: Iterable[str]) -> str:
    extras = tuple(extras)
    needed = dict.fromkeys(one for extra in extras for one in packages_of(extra))
    if not needed:  # a copy of the package alone
        return install_again("Install the program with them", *extras)
    # One that is there and cannot be imported is not whole: then all are named.
    lacking = [one for one in needed if not _is_installed(one)] or needed
    named = f"extra{'s' * (len(extras) > 1)} {', '.join(extras)}"
    return f"Install them ({named}) with: python -m pip install {shlex.join(lacking)}"


def _extra_with(package: str) -> str:
    """The extra that brings what is imported by this name; ``cli`` if none says so."""
    name = package.partition(".")[0].replace("_", "-")
    found = _extras()
    for extra in ("cli", *found):
        if any(f"{_name(one)}-".startswith(f"{name}-") for one in found.get(extra, ())):
            return extra
    return "cli"


def _extras() -> Mapping[str, Sequence[str]]:
    """By extra what the checkout declares, else what the installed package does."""
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415 (takes long)

    from coefgate.core.program_version import declared_project  # noqa: PLC0415 (takes long)

    if (project := declared_project()) is not None:
        return dict(project.get("optional-dependencies", {}))
    found: dict[str, list[str]] = {}
    with suppress(PackageNotFoundError):
        for one in requires(_PROGRAM) or ():
            requirement, _, marker = one.partition(";")
            for extra in _OF_EXTRA.findall(marker):
                found.setdefault(extra, []).append(requirement.strip())
    return found


def _flat(extra: str, found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """An extra may ask for another one of this program: ``coefgate[cli]``."""
    for one in found.get(extra, ()):
        if _name(one) == _PROGRAM:
            for other in one.partition("[")[2].partition("]")[0].split(","):
                yield from _flat(other.strip(), found)
        else:
            yield one


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found[0].lower().replace("_", "-") if found else ""


def _is_installed(requirement: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 (takes long)

    try:
        version(_name(requirement))
    except PackageNotFoundError:
        return False
    return True


def _came() -> str:
    """The git address that this program was installed from, if it holds no secret."""
    said = direct_url()
    url = str(said.get("url"))
    if said.get("vcs_info", {}).get("vcs") == "git" and _WITHOUT_SECRETS.fullmatch(url):
        return f"git+{url}"
    return _ADDRESS
