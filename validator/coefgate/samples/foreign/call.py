"""A call as a foreign record tells it, before it is a sample: one form for every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coefgate.core.vocabulary import Operation
from coefgate.samples.model import DeliverablesFrom, Paths, ReplyMatches

SampleUnit = Literal["call", "turn"]
LabelOrigin = Literal["logged", "declared", "rule"]


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file that a call delivers, as its source names it: an absolute path, backslashes and all.

    ``operation`` and ``bytes_before`` as in ``Deliverable``.
    """

    path: str
    operation: Operation = "unknown"
    bytes_before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCall:
    """One call, or turn, as its source tells it; ``None`` means that the source does not say.

    The fields that a sample has as well mean what ``schemas/sample.schema.json`` says. The others
    are read by what makes a sample of it, and are not stored:

    ``line``: where its record begins in the source, from 1. ``place``: how a reference calls it
    where that is no line of a file. ``origin``: the folder of ``samples/`` that it goes to, where
    the source tells; ``label_origin``: where its labels come from. ``redacted``: its paths are
    salted names already. ``key``: records with the same key,
    or the same ``call_id``, tell of the same call, in whatever file; ``None``: there is none.
    ``files``: with paths as the source has them, in the order of their first operation.
    ``workspace``: the absolute folder that paths are relative to. ``branch``: of the repository,
    a word for the rules of labels. ``visible_characters``: of text and tool arguments in the
    reply, where the source holds it. ``hides_thinking``: it holds thinking whose text is not
    shown, so that more tokens than characters are no wonder. ``unusable``: a reason, known to
    ``skip_reasons``, for which it is no sample (a cache hit, say); its tokens are counted all the
    same.
    """

    line: int
    unit: SampleUnit
    actual_output_tokens: int | None
    place: str | None = None
    origin: str | None = None
    key: str | None = None
    call_id: str | None = None
    observed_at: str | None = None
    run_id: str | None = None
    phase_id: str | None = None
    attempt: int | None = None
    category: str | None = None
    complexity: str | None = None
    label_origin: LabelOrigin = "logged"
    files: tuple[ForeignFile, ...] = ()
    deliverables_from: DeliverablesFrom | None = None
    paths: Paths = "real"
    redacted: bool = False
    reply_matches: ReplyMatches = "unknown"
    model: str | None = None
    reasoning_tokens: int | None = None
    max_output_tokens: int | None = None
    input_tokens: int | None = None
    output_mode: str | None = None
    predicted_output_tokens: int | None = None
    predicted_by: str | None = None
    success: bool | None = None
    truncated: bool | None = None
    stop_reason: str | None = None
    workspace: str | None = None
    branch: str | None = None
    visible_characters: int | None = None
    hides_thinking: bool = False
    unusable: str | None = None
