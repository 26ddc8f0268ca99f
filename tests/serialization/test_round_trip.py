"""What is written is read back equal, whatever the value."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, RuleBook
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import ComplianceReport
from contractor_compliance.serialization import dumps, from_dict, loads, to_dict
from contractor_compliance.testing.strategies import cases, days, dossiers, rulebooks

patient = settings(suppress_health_check=[HealthCheck.too_slow])
indents = st.sampled_from([None, 0, 2])


@patient
@given(dossiers(), indents)
def test_a_dossier_comes_back_equal(dossier: Dossier, indent: int | None) -> None:
    assert loads(dumps(dossier, tax_ids="clear", indent=indent), Dossier) == dossier


@patient
@given(rulebooks(), indents)
def test_a_rule_book_comes_back_equal(rulebook: RuleBook, indent: int | None) -> None:
    assert loads(dumps(rulebook, indent=indent), RuleBook) == rulebook


@patient
@given(dossiers())
def test_a_dossier_read_back_is_written_byte_for_byte_the_same(dossier: Dossier) -> None:
    text = dumps(dossier, tax_ids="clear")

    assert dumps(loads(text, Dossier), tax_ids="clear") == text


@patient
@given(rulebooks())
def test_a_rule_book_read_back_is_written_byte_for_byte_the_same(rulebook: RuleBook) -> None:
    text = dumps(rulebook)

    assert dumps(loads(text, RuleBook)) == text


@patient
@given(dossiers())
def test_plain_values_come_back_equal(dossier: Dossier) -> None:
    assert from_dict(to_dict(dossier, tax_ids="clear"), Dossier) == dossier


@patient
@given(cases(), days())
def test_a_report_comes_back_equal(case: tuple[Dossier, RuleBook], day: date) -> None:
    report = evaluate(*case, as_of=day)

    assert loads(dumps(report), ComplianceReport) == report


@patient
@given(cases(), days())
def test_a_report_read_back_is_written_byte_for_byte_the_same(case: tuple[Dossier, RuleBook], day: date) -> None:
    text = dumps(evaluate(*case, as_of=day))

    assert dumps(loads(text, ComplianceReport)) == text
