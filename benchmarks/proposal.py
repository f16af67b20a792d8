"""Choosing among 1,000,000 recorded calls against a tenth of them: time and memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, children_cpu, commit_registry, peak_bytes, script
from benchmarks.telemetry_report import write_records

_RECORDS = 1_000_000
_FEWER = 100_000
_MEMORY = 500


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as name:
        registry = Path(name) / "registry"
        registry.mkdir()
        commit_registry(registry)
        few_seconds, few_bytes = _proposed(registry, Path(name) / "few.db", _FEWER)
        file = Path(name) / "telemetry.db"
        seconds, peak = _proposed(registry, file, _RECORDS)
        size = file.stat().st_size / 1e6
        yield Row(
            f"coefgate samples propose --from-store, {_RECORDS:,} records, {size:.0f} MB",
            f"{seconds:.0f} s of CPU",
            f"{few_seconds:.1f} s, {_FEWER:,} records",
            seconds / few_seconds,
            "–",
        )
        yield Row(
            "memory of that process, at its peak",
            f"{peak / 2**20:.0f} MiB",
            f"{few_bytes / 2**20:.0f} MiB, {_FEWER:,} records",
            peak / few_bytes,
            f"{_MEMORY} MiB",
        )


def _proposed(registry: Path, file: Path, count: int) -> tuple[float, float]:
    """Seconds of CPU and bytes at the peak of one proposal from so many records."""
    write_records(file, count)
    words = ("samples", "propose", "--from-store", "--store", str(file), "--dry-run")
    begin = children_cpu()
    peak = peak_bytes([script("coefgate"), *words, "--registry", str(registry)])
    return children_cpu() - begin, peak
