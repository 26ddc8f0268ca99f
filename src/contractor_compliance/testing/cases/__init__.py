"""Scenario cases in TOML: read them, and hold this library or another implementation against them.

`docs/reference/case_format.md` describes the format. `run_cases(path)` judges every case of a file or a folder and
says which answers differ from the expected ones; the library's own cases stand in `tests/cases`.
"""

from contractor_compliance.testing.cases.case import Case
from contractor_compliance.testing.cases.loading import CASE_FORMAT, load_cases
from contractor_compliance.testing.cases.running import (
    CaseEvaluator,
    CaseResult,
    CaseResults,
    Difference,
    evaluate_case,
    run_case,
    run_cases,
)

__all__ = [
    "CASE_FORMAT",
    "Case",
    "CaseEvaluator",
    "CaseResult",
    "CaseResults",
    "Difference",
    "evaluate_case",
    "load_cases",
    "run_case",
    "run_cases",
]
