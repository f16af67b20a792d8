"""Calls of foreign sources → lines of samples, each call once, everything else counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from coefgate.core.counting import counted
from coefgate.core.vocabulary import MAX_TOKENS, Deliverable
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.call_identity import call_facts, tells_again
from coefgate.samples.foreign.collected import Collected, Count, ReadFile
from coefgate.samples.foreign.labels.label import Label
from coefgate.samples.foreign.labels.labelling import Labeller, labels_of_source
from coefgate.samples.foreign.line import fields_of_call, missing_facts, why_invalid
from coefgate.samples.foreign.paths import deliverables_of, without_folders
from coefgate.samples.foreign.skipped import Skipped
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.stored_calls import NOTHING_STORED, StoredCalls
from coefgate.samples.foreign.visible_text import why_uncounted
from coefgate.samples.model import sample_id, stored_line

Redaction = Callable[[tuple[Deliverable, ...]], tuple[Deliverable, ...]]
"""What is stored instead of files. ``ValueError``: they cannot be hidden."""


class _Kept(NamedTuple):
    """A call as far as it is kept: the ``line`` of a sample, or the ``reason`` why it is none.

    ``number``: where its source tells of it first. ``says``: how much its record says, which is
    compared with another of the same call. ``missing``: the facts that its line does not say.
    """

    tokens: int
    place: str
    line: bytes | None
    reason: str = ""
    number: int = 0
    says: tuple[bool, int] = (False, 0)
    missing: tuple[str, ...] = ()


class Collector:
    """Takes the calls of one source after the other; ``collected`` says what they come to.

    ``origin``: the folder of ``samples/`` that calls go to which name none.
    ``stored``: what is stored already. ``label``: what a call is labelled.
    ``redact``: what is stored instead of its files. ``workspace``: what paths are relative
    to, instead of what the source says.
    """

    def __init__(
        self,
        origin: str,
        *,
        stored: StoredCalls = NOTHING_STORED,
        label: Labeller = labels_of_source,
        redact: Redaction | None = None,
        workspace: str | None = None,
    ) -> None:
        self._origin = origin
        self._stored = stored
        self._label = label
        self._redact = redact
        self._workspace = workspace
        self._calls: dict[object, _Kept] = {}
        self._keys: dict[object, object] = {}
        self._references: dict[tuple[str, str], object] = {}
        self._again = 0
        self._files: list[ReadFile] = []
        self._unreadable: defaultdict[str, Skipped] = defaultdict(Skipped)
        self._doubted: defaultdict[str, Skipped] = defaultdict(Skipped)
        self._notes: list[str] = []
        self._passed_over: Counter[str] = Counter()

    def take(self, source: ForeignSource, calls: Iterable[ForeignCall]) -> None:
        """Take every call of ``source``."""
        alike: dict[object, dict[object, int]] = {}
        for told in counted(calls, "calls"):
            one = _without_folders(told)
            deliverables, outside = deliverables_of(one.files, self._workspace or one.workspace)
            who: object = one.call_id
            if who is None:  # of calls that are told alike, which of them
                facts = call_facts(one, deliverables)
                numbers = alike.setdefault(facts, {})
                who = facts, numbers.setdefault(one.key or object(), len(numbers) + 1)
            key = self._key(one, who)
            number = one.line
            tokens = one.actual_output_tokens or 0
            says = bool(deliverables), sum(getattr(one, name) is not None for name in _TELLING)
            before = self._calls.get(key)
            if before is not None:
                self._again += 1
                if (tokens, says) <= (before.tokens, before.says):
                    continue
                number = before.number
            known = self._stored.tokens.get(who)
            place = one.place or f"{source.name}:{one.line}"
            at = one.origin or self._origin, place
            if known is not None:
                kept = _Kept(tokens, place, None, _KNOWN if known == tokens else _OTHERWISE)
            elif one.call_id is None and tells_again(
                one, deliverables, self._stored.told_at.get(at)
            ):
                kept = _Kept(tokens, place, None, "stored-with-other-facts")
            else:
                named = one
                if told is not one:  # the label file knows work by the names of the source
                    named = replace(one, run_id=told.run_id, phase_id=told.phase_id)
                label = partial(self._label, named, deliverables)
                kept = self._call(one, label, at, key, (deliverables, outside))
            self._calls[key] = kept._replace(number=number, says=says)
        self._files.append(ReadFile(source.name, source.count, source.size))
        self._passed_over.update(source.passed_over)
        self._notes += [one for one in source.notes if one not in self._notes]
        for reason, found in source.unreadable.items():
            self._unreadable[reason].add(found)
        for fact, found in source.doubted.items():
            self._doubted[fact].add(found)

    def _key(self, one: ForeignCall, who: object) -> object:
        """What the call is kept under: records with the same key, or id, tell of the same call."""
        given: tuple[object, ...] = (one.key, one.call_id)
        names = [name for name in given if name is not None] or [who]
        keys = [self._keys.get(name, name) for name in names]
        key = next((known for known in keys if known in self._calls), names[0])
        self._keys.update((name, key) for name in names if name != key)
        return key

    def _call(
        self,
        one: ForeignCall,
        label_of: Callable[[], Label | None],
        at: tuple[str, str],
        key: object,
        files: tuple[tuple[Deliverable, ...], int],
    ) -> _Kept:
        (origin, place), (deliverables, outside) = at, files
        tokens = one.actual_output_tokens or 0
        reason = one.unusable or why_uncounted(one) or ("" if _in_range(one) else "not-in-range")
        if not reason and not deliverables and one.deliverables_from == "reply":
            reason = "outside" if outside else "no-files"
        label = None if reason else label_of()
        if reason or label is None:
            return _Kept(tokens, place, None, reason or "contradicting-labels")
        if outside and one.paths == "real":
            one = replace(one, paths="partial")
        if self._redact is not None and not one.redacted:
            try:
                deliverables = self._redact(deliverables)
            except ValueError:
                return _Kept(tokens, place, None, "not-hidden")
        fields = fields_of_call(one, label, deliverables)
        reference = place
        # Another file of that name is stored, or was read before.
        if at in self._stored.ids or self._references.setdefault(at, key) != key:
            reference = f"{place} {sample_id(fields)[:8]}"
        fields |= {"origin": origin, "reference": reference}
        line = stored_line(fields)
        if (why := why_invalid(line, fields)) is not None:
            return _Kept(tokens, f"{place} {why}", None, "invalid")
        return _Kept(tokens, place, line, missing=tuple(missing_facts(fields)))

    def collected(self) -> Collected:
        """What all of them come to."""
        left_out: defaultdict[str, Skipped] = defaultdict(Skipped)
        lines: list[bytes] = []
        numbers: list[int] = []
        missing: Counter[str] = Counter()
        taken = 0
        for call in self._calls.values():
            if call.line is None:
                left_out[call.reason].note(call.place, call.tokens, call.number)
                continue
            lines.append(call.line)
            numbers.append(call.number)
            taken += call.tokens
            missing.update(call.missing)
        known = left_out.pop(_KNOWN, Skipped())
        return Collected(
            files=tuple(self._files),
            lines=tuple(lines),
            numbers=tuple(numbers),
            told=Count(len(self._calls), sum(call.tokens for call in self._calls.values())),
            again=self._again,
            taken=Count(len(lines), taken),
            known=Count(known.count, known.tokens),
            left_out=left_out,
            unreadable=self._unreadable,
            passed_over=self._passed_over,
            doubted=self._doubted,
            notes=tuple(self._notes),
            missing=missing,
        )


_TELLING: Final = ("truncated", "success", "category", "max_output_tokens", "call_id", "phase_id")
"""Facts by which two records of one call are compared: the one that tells more of them counts."""
_TEXTS: Final = (
    *("model", "run_id", "phase_id", "category", "complexity"),
    *("stop_reason", "output_mode", "predicted_by"),
)
_KNOWN: Final = "known"
_OTHERWISE: Final = "stored-otherwise"


def _without_folders(one: ForeignCall) -> ForeignCall:
    """``one`` without the absolute paths that its texts hold; an id that is one is none."""
    found: dict[str, Any] = {
        name: bare
        for name in _TEXTS
        if (text := getattr(one, name)) is not None and (bare := without_folders(text)) != text
    }
    if one.call_id is not None and without_folders(one.call_id) != one.call_id:
        found["call_id"] = None
    return replace(one, **found) if found else one


def _in_range(one: ForeignCall) -> bool:
    """Is its token count one that a sample may have? Only a failure needs none."""
    tokens = one.actual_output_tokens or 0
    return tokens <= MAX_TOKENS and (tokens > 0 or one.success is False)
