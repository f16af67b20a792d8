"""CSV of any columns: what is taken, what is left out with its line, and what columns hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coefgate.core.problems import InvalidInput, UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.samples.foreign.collected import Count
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from coefgate.use_cases.import_samples import collect_samples, proposed_mapping
from tests.samples.foreign.importers.conftest import Import, lines_of, reasons

TABLE = """\
when;Task Type;Difficulty;files touched;tokens (out);finish_reason;LLM;ticket
2026-03-01 10:00:00;Feature Work;Easy;src/app.py, src/b.py;1,234;stop;m-1;T-1
2026-03-01 10:05:00;docs;Hard;README.md;820;length;m-1;T-2
2026-03-01 10:07:00;docs;medium;"docs/a.md,
docs/b.md";"1 900";stop;m-1;T-3
2026-03-01 10:09:00;docs;medium;docs/c.md;n/a;stop;m-1;T-3
2026-03-01 10:11:00;docs;medium;docs/c.md;1.2k;stop;m-1;T-3
2026-03-01 10:13:00;docs;medium;;77;stop;m-1;T-3
yesterday;docs;easy;docs/d.md;600;stop;m-1;T-4
2026-03-01 10:17:00;docs;easy;docs/e.md;610;stop;m-1;T-4;more
;;;;;;;
"""


def test_a_table_of_foreign_columns_needs_no_mapping(collect: Import) -> None:
    """Told: 1,234 + 820 + 1,900 + 0 + 77 + 600 = 4,631 in six calls, of which four are samples.

    1.2k is no whole number and one row has a cell too many, so these are no calls.
    """
    found = collect("csv", TABLE, name="calls.csv")
    assert found.told == Count(6, 4631)
    assert found.taken == Count(4, 4554)
    assert reasons(found) == {
        "no-count": (1, ["calls.csv:6"]),
        "no-files": (1, ["calls.csv:8"]),
        "no-number": (1, ["calls.csv:7"]),
        "other-width": (1, ["calls.csv:10"]),
    }
    assert {fact: one.places for fact, one in found.doubted.items()} == {"when": ["calls.csv:9"]}
    assert found.passed_over == {"empty rows": 1}
    first, cut_off, quoted, undated = lines_of(found)
    assert first["observed_at"] == "2026-03-01T10:00:00Z"
    assert (first["category"], first["complexity"]) == ("feature-work", "low")
    assert (first["label_origin"], first["model"], first["phase_id"]) == ("logged", "m-1", "T-1")
    assert [one["path"] for one in first["deliverables"]] == ["src/app.py", "src/b.py"]
    assert (first["success"], first["truncated"]) == (True, False)
    assert (first["unit"], first["deliverables_from"]) == ("call", "reply")
    assert (cut_off["complexity"], cut_off["truncated"]) == ("high", True)
    assert [one["path"] for one in quoted["deliverables"]] == ["docs/a.md", "docs/b.md"]
    assert (undated["observed_at"], undated["actual_output_tokens"]) == (None, 600)
    assert "actual_output_tokens from tokens (out)" in found.notes[0]
    assert "UTC" in found.notes[0]


def test_what_is_proposed_reads_the_same(collect: Import, tmp_path: Path) -> None:
    guessed = collect("csv", TABLE, name="calls.csv")
    proposal = proposed_mapping("csv", [str(tmp_path / "calls.csv")])
    assert collect("csv", TABLE, name="calls.csv", mapping=proposal).lines == guessed.lines
    assert "#" not in proposal.partition("naive_times: UTC  #")[0].partition("\n")[2]
    assert proposed_mapping("csv", [str(tmp_path)]).endswith(proposal.partition("\n")[2])


def test_a_proposal_says_what_was_not_found(collect: Import, tmp_path: Path) -> None:
    collect("csv", "completion_tokens,cost,note\n12,3,eh\n", name="calls.csv")
    assert proposed_mapping("csv", [str(tmp_path / "calls.csv")]).splitlines() == [
        "# What the columns of calls.csv hold.",
        "columns:",
        "  actual_output_tokens: completion_tokens",
        "# Not found among the columns (see docs/how-to/importers.md of Coefgate):",
        "#   deliverables: the files; without them a call is not scored",
        "#   category: what kind of work it was; without it a call is not scored",
        "#   complexity: how hard the work was; without it a call is not scored",
        "#   success: could the reply be used? Without it, see whether stop_reason says enough",
        "#   truncated: was the reply cut off? stop_reason says it too, or max_output_tokens",
        "#   observed_at: when the call was made",
        "#   phase_id: which piece of work the call belongs to",
        "#   model: the name of the model",
        "# Not used: cost, note",
    ]


def test_without_a_column_of_tokens_there_is_a_file_to_fill_in(collect: Import) -> None:
    with pytest.raises(UsageProblem) as refused:
        collect("csv", "category,files\ndocs,a/b.md\n", name="calls.csv")
    assert "calls.csv: which column holds the output tokens?" in str(refused.value)
    assert "# actual_output_tokens: COLUMN" in str(refused.value)
    assert "category: category" in str(refused.value)


def test_what_holds_for_several_files_is_said_once(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.csv").write_text(f"tokens_out,files\n{number + 1},a/b.md\n")
    places = [str(tmp_path)]
    found = collect_samples("csv", places, origin="here", options=ImportOptions())
    pairs = "actual_output_tokens from tokens_out, deliverables from files"
    assert found.notes == (f"columns by their names and values: {pairs}",)
    assert found.taken == Count(5, 15)


def test_an_empty_file_tells_of_no_call(collect: Import) -> None:
    assert collect("csv", "").told == Count(0, 0)
    assert collect("csv", "a,tokens\n").told == Count(0, 0)


MAPPING = """\
columns:
  actual_output_tokens: sum
  created: new
  modified: old
  category: {category}
"""


def test_columns_that_the_file_lacks_are_one_error(collect: Import) -> None:
    with pytest.raises(InvalidInput) as refused:
        collect(
            "csv",
            "sum,new,kinds,n2,n2\n1,a/b.py,docs,1,2\n",
            mapping=MAPPING.format(category="n2"),
        )
    places = [(one.line, one.column, one.path) for one in refused.value.problems]
    assert places == [(4, 13, "columns.modified"), (5, 13, "columns.category")]
    with pytest.raises(InvalidInput, match=r"Did you mean kinds\?"):
        collect("csv", "sum,new,old,kinds\n", mapping=MAPPING.format(category="kind"))


def test_columns_of_their_own_say_what_was_done(collect: Import) -> None:
    table = 'sum,new,old,meta\n900,src/a.py|src/b.py,README.md,"{""kind"": ""docs""}"\n'
    (fields,) = lines_of(collect("csv", table, mapping=MAPPING.format(category="meta.kind")))
    files = [(one["operation"], one["path"]) for one in fields["deliverables"]]
    assert files == [("create", "src/a.py"), ("create", "src/b.py"), ("modify", "README.md")]
    assert fields["category"] == "docs"


def test_importing_a_grown_file_again_under_another_name_adds_the_new_rows(
    collect: Import, tmp_path: Path
) -> None:
    add_samples(collect("csv", TABLE).lines, source="calls", root=tmp_path)
    stored = read_samples(FolderTree(tmp_path)).samples
    again = collect("csv", TABLE, name="other.csv", stored=stored)
    assert (again.taken, again.known) == (Count(0, 0), Count(4, 4554))
    grown = f"{TABLE}2026-03-01 11:00:00;docs;low;docs/f.md;500;stop;m-1;T-9\n"
    more = collect("csv", grown, name="grown.csv", stored=stored)
    assert (more.taken, more.known) == (Count(1, 500), Count(4, 4554))


def test_times_of_all_kinds_in_one_column(collect: Import) -> None:
    """Each is 10:00 in Vienna on the first of March 2026, 09:00 UTC: 1,772,355,600 seconds."""
    times = [
        "2026-03-01 10:00:00",
        "2026-03-01T09:00:00Z",
        "2026-03-01T04:00:00-05:00",
        "2026-03-01T20:00:00+1100",
        "1772355600",
        "1772355600000",
        "1772355600000000",
        "1772355600000000000",
        "1772355600.0",
    ]
    mapping = "columns: {actual_output_tokens: n1, observed_at: t, deliverables: f}\n"
    mapping += "naive_times: Europe/Vienna\n"
    rows = "".join(f"{100 + at},{time},a/b.md\n" for at, time in enumerate(times))
    found = collect("csv", f"n1,t,f\n{rows}", mapping=mapping)
    instants = {
        datetime.fromisoformat(one["observed_at"]).astimezone(UTC).isoformat()
        for one in lines_of(found)
    }
    assert (len(found.lines), instants) == (len(times), {"2026-03-01T09:00:00+00:00"})
    without = collect("csv", f"n1,t,f\n{rows}", mapping=mapping.partition("naive")[0])
    assert [one["observed_at"] is None for one in lines_of(without)] == [True] + [False] * 8
    assert without.doubted["t"].places == ["calls:2"]
