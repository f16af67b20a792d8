"""Send a message to people through Apprise. No secret of an address leaves this module.

An address of Apprise is a secret as a whole: its host or path may be a token. So a target is
called by its place among those given and by its service, errors of Apprise are told by their kind
alone, and what it logs and warns is kept from every output.
"""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from coefgate.core.problems import UsageProblem, explained

if TYPE_CHECKING:
    from apprise import NotifyBase

Urgency = Literal["failure", "warning", "success"]
_LOGGER: Final = "apprise"
_STATUS: Final = re.compile(r"error=(\d{3})\b")
_FORM: Final = (
    "For the form of addresses see https://github.com/caronc/apprise/wiki; try yours "
    "with: apprise -b test ADDRESS"
)


@dataclass(frozen=True, slots=True)
class Notification:
    """What is sent; ``urgency`` chooses a colour or sign where the service has such."""

    title: str
    body: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class AppriseTarget:
    """Where messages go. ``name`` and ``id`` say nothing of the address."""

    name: str
    id: str
    service: NotifyBase = field(repr=False, compare=False)

    def send(self, notification: Notification) -> str | None:
        """Send it; return why it was not taken, ``None`` where it was."""
        from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415 (an extra)

        with _overheard() as said:
            try:
                sender = Apprise()
                sender.add(self.service)
                taken = sender.notify(
                    body=notification.body,
                    title=notification.title,
                    notify_type=NotifyType(notification.urgency),
                    body_format=NotifyFormat.TEXT,
                )
            except Exception as error:  # noqa: BLE001 (its text may hold the address)
                return f"Apprise failed with {type(error).__name__}"
        return None if taken else _why(said)


def targets_of(given: Sequence[str]) -> tuple[AppriseTarget, ...]:
    """The targets that these addresses, or files with an address on each line, name.

    In a file empty lines and those that begin with ``#`` count for nothing. Raises
    ``UsageProblem`` for what Apprise does not understand, ``EnvironmentProblem`` where a file
    cannot be read, ``ModuleNotFoundError`` without Apprise.
    """
    found = [_target(address, place) for address, place in _addresses(given)]
    return tuple({one.id: one for one in found}.values())


def _addresses(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each address with the place where it stands."""
    for number, text in enumerate(given, 1):
        if "://" in text:
            yield text, f"alert target {number}"
            continue
        path = Path(text)
        if not path.is_file():  # not named: it may be an address that is spelt wrong
            raise UsageProblem(
                f"alert target {number} is neither a file nor an address: it has no ://. {_FORM}"
            )
        with explained(f"{path}, which names who is notified of alerts, cannot be read", _FORM):
            lines = path.read_text("utf-8-sig", "replace").splitlines()
        said = [(line.strip(), at) for at, line in enumerate(lines, 1)]
        named = [(line, f"{path}:{at}") for line, at in said if line and not line.startswith("#")]
        if not named:
            raise UsageProblem(f"{path} names nobody to notify of alerts: it has no address")
        yield from named


def _target(address: str, place: str) -> AppriseTarget:
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 (an extra)

    with _overheard():
        try:
            service = Apprise.instantiate(address, asset=AppriseAsset(async_mode=False))
        except Exception:  # noqa: BLE001 (its text may hold the address)
            service = None
    if service is None:
        raise UsageProblem(f"{place} is not an address that Apprise understands. {_FORM}")
    digest = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
    return AppriseTarget(f"{place} ({service.service_name})", digest[:16], service)


class _Overhearing(logging.Handler):
    """Keeps what Apprise logs, so that nothing of it is printed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == _LOGGER:
            self.said.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile; nobody else hears of it, nor of the libraries that it takes."""
    overhearing, loggers = _Overhearing(), (logging.getLogger(), logging.getLogger(_LOGGER))
    before = [logger.handlers[:] for logger in loggers]
    for logger in loggers:
        logger.handlers.clear()
    loggers[0].addHandler(overhearing)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield overhearing.said
    finally:
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers[:] = handlers


def _why(said: Sequence[str]) -> str:
    """Why a message was not taken, in words that were not Apprise's."""
    text = "\n".join(said)
    if status := _STATUS.search(text):
        return f"the service answered {status[1]}"
    if "onnection error" in text:
        return "the service could not be reached"
    return "the service did not take it"
