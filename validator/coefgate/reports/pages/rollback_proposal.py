"""What a rollback trigger comes to, and the proof behind it."""

from __future__ import annotations

from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.reports.brief import never_cut
from coefgate.reports.page import Item, Items, Page, Paragraph, code, plain
from coefgate.reports.pages.alarm_words import percent
from coefgate.reports.render.json import picked
from coefgate.telemetry.alarms.proof import EXPLAINED, CutOff, Proof
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.times import week_name
from coefgate.use_cases.monitoring.act import Act
from coefgate.use_cases.monitoring.proposal import ProposalVerdict, RollbackProposal, WhyNone

_WHY_NONE: Final[dict[WhyNone, str]] = {
    "": "",
    "no-release": "what served these calls is no release of this branch",
    "not-newest": "a newer release is out, and it is not what served these calls. See who has not "
    "moved on with: {runners}",
    "none-known-good": "no release before it did well in a week of its own that had enough calls "
    "and that this store holds. See them with: git tag -l 'coefficients/*'. A clone that lacks "
    "some gets them with: git fetch --tags (and --unshallow where it is shallow)",
    "tag-missing": "the tag of {missing} is missing in this clone. Get it, and ask again: {fetch}",
    "answered": "another release was withdrawn for this week already, and {accused} cuts off too "
    "many as well. Look at its calls before you go back by hand",
}


def proposal_blocks(one: RollbackProposal, store: StoreAddress) -> Page:
    """The verdict in a sentence, then what the proof found in a store."""
    yield Paragraph(f"{week_name(one.week)}: {_sentence(one, store)}", "strong", label="rollback")
    if one.proof is not None:
        rows = [Item([plain(words)]) for words in _proof_words(one, one.proof)]
        if one.own_weeks:
            weeks = ", ".join(
                f"{week_name(own.week)} {percent(float(own.rate))} of {own.calls:,}"
                for own in one.own_weeks
            )
            rows.append(Item([plain(f"cut off in own weeks of {one.to}: {weeks}")]))
        yield from never_cut(Items(rows, label="proof"))
    if one.verdict == "roll-back" and one.command:
        yield Items([Item(code(one.command))], label="go back", unbroken=True)


def _sentence(one: RollbackProposal, store: StoreAddress) -> str:
    why = _WHY_NONE[one.why].format(
        runners=store.command("runners"),
        accused=one.accused,
        missing=one.to or one.accused,
        fetch=one.command,
    )
    sentences: dict[ProposalVerdict, str] = {
        "roll-back": f"go back from {one.accused} to {one.to}: on the very same calls it would "
        "have cut off fewer",
        "tune": f"the work has changed: {one.to} would not have done better than {one.accused} on "
        "these calls. Fit the numbers to new calls: coefgate tune",
        "undecided": f"it is not decided whether {one.to} would have done better than "
        f"{one.accused} on these calls. Look at them before you go back",
        "gone-back": f"{one.accused} is withdrawn already: {one.reason}",
        "none": f"there is nothing to go back to: {why}",
    }
    return sentences[one.verdict]


def act_blocks(one: Act, store: StoreAddress) -> Page:
    """What became of a proposal that was to be carried out."""
    if one.version is not None:
        words = (
            f"rolled back to {one.proposal.to} as {one.version}, pushed to {one.remote}. Who is "
            f"back already: {store.command('runners')}"
        )
    elif one.failed is not None:
        words = f"not rolled back: {one.failed}"
    elif one.refused is not None:
        words = f"not rolled back: the gate says {one.refused} to it. Try it by hand, as above"
    else:
        words = (
            "not rolled back, as the server has more than this clone: "
            f"{_sentence(one.proposal, store)}"
        )
    yield Paragraph(f"{week_name(one.week)}: {words}", "strong", label="act")


def act_dict(one: Act) -> dict[str, Any]:
    """The same for programs."""
    return {
        "week": week_name(one.week),
        "done": one.version is not None,
        **picked(one, "version", "remote", "refused", "failed"),
        "verdict": one.proposal.verdict,
    }


def _proof_words(one: RollbackProposal, found: Proof) -> list[str]:
    said = [
        f"{count(found.calls, 'call')} of {count(found.phases, 'phase')} replayed",
        f"cut off by {one.accused}: {_range(found.now)}",
        f"by {one.to}: {_range(found.before)}",
        f"better in {count(found.better, 'phase')}, worse in {found.worse:,} (p = {found.p:.2g})",
    ]
    if found.explained is None:
        said.append(f"{one.to} has no weeks of its own to say what open calls need")
    else:
        said.append(
            f"its own weeks explain {found.explained:.0f} of the calls that were cut off "
            f"({EXPLAINED:.0%} is asked)"
        )
    return said


def _range(found: CutOff) -> str:
    if found.at_least == found.at_most:
        return f"{found.at_least:,}"
    return f"{found.expected:.0f} expected ({found.at_least:,} to {found.at_most:,})"


def proposal_dict(one: RollbackProposal) -> dict[str, Any]:
    """The same for programs."""
    return {
        "week": week_name(one.week),
        **picked(one, "digest", "verdict", "accused", "to", "command"),
        "why": one.why or None,
        "reason": one.reason or None,
        "proof": one.proof and _proof_dict(one.proof),
        "own_weeks": [
            {"week": week_name(own.week), **picked(own, "calls", "cut_off")}
            for own in one.own_weeks
        ],
    }


def _proof_dict(found: Proof) -> dict[str, Any]:
    return {
        **picked(found, "outcome", "calls", "phases", "better", "worse", "explained"),
        "p": found.p,
        "cut_off_now": picked(found.now, "at_least", "at_most", "expected"),
        "cut_off_before": picked(found.before, "at_least", "at_most", "expected"),
    }
