"""No figure of this registry stands in prose that nothing holds against the data.

What a page shows in a console block is run (test_docs.py, test_tutorial.py). In prose a figure of
the shipped registry would go wrong unnoticed, so prose has none: three nets look for them, in
every page and in what the program and the registry say in comments. A page of the past may have
one if it says of which day its figures are."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from coefgate.drill.kinds.catalogue import HARMLESS, REGRESSIONS
from coefgate.runner.command_names import COMMANDS
from tests.end_to_end.conftest import SHIPPED, run_coefgate
from tests.end_to_end.pages import TUTORIAL
from tests.repository_files import files, text_of

CALIBRATION = "docs/calibrations/2026-11-unseen-calls/README.md"
OF_THE_PAST = ("docs/decisions/", "docs/calibrations/", "benchmarks/")
GENERATED = "docs/reference/commands.md"
INVENTED = "docs/reference/metrics.md"
"""Its figures are of six invented calls, worked out by hand, and run."""

_UNITS = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
    ),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MANY = rf"(?:(?![01]\b)\d[\d,.]*%?|{'|'.join((*_UNITS[2:], *_TENS[2:], 'both', 'half'))})"
_FIGURE = re.compile(
    r"(?<![\w.,/#-])(?:(?:\d[\d,.]*\d|\d)%?|[a-z]+(?:-[a-z]+)?)(?![\w]|[.,]\d)", re.IGNORECASE
)
_OURS = (
    r"\b(?:calls?|samples?|phases?|cells?|categor(?:y|ies)|coefficients?|replies|imports?|intervals?|SMAPE|P90|"
    r"underestimat\w+|miss(?:es|ed)?|waste|rules?|kinds?|commands?|limits?|gates?)\b"
)
OURS = re.compile(_OURS, re.IGNORECASE)
ABOUT = re.compile(
    r"\b(?:this registry|these coefficients|shipped (?:registry|coefficients|calls)|"
    r"registry (?:stores|ships|holds|started|began))\b",
    re.IGNORECASE,
)
SHARE = re.compile(
    rf"\b(?:all|(?:all|none|most|each|{_MANY}) of) (?:the |these |its )?{_MANY}\b", re.IGNORECASE
)
COUNTED = re.compile(
    rf"(?<![\w.,/#-]){_MANY} (?:[a-z]+ )?(?:rules|kinds|commands)\b", re.IGNORECASE
)
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the commands say of the registry in this folder."""
    scratch = tmp_path_factory.mktemp("figures")

    def said(*arguments: str) -> Any:
        return json.loads(
            run_coefgate(SHIPPED, *arguments, "--format", "json", scratch=scratch).out
        )

    return {"replay": said("replay"), "audit": said("samples", "audit")}


@pytest.fixture(scope="module")
def figures(data: Mapping[str, Any]) -> frozenset[str]:
    """The registry's figures as a page writes them; of counts only the uncommon numbers."""
    metrics = data["replay"]["metrics"]["all"]
    statuses = [count for count in data["audit"].values() if isinstance(count, int)]
    scored = metrics["samples"] + metrics["censored"]
    counts = {sum(statuses), *statuses, scored, sum(statuses) - scored, metrics["phases"]}
    texts = {text for count in counts if count > 30 for text in (f"{count:,}", _spelled(count))}
    ratios = [value for name, value in metrics.items() if isinstance(value, float)]
    bounds = [bound for interval in metrics["intervals"].values() for bound in interval]
    for value in (*ratios, *bounds):
        texts.add(
            f"{100 * value:.1f}%"
            if value < 1
            else f"{value:.2f}"
            if value < 10
            else f"{value:.1f}"
        )
    return frozenset(texts)


def _spelled(count: int) -> str:
    if count < len(_UNITS):
        return _UNITS[count]
    tens, units = divmod(count, 10)
    return (
        f"{_TENS[tens]}-{_UNITS[units]}".removesuffix("-zero") if tens < len(_TENS) else str(count)
    )


@cache
def _rules() -> int:
    schema = json.loads(text_of("schemas/report.schema.json"))
    return len(schema["properties"]["rules"]["items"]["properties"]["rule"]["enum"])


@cache
def _counts() -> frozenset[str]:
    """How many rules, commands and kinds there are, as a page would write it."""
    counts = (_rules(), _rules() - 4, len(COMMANDS), len(REGRESSIONS), len(HARMLESS))
    return frozenset(text for count in counts for text in (str(count), _spelled(count)))


def sentences(markdown: str) -> Iterator[str]:
    """A page's prose: no blocks, code, addresses, decision numbers, dated sections."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$|^    .*?$", "", markdown)
    text = re.sub(r"(?s)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)|\]\([^)]*\)|\b0\d{3}\b", "`", text)
    dated = re.compile(r"(?m)^[^\n]*\bMeasured on 20\d\d-\d\d-\d\d")
    sections = (one for one in re.split(r"(?m)^(?=#+ )", text) if not dated.search(one))
    for part in re.split(r"\n\s*\n|\n(?=\s*[-*|]|\s*\d+\. )", "\n\n".join(sections)):
        for sentence in re.split(r"(?<=[.:;!?)])\s+", part):
            yield " ".join(sentence.split())


def unheld(sentence: str, figures: frozenset[str]) -> bool:
    """Does a sentence say a figure of the registry, or so many of so many?"""
    written = {found.lower() for found in _FIGURE.findall(sentence)}
    counted = {word.lower() for found in COUNTED.findall(sentence) for word in found.split()[:1]}
    about = ABOUT.search(sentence) and re.search(rf"(?<![\w.,/#-]){_MANY}\b", sentence)
    return bool((written & figures and OURS.search(sentence)) or counted & _counts() or about)


@pytest.mark.parametrize(
    ("calls", "column"),
    [("unseen run", "unseen_run"), ("unseen phase", "unseen_phase"), ("fitted", "all")],
)
def test_the_calibration_page_says_what_these_coefficients_are_worth(
    data: Mapping[str, Any], calls: str, column: str
) -> None:
    page, metrics = text_of(CALIBRATION), data["replay"]["metrics"][column]
    digest = data["replay"]["registry"]["digest"].removeprefix("sha256:")[:12]
    assert f"`{digest}`" in page, (
        f"{CALIBRATION} is of other coefficients than those shipped today"
    )
    rates = (metrics[f"underestimation_{one}"] for one in ("kaplan_meier", "rate", "upper"))
    estimate, least, most = (f"{100 * rate:.1f}%" for rate in rates)
    waste = f"{metrics['waste_median']:.2f} | {metrics['waste_p90']:.2f}"
    row = f"{metrics['smape_mean']:.1f} | {estimate} | {least} to {most} | {waste}"
    assert f"| {calls} | {row} | {metrics['spread']:.3f} |" in page


PAGES = [
    name
    for name in files()
    if name.endswith(".md") and name != GENERATED and not name.startswith(("tests/", *OF_THE_PAST))
]


@pytest.mark.parametrize("page", PAGES)
def test_prose_has_no_figures_that_nothing_holds(page: str, figures: frozenset[str]) -> None:
    assert [one for one in sentences(text_of(page)) if unheld(one, figures)] == []


ABOUT_US = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/start/tutorial.md",
    "samples/README.md",
)


@pytest.mark.parametrize("page", ABOUT_US)
def test_pages_about_this_registry_do_not_say_so_many_of_so_many(page: str) -> None:
    assert [one for one in sentences(text_of(page)) if SHARE.search(one)] == []


@pytest.mark.parametrize(
    "page", [name for name in files() if name.startswith(OF_THE_PAST) and name[-3:] == ".md"]
)
def test_a_page_of_the_past_says_of_which_day_its_figures_are(
    page: str, figures: frozenset[str]
) -> None:
    text = text_of(page)
    if any(unheld(one, figures) for one in sentences(text)):
        assert DAY.search(text), f"{page} has figures, and no day"


def _comments() -> Iterator[tuple[str, str]]:
    """What is said beside values, in schemas and in the program, for readers."""
    for name in files():
        if name.startswith(("coefficients/", ".github/")) or name == "action.yml":
            yield from (
                (name, found) for found in re.findall(r"(?m)(?:^|\s)#\s(.*)$", text_of(name))
            )
        elif name.startswith("schemas/") and name.endswith(".schema.json"):
            yield from (
                (name, found) for found in re.findall(r'"description": "(.*)"', text_of(name))
            )
        elif name.startswith(("validator/", "examples/")) and name.endswith(".py"):
            yield from ((name, found) for found in _said_in(text_of(name)))


def _said_in(source: str) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    yield from (
        ast.get_docstring(one) or ""
        for one in ast.walk(ast.parse(source))
        if isinstance(one, kinds)
    )
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT)


def test_comments_have_no_figures_that_nothing_holds(figures: frozenset[str]) -> None:
    found = [
        (name, one)
        for name, text in _comments()
        for one in sentences(text)
        if unheld(one, figures)
    ]
    assert found == []


def test_the_prose_of_the_tutorial_has_figures_that_its_commands_show() -> None:
    sections = re.split(r"(?m)^(?=## )", TUTORIAL.read_text("utf-8"))[1:]
    for section in sections:
        blocks = "".join(re.findall(r"(?ms)^```.*?^```$", section)).replace(",", "")
        prose = " ".join(one for one in sentences(section) if not one.startswith("#"))
        written = re.findall(r"(?<![\w.])\d[\d,.]*\d|\d+(?=%)", prose)
        assert [figure for figure in written if figure.replace(",", "") not in blocks] == []


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "Three of four intervals reach beyond their limit.",
            "All four reach beyond it.",
            "most of the 9 runs",
        ),
        *("The registry stores many calls, of 40 phases.", "these coefficients miss two gates"),
        *(
            "It has {phases} phases.",
            "mean SMAPE is {smape}",
            "{scored} calls count.",
            "{rules} rules judge it.",
        ),
    ],
)
def test_a_new_figure_is_found(
    sentence: str, figures: frozenset[str], data: Mapping[str, Any]
) -> None:
    metrics = data["replay"]["metrics"]["all"]
    said = sentence.format(
        phases=_spelled(metrics["phases"]),
        smape=f"{metrics['smape_mean']:.1f}",
        scored=metrics["samples"] + metrics["censored"],
        rules=_spelled(_rules()).capitalize(),
    )
    [one] = sentences(said)
    assert unheld(one, figures) or SHARE.search(one)


@pytest.mark.parametrize(
    "text",
    [
        "```\n58 calls\n```",
        "    coefgate: 58 calls",
        "`58 calls + 5 cut off`",
        "## Speed\n\nMeasured on 2026-11-29: 63 calls.",
        "At most 20 calls are shown. Exit code 3: samples invalid.",
    ],
)
def test_what_is_run_or_dated_or_a_limit_of_the_program_is_no_such_figure(
    text: str, figures: frozenset[str]
) -> None:
    assert not [one for one in sentences(text) if unheld(one, figures) or SHARE.search(one)]
