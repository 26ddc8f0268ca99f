"""The sample desk is a whole company, the same one at each call, and apart from every other."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contractor_compliance.testing import FrozenClock, factories, sample_desk


def test_the_sample_contractor_is_compliant_while_the_assignment_lasts() -> None:
    verdicts = [
        sample_desk().profile("contractor-1", day=day).report.verdict.value
        for day in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 9, 30), date(2026, 10, 1))
    ]

    assert ["not_required", "compliant", "compliant", "not_required"] == verdicts


def test_each_call_makes_the_same_company() -> None:
    first, second = sample_desk(), sample_desk()

    assert first.audit_entries() == second.audit_entries()
    assert first.members() == second.members()


def test_a_change_on_one_sample_desk_leaves_the_others_alone() -> None:
    sample_desk().add_contractor(factories.contractor(id="contractor-2"))

    assert ["contractor-1"] == [entry.contractor_id for entry in sample_desk().roster().entries]


def test_the_clock_may_be_given() -> None:
    clock = FrozenClock(datetime(2026, 7, 1, 15, tzinfo=UTC))

    assert date(2026, 7, 1) == sample_desk(clock=clock).roster().day
