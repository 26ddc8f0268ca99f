"""Holds an evaluator against scenario cases."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from contractor_compliance import evaluation
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.results import ComplianceReport
from contractor_compliance.testing.cases.case import Case
from contractor_compliance.testing.cases.loading import load_cases
from contractor_compliance.testing.cases.readings import READINGS, canonical, unknown_key

__all__ = [
    "CaseEvaluator",
    "CaseResult",
    "CaseResults",
    "Difference",
    "evaluate_case",
    "run_case",
    "run_cases",
]

#: What is held against cases: it takes a case, and answers a report or a mapping by the keys of the format.
CaseEvaluator: TypeAlias = Callable[[Case], ComplianceReport | Mapping[str, Any]]


@attrs.frozen
class Difference:
    """One expectation that an answer does not meet.

    Attributes:
        key: What is expected: `verdict`, `outcomes`, or another key of the format.
        expected: As the case has it, with days as text.
        actual: What was answered; "not answered" where the answer lacks the key.

    Example:
        >>> print(Difference("verdict", "compliant", "undetermined"))
        verdict: expected "compliant", but the answer is "undetermined"
    """

    key: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{self.key}: expected {_written(self.expected)}, but the answer is {_written(self.actual)}"


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


@attrs.frozen
class CaseResult:
    """How an evaluator answered one case.

    Attributes:
        case_id: The case.
        title: What the case claims.
        file: The file that holds it.
        differences: Every expectation that the answer does not meet, in the order of the case.
        error: The exception that the evaluator raised, as text; None if it answered.

    Example:
        >>> CaseResult("a-case", "A claim", "mine.toml").passed
        True
    """

    case_id: str
    title: str
    file: str
    differences: tuple[Difference, ...] = ()
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the evaluator answered, and as the case expects."""
        return not self.differences and self.error is None

    def __str__(self) -> str:
        outcome = "passed" if self.passed else "failed"
        lines = [f"{self.file}: {self.case_id} {outcome}: {self.title}."]
        lines += [f"  {difference}" for difference in self.differences]
        return "\n".join([*lines, f"  error: {self.error}"] if self.error else lines)


@attrs.frozen
class CaseResults:
    """How an evaluator answered many cases, in their order.

    Attributes:
        results: One for every case.

    Example:
        >>> results = CaseResults((CaseResult("a", "A claim", "mine.toml"), CaseResult("b", "Another", "mine.toml")))
        >>> results.passed, len(results), results.failed
        (True, 2, ())
    """

    results: tuple[CaseResult, ...]

    def __iter__(self) -> Iterator[CaseResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return not self.failed

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The results that did not pass."""
        return tuple(result for result in self.results if not result.passed)

    def summary(self) -> str:
        """Return how many cases pass, and below it every failed case with its differences."""
        count = len(self.results) - len(self.failed)
        return "\n".join([f"{count} of {len(self.results)} cases pass.", *(str(result) for result in self.failed)])


def evaluate_case(case: Case) -> ComplianceReport:
    """Return the report of this library's own evaluator.

    Example:
        >>> evaluate_case.__name__
        'evaluate_case'
    """
    return evaluation.evaluate(case.dossier, case.rulebook, as_of=case.day, custom=case.checks)


def run_cases(
    path: str | os.PathLike[str], evaluate: CaseEvaluator = evaluate_case, *, keys: Collection[str] | None = None
) -> CaseResults:
    """Judge every case of a file or a folder, and compare the answers with the expected ones.

    Args:
        path: A file of cases, or a folder of them.
        evaluate: What is held against the cases; by default this library's evaluator. It takes a `Case`, whose
            `documents()` are plain values for an implementation in another language, and answers a `ComplianceReport`,
            or a mapping with the keys that the case expects, of plain values, days as text.
        keys: Compare these keys alone, such as `{"verdict", "outcomes"}`; None for all that a case expects.

    Returns:
        A result for every case, failed or not: an exception of `evaluate` is the error of its case.

    Raises:
        DocumentError: The cases cannot be read.
        InvalidValueError: `keys`, or an answer, has a key that the format does not know, or an answer is neither a
            report nor a mapping.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> text = '''
        ... format = "contractor-compliance-cases/1"
        ... [[case]]
        ... id = "no-policy-on-file"
        ... title = "Without a policy the requirement fails"
        ... day = 2026-06-01
        ... requirements = [{ line = "general_liability" }]
        ... expect = { verdict = "non_compliant", outcomes = { general_liability = "fail: missing" } }
        ... '''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "mine.toml")
        ...     _ = file.write_text(text)
        ...     print(run_cases(file).summary())
        ...     hopeful = run_cases(file, lambda case: {"verdict": "compliant"}, keys={"verdict"})
        1 of 1 cases pass.
        >>> print(hopeful.failed[0].differences[0])
        verdict: expected "non_compliant", but the answer is "compliant"
    """
    _check_keys(keys or (), "run_cases", "keys")
    return CaseResults(tuple(run_case(case, evaluate, keys=keys) for case in load_cases(path)))


def run_case(case: Case, evaluate: CaseEvaluator = evaluate_case, *, keys: Collection[str] | None = None) -> CaseResult:
    """Judge one case, and compare the answer with the expected one; `run_cases` explains the arguments.

    Example:
        >>> run_case.__name__
        'run_case'
    """
    try:
        answer = evaluate(case)
    except Exception as error:  # noqa: BLE001  # whatever it raises, it did not answer, and the others are judged
        return CaseResult(case.id, case.title, case.file, error=f"{type(error).__name__}: {error}")
    if not isinstance(answer, ComplianceReport):
        _check_answer(answer, f"the answer to {case.id}")
    differences = []
    for key, value in case.expect.items():
        if keys is None or key in keys:
            expected = canonical(value)
            actual = canonical(_read(answer, key))
            if actual != expected:
                differences.append(Difference(key, expected, actual))
    return CaseResult(case.id, case.title, case.file, tuple(differences))


def _read(answer: ComplianceReport | Mapping[str, Any], key: str) -> Any:
    return READINGS[key].read(answer) if isinstance(answer, ComplianceReport) else answer.get(key, "not answered")


def _check_answer(answer: object, subject: str) -> None:
    if not isinstance(answer, Mapping):
        problem = "must be a ComplianceReport, or a mapping with the keys that a case may expect"
        raise InvalidValueError(subject, (Fault("answer", type(answer).__name__, problem),))
    _check_keys(answer, subject, "answer")


def _check_keys(keys: Collection[str], subject: str, path: str) -> None:
    if unknown := set(keys) - set(READINGS):
        faults: tuple[Fault, ...] = tuple(unknown_key(key, path, READINGS, "the format of cases") for key in unknown)
        raise InvalidValueError(subject, faults)
