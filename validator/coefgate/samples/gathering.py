"""Samples of several files, brought together and compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.samples.explanation import place
from coefgate.samples.findings import Findings
from coefgate.samples.lines import LONGEST_LINE, numbered, samples_of
from coefgate.samples.model import Sample
from coefgate.samples.order import order_key
from coefgate.samples.references import Disagreement, dangling_links, rival_lines


@dataclass(slots=True)
class Gathering:
    """What has been read so far: samples by id, and what was wrong in each file."""

    tree: Tree
    samples: dict[str, Sample] = field(default_factory=dict)
    complete: bool = True
    read_ids: list[str] = field(default_factory=list)
    _findings: dict[str, Findings] = field(default_factory=dict)
    _shared: dict[Any, Any] = field(default_factory=dict)

    def read_all(self, files: Mapping[str, str | None]) -> None:
        """Read files, each with the origin that its lines must have, if any."""
        for file, origin in files.items():
            self._read(file, origin)

    def _read(self, file: str, origin: str | None) -> None:
        findings = self._findings_of(file)
        lines = self.tree.lines(file, LONGEST_LINE)
        share = self._shared.setdefault
        # The same line in two files is one sample: two people may import one log.
        for sample in samples_of(lines, file=file, origin=origin, findings=findings, share=share):
            self.samples.setdefault(sample.id, sample)
            self.read_ids.append(sample.id)
        self.complete = self.complete and not findings.problems()

    def compare(self, *, whole: bool = True) -> None:
        """Look for what is wrong between samples; a link may lead to a line that was refused."""
        samples = tuple(self.samples.values())
        disagreements = list(rival_lines(samples, self.samples))
        if whole and self.complete:
            disagreements += dangling_links(samples, self.samples)
        self.report(disagreements)

    def report(self, disagreements: Iterable[Disagreement]) -> None:
        """Find the columns, which nobody keeps for valid lines, by reading the lines again."""
        wanted: defaultdict[str, defaultdict[int, list[Disagreement]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for disagreement in disagreements:
            wanted[disagreement.sample.file][disagreement.sample.line].append(disagreement)
        for file, by_line in wanted.items():
            findings = self._findings_of(file)
            for number, line in numbered(self.tree.lines(file, LONGEST_LINE)):
                if number in by_line and findings.room_for(len(line)):
                    document = place(line.rstrip(b"\r\n"), file, number)
                    findings.add(
                        disagreement.fault.at(document) for disagreement in by_line[number]
                    )

    def _findings_of(self, file: str) -> Findings:
        return self._findings.setdefault(file, Findings(file))

    def problems(self) -> tuple[Problem, ...]:
        """Every problem so far, by file."""
        return tuple(
            problem for findings in self._findings.values() for problem in findings.problems()
        )

    def in_order(self) -> tuple[Sample, ...]:
        """The samples in the order that every reader sees."""
        return tuple(sorted(self.samples.values(), key=order_key))
