"""One scenario case: what is known, the day, and what must be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from contractor_compliance.domain import Assignment, Dossier, RuleBook
from contractor_compliance.evaluation import CustomAnswer
from contractor_compliance.results import Outcome
from contractor_compliance.serialization import dumps

__all__ = ["Case", "SteppedCheck"]


@attrs.frozen
class SteppedCheck:
    """A host's own check that answers by the day alone.

    Attributes:
        steps: The first answers from the beginning of time, every other from its day `from` on.
    """

    steps: tuple[Mapping[str, Any], ...]

    def __call__(self, _dossier: Dossier, _assignment: Assignment | None, day: date) -> CustomAnswer:
        """Return the answer of the last step that has begun."""
        step = [step for step in self.steps if step.get("from", date.min) <= day][-1]
        later = [step["from"] for step in self.steps if step.get("from", date.min) > day]
        return CustomAnswer(
            outcome=Outcome(step["outcome"]),
            next_change=min(later, default=None),
            required=step.get("required"),
            actual=step.get("actual"),
        )


@attrs.frozen
class Case:
    """One scenario: what is known, the day, and what must be answered.

    Attributes:
        id: Unique among the cases that are read together.
        title: What it claims, in a sentence.
        file: The file that holds it, from the folder that was read.
        rules: The rules that it shows, by their ids; those of this library's cases stand in the rule map.
        sources: Addresses that describe the situation.
        day: The day judged.
        dossier: What is known.
        rulebook: What is asked for.
        checks: The host's own checks, by name; each answers by the day.
        expect: What must be answered, by the keys of the format; read-only.
        xfail: Why this library does not give the right answer yet; None for nearly all.
        xfail_remedy: The same for its sentences.

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
        ...     _ = Path(folder, "mine.toml").write_text(text)
        ...     (case,) = load_cases(folder)
        >>> case.file, case.dossier.policies, case.documents()["day"]
        ('mine.toml', (), '2026-06-01')
    """

    id: str
    title: str
    file: str
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    day: date
    dossier: Dossier
    rulebook: RuleBook
    checks: Mapping[str, SteppedCheck]
    expect: Mapping[str, Any]
    xfail: str | None = None
    xfail_remedy: str | None = None

    def documents(self) -> dict[str, Any]:
        """Return what the case gives to an evaluator as plain values that JSON can hold.

        Returns:
            `day` as text, the documents `dossier` and `rulebook` (tax ids in clear: they are invented), and `checks`:
            by name the steps of the host's own checks.
        """
        checks = {
            name: [{key: str(value) if key == "from" else value for key, value in step.items()} for step in check.steps]
            for name, check in self.checks.items()
        }
        return {
            "day": self.day.isoformat(),
            "dossier": json.loads(dumps(self.dossier, tax_ids="clear")),
            "rulebook": json.loads(dumps(self.rulebook, tax_ids="clear")),
            "checks": checks,
        }
