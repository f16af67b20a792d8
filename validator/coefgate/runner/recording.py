"""Where the calls of a registry are recorded, and what of them: estimates become rows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from coefgate.core.estimate import Estimate
from coefgate.core.problems import UsageProblem
from coefgate.core.redaction import LEAST_SALT, SALT_VARIABLE, Redactor, kind_keeping_redactor
from coefgate.core.retry import Previous
from coefgate.core.vocabulary import Deliverable
from coefgate.runner.call_record import RecordFault
from coefgate.runner.record_values import answer, attempt_number, files_text, name, whole, word
from coefgate.runner.recorded_call import RecordedCall, microseconds
from coefgate.runner.recorder import Recorder
from coefgate.runner.serving import Loaded

_ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}", re.ASCII)


class Recording:
    """Makes records of calls; ``redact``: with paths under salted names."""

    def __init__(
        self,
        path: Path,
        *,
        runner: str | None,
        origin: str,
        redact_paths: bool,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Raises ``UsageProblem`` for paths to be salted without a salt, or with a short one."""
        if not _ORIGIN.fullmatch(origin):
            allowed = "an origin is named by small letters, digits, - and _"
            raise UsageProblem(f"the origin is {origin!r}; {allowed}")
        self._salt = _salt(environment) if redact_paths else None
        self._redactors: dict[str, Redactor] = {}
        self.recorder = Recorder(path, runner=runner, origin=origin)

    def begin(
        self,
        loaded: Loaded,
        estimate: Estimate,
        deliverables: Sequence[Deliverable],
        *,
        category: str | None,
        complexity: str | None,
        model: str | None,
        output_mode: str | None,
        previous: Previous | None,
        run_id: Any,
        phase_id: Any,
        attempt: Any,
        label_origin: str | None,
        unit: str,
        paths: str,
        deliverables_from: str,
        budget: int,
        risk: float | None,
        max_output_tokens: int | None,
        started_at: datetime | None,
    ) -> RecordedCall:
        """A call that begins now, or began at ``started_at``."""
        faults: list[RecordFault] = []
        began = None if started_at is None else microseconds(started_at, faults)
        files, sizes_unknown = self._files(loaded, deliverables, estimate, faults)
        low, high, coverage = estimate.interval
        recorder, allowed = self.recorder, whole(budget, "budget", faults)
        facts = (  # in the order of a record's columns
            *(recorder.runner, recorder.origin, name(run_id), name(phase_id)),
            attempt_number(attempt),
            *(None, name(category), name(complexity), name(label_origin), name(model)),
            *(word("unit", unit, "call"), name(output_mode), files, len(deliverables)),
            *(self._salt is not None, word("paths", paths, "partial")),
            *(word("deliverables_from", deliverables_from, "request"), "unknown"),
            *(sizes_unknown, estimate.registry_version, loaded.serving.commit, estimate.digest),
            *(estimate.basis, estimate.tokens, low, high, coverage, estimate.share_measured),
            estimate.tokens if allowed is None else allowed,
            *(risk, None if previous is None else previous.output_tokens),
            None if previous is None else answer(previous.truncated),
            whole(max_output_tokens, "max-output-tokens", faults),
        )
        return RecordedCall(
            recorder, facts, estimate=estimate, budget=budget, faults=faults, started_at=began
        )

    def _files(
        self,
        loaded: Loaded,
        deliverables: Sequence[Deliverable],
        estimate: Estimate,
        faults: list[RecordFault],
    ) -> tuple[str, int]:
        try:
            redact = None if self._salt is None else self._redactor(loaded, self._salt)
            text, sizes_unknown = files_text(deliverables, estimate, redact)
        except ValueError:  # no salted name keeps the kind of a path: it is not written at all
            faults.append("not-redacted")
            return "[]", 0
        if not text:
            faults.append("too-many-deliverables")
        return text or "[]", sizes_unknown

    def _redactor(self, loaded: Loaded, salt: bytes) -> Redactor:
        digest = loaded.serving.digest
        if digest not in self._redactors:
            rules = loaded.snapshot.content["file_kinds"]["rules"]
            globs = [glob for rule in rules for glob in rule["paths"]]
            made = kind_keeping_redactor(salt, [loaded.table.kind_of], globs)
            self._redactors = {digest: made}  # of what serves now
        return self._redactors[digest]


def _salt(environment: Mapping[str, str]) -> bytes:
    salt = environment.get(SALT_VARIABLE, "").strip().encode()
    if len(salt) < LEAST_SALT:
        make = "python -c 'import secrets; print(secrets.token_hex(32))'"
        raise UsageProblem(
            f"paths are to be salted, and {SALT_VARIABLE} holds {len(salt)} bytes, not "
            f"at least {LEAST_SALT}. Make a salt with: {make}"
        )
    return salt
