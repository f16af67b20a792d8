"""What a rule found, and the verdict that all of them come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal

from coefgate.changes.change import Change
from coefgate.core.problems import GATE_FAILED, NOT_MEASURABLE, PASS
from coefgate.gates.rules import RULES
from coefgate.registry.files import GATES_FILE
from coefgate.registry.key import Key
from coefgate.registry.wording import and_more
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Indices

Verdict = Literal["pass", "fail", "not-measurable"]
Unasked = Literal["restore", "no-calls"]
"""Why a rule is not asked: the change is a restore, or no call was ever stored to be scored."""
Amounts = tuple[Fraction | int, ...]
"""The first one that differs decides."""
Ends = tuple[Fraction, Fraction]
"""What a figure is at least and at most."""
_TOLD: Final = 5
"""Findings that a message names; all of them are in the result."""
EXIT_CODES: Final[Mapping[Verdict, int]] = {
    "pass": PASS,
    "fail": GATE_FAILED,
    "not-measurable": NOT_MEASURABLE,
}


@dataclass(frozen=True, slots=True)
class Gain:
    """A figure of unchanged coefficients that samples make better, and by how many points.

    ``by_chance``: what chance explains, if anything. ``of_known``: is it what retirements and
    corrections alone do? ``since``: the commit that it is held against, ``None`` for base.
    """

    figure: str
    points: Fraction
    by_chance: float | None
    of_known: bool = False
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Harm:
    """The larger ``measure``, the worse the predictions of ``calls``, indices of ``evidence``."""

    evidence: Evidence
    calls: Indices
    measure: Callable[[Calls], Amounts]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of the registry that a rule speaks of.

    ``key``: as a ``Change`` has it. ``subject``: what an acknowledgement would name: a number, a
    threshold, a file of samples, a retirement, the id of a line. ``answered``: is there one?
    ``gains``: what samples do to figures. ``harm``: of a finding about calls what it counts;
    place and key are then those of the change that does most of it, once that is known.
    ``said``: what it found; ``fact``: what that says above all, if that is less. ``remedy``: what
    to do, or what it should be; ``answer``: the line of YAML for it, to be copied.
    """

    said: str
    file: str
    line: int
    key: Key | str | None = None
    subject: str | None = None
    answered: bool = False
    gains: tuple[Gain, ...] = ()
    harm: Harm | None = field(default=None, compare=False, repr=False)
    fact: str = ""
    remedy: str = ""
    answer: str = ""

    @classmethod
    def about(
        cls,
        change: Change,
        said: str,
        remedy: str = "",
        *,
        answer: str = "",
        answered: bool = False,
    ) -> Finding:
        """On the line of a change; ``answer`` acknowledges it if no other remedy is given."""
        shown = "" if remedy else answer
        place = change.file, change.line, change.key, change.answered_as
        remedy = remedy or (f"acknowledge it with: {answer}" if answer else "")
        return cls(said, *place, answered, remedy=remedy, answer=shown)

    @property
    def message(self) -> str:
        """What it found, and what to do."""
        return f"{self.said}; {self.remedy}" if self.remedy else self.said


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found.

    ``limit`` in words ("below 50"); ``base`` and ``head``: the figure that is compared, if any, on
    the same calls; ``known``: base's on its own calls, where those are others. Their ``ends``:
    what a rate is at least and at most. ``beside_base``: how that compares with base, if base
    misses the limit too; ``said``: what it found; ``remedy``: what to do where it does not pass,
    or why it passes all the same; ``file`` and ``line``: of the threshold. ``met``: does head
    reach the limit by itself? A change that does no harm passes without. ``n``: how many things
    were looked at, ``None`` for the scored calls. ``findings``: what it objects to; ``answered``:
    what it would without a reason. ``to_state``: would ``tuning.yaml`` let it through by stating
    the miss, and does not? ``unasked``: why it decides nothing, where it does not. ``bounds``: the
    numbers of the limit of a figure. ``fact``: what ``said`` says above all, if that is less; with
    whose doing it is.
    """

    rule: str
    status: Verdict
    limit: str
    said: str
    file: str
    line: int
    base: Fraction | None = None
    head: Fraction | None = None
    ends: Ends | None = None
    base_ends: Ends | None = None
    known: Fraction | None = None
    known_ends: Ends | None = None
    met: bool = True
    n: int | None = None
    findings: tuple[Finding, ...] = ()
    answered: tuple[str, ...] = ()
    to_state: bool = False
    unasked: Unasked | None = None
    remedy: str = ""
    bounds: tuple[Fraction, ...] = ()
    fact: str = ""
    beside_base: str = ""

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Files with lines: what the rule objects to, or else where its limit stands."""
        found = [(one.file, one.line) for one in self.findings]
        return tuple(dict.fromkeys(found or [(self.file, self.line)]))

    @property
    def found(self) -> str:
        """What it found, and how that compares with base."""
        return f"{self.beside_base} {self.said}".lstrip()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to say, in this order."""
        every = self.beside_base, f"{self.said.rstrip('.')}.", self.remedy
        return tuple(filter(None, every))

    @property
    def message(self) -> str:
        """The sentences, one behind the other."""
        return " ".join(self.sentences)

    @property
    def asks(self) -> str:
        """``smape (requires: mean below 50)``."""
        return f"{self.rule} {self.required}"

    @property
    def required(self) -> str:
        """``(requires: mean below 50)``."""
        return f"(requires: {self.limit})"

    @property
    def missed(self) -> bool:
        """Does head miss a limit and pass all the same? Without calls nobody knows."""
        return self.status == "pass" and not self.met and self.unasked != "no-calls"

    @property
    def told(self) -> str:
        """The message, which says so where nobody asks."""
        why = {"restore": "Not asked of a restore: ", "no-calls": "Not asked yet: "}
        return f"{why[self.unasked]}{self.message}" if self.unasked else self.message


def verdict_of(results: Iterable[RuleResult]) -> Verdict:
    """``fail`` if any rule fails, else ``not-measurable`` if any is, else ``pass``."""
    found = {result.status for result in results}
    return "fail" if "fail" in found else "not-measurable" if "not-measurable" in found else "pass"


def not_asked_yet(result: RuleResult) -> RuleResult:
    """A rule that only calls could answer, where none is there yet."""
    said = "no scored call is stored"
    return replace(
        result, status="pass", said=said, remedy="", findings=(), unasked="no-calls", met=False
    )


def needs_reasons_only(results: Iterable[RuleResult]) -> bool:
    """Is there no objection but such as a reason beside a number answers?"""
    red = [RULES[result.rule] for result in results if result.status != "pass"]
    return bool(red) and all(rule.of_numbers and rule.takes_reasons for rule in red)


def finding_result(
    rule: str,
    limit: str,
    findings: Iterable[Finding],
    *,
    n: int,
    good: str,
    remedy: str,
    status: Verdict = "fail",
    line: int = 1,
) -> RuleResult:
    """The result of a rule that objects to single places: it passes where all are answered.

    ``good`` is said when all is well, ``remedy`` after what is not. ``line``: of its limit.
    """
    every = tuple(findings)
    answered = tuple(one.subject for one in every if one.answered and one.subject)
    result = RuleResult(rule, "pass", limit, good, GATES_FILE, line, n=n, answered=answered)
    found = [one for one in every if not one.answered]
    red = replace(result, status=status, met=False, remedy=remedy)
    return with_findings(red, found) if found else result


def without_reasons(rule: RuleResult) -> RuleResult:
    """The rule without what a reason beside a value answers: that was asked when it came in."""
    found = [one for one in rule.findings if one.subject is None]
    if rule.status == "pass" or len(found) == len(rule.findings):
        return rule
    if found:
        return with_findings(replace(rule, status="fail"), found)
    said = "Changes by hand were answered for when they came in."
    return replace(rule, status="pass", met=True, findings=(), said=said, remedy="")


def with_findings(rule: RuleResult, findings: Sequence[Finding]) -> RuleResult:
    """The rule with these instead of its findings; it says and points to the first."""
    shown = "; ".join(one.message.rstrip(".") for one in findings[:_TOLD])
    more = and_more(findings, _TOLD)
    said, first = f"{shown};{more}" if more else shown, findings[0]
    return replace(rule, said=said, file=first.file, line=first.line, findings=tuple(findings))
