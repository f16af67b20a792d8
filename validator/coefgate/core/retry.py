"""A call that was tried before: what that attempt needed says more than any coefficient."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.vocabulary import MAX_TOKENS


@dataclass(frozen=True, slots=True)
class Previous:
    """The last attempt at the same files, in the same phase of a run.

    ``output_tokens``: what it wrote, from 1 to 1,000,000. ``truncated``: was it cut off at its
    ceiling? Raises ``ValueError`` for anything else: an attempt that wrote nothing, or of which
    nobody knows how it ended, tells nothing of the next one.
    """

    output_tokens: int
    truncated: bool

    def __post_init__(self) -> None:
        tokens, truncated = self.output_tokens, self.truncated
        if type(tokens) is not int:
            found = f"the output tokens of the previous attempt are {tokens!r}"
            raise ValueError(f"{found}; they are a whole number from 1 to {MAX_TOKENS:,}")
        if not 1 <= tokens <= MAX_TOKENS:
            wrote = "was cut off" if truncated else "ended"
            raise ValueError(
                f"the previous attempt {wrote} at {tokens:,} output tokens; they are from 1 to "
                f"{MAX_TOKENS:,}. Leave out an attempt that wrote nothing"
            )
        if type(truncated) is not bool:
            found = f"truncated of the previous attempt is {truncated!r}"
            raise ValueError(f"{found}; it is True or False. Leave out an attempt if nobody knows")


@dataclass(frozen=True, slots=True)
class RetryFactor:
    """A factor in thousandths, and whether at least one stored call stands behind it."""

    thousandths: int
    measured: bool


@dataclass(frozen=True, slots=True)
class RetryFactors:
    """On the tokens of an attempt that came to its end, and of one that was cut off."""

    after_complete: RetryFactor
    after_cut_off: RetryFactor

    def after(self, previous: Previous) -> RetryFactor:
        """The factor on the tokens of this attempt."""
        return self.after_cut_off if previous.truncated else self.after_complete

    def tokens(self, previous: Previous, formula: int) -> int:
        """The prediction: ``ceil(factor × tokens)``; ``formula``: the one without an attempt.

        One that was cut off needed more than it wrote, so the prediction is above that, and at
        least ``formula``.
        """
        needed = -(-previous.output_tokens * self.after(previous).thousandths // 1000)
        return max(needed, formula, previous.output_tokens + 1) if previous.truncated else needed
