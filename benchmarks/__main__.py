"""Run the benchmarks, all or the named ones, and print their ratios as a Markdown table."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module

NAMES = (
    "estimates",
    "recorder",
    "telemetry_report",
    "proposal",
    "store",
    "check",
    "gate",
    "large_store",
    "html_report",
    "categories",
    "long_history",
    "page",
    "what_if",
    "page_arithmetic",
    "tune",
    "reading",
    "transcripts",
    "replay_candidate",
)


def main(names: list[str]) -> None:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}\n")
    print("| what | measured | comparator in the same run | ratio | limit |")
    print("|---|---|---|---:|---|")
    for name in names or NAMES:
        for row in import_module(f"benchmarks.{name}").rows():
            print(
                f"| {row.what} | {row.ours} | {row.comparator} | {row.ratio:.2f} | {row.limit} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
