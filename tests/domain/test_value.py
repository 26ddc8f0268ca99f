"""A value is checked against its annotations when it is built, and all its faults are reported at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import attrs
import pendulum
import pytest
from freezegun.api import FakeDate, FakeDatetime

from contractor_compliance.domain import (
    AtLeast,
    AtMost,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Exclusions,
    Interval,
    Missing,
    Person,
    State,
    Value,
    field_types,
)
from contractor_compliance.errors import (
    ContractorComplianceError,
    Fault,
    InvalidValueError,
    MissingExtraError,
)
from contractor_compliance.testing import factories as make

DAY = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


class Day(date):
    """A day of a library that has a class of its own for days."""


class Moment(datetime):
    """An instant of such a library, as pandas has its timestamps."""


class Text(str):
    """A host's own kind of text."""

    __slots__ = ()


def faults_of(cls: type[Any], **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as refusal:
        cls(**fields)
    return [(fault.path, fault.problem) for fault in refusal.value.faults]


def step(at: Any) -> EnrollmentEvent:
    return EnrollmentEvent(at=at, state=EnrollmentState.STARTED)


def test_a_datetime_is_no_day() -> None:
    assert [("$.start", "must be date or nothing, not datetime")] == faults_of(Interval, start=NOON)


@pytest.mark.parametrize("day", [FakeDate(2026, 7, 1), pendulum.Date(2026, 7, 1), Day(2026, 7, 1)])
def test_a_day_of_another_library_is_stored_as_a_plain_date(day: date) -> None:
    span = Interval(day, None)
    rules = make.requirement_set(make.gl_requirement(), effective=day)

    assert (DAY, date) == (span.start, type(span.start))
    assert (DAY, date) == (rules.effective, type(rules.effective))


@pytest.mark.parametrize("instant", [FakeDatetime(2026, 7, 1, 12, tzinfo=UTC), Moment(2026, 7, 1, 12, tzinfo=UTC)])
def test_an_instant_of_another_library_is_stored_as_a_plain_datetime(instant: datetime) -> None:
    event = step(instant)

    assert (NOON, datetime, UTC) == (event.at, type(event.at), event.at.tzinfo)


@pytest.mark.parametrize("instant", [FakeDatetime(2026, 7, 1), pendulum.DateTime(2026, 7, 1), Moment(2026, 7, 1)])
def test_an_instant_of_another_library_is_no_day(instant: datetime) -> None:
    problem = f"must be date or nothing, not {type(instant).__name__}"

    assert [("$.start", problem)] == faults_of(Interval, start=instant)


def test_a_flag_is_no_number() -> None:
    expected = [("$.ownership_percent", "must be int or Missing, not bool")]

    assert expected == faults_of(Person, id="p", name="Pat", ownership_percent=True)


def test_a_number_is_no_flag() -> None:
    expected = [("$.any_excluded", "must be bool or Missing, not int")]

    assert expected == faults_of(Exclusions, any_excluded=0, evidence=make.evidence())


def test_an_empty_tuple_is_no_text() -> None:
    assert [("$.id", "must be str, not tuple")] == faults_of(Enrollment, id=())


def test_text_is_no_line() -> None:
    expected = [("$.lines[0]", "must be Line, not str")]

    assert expected == faults_of(Enrollment, id="e", lines=frozenset({"general_liability"}))


def test_the_text_of_a_state_is_no_state() -> None:
    assert [("$.work_state", "must be State or nothing, not str")] == faults_of(Enrollment, id="e", work_state="AL")


def test_bytes_are_no_text() -> None:
    assert [("$.id", "must be str, not bytes")] == faults_of(Enrollment, id=b"e")


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 7, 1, 12),  # noqa: DTZ001
        NOON.astimezone(timezone(timedelta(hours=-5))),
        NOON.astimezone(ZoneInfo("America/Chicago")),
        NOON.astimezone(ZoneInfo("Etc/UTC")),
        NOON.replace(month=1).astimezone(ZoneInfo("Europe/London")),
    ],
    ids=["naive", "offset", "zone", "alias of UTC", "zone at offset zero"],
)
def test_an_instant_is_aware_and_in_utc(instant: datetime) -> None:
    expected = [("$.at", "must be aware and in UTC; give it a zone, then use .astimezone(timezone.utc)")]

    assert expected == faults_of(EnrollmentEvent, at=instant, state=EnrollmentState.STARTED)


def test_a_day_is_no_instant() -> None:
    assert [("$.at", "must be a datetime, not date")] == faults_of(
        EnrollmentEvent, at=DAY, state=EnrollmentState.STARTED
    )


def test_the_offset_of_zero_is_utc() -> None:
    assert NOON == step(NOON.replace(tzinfo=timezone(timedelta(0)))).at


def test_text_of_a_hosts_own_kind_is_text() -> None:
    assert Text("e") == Enrollment(id=Text("e")).id


def test_blank_text_of_a_hosts_own_kind_is_blank() -> None:
    assert [("$.id", "must not be blank; leave the field out if it is not known")] == faults_of(
        Enrollment, id=Text(" ")
    )


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0\u2003"], ids=repr)
def test_text_holds_more_than_white_space(blank: str) -> None:
    assert [("$.id", "must not be blank; leave the field out if it is not known")] == faults_of(Enrollment, id=blank)


@pytest.mark.parametrize(
    ("text", "fix"),
    [("a\x00b", "holds a NUL character; remove it"), ("a\ud800", "decode the source as UTF-8")],
    ids=["NUL", "half of a character"],
)
def test_text_holds_nothing_that_no_store_can_hold(text: str, fix: str) -> None:
    [(path, problem)] = faults_of(Enrollment, id=text)

    assert "$.id" == path
    assert fix in problem


def test_a_text_of_ten_thousand_characters_is_taken_and_one_more_is_refused() -> None:
    assert Enrollment(id="x" * 10_000).id
    [(path, problem)] = faults_of(Enrollment, id="x" * 10_001)

    assert ("$.id", "has 10,001 characters, and at most 10,000 are taken; keep the document elsewhere") == (
        path,
        problem,
    )


def test_a_tuple_of_more_than_a_hundred_thousand_entries_is_refused_without_being_written() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.contractor(aliases=("Sample",) * 100_001)

    assert [("$.aliases", "100,001 entries", "has 100,001 entries, and at most 100,000 are taken")] == [
        (fault.path, fault.value, fault.problem) for fault in refusal.value.faults
    ]


def test_a_dossier_of_more_than_two_thousand_policies_is_refused() -> None:
    policies = tuple(make.gl_policy(id=f"policy-{index}") for index in range(2_001))

    with pytest.raises(InvalidValueError, match="2,001 records: at most 2,000 of one contractor are judged together"):
        make.dossier(policies=policies)


def test_a_number_too_long_to_be_written_is_refused_without_being_written() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Person(id="p", name="Pat", ownership_percent=10**5000)

    assert "a number of 16610 bits" == refusal.value.faults[0].value


def test_all_faults_of_a_value_are_reported_together() -> None:
    expected = [
        ("$.id", "must not be blank; leave the field out if it is not known"),
        ("$.lines", "must be a list, or another iterable, of Line, not int"),
        ("$.work_state", "must be State or nothing, not str"),
    ]

    assert expected == faults_of(Enrollment, id="", lines=5, work_state="AL")


def test_a_fault_in_a_tuple_names_its_place() -> None:
    assert [
        ("$.events[1]", "must be EnrollmentEvent, not str"),
        ("$.events[2]", "must be EnrollmentEvent, not str"),
    ] == (faults_of(Enrollment, id="e", events=(step(NOON), "x", "y")))


def test_rules_between_fields_wait_until_each_is_sound() -> None:
    assert [("$.end", "must be date or nothing, not str")] == faults_of(Interval, start=DAY, end="2026-01-01")


def test_the_message_names_the_class_the_path_the_value_and_the_fix() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Interval(DAY, DAY)

    assert "Interval is not valid:\n  $.end = 2026-07-01: must be after the start, 2026-07-01" == str(refusal.value)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Enrollment(id="e", work_state="x" * 500)  # type: ignore[arg-type]

    assert ("'" + "x" * 76 + "...") == refusal.value.faults[0].value


def test_the_value_at_fault_is_that_of_the_place() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Enrollment(id="e", events=(step(NOON), "x"))  # type: ignore[arg-type]

    assert "'x'" == refusal.value.faults[0].value


def test_a_refusal_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Interval is not valid"):
        Interval(DAY, DAY)


def test_a_refusal_is_of_the_librarys_own_tree() -> None:
    with pytest.raises(ContractorComplianceError):
        Interval(DAY, DAY)


def test_an_evolved_value_is_checked_again() -> None:
    with pytest.raises(InvalidValueError, match="must be after the start"):
        attrs.evolve(Interval(DAY), end=DAY)


def test_a_fault_is_seen_from_the_container() -> None:
    fault = Fault("$.terms[0]", "x", "is wrong")

    assert "$.policies[2].terms[0]" == fault.below("$.policies[2]").path


def test_a_missing_extra_names_what_to_install() -> None:
    assert "pip install 'contractor-compliance[testing]'" in str(MissingExtraError("That", "testing"))


@attrs.frozen
class Nested(Value):
    """A value with a constraint inside a tuple."""

    sizes: tuple[Annotated[int, AtLeast(1), AtMost(3)], ...] = ()


def test_each_constraint_broken_inside_a_tuple_is_reported_with_its_place() -> None:
    expected = [("$.sizes[0]", "must be 1 or more"), ("$.sizes[2]", "must be 3 or less")]

    assert expected == faults_of(Nested, sizes=(0, 2, 4))


def test_annotations_keep_their_constraints() -> None:
    assert tuple[Annotated[int, AtLeast(1), AtMost(3)], ...] == field_types(Nested)["sizes"]


def test_absent_and_unreadable_differ() -> None:
    assert Missing.ABSENT is not Missing.UNREADABLE


def test_every_state_may_be_worked_in() -> None:
    assert set(State) == {Enrollment(id="e", work_state=state).work_state for state in State}
