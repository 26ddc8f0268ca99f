"""A new kind of requirement is one module and one entry of a registry on each of two floors, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import contractor_compliance
from contractor_compliance.domain import Requirement
from contractor_compliance.domain.requirements.groups import KINDS, RequirementGroup
from contractor_compliance.evaluation.kinds.registry import EVALUATED_KINDS

PACKAGE = Path(contractor_compliance.__path__[0])

DOMAIN = '''
"""A deposit that the contractor leaves with the company, as an invented kind."""

from __future__ import annotations

from typing import ClassVar

import attrs

from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.requirements.header import RequirementHeader

__all__ = ["DepositRequirement"]


@attrs.frozen(kw_only=True)
class DepositRequirement(RequirementHeader):
    """A surety bond whose penal sum reaches an amount.

    Attributes:
        amount: The amount, in cents.
    """

    tag: ClassVar[str] = "deposit"

    amount: Cents
'''
KIND = '''
"""The evaluation of the invented kind."""

from __future__ import annotations

from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements.deposit import DepositRequirement
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.kinds.kind import Presence, RequirementKind, line_presence
from contractor_compliance.evaluation.kinds.result import RequirementResult, result_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome


def _judge(requirement: DepositRequirement, context: CheckContext) -> RequirementResult:
    bonds = context.facts.by_line.get(Line.SURETY_BOND, ())
    sums = [amount for bond in bonds for amount in bond.amount(LimitKind.PENAL_SUM).values]
    is_enough = max(sums, default=0) >= requirement.amount
    outcome = Outcome.PASS if is_enough else Outcome.FAIL
    return result_of((Check(aspect="limit", outcome=outcome, reason=None if is_enough else ReasonCode.MISSING),))


def _presence(requirement: DepositRequirement, context: CheckContext) -> Presence:
    return line_presence((Line.SURETY_BOND,), context)


DEPOSIT = RequirementKind(judge=_judge, sentence=lambda requirement: "a deposit", presence=_presence)
'''
CASE = """
from datetime import date

from contractor_compliance import evaluate
from contractor_compliance.domain.requirements.deposit import DepositRequirement
from contractor_compliance.serialization import dumps, loads
from contractor_compliance.testing import factories as make

asked = DepositRequirement(id="deposit", amount=1_000_000, title="deposit")
book = make.rulebook(asked)
assert loads(dumps(book), type(book)) == book
for facts in ((), (make.bond(),)):
    report = evaluate(make.dossier(*facts), make.rulebook(asked), as_of=date(2026, 6, 1))
    print(report.verdict.value, report.insurance_status.value, report.assignments[0].findings[0].required)
"""


def add(path: Path, after: str, *lines: str) -> None:
    """Add lines after one that is there."""
    text = path.read_text(encoding="utf-8")
    assert after in text
    path.write_text(text.replace(after, "".join((after, *lines)), 1), encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package with one kind more."""
    copy = tmp_path / "contractor_compliance"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "domain" / "requirements" / "deposit.py").write_text(DOMAIN, encoding="utf-8")
    (copy / "evaluation" / "kinds" / "deposit.py").write_text(KIND, encoding="utf-8")
    add(
        copy / "domain" / "requirements" / "groups.py",
        "from contractor_compliance.domain.requirements.custom import Custom\n",
        "from contractor_compliance.domain.requirements.deposit import DepositRequirement\n",
    )
    add(copy / "domain" / "requirements" / "groups.py", "    | Custom\n", "    | DepositRequirement\n")
    add(
        copy / "evaluation" / "kinds" / "registry.py",
        "from contractor_compliance.evaluation.kinds.custom import CUSTOM\n",
        "from contractor_compliance.domain.requirements.deposit import DepositRequirement\n",
        "from contractor_compliance.evaluation.kinds.deposit import DEPOSIT\n",
    )
    add(
        copy / "evaluation" / "kinds" / "registry.py",
        "        Custom: CUSTOM,\n",
        "        DepositRequirement: DEPOSIT,\n",
    )
    return tmp_path


def test_a_new_kind_is_a_module_and_a_registry_entry_on_each_of_two_floors(package: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(package)!r})\n{CASE}"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (0, "") == (result.returncode, result.stderr)
    assert ["non_compliant uninsured a deposit", "compliant insured a deposit"] == result.stdout.splitlines()


def test_every_kind_of_requirement_is_evaluated() -> None:
    groups = {kind for kind in get_args(Requirement) if issubclass(kind, RequirementGroup)}

    assert set(get_args(Requirement)) == set(EVALUATED_KINDS) | groups


def test_the_kinds_have_words_of_their_own() -> None:
    assert list(KINDS.values()) == list(get_args(Requirement))
