"""Values written into a file of coefficients as a fitting procedure found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from coefgate.registry.document import Document
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Basis
from coefgate.registry.numbers import written
from coefgate.registry.wording import ValuePath, dotted
from coefgate.registry.yaml_edit import ABSENT, with_data
from coefgate.registry.yaml_reader import strict_document


@dataclass(frozen=True, slots=True)
class NewValue:
    """A number with its basis, and the acknowledgement that stands beside it, ``None`` if none.

    Tokens are whole, a factor has at most three decimals. An acknowledgement serves one step: give
    the one that stands there to leave it, another in its place, or ``None`` to take it out.
    """

    number: Fraction
    basis: Basis
    acknowledge: Acknowledgement[Fraction] | None = None


def written_values(content: bytes, file: str, values: Mapping[Key, NewValue]) -> bytes:
    """``content``, one file of coefficients, with these values of it.

    A basis says just what is stated: ``samples`` and ``interval`` come in, or go where they are
    ``None``. All else stays to the byte, and an entry that is not there yet comes in. Raises
    ``InvalidInput`` if ``content`` cannot be read, ``UsageProblem`` where the form is one that
    cannot be kept, ``ValueError`` for a number that has no exact form in the file.
    """
    document = strict_document(content, file)
    paths = {key.path_in(document.data): value for key, value in values.items()}
    # A value may stand within another, which is written first.
    return with_data(
        content,
        file,
        {path[:-1]: _entry(document, path, paths[path]) for path in sorted(paths, key=len)},
    )


def without_acknowledgements(content: bytes, file: str, keys: Iterable[Key]) -> bytes:
    """``content``, one file of coefficients, without the acknowledgements beside these numbers.

    All else stays to the byte, comments too. Raises as ``written_values`` does.
    """
    data = strict_document(content, file).data
    return with_data(content, file, {(*key.entry_in(data), "acknowledge"): ABSENT for key in keys})


def _entry(document: Document, path: ValuePath, value: NewValue) -> dict[str, object]:
    *above, name = path
    written_anew = {str(name), "basis", "acknowledge"}
    stands = document.mapping_at(above)
    answer = value.acknowledge
    return {
        str(name): _number(value.number, path),
        "basis": _basis(value.basis, path),
        **({} if answer is None else {"acknowledge": _acknowledge(answer, path)}),
        **{key: data for key, data in stands.items() if key not in written_anew},
    }


def _basis(basis: Basis, path: ValuePath) -> dict[str, object]:
    ends = [_number(end, path) for end in basis.interval or ()]
    return {
        "kind": basis.kind,
        **({} if basis.samples is None else {"samples": basis.samples}),
        **({"interval": ends} if ends else {}),
        "reference": basis.reference,
    }


def _acknowledge(answer: Acknowledgement[Fraction], path: ValuePath) -> dict[str, object]:
    previous, current = _number(answer.previous, path), _number(answer.current, path)
    return {"from": previous, "to": current, "reason": answer.reason}


def _number(number: Fraction, path: ValuePath) -> int | Decimal:
    exact = plain_number(number)
    if Fraction(exact) != number:
        raise ValueError(f"{dotted(path)} cannot be {number}; round it to thousandths")
    return exact


def plain_number(number: Fraction) -> int | Decimal:
    """A number as the strict reader gives it."""
    return number.numerator if number.denominator == 1 else Decimal(written(number))
