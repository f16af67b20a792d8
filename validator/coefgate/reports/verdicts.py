"""The renderings of a verdict, and of what stands in its place where there is none."""

from coefgate.reports.problem_markdowns import problems_markdown
from coefgate.reports.verdict_annotations import verdict_annotations
from coefgate.reports.verdict_dicts import verdict_dict, verdict_json
from coefgate.reports.verdict_markdowns import verdict_markdown
from coefgate.reports.verdict_texts import verdict_text

__all__ = [
    "problems_markdown",
    "verdict_annotations",
    "verdict_dict",
    "verdict_json",
    "verdict_markdown",
    "verdict_text",
]
