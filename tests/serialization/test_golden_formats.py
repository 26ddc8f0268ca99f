"""Documents of every version ever written are read for ever: those in tests/golden/formats stand for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contractor_compliance.domain import (
    AssignmentGate,
    Dossier,
    ExemptionKind,
    Interval,
    Line,
    Missing,
    RuleBook,
    TaxId,
)
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.serialization import FORMATS, Format, dumps, loads

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
DOCUMENTS = [
    pytest.param(format_, path, id=f"{path.parent.name}/{path.stem}")
    for format_ in FORMATS
    for path in sorted(GOLDEN.glob(f"{format_.kind}-*/*.json"))
]
ROOFER = "dossier-1/roofer_with_lapse_umbrella_and_waiver.json"
RULES = "rulebook-1/every_kind_of_requirement.json"
REPORT = "report-1/non_compliant_with_gaps_and_members.json"
SATISFY = frozenset({ExemptionKind.SELF_INSURANCE, ExemptionKind.EXTRATERRITORIAL})


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.kind)
def test_every_version_of_a_format_has_golden_documents(format_: Format) -> None:
    versions = {path.parent.name for path in GOLDEN.glob(f"{format_.kind}-*/*.json")}

    assert versions == {f"{format_.kind}-{version}" for version in range(1, format_.version + 1)}


@pytest.mark.parametrize(("format_", "path"), DOCUMENTS)
def test_a_golden_document_is_read(format_: Format, path: Path) -> None:
    assert isinstance(loads(path.read_bytes(), format_.value), format_.value)


@pytest.mark.parametrize(("format_", "path"), DOCUMENTS)
def test_a_golden_document_comes_back_equal(format_: Format, path: Path) -> None:
    value = loads(path.read_bytes(), format_.value)

    assert loads(dumps(value, tax_ids="clear"), format_.value) == value


@pytest.mark.parametrize(("format_", "path"), DOCUMENTS)
def test_a_golden_document_is_written_the_same_every_time(format_: Format, path: Path) -> None:
    once = dumps(loads(path.read_bytes(), format_.value), tax_ids="clear")

    assert dumps(loads(once, format_.value), tax_ids="clear") == once


@pytest.mark.parametrize(
    ("path", "kind", "fact", "expected"),
    [
        (ROOFER, Dossier, "contractor.tax_id", TaxId("00-1234567")),
        (ROOFER, Dossier, "company.settings.gate", AssignmentGate.HOLD),
        (ROOFER, Dossier, "certificates.0.received_at", datetime(2025, 1, 3, 15, 4, 5, 6, tzinfo=UTC)),
        (ROOFER, Dossier, "policies.0.limits.0.medical_expense", 0),
        (ROOFER, Dossier, "policies.0.limits.0.personal_and_advertising_injury", Missing.UNREADABLE),
        (ROOFER, Dossier, "policies.0.limits.0.aggregate", Missing.ABSENT),
        (ROOFER, Dossier, "policies.0.endorsements.2.present", False),
        (ROOFER, Dossier, "policies.2.underlying_schedules.2.schedule", ()),
        (ROOFER, Dossier, "assignments.2.worker", Missing.UNREADABLE),
        (ROOFER, Dossier, "assignments.0.pay_rates.1.effective", date(2025, 7, 1)),
        (RULES, RuleBook, "sets.1.requirements.0.top_up", frozenset({Line.UMBRELLA, Line.EXCESS})),
        (RULES, RuleBook, "sets.1.requirements.1.members.0.members.0.accepts", SATISFY),
        (RULES, RuleBook, "sets.1.requirements.3.aggregate", None),
        (REPORT, ComplianceReport, "assignments.0.findings.0.checks.1.required", 100_000_000),
        (REPORT, ComplianceReport, "assignments.0.findings.0.checks.0.required", "2025-05-04"),
        (REPORT, ComplianceReport, "assignments.0.window.gaps.1.days", Interval(None, date(2025, 12, 1))),
    ],
)
def test_a_golden_document_says_what_it_said(path: str, kind: type, fact: str, expected: object) -> None:
    value = loads((GOLDEN / path).read_bytes(), kind)
    for step in fact.split("."):
        value = value[int(step)] if step.isdecimal() else getattr(value, step)

    assert value == expected
