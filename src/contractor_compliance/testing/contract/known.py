"""What was known at an instant, of which instants nothing can be told yet, and that no answer ever changes."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contractor_compliance.domain import Dossier
from contractor_compliance.errors import FutureInstantError, InvalidValueError
from contractor_compliance.storage import Kind, Record, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY,
    CONTRACTOR,
    TICK,
    client_key,
    commit,
    fact_key,
    head_time,
    settle,
)

__all__ = ["KnownContract", "Read", "each_read"]

#: An instant that no clock of whole milliseconds, and no binary fraction of a second, can say.
ODD = datetime(2026, 7, 1, 12, 34, 56, 123457, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read_values(store: Store, known_at: datetime | None) -> Any:
    """Read the values of keys."""
    return store.get([client_key(), CONTRACTOR, fact_key(Kind.POLICY, "policy-general_liability")], known_at)


def read_dossiers(store: Store, known_at: datetime | None) -> Any:
    """Read a dossier."""
    return store.dossiers([CONTRACTOR.id], known_at)


each_read = pytest.mark.parametrize("read", [read_values, read_dossiers], ids=["get", "dossiers"])
Read = Callable[[Store, datetime | None], Any]


def name_at(store: Store, known_at: datetime | None) -> str | None:
    """Return the name of the sample client as known at an instant."""
    (record,) = store.get([client_key()], known_at)
    return None if record is None else record.value.name


class KnownContract(Contract):
    """Promises 17 to 19."""

    # As known at an instant

    @promise(17)
    def test_what_was_recorded_at_the_very_instant_is_known(self, store: Store, clock: FrozenClock) -> None:
        clock.set(ODD)
        settle(store)

        assert "Sample Mills Corp" == name_at(store, ODD)

    @promise(17)
    def test_what_was_recorded_a_microsecond_later_is_not_known(self, store: Store, clock: FrozenClock) -> None:
        clock.set(ODD)
        settle(store)

        assert name_at(store, ODD - TICK) is None

    @promise(17)
    def test_each_version_is_known_from_its_instant_to_that_of_the_next(self, store: Store, clock: FrozenClock) -> None:
        settle(store)
        first = head_time(store)
        clock.advance(seconds=1)
        second = commit(store, make.client(name="Renamed Mills Corp")).recorded_at
        clock.advance(seconds=1)

        assert ["Sample Mills Corp", "Sample Mills Corp", "Renamed Mills Corp", "Renamed Mills Corp"] == [
            name_at(store, instant) for instant in (first, second - TICK, second, clock())
        ]

    @promise(17)
    def test_versions_that_are_a_microsecond_apart_are_told_apart(self, store: Store) -> None:
        settle(store)
        first = head_time(store)
        names = [f"Mills {number} Corp" for number in range(1, 4)]
        for name in names:
            commit(store, make.client(name=name))

        assert ["Sample Mills Corp", *names] == [name_at(store, first + step * TICK) for step in range(4)]

    @promise(17)
    def test_without_an_instant_what_is_on_file_now_is_read(self, store: Store, clock: FrozenClock) -> None:
        settle(store)
        clock.set(clock() - HOUR, backwards=True)
        commit(store, make.client(name="Renamed Mills Corp"))

        assert "Renamed Mills Corp" == name_at(store, None)

    @promise(17)
    @each_read
    def test_nothing_was_known_before_the_first_commit(self, store: Store, read: Read) -> None:
        settle(store)

        assert {None} == set(read(store, head_time(store) - HOUR))

    @promise(17)
    def test_a_dossier_is_read_as_it_was_known(self, store: Store, clock: FrozenClock) -> None:
        settle(store)
        first = head_time(store)
        clock.advance(days=1)
        commit(store, make.gl_policy(), make.contractor(legal_name="Renamed Rigging LLC"), make.client(name="Renamed"))
        (then,), (now,) = store.dossiers([CONTRACTOR.id], first), store.dossiers([CONTRACTOR.id])
        seen = [each.dossier for each in (then, now) if each is not None]

        assert [
            (make.CONTRACTOR_NAME, (), "Sample Mills Corp"),
            ("Renamed Rigging LLC", (make.gl_policy(),), "Renamed"),
        ] == [(each.contractor.legal_name, each.policies, each.clients[0].name) for each in seen]

    @promise(17)
    def test_a_dossier_as_known_expects_the_versions_of_then(self, store: Store) -> None:
        settle(store)
        first = head_time(store)
        commit(store, make.gl_policy(), make.client())
        (then,), (now,) = store.dossiers([CONTRACTOR.id], first), store.dossiers([CONTRACTOR.id])

        assert [{1}, {1, 2}] == [{each.version for each in answer.expects} for answer in (then, now) if answer]

    @promise(17, 24)
    def test_an_answer_as_known_does_not_say_what_came_later(self, store: Store) -> None:
        settle(store)
        first = head_time(store)
        commit(store, make.client(name="Renamed Mills Corp"))
        (record,) = store.get([client_key()], first)

        assert (1, first, None) == _times(record)

    @promise(17)
    @each_read
    def test_an_instant_of_another_zone_is_the_same_instant(self, store: Store, clock: FrozenClock, read: Read) -> None:
        clock.set(ODD)
        settle(store)
        commit(store, make.client(name="Renamed Mills Corp"), make.gl_policy())
        elsewhere = ODD.astimezone(timezone(timedelta(hours=-5)))

        assert read(store, ODD) == read(store, elsewhere)

    @promise(17)
    def test_a_fact_that_was_removed_is_known_until_then(self, store: Store, clock: FrozenClock) -> None:
        settle(store)
        key = fact_key(Kind.ASSIGNMENT, "assignment-1")
        clock.advance(seconds=1)
        removed = commit(store, removes=[key]).recorded_at

        assert [make.assignment(), None] == [
            None if record is None else record.value
            for instant in (removed - TICK, removed)
            for record in store.get([key], instant)
        ]

    # Instants of which nothing can be told

    @promise(18)
    @each_read
    def test_an_instant_later_than_the_clock_and_the_head_is_refused(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        clock.advance(hours=1)

        with pytest.raises(FutureInstantError):
            read(store, clock() + TICK)

    @promise(18)
    @each_read
    def test_the_time_of_the_clock_can_be_asked_about(self, store: Store, clock: FrozenClock, read: Read) -> None:
        settle(store)
        clock.advance(hours=1)

        assert read(store, None) == read(store, clock())

    @promise(18)
    @each_read
    def test_the_time_of_the_head_can_be_asked_about_though_the_clock_was_put_back(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        clock.set(clock() - HOUR, backwards=True)

        assert read(store, None) == read(store, head_time(store))

    @promise(18)
    @each_read
    def test_an_instant_after_the_head_is_refused_once_the_clock_was_put_back(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        clock.set(clock() - HOUR, backwards=True)

        with pytest.raises(FutureInstantError):
            read(store, head_time(store) + TICK)

    @promise(18)
    @each_read
    def test_a_naive_instant_is_refused(self, store: Store, read: Read) -> None:
        settle(store)

        with pytest.raises(InvalidValueError):
            read(store, head_time(store).replace(tzinfo=None))

    # An answer never changes

    @promise(19)
    @each_read
    def test_an_answer_between_head_and_clock_does_not_change_though_the_clock_is_put_back(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        asked = clock.advance(hours=2)
        before = read(store, asked)
        clock.set(asked - HOUR, backwards=True)
        commit(store, make.client(name="Renamed Mills Corp"), make.gl_policy())

        assert before == read(store, asked)

    @promise(19, 9)
    @each_read
    def test_a_commit_is_recorded_after_the_latest_instant_that_was_asked_about(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        asked = clock.advance(hours=2)
        read(store, asked)
        read(store, asked - HOUR)
        clock.set(asked - HOUR, backwards=True)

        assert asked + TICK == commit(store).recorded_at

    @promise(19)
    def test_an_answer_given_by_another_handle_does_not_change_either(
        self, store: Store, unbound: UnboundStore, clock: FrozenClock
    ) -> None:
        settle(store)
        asked = clock.advance(hours=2)
        before = name_at(unbound.for_company(COMPANY), asked)
        clock.set(asked - HOUR, backwards=True)
        commit(store, make.client(name="Renamed Mills Corp"))

        assert before == name_at(store, asked)

    @promise(19)
    @each_read
    def test_what_was_asked_about_at_a_standing_clock_does_not_change(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        asked = clock.advance(seconds=1)
        before = read(store, asked)
        commit(store, make.client(name="Renamed Mills Corp"), make.gl_policy())

        assert before == read(store, asked)

    @promise(19)
    @each_read
    def test_no_answer_about_an_earlier_instant_changes_by_later_commits(
        self, store: Store, clock: FrozenClock, read: Read
    ) -> None:
        settle(store)
        answers = {}
        for step in (3, -2, 0, 1, -5):
            clock.set(clock() + timedelta(seconds=step), backwards=True)
            commit(store, make.client(name=f"Mills {step} Corp"), make.gl_policy(number=f"SAMPLE-{step}"))
            answers[head_time(store)] = read(store, head_time(store))
        commit(store, removes=[fact_key(Kind.POLICY, "policy-general_liability")])

        assert answers == {instant: read(store, instant) for instant in answers}

    @promise(19, 20)
    def test_all_that_is_read_as_known_at_one_instant_is_of_one_commit(self, store: Store) -> None:
        settle(store)
        instants = [
            commit(store, make.client(name=f"{n}"), make.gl_policy(number=f"{n}")).recorded_at for n in range(3)
        ]
        dossiers = [answer.dossier for each in instants for answer in store.dossiers([CONTRACTOR.id], each) if answer]

        assert [("0", "0"), ("1", "1"), ("2", "2")] == [_numbers(each) for each in dossiers]


def _times(record: Record | None) -> tuple[int, datetime, datetime | None] | None:
    return None if record is None else (record.version, record.recorded_at, record.superseded_at)


def _numbers(dossier: Dossier) -> tuple[str, str | None]:
    return dossier.clients[0].name, dossier.policies[0].number
